// Brings parts of an open page up to date without making them again: what has not changed keeps its
// node, and with it the focus, a tick, a selection of text and a click that has only begun.
// The server puts this file in front of console.js.
"use strict";

/* What the person has changed here, and the server does not know. */
const LOCAL = new Set(["open", "aria-busy"]);
/* Fields that are told apart by their value, not only by their name. What opens a row, and what stands for
   several, has another value from time to time and is still the same. */
const BY_VALUE = "button:not([aria-expanded]), input[type=checkbox]:not([data-several]), input[type=radio]";

/** What an element is known by among its neighbours. */
function keyOf(element) {
  return [
    element.id, element.dataset?.id, element.getAttribute("name"), element.getAttribute("href"),
    element.matches(BY_VALUE) && element.getAttribute("value"),
    element.localName === "details" && element.querySelector("summary")?.textContent,
  ].map((each) => each || "").join("\n");
}

function isSameThing(old, fresh) {
  if (old.nodeName !== fresh.nodeName) return false;
  return old.nodeType !== Node.ELEMENT_NODE || keyOf(old) === keyOf(fresh);
}

function patchAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !LOCAL.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !LOCAL.has(name)) old.setAttribute(name, value);
  }
}

/** Makes a node equal to a fresh one of the same thing. */
function patch(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType === Node.ELEMENT_NODE) {
    patchAttributes(old, fresh);
    patchChildren(old, fresh);
  } else {
    old.nodeValue = fresh.nodeValue;
  }
}

function removeBetween(first, end) {
  for (let at = first; at !== end;) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Makes the children of a node equal to those of a fresh one; those that are there stay where they are. */
function patchChildren(old, fresh) {
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    let match = at;
    while (match && !isSameThing(match, wanted)) match = match.nextSibling;
    if (match) {
      removeBetween(at, match);
      patch(match, wanted);
      at = match.nextSibling;
    } else {
      old.insertBefore(wanted, at);
    }
  }
  removeBetween(at, null);
}

/** Puts these elements into a parent, in this order, and takes the others out of it. Few are moved,
 *  and what has the focus keeps it. */
function arrange(parent, elements) {
  const focused = document.activeElement;
  const wanted = new Set(elements);
  for (const each of [...parent.children]) if (!wanted.has(each)) each.remove();
  let at = parent.firstElementChild;
  for (const element of elements) {
    if (element === at) at = at.nextElementSibling;
    // The one before it belongs further down, and is moved there when its turn comes.
    else if (at && element === at.nextElementSibling) at = element.nextElementSibling;
    else move(parent, element, at);
  }
  if (parent.contains(focused) && focused !== document.activeElement) focused.focus();
}

/** Where the browser knows how, an element that is moved keeps its state. */
function move(parent, element, before) {
  if (element.parentNode === parent && parent.moveBefore) parent.moveBefore(element, before);
  else parent.insertBefore(element, before);
}

/* A person who presses a button of the mouse or a finger means what is under it: until it is
   released, what arrives waits, so that nothing changes its place. */

const held = [];
let isPressed = false;

/** Does this to the page now, or as soon as nothing is pressed. */
function whenReleased(change) {
  if (isPressed) held.push(change);
  else change();
}

function release() {
  // The click comes behind the release.
  setTimeout(() => {
    isPressed = false;
    for (const change of held.splice(0)) change();
  });
}

addEventListener("pointerdown", () => { isPressed = true; }, true);
addEventListener("pointerup", release, true);
// The release of a scroll bar is told to nobody.
addEventListener("pointermove", ({ buttons }) => { if (isPressed && !buttons) release(); }, true);
addEventListener("pointercancel", release, true);
// The window itself loses the focus; not captured, because fields do so at every press.
addEventListener("blur", release);


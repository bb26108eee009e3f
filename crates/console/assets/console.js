// Keeps an open page live: streams, countdowns, previews. Everything that is shown is made by the
// server; without this script the pages still work, by being loaded again. How a part of the page
// takes on its new look is in patch.js.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const lang = document.documentElement.lang;
// Sentences of the catalogue; {} stands for what is put in. See src/document.rs.
const words = JSON.parse(document.body.dataset.words ?? "{}");
const say = (word, value) => (words[word] ?? "").replace("{}", value);

/* Time. The server's clock counts; the viewer's zone is shown. */

const ahead = Number(document.body.dataset.now || Date.now()) - Date.now();
const now = () => Date.now() + ahead;
// The viewer's own way of writing it, where it is of the language of the page.
const locale = navigator.languages.find((each) => each.startsWith(lang)) ?? lang;
const zoned = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(locale, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
});
const exact = new Intl.DateTimeFormat(locale, {
  dateStyle: "full", timeStyle: "long",
});
const short = {
  day: new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }),
  minute: new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }),
  second: new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
};

function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s}\u00a0s`;
  if (s < 3600) return `${Math.floor(s / 60)}\u00a0min ${s % 60}\u00a0s`;
  if (s < 86400) return `${Math.floor(s / 3600)}\u00a0h ${Math.floor((s % 3600) / 60)}\u00a0min`;
  return `${Math.floor(s / 86400)}\u00a0${words.day} ${Math.floor((s % 86400) / 3600)}\u00a0h`;
}

function showTime(element) {
  const at = Date.parse(element.dateTime);
  if (Number.isNaN(at)) return;
  const as = element.dataset.as;
  let text;
  if (as === "since") text = duration(now() - at);
  else if (as === "clock") text = clock.format(at);
  else if (as === "ago") text = say("ago", duration(now() - at));
  else if (as === "until") {
    const left = at - now();
    text = left <= 0 ? words.now : say("in", duration(left + 999));
  } else text = zoned.format(at);
  if (element.textContent !== text) element.textContent = text;
  if (!element.title) element.title = `${exact.format(at)} (${element.dateTime})`;
}

function showTick(element) {
  const at = Number(element.dataset.time);
  const span = Number(element.dataset.span);
  const format = span > 2 * 86400e3 ? short.day : span > 1200e3 ? short.minute : short.second;
  element.textContent = format.format(at);
}

function showTimes(root) {
  $$("time", root).forEach(showTime);
  $$("text[data-time]", root).forEach(showTick);
}

showTimes(document);
setInterval(() => $$("time[data-as]:not([data-as=clock])").forEach(showTime), 1000);

/* Messages. */

function toast(text, bad) {
  const item = document.createElement("p");
  item.className = bad ? "toast bad" : "toast";
  item.textContent = text;
  $("#toasts")?.append(item);
  setTimeout(() => item.remove(), Math.max(bad ? 12000 : 5000, text.length * 80));
}
/* What a form on the page before has done. It is said once, and not when the page is loaded again. */
$$("[data-toast]").forEach((note) => {
  toast(note.textContent);
  const address = new URL(location.href);
  address.searchParams.delete(note.dataset.toast);
  history.replaceState(history.state, "", address);
  note.remove();
});

/* The stream of the page. A broken one is shown, and mended by itself. */

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  showTimes(template.content);
  return template.content;
}

const picked = new Set();

const handlers = {
  rows({ order, rows, parts }) {
    const body = $("table[data-rows] tbody");
    if (!body) return;
    const known = new Map($$("tr", body).map((row) => [row.dataset.id, row]));
    for (const [id, html] of rows) {
      const row = fragment(html).firstElementChild;
      if (known.has(id)) patch(known.get(id), row);
      else known.set(id, row);
    }
    arrange(body, order.map((id) => known.get(id)).filter(Boolean));
    handlers.parts({ parts });
    showPicked();
  },
  parts({ parts }) {
    for (const [id, html] of parts) {
      const part = document.getElementById(id);
      if (part) patchChildren(part, fragment(html));
    }
  },
  prepend({ id, html }) {
    const list = document.getElementById(id);
    if (!list || !($("#live")?.checked ?? true)) return;
    const row = fragment(html).firstElementChild;
    row.classList.add("new");
    list.prepend(row);
    while (list.children.length > 500) list.lastElementChild.remove();
    $("p.empty")?.remove();
  },
  output(message) { output?.take(message); },
  connected({ connected }) { showConnection(connected); },
  missed() { location.reload(); },
  ended() { leaveUnlessTyped(); },
};

function showConnection(good) {
  const banner = $("#connection");
  if (banner) banner.hidden = good;
}

// Streams that are broken now.
const broken = new Set();

class Live {
  #address;
  #source;
  #retry = 250;

  constructor(address) {
    this.#address = address;
    this.open();
  }

  /** Goes on with another address. */
  turn(address) {
    this.#address = () => address;
    this.open();
  }

  open() {
    this.#source?.close();
    const source = new EventSource(this.#address());
    this.#source = source;
    source.onopen = () => {
      this.#retry = 250;
      this.#is(true);
    };
    source.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      // What is printed is not moved by who presses something, and must not pile up meanwhile.
      if (message.kind === "output") handlers.output(message);
      else whenReleased(() => handlers[message.kind]?.(message));
    };
    source.onerror = () => {
      this.#is(false);
      // A refused stream is not tried again by the browser itself.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => source === this.#source && this.#again(), this.#retry);
      this.#retry = Math.min(this.#retry * 2, 5000);
    };
  }

  close() {
    this.#source?.close();
    this.#is(true);
  }

  async #again() {
    try {
      const answer = await fetch(location.href, { redirect: "manual" });
      if (answer.type === "opaqueredirect") return leaveUnlessTyped();
    } catch { /* the console is not there yet */ }
    this.open();
  }

  #is(good) {
    if (good) broken.delete(this);
    else broken.add(this);
    showConnection(broken.size === 0);
  }
}

// What the server has sent of an output or a log is not asked for again, and nothing is left out.
function withPosition(address) {
  if (address.startsWith("/stream/service/output")) {
    return address + (output?.address ?? "");
  }
  const newest = $("#events tr")?.dataset.number;
  return newest && address.startsWith("/stream/events") ? `${address}&after=${newest}` : address;
}
const output = $("#output") ? new Output($("#output")) : undefined;
const streams = $$("[data-stream]").map(({ dataset }) => new Live(() => withPosition(dataset.stream)));
const openAll = () => streams.forEach((stream) => stream.open());
addEventListener("offline", () => showConnection(false));
addEventListener("online", openAll);
// A browser has six connections for all its tabs: only those that are seen keep one.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") streams.forEach((stream) => stream.close());
  else openAll();
});
addEventListener("pagehide", () => streams.forEach((stream) => stream.close()));
addEventListener("pageshow", ({ persisted }) => { if (persisted) openAll(); });

/* Times to filter by: the server takes UTC, the viewer writes in a zone of their own. */

function takeInZone(input) {
  const label = input.previousElementSibling;
  label.textContent = label.textContent.replace(" (UTC)", "");
  if (input.value) {
    const at = new Date(`${input.value}Z`);
    input.value = new Date(at - at.getTimezoneOffset() * 60e3).toISOString().slice(0, 16);
  }
  input.form.addEventListener("formdata", ({ formData }) => {
    if (input.value) formData.set(input.name, new Date(input.value).toISOString());
  });
}
$$("input[data-utc]").forEach(takeInZone);

/* The table of services: filters as you type, selection, controls. */

const filters = $("#filters");
let typing;
function refilter(page) {
  const query = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value));
  if (page) query.set("page", page);
  const text = query.toString();
  history.replaceState(null, "", text ? `/?${text}` : "/");
  streams[0]?.turn(`/stream/services?${text}`);
  $$("table[data-rows] thead a").forEach((link) => {
    const target = new URL(link.href);
    for (const name of ["q", "state", "start"]) {
      if (query.get(name)) target.searchParams.set(name, query.get(name));
      else target.searchParams.delete(name);
    }
    target.searchParams.delete("group");
    query.getAll("group").forEach((fold) => target.searchParams.append("group", fold));
    link.href = target.pathname + target.search;
  });
}
filters?.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(refilter, 120);
});
/* The row of several instances is opened or closed; the form keeps which are. */
function fold({ value }) {
  const template = value.slice(value.indexOf("/")).toLowerCase();
  const kept = $$("input[name=group]", filters);
  kept.filter((input) => input.value.toLowerCase().endsWith(template)).forEach((input) => input.remove());
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "group", value });
  filters.append(input);
  refilter(new URLSearchParams(location.search).get("page"));
}
filters?.addEventListener("submit", (event) => {
  // It leads to another page.
  if (event.submitter?.matches("[formaction]")) return;
  event.preventDefault();
  if (event.submitter?.matches(".fold")) fold(event.submitter);
  else refilter();
});

/* The services that a box stands for: one, or several instances of a template. */
function namesOf({ value }) {
  const [template, ...instances] = value.split("/");
  return instances.length ? instances.map((instance) => template + instance) : [value];
}
function pick(box) {
  for (const name of namesOf(box)) {
    if (box.checked) picked.add(name);
    else picked.delete(name);
  }
}
function showPicked() {
  const boxes = $$("td.pick input[name=name]");
  const shown = new Set(boxes.flatMap(namesOf));
  for (const name of picked) if (!shown.has(name)) picked.delete(name);
  boxes.forEach((box) => {
    const names = namesOf(box);
    const count = names.filter((name) => picked.has(name)).length;
    box.checked = count === names.length;
    box.indeterminate = count > 0 && count < names.length;
    box.closest("tr").classList.toggle("picked", box.checked);
  });
  const label = $("#picked");
  if (label) {
    label.textContent = picked.size === 0 ? words.none : say(picked.size === 1 ? "one" : "several", picked.size);
  }
  $$("#controls button").forEach((button) => { button.disabled = picked.size === 0; });
  const all = $("#all");
  if (all) {
    all.checked = shown.size > 0 && picked.size === shown.size;
    all.indeterminate = picked.size > 0 && picked.size < shown.size;
  }
}
document.addEventListener("change", ({ target }) => {
  if (target.id === "all") {
    $$("td.pick input[name=name]").forEach((box) => {
      box.checked = target.checked;
      pick(box);
    });
  } else if (target.matches("td.pick input[name=name]")) pick(target);
  else return;
  showPicked();
});
if ($("table[data-rows]")) showPicked();

/* Sends a control; what became of each service, or nothing if that has been shown already. */
async function sendControl(form, body) {
  // Not form.action: that is the buttons of this name.
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST", body, headers: { Accept: "application/json" },
  });
  if (answer.redirected) return void location.assign(answer.url);
  const isJson = answer.headers.get("content-type")?.startsWith("application/json");
  if (isJson) return answer.json();
  const page = parsed(await answer.text());
  toast($("main p", page)?.textContent || answer.statusText, true);
}
/* Services that others need are restarted with these, if the reader wants that. */
async function askForDependents(form, body, outcomes) {
  const needed = body.get("action") === "restart" ? outcomes.filter(({ code }) => code === 1051) : [];
  if (!needed.length) return outcomes;
  if (!confirm([...needed.map(({ error }) => error), words.dependents].join("\n\n"))) return outcomes;
  const again = new URLSearchParams(body);
  again.delete("name");
  needed.forEach(({ name }) => again.append("name", name));
  again.set("dependents", "1");
  const others = outcomes.filter((outcome) => !needed.includes(outcome));
  return [...others, ...(await sendControl(form, again)) ?? []];
}
/* What a form asks for; that of the table for each service that is chosen. */
function asksFor(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  if ($("table[data-rows]")) {
    body.delete("name");
    picked.forEach((name) => body.append("name", name));
  }
  return body;
}
/* What ends much, or ends it hard, is asked for once more. */
function isMeant(body, button) {
  const many = body.getAll("name").length;
  const ends = ["stop", "restart", "rolling", "terminate"].includes(button.value);
  const question = button.value === "terminate" ? words.by_force : many > 1 && ends ? words.many : "";
  return !question || confirm(question.replace("{}", `${many} · ${button.textContent.trim()}`));
}
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-control]")) return;
  event.preventDefault();
  const button = event.submitter;
  const body = asksFor(form, button);
  if (!isMeant(body, button)) return;
  const done = button.textContent.trim();
  button.setAttribute("aria-busy", "true");
  try {
    const first = await sendControl(form, body);
    if (!first) return;
    const outcomes = await askForDependents(form, body, first);
    const failed = outcomes.filter(({ error }) => error);
    failed.forEach(({ name, error, code }) => toast(`${name}: ${error} (${code})`, true));
    const good = outcomes.length - failed.length;
    if (good) {
      const what = good === 1 ? outcomes.find(({ error }) => !error).name : good;
      toast(say("done", `${what} · ${done}`));
    }
  } catch {
    toast(words.silent, true);
  } finally {
    button.removeAttribute("aria-busy");
  }
});

/* Keys: / searches; arrows move between rows, and open and close that of several instances. */

const MAIN = "a, button.fold";

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const search = $("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Escape") {
    const open = event.target.closest("details.menu[open]");
    if (open) {
      open.open = false;
      $("summary", open).focus();
    }
  }
  const step = { j: 1, k: -1 }[event.key];
  if (step && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) toRow(step);
  const row = event.target.closest("tbody tr");
  if (row && !typing && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
    const same = event.target.matches("input") ? "td.pick input" : MAIN;
    const target = next && $(same, next);
    if (target) {
      event.preventDefault();
      target.focus();
    }
  }
  const opens = { ArrowRight: "false", ArrowLeft: "true" }[event.key];
  if (opens && event.target.matches(`.fold[aria-expanded=${opens}]`)) {
    event.preventDefault();
    event.target.click();
  }
});
/* To the row after or before the one that has the focus; to the first if none has. */
function toRow(step) {
  const rows = $$("main tbody tr").filter((row) => $(MAIN, row));
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = at < 0 ? rows[0] : rows[at + step];
  if (row) $(MAIN, row).focus();
}
document.addEventListener("click", ({ target }) => {
  $$("details.menu[open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
});

/* Forms: what they would change, while they are filled in. */

const theForm = () => $("form[data-preview]");
let asked = 0;
async function preview() {
  const form = theForm();
  if (!form) return;
  const number = ++asked;
  const answer = await fetch(form.dataset.preview, {
    method: "POST", body: new URLSearchParams(new FormData(form)),
  }).catch(() => null);
  // Only the newest answer is shown.
  if (!answer || number !== asked || answer.redirected) return;
  const html = await answer.text();
  if (number !== asked) return;
  whenReleased(() => showPreview(answer, html));
}
function showPreview(answer, html) {
  if (!$("#preview")) return;
  patchChildren($("#preview"), fragment(
    answer.ok ? html : `<p class="problem" role="alert"></p>`));
  if (!answer.ok) {
    $("#preview .problem").textContent = $("main p", parsed(html))?.textContent || answer.statusText;
  }
}
let waiting;
document.addEventListener("input", ({ target }) => {
  if (!target.closest("form[data-preview]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(preview, 150);
});
document.addEventListener("change", ({ target }) => {
  if (target.name === "span" && target.closest("#preview")) preview();
});

function numberActions() {
  const rows = $$("#actions > li");
  const labels = JSON.parse($("#actions").dataset.labels);
  const order = new Intl.PluralRules(lang, { type: "ordinal" });
  rows.forEach((row, index) => {
    const which = $(".which", row);
    const label = labels[order.select(index + 1)].replace("{}", index + 1);
    $$("[aria-label]", row).forEach((each) => {
      each.setAttribute("aria-label", each.getAttribute("aria-label").replace(which.textContent, label));
    });
    which.textContent = label;
  });
}
document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-add-action]")) return;
  const list = $("#actions");
  const row = list.lastElementChild.cloneNode(true);
  list.append(row);
  numberActions();
  $("select", row).value = "restart";
  $("select", row).focus();
  preview();
});

/* A rule by cause is written below the others. */

const showRuleRow = () => $$("[data-rule]").forEach((row) => { row.hidden = false; });
showRuleRow();
document.addEventListener("click", ({ target }) => {
  const row = target.closest("[data-rule-add]")?.closest("[data-rule]");
  if (!row) return;
  const text = (name) => $(`[data-rule-${name}]`, row).value.trim();
  const cause = text("detail") ? `${text("cause")}:${text("detail")}` : text("cause");
  const list = $("textarea[name=failure_rules]");
  const lines = list.value.split("\n").filter((line) => line.trim());
  list.value = [...lines, `${cause}=${text("kind")}/${text("delay") || 0}`].join("\n");
  $("[data-rule-detail]", row).value = "";
  list.dispatchEvent(new Event("input", { bubbles: true }));
});

/* Saving: the answer takes the place of the page, and what was typed stays where it is if none comes. */

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
// What stood on the page before each answer.
const before = [];
let isKeyOld = false;
let isTyped = false;
document.addEventListener("input", ({ target }) => { isTyped ||= Boolean(target.closest("form[data-keep]")); });

/* The session is over: a page on which something was typed stays. */
function leaveUnlessTyped() {
  const form = isTyped && $("form[data-keep]");
  if (!form) return void location.assign("/signin");
  isKeyOld = true;
  sayNotSaved(form, words.signed_out, "/signin");
}

/* After another sign-in the forms of this page carry the key of the session that is over. */
async function renewKey() {
  const answer = await fetch(location.href);
  const key = $("input[name=key]", parsed(await answer.text()))?.value;
  if (answer.redirected || !key) return;
  $$("input[name=key]").forEach((input) => { input.value = key; });
  isKeyOld = false;
  openAll();
}
function sayNotSaved(form, text, link) {
  $("#lost")?.remove();
  const note = document.createElement("p");
  Object.assign(note, { id: "lost", className: "problem", textContent: `${text} ` });
  note.setAttribute("role", "alert");
  if (link) note.append(Object.assign(document.createElement("a"), { href: link, target: "_blank", textContent: words.sign_in }));
  form.append(note);
}
function showAnswer(page) {
  const main = $("#main");
  before.push([...main.childNodes]);
  history.pushState({ depth: before.length }, "");
  main.replaceChildren(...$("#main", page).childNodes);
  document.title = page.title;
  showTimes(main);
  showRuleRow();
  scrollTo(0, 0);
  $(".tabs [aria-current]", main)?.scrollIntoView({ block: "nearest", inline: "center" });
  $("#problems, #review", main)?.focus();
}
addEventListener("popstate", ({ state }) => {
  if ((state?.depth ?? 0) < before.length) $("#main").replaceChildren(...before.pop());
  else if (state?.depth) location.reload();
});
async function save(form, button) {
  try {
    if (isKeyOld) await renewKey();
    const body = new URLSearchParams(new FormData(form, button));
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
    isKeyOld = answer.redirected && new URL(answer.url).pathname === "/signin";
    if (isKeyOld) return sayNotSaved(form, words.signed_out, "/signin");
    if (answer.redirected) return location.assign(answer.url);
    const page = parsed(await answer.text());
    // A page outside the frame says why nothing came of it.
    if ($("main.alone", page) || !$("#main", page)) return sayNotSaved(form, $("main p", page)?.textContent || answer.statusText);
    showAnswer(page);
  } catch {
    sayNotSaved(form, words.lost);
  }
}
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-keep]")) return;
  event.preventDefault();
  const button = event.submitter;
  if (button?.ariaBusy) return;
  button?.setAttribute("aria-busy", "true");
  await save(form, button);
  button?.removeAttribute("aria-busy");
});

/* What if: failures are marked on the line, or below it. */

function mark(ms, kind) {
  const form = theForm();
  if (!form || !(ms >= 0)) return;
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = "at";
  input.value = `${Math.round(ms)}:${kind}`;
  form.append(input);
  preview().finally(() => input.remove());
}
document.addEventListener("click", ({ target, clientX }) => {
  if (target.closest("[data-whatif-add]")) {
    mark(Number($("#whatif-at").value) * 1000, $("#whatif-kind").value);
  } else if (target.closest("[data-whatif-remove]")) {
    target.closest("li").remove();
    preview();
  } else {
    const svg = target.closest("[data-whatif] svg");
    if (!svg) return;
    const point = new DOMPoint(clientX, 0).matrixTransform(svg.getScreenCTM().inverse());
    const share = Math.min(Math.max(point.x / 1000, 0), 1);
    mark(share * Number(svg.dataset.to), $("#whatif-kind").value);
  }
});

/* Output: the stream follows what is looked at, and all of it can be searched. */

if (output) {
  output.onReopen(() => streams.forEach((stream) => stream.open()));
  new Finder($("#find"), output);
}

/* Small things. */

// What happened last is at the right end of a time line, and the tab that is shown must be seen.
const showNewest = () => $$("div.drawing").forEach((drawing) => { drawing.scrollLeft = drawing.scrollWidth; });
if (!theForm()) showNewest();
$(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

$("form.preferences input[name=back]")?.setAttribute("value", location.pathname + location.search);
// A person has followed the link: sign in without another press.
$("#signin")?.requestSubmit();

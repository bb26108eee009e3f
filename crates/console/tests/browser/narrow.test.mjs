// Each page at three widths in both languages: nothing is cut off, and no control stands out of its card.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { World, closeBrowser, tab, until } from "./world.mjs";
import { policies, scene } from "./scene.mjs";

after(closeBrowser);

const TABS = ["general", "log-on", "recovery", "dependencies", "environment", "security", "output", "events", "history"];
const PAGES = ["/overview", "/", ...TABS.map((word) => tab("queue-images", word)), tab("queue-mail", "security"),
  "/events", "/history?window=10m", "/create", "/access", "/api", "/policies", "/policy?name=workers"];

/** What is wider than the place that it has; in the document, so it knows nothing of what is around it here. */
function cutOff() {
  const found = [];
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest("details:not([open]) > :not(summary)");
  const name = (node) => `${node.localName}.${node.className} ${(node.name || node.textContent || "").trim().slice(0, 40)}`;
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) found.push(`the page is ${page.scrollWidth} wide`);
  for (const table of document.querySelectorAll(".scroll")) {
    if (table.scrollWidth > table.clientWidth + 1) found.push(`the table is ${table.scrollWidth} wide in ${table.clientWidth}`);
  }
  for (const control of document.querySelectorAll("main :is(button, input:not([type=hidden]), select, textarea, .button)")) {
    const around = control.closest("fieldset, .card, .scroll, main");
    if (!seen(control) || control.closest("#output, .hidden, .sheet")) continue;
    const [inner, outer] = [control, around].map((node) => node.getBoundingClientRect());
    if (inner.width > 0 && (inner.right > outer.right + 1 || inner.left < outer.left - 1)) found.push(`out of its place: ${name(control)}`);
    if (control.matches("input:not([type=checkbox], [type=radio], [type=number])") && inner.width > 0 && inner.width < 60) found.push(`${inner.width} wide: ${name(control)}`);
  }
  return found;
}

/** Texts that begin on one line and do not stand on it together; in the document. */
function uneven(selector) {
  const found = [];
  const baseline = (node) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (!text.data.trim() || !text.parentElement.checkVisibility() || text.parentElement.closest(".hidden")) continue;
      const probe = document.createElement("span");
      probe.style.cssText = "display: inline-block; width: 0; height: 0";
      const at = text.parentElement.closest("button, .hidden") ? undefined : text.splitText(text.data.search(/\S/));
      if (!at) return undefined;
      at.before(probe);
      const { bottom } = probe.getBoundingClientRect();
      probe.remove();
      return { text: at.data.trim().slice(0, 30), bottom };
    }
    return undefined;
  };
  for (const line of document.querySelectorAll(selector)) {
    const parts = [...line.children].map(baseline).filter(Boolean);
    for (const [at, part] of parts.entries()) {
      const off = Math.abs(part.bottom - parts[Math.max(at - 1, 0)].bottom);
      if (off > 0.6 && off < 10) found.push(`${part.text} is ${off} px off ${parts[at - 1].text}`);
    }
  }
  return found;
}

test("words of one line stand on it", async (t) => {
  const world = await World.start(t);
  await scene(world);
  await until("the image queue waits", async () => (await world.status("queue-images")).recovery_state.failure_count >= 3);
  const page = await world.page();
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    for (const [address, selector] of [
      ["/overview", "article.failed h3, ul.due li, ul.needs li"],
      ["/", width < 760 ? "table.live tbody tr" : "div.head"],
      [tab("queue-images"), "div.facts, div.head"],
      [tab("queue-images", "events"), width < 760 ? "table.log tbody tr" : "div.head"],
    ]) {
      await page.goto(world.url + address);
      await page.getByRole("heading", { level: 1 }).waitFor();
      assert.deepEqual(await page.evaluate(uneven, selector), [], `${address} at ${width}`);
      if (address !== "/" || width >= 760) continue;
      const lefts = await page.locator("tr", { hasText: "queue-images" }).evaluate((row) => [
        row.querySelector("th.name a"), row.querySelector("td.next").firstElementChild,
      ].map((node) => Math.round(node.getBoundingClientRect().left)));
      assert.ok(Math.abs(lefts[0] - lefts[1]) <= 1, `what comes next stands below the name: ${lefts}`);
    }
  }
});

test("what the keyboard reaches is not below the head", async (t) => {
  const world = await World.start(t);
  await scene(world);
  const page = await world.page();
  const covered = () => page.evaluate(() => {
    const [at, head] = [document.activeElement, document.querySelector(".top")];
    if (at === document.body || at.closest(".top, .skip")) return undefined;
    const [inner, outer] = [at, head].map((node) => node.getBoundingClientRect());
    return inner.top < outer.bottom - 1 && inner.height < 300 ? `${at.localName} ${at.textContent || at.name}` : undefined;
  });
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 600 });
    for (const address of ["/", "/overview", tab("queue-images"), "/events"]) {
      await page.goto(world.url + address);
      for (const key of [...Array(30).fill("Tab"), ...Array(25).fill("Shift+Tab")]) {
        await page.keyboard.press(key);
        assert.equal(await covered(), undefined, `${address} at ${width}, ${key}`);
      }
    }
  }
});

for (const locale of ["en-GB", "fr-FR"]) {
  test(`nothing is cut off: ${locale}`, async (t) => {
    const world = await World.start(t);
    await scene(world);
    await policies(world);
    await until("the image queue waits", async () => (await world.status("queue-images")).recovery_state.failure_count >= 3);
    const page = await world.page({ locale });
    for (const width of [390, 768, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      for (const address of PAGES) {
        await page.goto(world.url + address);
        await page.getByRole("heading", { level: 1 }).waitFor();
        assert.deepEqual(await page.evaluate(cutOff), [], `${address} at ${width}`);
      }
    }
    assert.deepEqual(world.complaints(), []);
  });
}

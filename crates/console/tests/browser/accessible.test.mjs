// Everybody can use it: axe-core, both themes, both languages, keyboard.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { World, closeBrowser, tab, until } from "./world.mjs";
import { scene } from "./scene.mjs";

after(closeBrowser);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const PAGES = ["/overview", "/", tab("queue-images"), ...["log-on", "recovery", "dependencies", "environment", "security",
  "output", "events", "history"].map((word) => tab("queue-images", word)),
"/events", "/events/1", "/history?window=10m", "/create", "/access", "/api", "/nowhere"];

async function check(page, address) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
  }));
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join("\n  ")}`);
  assert.deepEqual(found, [], address);
}

for (const [theme, width, locale] of [["light", 1400, "en-GB"], ["dark", 1400, "fr-FR"], ["light", 768, "fr-FR"], ["dark", 390, "en-GB"]]) {
  test(`axe finds nothing: ${theme}, ${width} wide, ${locale}`, async (t) => {
    const world = await World.start(t);
    await scene(world);
    const page = await world.page({ theme, width, locale });
    for (const address of PAGES) {
      await page.goto(world.url + address);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await check(page, `${address} ${theme}`);
    }
    const nobody = await page.context().browser().newPage();
    await nobody.goto(`${world.url}/signin`);
    await check(nobody, "/signin");
    await nobody.close();
  });
}

test("axe finds nothing while services are chosen, nor after they were restarted one by one", async (t) => {
  const world = await World.start(t);
  for (const name of ["a", "b"]) await world.program(name, "exec sleep 1000");
  for (const [width, theme] of [[390, "dark"], [768, "light"], [1400, "dark"]]) {
    const page = await world.page({ width, theme });
    page.on("dialog", (dialog) => dialog.accept());
    await page.getByLabel("Select a", { exact: true }).check();
    await page.getByLabel("Select b", { exact: true }).check();
    await check(page, `chosen at ${width}`);
    const before = (await world.status("b")).status.process_id;
    await page.getByRole("button", { name: "Restart one by one" }).click();
    await page.getByText("2 · Restart one by one: done").waitFor();
    await check(page, `restarted at ${width}`);
    assert.notEqual((await world.status("b")).status.process_id, before);
  }
});

test("French: chosen by the browser, and changed by the viewer", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options: ["--actions", "restart/3600000", "--reset", "86400"] });
  const page = await world.page({ locale: "fr-CA" });
  await page.getByRole("row", { name: /worker.*En cours.*Manuel/ }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "fr");
  process.kill((await world.status("worker")).status.process_id, "SIGKILL");
  await page.getByRole("row", { name: /En échec.*il y a \d+\ss.*Redémarrer le service dans 59\smin/ }).waitFor();
  await page.goto(`${world.url}/events`);
  await page.getByRole("row", { name: /worker a échoué de façon inattendue/ }).waitFor();
  await page.getByText("Menu").click();
  await page.getByLabel("Langue").selectOption("English");
  await page.getByLabel("Couleurs").selectOption("Sombre");
  await page.getByRole("button", { name: "Appliquer" }).click();
  await page.waitForURL(`${world.url}/events`);
  await page.getByRole("heading", { name: "Event log" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(ground, "rgb(16, 20, 24)");
});

test("by keyboard alone: a recovery is set and saved", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker", "recovery") });
  const reach = (selector) => until(`Tab reaches ${selector}`, async () => {
    await page.keyboard.press("Tab");
    return page.evaluate((s) => document.activeElement.matches(s), selector);
  });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await reach("select[name=kind]");
  await page.keyboard.press("r");
  await reach("input[name=delay]");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("90");
  await reach("select[name=unit]");
  await page.keyboard.press("s");
  await page.locator("ol.steps li").filter({ hasText: "1 min 30 s" }).waitFor();
  await reach("#edit button[type=submit]");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "This would change" }).waitFor();
  await reach("button[name=confirm]");
  await page.keyboard.press("Enter");
  await page.getByText("Saved.").waitFor();
  const { actions } = JSON.parse(await world.relance("failure", "worker", "--json"));
  assert.deepEqual(actions, [{ kind: "restart", delay_ms: 90000 }]);
});

test("without the script pages still show and do what they are for", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.plainPage(await world.page());
  await page.goto(world.url + tab("worker"));
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  // A page without the script does not follow: it is loaded when there is something to see.
  await world.relance("wait", "worker", "--state", "stopped");
  await page.goto(`${world.url}/`);
  await page.getByRole("row", { name: /worker.*Stopped/ }).waitFor();
});

// The table of services: live, chosen from, controlled.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { World, closeBrowser, until } from "./world.mjs";

after(closeBrowser);

/** The row of a service, by the name of its link. */
const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

const see = (page, name, text) => row(page, name).filter({ hasText: text }).waitFor();

/** What the next question says; it is answered with yes. */
const accepted = (page) => new Promise((resolve) => {
  page.once("dialog", (dialog) => { resolve(dialog.message()); dialog.accept(); });
});

/** The process of the daemon that does this. */
function processOf(world, word) {
  const pids = readFileSync(`/proc/${world.daemon.pid}/task/${world.daemon.pid}/children`, "utf8");
  const found = pids.trim().split(" ").find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1] === word;
    } catch {
      return false; // it has ended meanwhile
    }
  });
  return Number(found);
}

test("a crash becomes a countdown and then a restart, without a reload", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options: ["--actions", "restart/3000", "--reset", "300"] });
  const page = await world.page();
  await see(page, "worker", "Running");
  await page.evaluate(() => { globalThis.same = true; });
  const { status } = await world.status("worker");
  process.kill(status.process_id, "SIGSEGV");
  await see(page, "worker", /Failed.*SIGSEGV.*Restart the service in [123]\ss/);
  await see(page, "worker", "Running");
  await see(page, "worker", /1.*ago.*SIGSEGV/);
  assert.notEqual((await world.status("worker")).status.process_id, status.process_id);
  assert.equal(await page.evaluate(() => globalThis.same), true, "the page was never loaded again");
  assert.deepEqual(world.complaints(), []);
});

test("processor, memory, process and uptime of what runs", async (t) => {
  const world = await World.start(t);
  await world.program("busy", "while :; do :; done");
  const page = await world.page();
  const { status } = await world.status("busy");
  await see(page, "busy", String(status.process_id));
  await row(page, "busy").locator(".memory").filter({ hasText: /[0-9.]+ MiB/ }).waitFor();
  await row(page, "busy").locator(".cpu").filter({ hasText: /[0-9]+\.[0-9]\s%/ }).waitFor();
  await row(page, "busy").locator(".uptime").filter({ hasText: /^\d+\ss$/ }).waitFor();
});

test("search, filter and sort are the server's, and stay in the address", async (t) => {
  const world = await World.start(t);
  await world.program("alpha", "exec sleep 1000", { options: ["--description", "sends mail"] });
  await world.program("beta", "exec sleep 1000", { start: false, options: ["--start", "disabled"] });
  await world.program("gamma", "exec sleep 1000", { start: false });
  const page = await world.page();
  const names = () => page.locator("tbody th a").allTextContents();
  assert.deepEqual(await names(), ["alpha", "beta", "gamma"]);

  await page.getByLabel("Search").fill("MAIL");
  await row(page, "beta").waitFor({ state: "detached" });
  assert.deepEqual(await names(), ["alpha"]);
  assert.match(page.url(), /q=MAIL/);
  await page.reload();
  assert.deepEqual(await names(), ["alpha"]);

  await page.getByLabel("Search").fill("");
  await page.getByLabel("State").selectOption("Stopped");
  await row(page, "alpha").waitFor({ state: "detached" });
  await row(page, "gamma").waitFor();
  await page.getByLabel("Start type").selectOption("Disabled");
  await row(page, "gamma").waitFor({ state: "detached" });
  assert.deepEqual(await names(), ["beta"]);

  await page.goto(`${world.url}/`);
  await page.getByRole("link", { name: "Name" }).click();
  await page.waitForURL(/dir=desc/);
  assert.deepEqual(await names(), ["gamma", "beta", "alpha"]);
  assert.equal(await page.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort"), "descending");
  assert.deepEqual(world.complaints(), []);
});

test("several services are stopped and started together, one is refused by name", async (t) => {
  const world = await World.start(t);
  for (const name of ["one", "two", "three"]) await world.program(name, "exec sleep 1000");
  const page = await world.page();
  const stop = page.getByRole("button", { name: "Stop", exact: true });
  assert.equal(await stop.isDisabled(), true);
  await page.getByLabel("Select one").check();
  await page.getByLabel("Select two").check();
  await page.getByText("2 selected").waitFor();
  page.once("dialog", (dialog) => dialog.dismiss());
  await stop.click();
  assert.equal((await world.status("one")).status.process_id > 0, true, "who says no ends nothing");
  const asked = accepted(page);
  await stop.click();
  assert.match(await asked, /^2 · Stop: for all that are selected\?$/);
  await see(page, "one", "Stopped");
  await see(page, "two", "Stopped");
  await see(page, "three", "Running");
  // The selection has survived the new rows.
  assert.equal(await page.getByLabel("Select one").isChecked(), true);
  await page.getByLabel("Select all rows").check();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText(/three: .*\(1056\)/).waitFor();
  await see(page, "one", "Running");
  await see(page, "two", "Running");
});

test("restart, a custom control that is refused, and an end by force", async (t) => {
  const world = await World.start(t);
  await world.program("one", "exec sleep 1000");
  const page = await world.page();
  const before = (await world.status("one")).status.process_id;
  await page.getByLabel("Select one").check();
  await page.getByRole("button", { name: "Restart", exact: true }).click();
  await page.getByText("one · Restart: done").waitFor();
  await world.relance("wait", "one", "--state", "running");
  assert.notEqual((await world.status("one")).status.process_id, before);
  await page.getByText("More").click();
  await page.getByLabel("Custom control").fill("200");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText(/one: .*\(10\d\d\)/).waitFor();
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "End by force" }).click();
  await see(page, "one", "Stopped");
});

test("j and k go from row to row", async (t) => {
  const world = await World.start(t);
  for (const name of ["one", "three", "two"]) await world.program(name, "exec sleep 1000", { start: false });
  const page = await world.page();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "three");
  await page.keyboard.press("k");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "one");
  await page.keyboard.press("Enter");
  await page.waitForURL(/name=one/);
});

test("on a phone services and events are cards: nothing is cut off at the side", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options: ["--actions", "restart/600000", "--reset", "86400"] });
  process.kill((await world.status("worker")).status.process_id, "SIGSEGV");
  const page = await world.page({ width: 390, height: 800 });
  await see(page, "worker", /Restart the service in/);
  for (const address of ["/", "/events"]) {
    await page.goto(world.url + address);
    await page.locator("tbody tr").first().waitFor();
    const cut = await page.evaluate(() => [...document.querySelectorAll("tbody td, tbody th")]
      .filter((cell) => cell.getBoundingClientRect().right > innerWidth).map((cell) => cell.textContent));
    assert.deepEqual(cut, [], address);
  }
  await page.getByRole("row").getByText("Error", { exact: true }).first().waitFor();
});

test("a service that takes its time to stop shows that it is on its way", async (t) => {
  const world = await World.start(t);
  const gate = join(world.folder, "gate");
  await world.program("slow", `trap 'until [ -e ${gate} ]; do read -t 0.1 x <> /dev/null || :; done; exit 0' TERM; echo up; while :; do sleep 0.05; done`, { options: ["--stop-grace", "60s"] });
  const page = await world.page();
  await page.getByLabel("Select slow").check();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await see(page, "slow", "Stopping");
  await row(page, "slow").getByRole("progressbar").waitFor();
  writeFileSync(gate, "");
  await see(page, "slow", "Stopped");
});

test("no more than 200 rows at a time, and pages for the rest", async (t) => {
  const world = await World.start(t);
  const services = Array.from({ length: 250 }, (_, i) =>
    `[[service]]\nname = "s${String(i).padStart(4, "0")}"\ncommand_line = "/bin/sleep 1000"\n`);
  const file = join(world.folder, "many.toml");
  writeFileSync(file, services.join("\n"));
  await world.relance("apply", "--file", file);
  const page = await world.page();
  await page.getByText("1–200 of 250").waitFor();
  assert.equal(await page.locator("tbody tr").count(), 200);
  await page.getByRole("link", { name: "Next →" }).click();
  await page.getByText("201–250 of 250").waitFor();
  assert.equal(await page.locator("tbody tr").count(), 50);
  await page.getByLabel("Search").fill("s0007");
  await page.getByRole("link", { name: "s0007" }).waitFor();
  await page.getByText("1 of 250").waitFor();
});

test("the engine is restarted under an open page", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page();
  await see(page, "worker", "Running");
  const { status } = await world.status("worker");
  process.kill(processOf(world, "engine"), "SIGKILL");
  await world.relance("stop", "worker");
  await see(page, "worker", "Stopped");
  await world.relance("start", "worker");
  await see(page, "worker", "Running");
  assert.notEqual((await world.status("worker")).status.process_id, status.process_id);
  // The session is known to the new engine too.
  await page.reload();
  await see(page, "worker", "Running");
});

test("the console is killed: the guardian starts it again, the page comes back by itself", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page();
  await see(page, "worker", "Running");
  const before = processOf(world, "console-server");
  process.kill(before, "SIGKILL");
  await until("there is another console", () => {
    const now = processOf(world, "console-server");
    return now && now !== before;
  });
  await world.relance("stop", "worker");
  await see(page, "worker", "Stopped");
});

test("offline is shown, and mended", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page();
  const banner = page.getByText("The connection is lost");
  // Memory comes with the stream, so that is open.
  await see(page, "worker", / MiB/);
  await page.context().setOffline(true);
  await banner.waitFor();
  await world.relance("stop", "worker");
  await page.context().setOffline(false);
  await banner.waitFor({ state: "hidden" });
  await see(page, "worker", "Stopped");
});

test("what has not changed stays: a tick, the focus and the node of a row that changes", async (t) => {
  const world = await World.start(t);
  await world.program("alpha", "exec sleep 1000");
  await world.program("beta", "exec sleep 1000");
  const page = await world.page({ go: "/?sort=state" });
  const box = page.getByLabel("Select beta");
  await box.check();
  await box.focus();
  await page.evaluate(() => { globalThis.rowBefore = document.activeElement.closest("tr"); });
  // Its state changes, and with it its place.
  await world.relance("stop", "beta");
  await see(page, "beta", "Stopped");
  assert.deepEqual(await page.locator("tbody th a").allTextContents(), ["beta", "alpha"]);
  const [isSame, focused] = await page.evaluate(() =>
    [globalThis.rowBefore === document.querySelector("tbody tr"), document.activeElement.value]);
  assert.equal(isSame, true, "the row is the same node");
  assert.equal(focused, "beta");
  assert.equal(await box.isChecked(), true);
  await page.getByText("1 selected").waitFor();
});

test("a key that is down while its row changes still ticks the box", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page();
  await page.getByLabel("Select worker").focus();
  await page.keyboard.down("Space");
  await world.relance("stop", "worker");
  await see(page, "worker", "Stopped");
  await page.keyboard.up("Space");
  await page.getByText("1 selected").waitFor();
});

test("a click that has begun ends on what it began on; what came meanwhile is shown after it", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page();
  // What the stream has brought, whether it is shown or not.
  await page.evaluate(() => {
    const { parse } = JSON;
    globalThis.arrived = "";
    JSON.parse = (text) => {
      globalThis.arrived += text;
      return parse(text);
    };
  });
  const box = page.getByLabel("Select worker");
  const { x, y, width, height } = await box.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  // The new row would push the old one down.
  await world.program("a-new-one", "exec sleep 1000");
  await page.waitForFunction(() => globalThis.arrived.includes("Select a-new-one"));
  await page.mouse.up();
  await page.getByText("1 selected").waitFor();
  assert.equal(await box.isChecked(), true);
  await see(page, "a-new-one", "Running");
  assert.deepEqual(world.complaints(), []);
});

test("by keyboard alone: search, choose, stop", async (t) => {
  const world = await World.start(t);
  await world.program("alpha", "exec sleep 1000");
  await world.program("beta", "exec sleep 1000");
  const page = await world.page();
  const press = async (key, times = 1) => { for (let i = 0; i < times; i += 1) await page.keyboard.press(key); };
  const focused = (selector) => page.evaluate((s) => document.activeElement.matches(s), selector);
  const tabTo = (selector) => until(`Tab reaches ${selector}`, async () => {
    if (await focused(selector)) return true;
    await press("Tab");
    return focused(selector);
  });
  await press("/");
  assert.equal(await focused("input[type=search]"), true);
  await page.keyboard.type("a");
  await tabTo('input[value="alpha"]');
  await press("ArrowDown");
  assert.equal(await focused('input[value="beta"]'), true);
  await press("Space");
  await page.getByText("1 selected").waitFor();
  await until("Shift+Tab reaches Stop", async () => {
    if (await focused("#controls button[value=stop]")) return true;
    await press("Shift+Tab");
    return false;
  });
  await press("Enter");
  await see(page, "beta", "Stopped");
  await see(page, "alpha", "Running");
});

/** A world with eight workers from one template, and the row and the button of their group. */
async function workers(t, options) {
  const world = await World.start(t);
  await world.relance("create", "worker@", "--instances", "8", "--actions", "restart/600000", "--reset", "86400",
    "--", "/bin/sleep", "1000");
  await world.relance("start", "worker@*");
  await world.program("zebra", "exec sleep 1000");
  const page = await world.page(options);
  const opener = page.getByRole("button", { name: /^worker@/ });
  const group = page.getByRole("row").filter({ has: opener });
  const names = () => page.locator("tbody th a").allTextContents();
  return { world, page, opener, group, names };
}
const ALL = ["worker@1", "worker@2", "worker@3", "worker@4", "worker@5", "worker@6", "worker@7", "worker@8"];

test("eight instances are one row, live, that opens and stays open", async (t) => {
  const { world, page, opener, group, names } = await workers(t);
  assert.equal(await opener.getAttribute("aria-expanded"), "false");
  assert.deepEqual(await names(), ["zebra"]);
  await group.filter({ hasText: /8 instances.*8\sRunning/ }).waitFor();
  await group.locator(".memory").filter({ hasText: /[0-9.]+ [KM]iB/ }).waitFor();
  await group.locator(".cpu").filter({ hasText: /[0-9.]+\s%/ }).waitFor();
  process.kill((await world.status("worker@3")).status.process_id, "SIGKILL");
  await group.filter({ hasText: /1\sFailed.*7\sRunning.*SIGKILL.*worker@3.*Restart the service in.*worker@3/s }).waitFor();
  await group.locator(".failures").getByText("1", { exact: true }).waitFor();

  await opener.click();
  await see(page, "worker@3", "Failed");
  assert.deepEqual(await names(), [...ALL, "zebra"]);
  assert.equal(await opener.getAttribute("aria-expanded"), "true");
  // It is remembered: over what the stream brings, another order, and when the page is loaded again.
  await world.relance("stop", "worker@8");
  await see(page, "worker@8", "Stopped");
  await group.filter({ hasText: /1\sStopped/ }).waitFor();
  await page.getByRole("link", { name: "Failures" }).click();
  await page.waitForURL(/sort=failures/);
  await page.reload();
  await see(page, "worker@3", "Failed");
  await opener.click();
  await row(page, "worker@3").waitFor({ state: "detached" });
  assert.equal(await opener.getAttribute("aria-expanded"), "false");
  assert.deepEqual(world.complaints(), []);
});

test("all instances of a row are stopped together, after a question", async (t) => {
  const { world, page, opener, group } = await workers(t);
  const box = page.getByLabel("Select 8 instances of worker@");
  await box.check();
  await page.getByText("8 selected").waitFor();
  const stop = page.getByRole("button", { name: "Stop", exact: true });
  page.once("dialog", (dialog) => dialog.dismiss());
  await stop.click();
  assert.equal((await world.status("worker@1")).status.process_id > 0, true, "who says no ends nothing");
  const asked = accepted(page);
  await stop.click();
  assert.match(await asked, /^8 · Stop/);
  await group.filter({ hasText: /8\sStopped/ }).waitFor();
  await see(page, "zebra", "Running");
  assert.equal(await box.isChecked(), true, "the choice has survived");
  // One of them taken out leaves the others chosen.
  await opener.click();
  await page.getByLabel("Select worker@5").uncheck();
  await page.getByText("7 selected").waitFor();
  assert.equal(await box.evaluate((element) => element.indeterminate), true);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await group.filter({ hasText: /7\sRunning.*1\sStopped/s }).waitFor();
  await see(page, "worker@5", "Stopped");
  assert.deepEqual(world.complaints(), []);
});

test("instances are found by search and by state", async (t) => {
  const { page, world, opener, group, names } = await workers(t);
  const search = page.getByLabel("Search");
  await search.fill("worker@7");
  await row(page, "worker@7").waitFor();
  assert.deepEqual(await names(), ["worker@7"]);
  await search.fill("WORKER");
  await group.filter({ hasText: "8 instances" }).waitFor();
  await row(page, "worker@7").waitFor({ state: "detached" });
  await search.fill("");
  await world.relance("stop", "worker@2", "worker@4");
  await page.getByLabel("State").selectOption("Stopped");
  await group.filter({ hasText: /2 of 8 instances/ }).waitFor();
  await opener.waitFor();
  assert.deepEqual(await names(), ["worker@2", "worker@4"], "few are open by themselves");
});

test("keys open and close the row of instances, and the focus stays on it", async (t) => {
  const { world, page, opener } = await workers(t, { locale: "fr-FR" });
  await opener.filter({ hasText: "8 instances" }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  const isOpen = (state) => until(`the row is open: ${state}`, async () => (await opener.getAttribute("aria-expanded")) === String(state));
  await page.keyboard.press("j");
  assert.match(await focused(), /^worker@/);
  await page.keyboard.press("Enter");
  await isOpen(true);
  await row(page, "worker@1").waitFor();
  assert.match(await focused(), /^worker@ /);
  await page.keyboard.press("j");
  assert.equal(await focused(), "worker@1");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowLeft");
  await isOpen(false);
  await page.keyboard.press("ArrowRight");
  await isOpen(true);
  await page.keyboard.press("Space");
  await isOpen(false);
  assert.match(await focused(), /^worker@ /);
  assert.deepEqual(world.complaints(), []);
});

test("without the script the row of instances opens, and all of them are controlled", async (t) => {
  const { world, page } = await workers(t);
  const plain = await world.plainPage(page);
  await plain.goto(`${world.url}/?q=worker`);
  const opener = plain.getByRole("button", { name: /^worker@/ });
  await opener.click();
  assert.equal(await opener.getAttribute("aria-expanded"), "true");
  assert.deepEqual(await plain.locator("tbody th a").allTextContents(), ALL, "what was searched is kept");
  await opener.click();
  assert.equal(await opener.getAttribute("aria-expanded"), "false");
  assert.equal(await plain.locator("tbody th a").count(), 0);

  await plain.getByLabel("Select 8 instances of worker@").check();
  await plain.getByRole("button", { name: "Stop", exact: true }).click();
  await plain.getByText("8 · Stop: for all that are selected?").waitFor();
  assert.equal((await world.status("worker@1")).status.process_id > 0, true, "nothing has ended yet");
  await plain.getByRole("button", { name: "Stop", exact: true }).click();
  for (const name of ALL) await world.relance("wait", name, "--state", "stopped");
  await plain.goto(`${world.url}/`);
  await plain.getByRole("row").filter({ has: opener }).filter({ hasText: /8\sStopped/ }).waitFor();
});

test("on a phone the row of instances is a card", async (t) => {
  const { page, opener, group } = await workers(t, { width: 390, height: 800 });
  await group.filter({ hasText: /8\sRunning/ }).waitFor();
  await opener.click();
  await row(page, "worker@8").waitFor();
  const cut = await page.evaluate(() => [...document.querySelectorAll("tbody td, tbody th")]
    .filter((cell) => cell.getBoundingClientRect().right > innerWidth).map((cell) => cell.textContent));
  assert.deepEqual(cut, []);
});

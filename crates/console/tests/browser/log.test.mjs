// The event log and the history of the machine.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { World, closeBrowser, until } from "./world.mjs";

after(closeBrowser);

test("filters, full text, and an event's page in plain words", async (t) => {
  const world = await World.start(t);
  await world.program("mailer", "echo 'the disk is on fire'; exit 7", {
    dies: true, options: ["--actions", "restart/3600000", "--reset", "86400"] });
  await world.program("other", "exec sleep 1000");
  const page = await world.page({ go: "/events" });
  const rows = page.locator("tbody tr");
  await page.getByRole("row", { name: /7031.*mailer/ }).waitFor();
  await page.getByLabel("Level").selectOption("Errors");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/level=error/);
  assert.equal(await page.getByRole("row", { name: /Information/ }).count(), 0);
  // In the output, which the sentence does not show.
  await page.getByRole("searchbox", { name: "Search" }).fill("disk is on FIRE");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/fire/i);
  // The stop with an error, and the failure it was.
  assert.equal(await rows.count(), 2);
  await page.getByRole("link", { name: /^Event 7031/ }).click();
  await page.getByRole("heading", { name: "What it means" }).waitFor();
  await page.getByText("A recovery action was queued").waitFor();
  await page.getByText("the disk is on fire").waitFor();
  await page.getByRole("heading", { name: "What to do" }).waitFor();
  assert.deepEqual(world.complaints(), []);
  await page.goto(`${world.url}/events?event_id=nonsense`);
  await page.getByText(/"nonsense" is not an event id/).waitFor();
  await page.goto(`${world.url}/events?service=nobody`);
  await page.getByText("No event matches.").waitFor();
});

test("times to filter by are the viewer's, as those that are shown", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: "/events?event_id=7036" });
  const row = page.getByRole("row", { name: /worker is now running/ });
  await row.waitFor();
  // Half an hour before and after now, in Paris: taken for UTC, both would be after it.
  const inParis = (minutes) => new Date(Date.now() + minutes * 60e3)
    .toLocaleString("sv", { timeZone: "Europe/Paris" }).slice(0, 16).replace(" ", "T");
  const [before, after] = [inParis(-30), inParis(30)];
  for (const [since, rows] of [[before, 1], [after, 0]]) {
    await page.getByLabel("From").fill(since);
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL((url) => (url.searchParams.get("since") ?? "").endsWith("Z")
      && new Date(url.searchParams.get("since")) - Date.now() > 0 === (since === after));
    assert.equal(await page.getByLabel("From").inputValue(), since);
    assert.equal(await row.count(), rows);
  }
  assert.deepEqual(world.complaints(), []);
});

test("new events arrive as they are written, and only those that match", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  await world.program("other", "exec sleep 1000");
  const page = await world.page({ go: "/events?service=worker&event_id=7036" });
  await page.getByRole("row", { name: /worker is now running/ }).waitFor();
  await world.relance("stop", "other");
  await world.relance("stop", "worker");
  await page.getByRole("row", { name: /worker is now stopped/ }).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 2);
  await page.getByLabel("Follow").uncheck();
  await world.relance("start", "worker");
  await page.reload();
  assert.equal(await page.locator("tbody tr").count(), 3);
});

test("a page that nobody sees is silent, and has everything when it is seen again", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: "/events?event_id=7036" });
  const see = (state) => page.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
  await page.getByRole("row", { name: /worker is now running/ }).waitFor();
  await see("hidden");
  await world.relance("stop", "worker");
  await world.relance("start", "worker");
  assert.equal(await page.locator("tbody tr").count(), 1);
  await see("visible");
  await page.getByRole("row", { name: /worker is now stopped/ }).waitFor();
  await page.getByRole("row", { name: /worker is now running/ }).nth(1).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 3);
});

test("what is found is exported as CSV and JSON", async (t) => {
  const world = await World.start(t);
  await world.program("=cmd|' C calc'!A0", "exec sleep 1000");
  const page = await world.page({ go: "/events?event_id=7036" });
  const get = async (name) => {
    const [download] = await Promise.all([
      page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
    return readFileSync(await download.path(), "utf8");
  };
  const csv = await get("Export CSV");
  assert.match(csv, /^number,time,level,event_id/);
  assert.match(csv, /"'=cmd\|' C calc'!A0"/, "no spreadsheet takes it for a formula");
  const json = JSON.parse(await get("Export JSON"));
  assert.deepEqual(json.map(({ event_id: id }) => id), [7036]);
});

test("the history of the machine: who failed, availability, marks that lead to events", async (t) => {
  const world = await World.start(t);
  await world.program("steady", "exec sleep 1000");
  await world.program("shaky", "exec sleep 1000", { options: ["--actions", "restart/0", "--reset", "300"] });
  process.kill((await world.status("shaky")).status.process_id, "SIGSEGV");
  await world.relance("wait", "shaky", "--state", "running");
  const page = await world.page({ go: "/history?window=10m" });
  await page.getByRole("heading", { name: /shaky \d+\.\d\d\s% · 1 failure/ }).waitFor();
  assert.equal(await page.getByRole("heading", { name: /steady/ }).count(), 0);
  await page.getByText(/% available, all services together · 1 failure/).waitFor();
  await page.getByRole("link", { name: "1 hour" }).click();
  await page.getByRole("link", { name: /shaky failed unexpectedly/ }).waitFor();
  assert.deepEqual(world.complaints(), []);
});

test("times are in the viewer's zone, the exact one on hover", async (t) => {
  const world = await World.start(t);
  const page = await world.page({ go: "/events" });
  const time = page.locator("td.when time").first();
  const utc = await time.getAttribute("datetime");
  assert.match(utc, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const inParis = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "medium", timeStyle: "medium", timeZone: "Europe/Paris" }).format(new Date(utc));
  assert.equal(await time.textContent(), inParis);
  assert.match(await time.getAttribute("title"), new RegExp(`\\(${utc}\\)`));
});

test("history: a start that failed is red, and time before a service existed is blank", async (t) => {
  const world = await World.start(t);
  await world.program("missing", "exec sleep 1", { start: false });
  await world.relance("config", "missing", "--command-line", "/nowhere/at/all");
  await world.relance("start", "missing").catch(() => {});
  const page = await world.page({ go: "/service/history?name=missing&window=1h" });
  await page.locator("svg rect.failed").waitFor();
  const from = await page.locator("svg rect:not(.ground)").evaluateAll((rects) =>
    Math.min(...rects.map((rect) => Number(rect.getAttribute("x")))));
  assert.ok(from > 900, `nothing is drawn for the hour before: ${from}`);
  await page.getByText(/^0\.00\s% available · 1 failure$/).waitFor();
  await page.getByText("As a table").click();
  await page.getByRole("cell", { name: /down after a failure/ }).waitFor();
  assert.deepEqual(world.complaints(), []);
});

test("history: marks that stand together are counted and open; the drawing is live, and can be zoomed", async (t) => {
  const world = await World.start(t);
  await world.program("shaky", "exec sleep 1000", { options: ["--actions", "restart/0", "--reset", "300"] });
  const page = await world.page({ go: "/service/history?name=shaky&window=1h" });
  await page.getByText(/100\.00\s% available · 0 failures/).waitFor();
  for (let i = 0; i < 3; i += 1) {
    const { process_id: pid } = (await world.status("shaky")).status;
    process.kill(pid, "SIGKILL");
    await until("another process runs", async () => {
      const { status } = await world.status("shaky");
      return status.process_id !== 0 && status.process_id !== pid;
    });
  }
  await page.getByText(/available · 3 failures/).waitFor();
  await page.getByRole("link", { name: /shaky failed unexpectedly.*and 2 more/ }).click();
  await page.waitForURL(/service\/events.*since=/);
  assert.equal(await page.getByRole("row", { name: /failed unexpectedly/ }).count(), 3);
  await page.goBack();
  await page.getByRole("link", { name: "1 minute" }).click();
  await page.waitForURL(/window=1m/);
  await page.getByRole("link", { name: "Earlier" }).click();
  await page.getByRole("link", { name: "Now", exact: true }).waitFor();
  assert.deepEqual(world.complaints(), []);
});

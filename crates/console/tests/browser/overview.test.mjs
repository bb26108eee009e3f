// The page to begin with, and coming to another page than that.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { World, closeBrowser, tab } from "./world.mjs";

after(closeBrowser);

const part = (page, name) => page.getByRole("region", { name });

test("what needs a person, what failed and why, what comes next, and who did what", async (t) => {
  const world = await World.start(t);
  await world.program("steady", "exec sleep 1000");
  await world.program("report", "echo reading orders; echo 'no such table'; exit 3", {
    dies: true, options: ["--actions", "none/0", "--reset", "300"] });
  await world.program("queue", "echo working; exec sleep 1000", {
    options: ["--actions", "restart/600000", "--reset", "86400"] });
  process.kill((await world.status("queue")).status.process_id, "SIGSEGV");
  await world.relance("wait", "queue", "--state", "stopped");
  const page = await world.page({ go: "/overview" });
  const now = part(page, "Needs attention");
  await now.getByRole("link", { name: "report" }).waitFor();
  assert.match(await now.textContent(), /report.*exit status 3.*nothing will start it again/s);
  assert.equal(await now.getByText("queue").count(), 0, "it is brought back by itself");
  assert.match(await part(page, "About to happen").textContent(), /in \d+.*queue: Restart/s);
  const failed = part(page, "Failed in the last 24 hours");
  await failed.getByText(/1 × .*signal 11/).waitFor();
  await failed.getByText("no such table").waitFor();
  await failed.getByRole("link", { name: "1 failure" }).first().waitFor();
  await part(page, "Changed in the last 24 hours").getByText(/The service steady was installed/).waitFor();
  assert.deepEqual(world.complaints(), []);
});

test("what is older is folded away and stays unfolded, and everything that was asked for is one press away", async (t) => {
  const world = await World.start(t);
  const names = Array.from({ length: 60 }, (_, i) => `job-${String(i).padStart(2, "0")}`);
  for (const name of names) await world.program(name, "exec sleep 1000", { start: false });
  const page = await world.page({ go: "/overview" });
  const changes = part(page, "Changed in the last 24 hours");
  await changes.getByText("The service job-59 was installed").waitFor();
  assert.equal(await changes.getByText("was installed").filter({ visible: true }).count(), 8);
  await changes.getByText("Earlier").click();
  assert.equal(await changes.getByText("was installed").filter({ visible: true }).count(), 50);
  await world.relance("config", "job-00", "--description", "a first one");
  await changes.getByText("Settings of job-00 were changed: Description.").waitFor();
  assert.equal(await changes.getByRole("listitem").filter({ visible: true }).count(), 50, "it stays unfolded");
  await changes.getByRole("link", { name: "Everything that was asked for" }).click();
  await page.waitForURL(/level=asked/);
  assert.equal(await page.getByLabel("Level").inputValue(), "asked");
  await page.locator("tbody tr").first().getByText("Settings of job-00 were changed").waitFor();
  assert.equal(await page.locator("tbody tr").count(), 61);
  assert.deepEqual(world.complaints(), []);
});

test("the overview is live, and what is down can be started from it", async (t) => {
  const world = await World.start(t);
  const page = await world.page({ go: "/overview" });
  await page.getByText("Nothing needs attention.").waitFor();
  await world.program("report", "test -e /nowhere || exec sleep 1000", {
    start: false, options: ["--actions", "none/0", "--reset", "300"] });
  await world.relance("start", "report");
  process.kill((await world.status("report")).status.process_id, "SIGKILL");
  const now = part(page, "Needs attention");
  await now.getByRole("link", { name: "report" }).waitFor();
  await part(page, "Failed in the last 24 hours").getByText(/signal 9/).waitFor();
  await now.getByRole("button", { name: "Start" }).click();
  await page.getByText("Nothing needs attention.").waitFor();
  assert.deepEqual(world.complaints(), []);
});

test("readers see the overview without its buttons", async (t) => {
  const world = await World.start(t);
  await world.program("report", "exit 3", { dies: true, options: ["--actions", "none/0", "--reset", "300"] });
  const page = await world.page({ role: "reader", go: "/overview" });
  await part(page, "Needs attention").getByText("report").waitFor();
  assert.equal(await page.locator("main").getByRole("button").count(), 0);
});

test("the page that was wanted is there after signing in", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page();
  await page.context().clearCookies();
  await page.goto(world.url + tab("worker", "recovery"));
  await page.waitForURL(`${world.url}/signin`);
  await page.goto(await world.relance("console", "--no-browser"));
  await page.waitForURL(world.url + tab("worker", "recovery"));
});

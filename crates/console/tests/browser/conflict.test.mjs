// Two people change one service at the same time: what they have changed apart is put together, and where both have
// changed the same, somebody chooses.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { World, closeBrowser, tab } from "./world.mjs";

after(closeBrowser);

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const config = async (world, name) => JSON.parse(await world.relance("config", name, "--json"));
const CHANGED = "Somebody else has changed this service since you opened the form";

test("changes of different settings are put together, and what the other did is shown", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker") });
  await page.getByLabel("Start type").selectOption("Automatic");
  await world.relance("config", "worker", "--description", "the other's");
  // At once, on the open page …
  await page.getByText("This service was changed elsewhere meanwhile").waitFor();
  // … and before anything is saved.
  await press(page, "Save…");
  const told = page.getByRole("alert").filter({ hasText: CHANGED });
  await told.getByText("Description becomes the other's (was empty), at once.").waitFor();
  await page.getByText("Start type becomes Automatic (was Manual), at once.").waitFor();
  await press(page, "Save");
  await page.getByText("Saved.").waitFor();
  const saved = await config(world, "worker");
  assert.deepEqual([saved.description, saved.start_type], ["the other's", "auto"]);
});

test("what both have changed is chosen, and saved as chosen", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options: ["--env", "A=1", "--env", "B=1"] });
  const page = await world.page();
  const change = async (mine, theirs) => {
    await page.goto(world.url + tab("worker", "environment"));
    await page.locator("textarea[name=environment]").fill(mine);
    await world.relance("config", "worker", ...theirs.flatMap((each) => ["--env", each]));
    await press(page, "Save…");
    await page.getByText(CHANGED).waitFor();
  };
  await change("A=2\nB=1\nC=1", ["A=3", "B=2"]);
  const choice = page.getByRole("group", { name: "The variable A" });
  // Nothing is chosen for anybody.
  await press(page, "Save");
  assert.equal(await choice.getByLabel("Mine:").evaluate((input) => input.validity.valueMissing), true);
  await choice.getByLabel("Mine: A=2").check();
  await press(page, "Save");
  await page.getByText("Saved.").waitFor();
  assert.deepEqual((await config(world, "worker")).environment, ["A=2", "B=2", "C=1"]);

  await change("A=4\nB=2\nC=1", ["A=5", "B=2", "C=1"]);
  await choice.getByLabel("Theirs: A=5").check();
  await press(page, "Save");
  await page.getByText("Saved.").waitFor();
  assert.deepEqual((await config(world, "worker")).environment, ["A=5", "B=2", "C=1"]);
});

test("the actions of different failures do not collide", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options: ["--actions", "restart/1m/restart/1m/none/0", "--reset", "1d"] });
  const page = await world.page({ go: tab("worker", "recovery") });
  await page.getByLabel("2nd failure: delay").fill("2");
  await world.relance("failure", "worker", "--actions", "restart/30s/restart/1m/none/0");
  await press(page, "Save…");
  await page.getByText(CHANGED).waitFor();
  await page.getByText(/The delay after the 1st failure becomes 30\ss \(was 1\smin\)/).waitFor();
  await page.getByText(/The delay after the 2nd failure becomes 2\smin \(was 1\smin\), at the next failure/).waitFor();
  await press(page, "Save");
  await page.getByText("Saved.").waitFor();
  const { actions } = JSON.parse(await world.relance("failure", "worker", "--json"));
  assert.deepEqual(actions.map(({ delay_ms: delay }) => delay), [30_000, 120_000, 0]);
});

test("the connection is lost on Save: what was typed is there, and is saved when it is back", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker") });
  await page.getByLabel("Description").fill("typed");
  await page.context().setOffline(true);
  await press(page, "Save…");
  await page.getByRole("alert").getByText("Not saved: the console does not answer").waitFor();
  assert.equal(await page.getByLabel("Description").inputValue(), "typed");
  await page.context().setOffline(false);
  await press(page, "Save…");
  // The same sentence stands beside the form before.
  const review = page.getByRole("region", { name: "This would change" });
  await review.getByText("Description becomes typed (was empty), at once.").waitFor();
  // The browser's own way back leads to the form as it was.
  await page.goBack();
  assert.equal(await page.getByLabel("Description").inputValue(), "typed");
  await page.getByLabel("Description").fill("typed again");
  await press(page, "Save…");
  await press(page, "Save");
  await page.getByText("Saved.").waitFor();
  assert.equal((await config(world, "worker")).description, "typed again");
});

test("signed out meanwhile: what was typed is saved after signing in on another page", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker") });
  await page.getByLabel("Description").fill("typed");
  const other = await page.context().newPage();
  await other.goto(`${world.url}/`);
  await other.getByText("Menu").click();
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.getByText("There are no passwords").waitFor();
  await press(page, "Save…");
  await page.getByRole("alert").getByText("Not saved: you are signed out").waitFor();
  await other.goto(await world.relance("console", "--no-browser"));
  await other.waitForURL(`${world.url}/overview`);
  await press(page, "Save…");
  await press(page, "Save");
  await page.getByText("Saved.").waitFor();
  assert.equal((await config(world, "worker")).description, "typed");
});

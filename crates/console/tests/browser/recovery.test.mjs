// The Recovery tab: the form, what it warns of, what-if, and saving.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { World, closeBrowser, tab, until } from "./world.mjs";

after(closeBrowser);

const failure = async (world, name) => JSON.parse(await world.relance("failure", name, "--json"));

async function opened(t, options = []) {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options });
  return { world, page: await world.page({ go: tab("worker", "recovery") }) };
}

test("four failures, each with an action and a delay of its own, are saved as shown", async (t) => {
  const { world, page } = await opened(t);
  await page.getByText("nothing: no actions are configured").waitFor();
  for (const [which, action, delay, unit] of [
    ["1st", "Restart the service", "1.5", "s"], ["2nd", "Restart the service", "2", "min"],
    ["3rd", "Run a program", "0", "s"], ["4th", "Take no action", "0", "s"]]) {
    if (which === "4th") await page.getByRole("button", { name: "One more failure" }).click();
    await page.getByLabel(`${which} failure: action`).selectOption(action);
    await page.getByLabel(`${which} failure: delay`).fill(delay);
    await page.getByLabel(`${which} failure: unit`).selectOption(unit);
  }
  await page.getByLabel("Reset period", { exact: true }).fill("1");
  await page.getByLabel("Reset period: unit").selectOption("h");
  await page.getByRole("textbox", { name: "Command line" }).fill("/usr/bin/logger failed");
  await page.getByLabel("Append fail count").check();
  await page.getByRole("listitem").filter({ hasText: /1st.*1.5 s.*Restart the service/ }).waitFor();
  await page.getByRole("listitem").filter({ hasText: /4th and every later one.*nothing; it stays down/ }).waitFor();
  await page.getByText("Show me how to script this").click();
  await page.getByText("sc failure \"worker\" reset= 3600 actions= \"restart/1500/restart/120000/run/0/none/0\"").waitFor();
  await page.getByRole("button", { name: "Save…" }).click();
  await page.getByText(/After the 2nd failure: Restart the service after 2\smin \(was: nothing.*at the next failure/).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  const saved = await failure(world, "worker");
  assert.deepEqual(saved.actions.map(({ kind, delay_ms: ms }) => `${kind}/${ms}`),
    ["restart/1500", "restart/120000", "run/0", "none/0"]);
  assert.equal(saved.reset_period_secs, 3600);
  assert.equal(saved.command, "/usr/bin/logger failed /fail=%1%");
  // The form shows again what was saved.
  assert.equal(await page.getByLabel("1st failure: delay").inputValue(), "1500");
  assert.equal(await page.getByLabel("Append fail count").isChecked(), true);
  assert.deepEqual(world.complaints(), []);
});

test("where people go wrong it warns: reset 0, the flag, NONE at the end, a storm, no program, reboot", async (t) => {
  const { page } = await opened(t, ["--actions", "restart/60000/restart/60000", "--reset", "86400", "--on-error-stop", "yes"]);
  const warning = (text) => page.locator(".warning").filter({ hasText: text });
  assert.equal(await page.locator(".warning").count(), 0);
  await page.getByLabel("Reset period", { exact: true }).fill("0");
  await warning("every failure is the first").waitFor();
  await page.getByLabel("Reset period", { exact: true }).fill("1");
  await warning("every failure is the first").waitFor({ state: "detached" });
  await page.getByLabel("Enable actions for stops with errors").uncheck();
  await warning("A stop with an error code is not a failure").waitFor();
  const last = page.getByLabel("2nd failure: action");
  await last.selectOption("Take no action");
  await warning("The list ends with no action").waitFor();
  await last.selectOption("Run a program");
  await warning("no program is given").waitFor();
  await last.selectOption("Reboot the computer");
  await warning("allow_reboot").waitFor();
  await last.selectOption("Restart the service");
  await page.getByLabel("2nd failure: delay").fill("0");
  await warning("restarted without end").waitFor();
});

test("before a change is saved it says what the last 30 days would have been", async (t) => {
  const world = await World.start(t);
  const options = ["--actions", "restart/100/restart/100/none/0", "--reset", "86400"];
  await world.program("worker", "exit 3", { dies: true, options });
  await until("it has failed three times", async () => JSON.stringify(await world.status("worker")).includes('"failure_count":3'));
  const page = await world.page({ go: tab("worker", "recovery") });
  await page.getByLabel("1st failure: action").selectOption("Take no action");
  await page.getByRole("button", { name: "Save…" }).click();
  const replay = page.getByRole("region", { name: "What the last 30 days would have been" });
  const cells = async (name) => replay.getByRole("row").filter({ hasText: name }).getByRole("cell").allInnerTexts();
  await replay.getByRole("row").filter({ hasText: "restarts" }).waitFor();
  assert.deepEqual(await cells("restarts"), ["2", "0"]);
  assert.deepEqual(await cells("failures spared"), ["0", "2"]);
  assert.deepEqual(world.complaints(), []);
});

test("what if: failures are marked on the line and below it, and the actions follow", async (t) => {
  const { page } = await opened(t, ["--actions", "restart/30000/none/0", "--reset", "86400"]);
  const region = page.getByRole("region", { name: "What if…" });
  await region.getByLabel("Seconds").fill("60");
  await region.getByRole("button", { name: "Add" }).click();
  await region.getByText("+1 min crashes").waitFor();
  // Down for the delay, and up again.
  await region.locator("rect.failed").waitFor();
  assert.equal(await region.locator("rect.up").count(), 2);
  const box = await region.locator("svg.chart").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 3);
  await region.getByRole("button", { name: "Remove" }).nth(1).waitFor();
  // The second failure is answered with nothing: down to the end.
  assert.equal(await region.locator("rect.failed").count(), 2);
  await region.getByText("In words").click();
  await region.getByRole("listitem").filter({ hasText: /7034 the service failed unexpectedly. Failures so far: 2/ }).waitFor();
  await region.getByText("At the end: Stopped, 2 failures counted").waitFor();
  await region.getByLabel("Axis").selectOption("1 h");
  await region.getByText("+1 h").waitFor();
  await region.getByRole("button", { name: "Remove +1 min", exact: true }).click();
  await region.getByText("+1 min crashes").waitFor({ state: "detached" });
});

test("the next failure is the one that would come now", async (t) => {
  const { world, page } = await opened(t, ["--actions", "restart/0/restart/60000/none/0", "--reset", "86400"]);
  await page.locator("li.now").filter({ hasText: "1st" }).waitFor();
  process.kill((await world.status("worker")).status.process_id, "SIGKILL");
  await page.getByText(/1 failure counted, reset in 23\sh/).waitFor();
  await page.reload();
  await page.locator("li.now").filter({ hasText: /2nd.*number 2/ }).waitFor();
});

test("INFINITE, and no actions at all", async (t) => {
  const { world, page } = await opened(t, ["--actions", "restart/60000", "--reset", "60"]);
  const confirm = async () => {
    await page.getByRole("button", { name: "Save…" }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved.").waitFor();
  };
  await page.getByLabel("never (INFINITE)").check();
  await page.getByText("never reset until the machine boots").waitFor();
  await confirm();
  assert.equal((await failure(world, "worker")).reset_period_secs, "INFINITE");
  await page.goto(world.url + tab("worker", "recovery"));
  await page.getByLabel("1st failure: action").selectOption("— as the one before");
  await page.locator("ol.steps").getByText("nothing: no actions are configured").waitFor();
  await confirm();
  const saved = await failure(world, "worker");
  assert.deepEqual([saved.actions, saved.reset_period_secs], [[], 0]);
});

test("a pending recovery is cancelled", async (t) => {
  const { world, page } = await opened(t, ["--actions", "restart/3600000", "--reset", "86400"]);
  process.kill((await world.status("worker")).status.process_id, "SIGKILL");
  await page.getByText(/Restart the service in 59\smin/).waitFor();
  await page.getByRole("button", { name: "Cancel recovery" }).click();
  await page.getByText(/Restart the service in/).waitFor({ state: "detached" });
  assert.equal((await world.status("worker")).recovery_state.pending, undefined);
});

test("rules by cause: written with a row, read in words, tried, and saved", async (t) => {
  const { world, page } = await opened(t, ["--actions", "restart/1m", "--reset", "1d"]);
  const row = page.getByRole("group", { name: "Write a rule" });
  await row.getByLabel("Cause").selectOption("any exit status");
  await row.getByLabel("Which one").fill("75");
  await row.getByLabel("after").fill("7s");
  await row.getByRole("button", { name: "Add the rule" }).click();
  await row.getByLabel("Cause").selectOption("out of memory");
  await row.getByLabel("What follows").selectOption("Take no action");
  await row.getByRole("button", { name: "Add the rule" }).click();
  assert.equal(await page.locator("textarea[name=failure_rules]").inputValue(), "exit:75=restart/7s\nout-of-memory=none/7s");
  const policy = page.getByRole("region", { name: "By cause" });
  await policy.getByRole("row", { name: /exit status 75 Restart the service after 7\ss/ }).waitFor();
  await policy.getByRole("row", { name: /out of memory Take no action/ }).waitFor();
  // What the rules name can be tried before anything is saved.
  await page.getByLabel("Seconds", { exact: true }).fill("60");
  await page.locator("#whatif-kind").selectOption("fails: exit status 75");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("+1 min fails: exit status 75").waitFor();
  await page.getByText("In words").click();
  await page.locator("ol.story").getByText(/\+1\smin 7\ss/).first().waitFor();
  await page.getByRole("button", { name: "Save…" }).click();
  const review = page.getByRole("region", { name: "This would change" });
  await review.getByText(/Rules by cause: exit status 75: Restart the service after 7\ss is added, at the next failure/).waitFor();
  await review.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  assert.deepEqual(JSON.parse(await world.relance("config", "worker", "--json")).extensions.failure_rules,
    ["exit:75=restart/7000", "out-of-memory=none/7000"]);
  await page.goto(world.url + tab("worker", "recovery"));
  assert.equal(await page.locator("textarea[name=failure_rules]").inputValue(), "exit:75=restart/7s\nout-of-memory=none/7s");
});

// Forms keep what was typed: after an error, after the difference, on every tab; what is wrong stands at its field.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { World, closeBrowser, tab } from "./world.mjs";

after(closeBrowser);

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

test("back to editing: everything that was typed is there, on every tab", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page();
  const again = async (word, fill, is) => {
    await page.goto(world.url + tab("worker", word));
    await fill();
    await press(page, "Save…");
    await page.getByRole("heading", { name: "This would change" }).waitFor();
    await press(page, "Back to editing");
    await page.locator("#edit").waitFor();
    await is();
  };
  const field = (label) => page.getByLabel(label, { exact: true });
  await again("general", async () => {
    await page.getByLabel("Description").fill("a \"b\" <c> & d");
    await page.getByLabel("Start type").selectOption("Automatic");
    await page.getByLabel("Start it some time after the other automatic services").check();
  }, async () => {
    assert.equal(await page.getByLabel("Description").inputValue(), "a \"b\" <c> & d");
    assert.equal(await page.getByLabel("Start type").inputValue(), "auto");
    assert.equal(await page.getByLabel("Start it some time after").isChecked(), true);
  });
  await again("log-on", () => page.getByLabel("Account").fill("nobody"),
    async () => assert.equal(await page.getByLabel("Account").inputValue(), "nobody"));
  await again("recovery", async () => {
    await page.getByLabel("1st failure: action").selectOption("Restart the service");
    await page.getByLabel("1st failure: delay").fill("1.5");
    await page.getByLabel("1st failure: unit").selectOption("min");
  }, async () => {
    assert.equal(await page.getByLabel("1st failure: action").inputValue(), "restart");
    assert.equal(await page.getByLabel("1st failure: delay").inputValue(), "1.5");
    assert.equal(await page.getByLabel("1st failure: unit").inputValue(), "min");
  });
  await again("environment", () => field("Variables").fill("A=1\nB=x y"),
    async () => assert.equal(await page.locator("textarea[name=environment]").inputValue(), "A=1\nB=x y"));
  await again("dependencies", () => page.getByLabel("Services that must run first").fill("nowhere"),
    async () => assert.equal(await page.getByLabel("Services that must run first").inputValue(), "nowhere"));
  assert.deepEqual(world.complaints(), []);
});

test("after an error what was typed is kept, and what is wrong stands at its field", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker", "environment") });
  await page.getByLabel("Variables", { exact: true }).fill("A=1\nnonsense");
  await press(page, "Save…");
  const problems = page.getByRole("region", { name: "Not saved" });
  await problems.getByText(/has no =; write NAME=value/).waitFor();
  const variables = page.locator("textarea[name=environment]");
  assert.equal(await variables.inputValue(), "A=1\nnonsense");
  assert.equal(await variables.getAttribute("aria-invalid"), "true");
  const told = page.locator(`#${await variables.getAttribute("aria-describedby")}`);
  assert.match(await told.textContent(), /has no =/);
  await problems.getByRole("link", { name: /To the field/ }).click();
  assert.equal(await page.evaluate(() => location.hash), "#field-environment");

  // A problem of two fields stands at both, and what the manager refuses at the one there is.
  await page.goto(world.url + tab("worker"));
  await page.getByLabel("Description").fill("kept");
  await page.getByLabel("Start it some time after the other automatic services").check();
  await press(page, "Save…");
  await problems.getByText(/a delayed start needs the start type auto/i).waitFor();
  assert.equal(await page.getByLabel("Description").inputValue(), "kept");
  assert.equal(await page.locator("[name=delayed_auto_start]").getAttribute("aria-invalid"), "true");
});

test("a new service: nothing that was typed is lost with an error", async (t) => {
  const world = await World.start(t);
  await world.program("taken", "exec sleep 1000");
  const page = await world.page({ go: "/create" });
  await page.getByLabel("Name", { exact: true }).fill("taken");
  await page.getByRole("textbox", { name: "Command line" }).first().fill("/bin/sleep \"1 0\"");
  await page.getByLabel("Description").fill("a new one");
  await press(page, "Create");
  const name = page.locator("input[name=name]");
  await page.getByRole("region", { name: "Not saved" }).waitFor();
  assert.equal(await name.getAttribute("aria-invalid"), "true");
  assert.equal(await name.inputValue(), "taken");
  assert.equal(await page.getByRole("textbox", { name: "Command line" }).first().inputValue(), "/bin/sleep \"1 0\"");
  assert.equal(await page.getByLabel("Description").inputValue(), "a new one");
});

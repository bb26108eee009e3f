// Named policies: who uses one, what a change means for each before it is saved, and the Recovery tab of who uses it.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { World, closeBrowser, tab } from "./world.mjs";

after(closeBrowser);

const POLICY = "/policy?name=workers";

async function world(t) {
  const here = await World.start(t);
  await here.relance("policy", "set", "workers", "--actions", "restart/1m", "--reset", "1h");
  for (const name of ["one", "two"]) await here.program(name, "exec sleep 1000", { options: ["--policy", "workers"] });
  return here;
}

const delays = async (here) => Promise.all(["one", "two"].map(async (name) =>
  JSON.parse(await here.relance("failure", name, "--json")).actions[0].delay_ms));

test("a change is shown for each that uses the policy, and saved for all", async (t) => {
  const here = await world(t);
  const page = await here.page({ go: "/policies" });
  await page.getByRole("link", { name: "workers" }).click();
  await page.getByText("Used by one, two").waitFor();
  await page.getByLabel("1st failure: delay").fill("5");
  await page.getByLabel("1st failure: unit").selectOption("s");
  await page.locator("#preview").getByRole("listitem").filter({ hasText: /5\ss.*Restart the service/u }).first().waitFor();
  await page.getByRole("button", { name: "Save…" }).click();
  const review = page.getByRole("region", { name: "This would change" });
  // Both are told the same, so they stand together.
  const item = review.getByRole("listitem").filter({ has: page.getByRole("link", { name: "one", exact: true }) });
  await item.getByRole("link", { name: "two", exact: true }).waitFor();
  assert.match(await item.innerText(), /one, two.*failures now: 0.*after 5.s, no longer by .*after 1.min/su);
  assert.deepEqual(await delays(here), [60000, 60000], "nothing is saved unseen");
  await review.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  assert.deepEqual(await delays(here), [5000, 5000]);
  assert.deepEqual(here.complaints(), []);
});

test("somebody else has changed it meanwhile: the form is shown against what is now", async (t) => {
  const here = await world(t);
  const page = await here.page({ go: POLICY });
  await page.getByLabel("1st failure: delay").fill("5");
  await here.relance("policy", "set", "workers", "--actions", "restart/2m");
  await page.getByRole("button", { name: "Save…" }).click();
  await page.getByText("Somebody has changed the policy meanwhile").waitFor();
  assert.deepEqual(await delays(here), [120000, 120000]);
});

test("the Recovery tab says whose policy it is, who else uses it, and gives it back", async (t) => {
  const here = await world(t);
  const page = await here.page({ go: tab("one", "recovery") });
  const card = page.getByRole("region", { name: "Policy", exact: true });
  await card.getByText("Also used by two").waitFor();
  await card.getByRole("link", { name: "Change it for all" }).waitFor();
  assert.equal(await page.getByLabel("1st failure: action").count(), 0, "what the policy says is not changed here");
  await page.getByLabel("Policy", { exact: true }).and(page.locator("input")).fill("none");
  await page.getByRole("button", { name: "Save…" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  assert.equal(await page.getByLabel("1st failure: delay").inputValue(), "1", "it keeps what the policy said");
  assert.deepEqual(here.complaints(), []);
});

test("a reader sees what a policy means, and changes nothing", async (t) => {
  const here = await world(t);
  const page = await here.page({ role: "reader", go: tab("one", "recovery") });
  await page.getByText("says what follows a failure of this service").waitFor();
  assert.equal(await page.getByRole("button", { name: "Save…" }).count(), 0);
});

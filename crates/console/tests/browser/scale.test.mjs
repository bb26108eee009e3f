// How many instances a template has: the form, the question before any stops, and what is said afterwards.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { World, closeBrowser, until } from "./world.mjs";

after(closeBrowser);

/** A world with three workers that run, and a page that begins there. */
async function workers(t, options) {
  const world = await World.start(t);
  await world.relance("create", "worker@", "--instances", "3", "--", "/bin/sleep", "1000");
  await world.relance("start", "worker@*");
  return { world, page: await world.page(options) };
}
const names = async (world) =>
  JSON.parse(await world.relance("list", "--json")).map(({ config, name }) => name ?? config.name).sort();
const toast = (page) => page.locator("#toasts .toast");

test("from the row of a group to more instances and back to the same list", async (t) => {
  const { world, page } = await workers(t, { go: "/?q=work&sort=state" });
  await page.getByRole("button", { name: "Set number of instances of worker@" }).click();
  await page.getByRole("heading", { name: "Instances of worker@" }).waitFor();
  const field = page.getByLabel("Instances of worker@");
  assert.equal(await field.inputValue(), "3");
  await field.fill("5");
  await page.getByRole("button", { name: "Set", exact: true }).click();
  await toast(page).getByText("Instances 4–5 of worker@ were started.").waitFor();
  const address = new URL(page.url());
  assert.equal(address.pathname + address.search, "/?q=work&sort=state", "the list is as it was");
  const group = page.getByRole("row").filter({ has: page.getByRole("button", { name: /^worker@/ }) });
  await group.filter({ hasText: /5 instances.*5\sRunning/ }).waitFor();
  // It is said once.
  await page.reload();
  assert.equal(await toast(page).count(), 0);
  assert.equal((await names(world)).length, 5);
  assert.deepEqual(world.complaints(), []);
});

test("instances that would stop are named first, and nothing stops without a yes", async (t) => {
  const { world, page } = await workers(t, { go: "/service/general?name=worker%401" });
  const set = async (count) => {
    await page.getByLabel("Instances of worker@").fill(count);
    await page.getByRole("button", { name: "Set", exact: true }).click();
  };
  await set("1");
  await page.getByText("2 instances are told to stop").waitFor();
  assert.match(await page.locator("main").textContent(), /worker@2.*worker@3/);
  await page.getByRole("link", { name: "Leave them" }).click();
  await page.waitForURL(/name=worker%401$/);
  assert.equal((await names(world)).length, 3);

  await set("1");
  await page.getByRole("button", { name: "Stop and delete" }).click();
  await toast(page).getByText("Instances 2–3 of worker@ stop, and are deleted then.").waitFor();
  await page.waitForURL(/service\/general\?name=worker%401$/);
  await until("they are gone", async () => (await names(world)).length === 1);
  await set("1");
  await toast(page).getByText("worker@ has these instances already").waitFor();
  assert.deepEqual(world.complaints(), []);
});

test("the page of an instance that goes gives way to the list", async (t) => {
  const { world, page } = await workers(t, { go: "/service/general?name=worker%403", locale: "fr-FR" });
  await page.getByLabel("Instances de worker@").fill("2");
  await page.getByRole("button", { name: "Fixer", exact: true }).click();
  await page.getByRole("button", { name: "Arrêter et supprimer" }).click();
  await toast(page).getByText("L’instance 3 de worker@ s’arrête, puis est supprimée.").waitFor();
  await page.waitForURL(/\/\?q=worker%40$/);
  assert.deepEqual(world.complaints(), []);
});

test("who may only read sees no form, and numbers out of bounds are refused in words", async (t) => {
  const { world, page } = await workers(t, { role: "reader" });
  await page.getByRole("button", { name: /^worker@/ }).waitFor();
  assert.equal(await page.getByRole("button", { name: /Set number/ }).count(), 0);
  await page.goto(`${world.url}/scale?template=worker@`);
  await page.getByText(/read/i).first().waitFor();
  assert.equal(await page.getByLabel("Instances of worker@").count(), 0);

  const administrator = await world.page({ go: "/scale?template=worker@" });
  const field = administrator.getByLabel("Instances of worker@");
  await field.evaluate((input) => { input.form.noValidate = true; });
  await field.fill("10000");
  await administrator.getByRole("button", { name: "Set", exact: true }).click();
  await administrator.getByText("a template has 1 to 1000 instances").waitFor();
  await administrator.goto(`${world.url}/scale?template=none@`);
  await administrator.getByText("there are no instances of none@").waitFor();
  assert.equal((await names(world)).length, 3);
});

test("without the script what was done stands on the page", async (t) => {
  const { world, page } = await workers(t);
  const plain = await world.plainPage(page);
  await plain.goto(`${world.url}/?q=worker`);
  await plain.getByRole("button", { name: /Set number/ }).click();
  await plain.getByLabel("Instances of worker@").fill("4");
  await plain.getByRole("button", { name: "Set", exact: true }).click();
  await plain.getByText("Instance 4 of worker@ was started.").waitFor();
  assert.match(plain.url(), /\/\?q=worker&/);
});

test("a change is saved for all instances that have the same settings", async (t) => {
  const { world, page } = await workers(t);
  await world.relance("create", "worker@4", "--description", "another", "--", "/bin/sleep", "2000");
  await page.goto(`${world.url}/service/general?name=worker%402`);
  await page.getByLabel("Description").fill("Works");
  await page.getByLabel("Display name").fill("The second");
  await page.locator("#edit").getByRole("button", { name: "Save" }).click();
  await page.getByText("Other settings, left as they are: worker@4").waitFor();
  await page.getByRole("button", { name: "Save for 3 of 4 instances" }).click();
  await page.getByText("Saved.").waitFor();
  const config = async (name) => JSON.parse(await world.relance("config", name, "--json"));
  for (const number of [1, 2, 3]) assert.equal((await config(`worker@${number}`)).description, "Works");
  assert.equal((await config("worker@4")).description, "another");
  assert.equal((await config("worker@2")).display_name, "The second");
  assert.equal((await config("worker@3")).display_name, "worker@3");
  assert.deepEqual(world.complaints(), []);
});

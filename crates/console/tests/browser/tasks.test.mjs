// Five tasks of people, with as few presses as they take now: who makes one longer should know it.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { World, closeBrowser, tab } from "./world.mjs";

after(closeBrowser);

/** A page that counts what a person does: presses, and fields that are filled in. */
async function counted(t, { go = "/overview", prepare } = {}) {
  const world = await World.start(t);
  await prepare(world);
  const page = await world.page({ go });
  const person = {
    presses: 0,
    fields: 0,
    since: Date.now(),
    async press(locator) {
      person.presses += 1;
      await locator.click();
    },
    async fill(locator, text) {
      person.fields += 1;
      await locator.fill(text);
    },
    done(what, presses, fields) {
      t.diagnostic(`${what}: ${person.presses} presses, ${person.fields} fields, ${Date.now() - person.since} ms`);
      assert.deepEqual([person.presses, person.fields], [presses, fields], what);
    },
  };
  return { world, page, person };
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const failing = (world) => world.program("mailer", "echo connecting; echo no route to host; kill -SEGV $$", {
  dies: true, options: ["--actions", "none/0", "--reset", "1d"],
});

test("what failed last night and why: it stands on the first page", async (t) => {
  const { page, person } = await counted(t, { prepare: failing });
  const failed = page.getByRole("region", { name: "Failed in the last 24 hours" });
  await failed.getByText("signal 11 (SEGV)").waitFor();
  await failed.getByText("no route to host").waitFor();
  person.done("what failed and why", 0, 0);
});

test("the line before the crash: it stands on the first page, and one press shows it among the others", async (t) => {
  const { page, person } = await counted(t, { prepare: failing });
  await page.getByRole("region", { name: "Failed in the last 24 hours" }).getByText("no route to host").waitFor();
  await person.press(page.getByRole("region", { name: "Needs attention" }).getByRole("link", { name: "Output" }));
  await page.getByRole("region", { name: "Output" }).getByText("no route to host").waitFor();
  person.done("the line before the crash", 1, 0);
});

test("the delay of the second failure is raised", async (t) => {
  const { world, page, person } = await counted(t, {
    prepare: (world) => world.program("mailer", "exec sleep 1000", { options: ["--actions", "restart/1m/restart/1m", "--reset", "1d"] }),
  });
  await person.press(page.getByRole("link", { name: "Services", exact: true }));
  await person.press(page.getByRole("link", { name: "mailer" }));
  await person.press(page.getByRole("link", { name: "Recovery", exact: true }));
  await person.fill(page.getByLabel("2nd failure: delay"), "2");
  await person.press(button(page, "Save…"));
  await page.getByRole("region", { name: "This would change" })
    .getByText(/The delay after the 2nd failure and all later ones becomes 2\smin \(was 1\smin\)/).waitFor();
  await person.press(button(page, "Save"));
  await page.getByText("Saved.").waitFor();
  const { actions } = JSON.parse(await world.relance("failure", "mailer", "--json"));
  assert.deepEqual(actions.map(({ delay_ms: delay }) => delay), [60_000, 120_000]);
  person.done("the delay of the second failure", 5, 1);
});

test("a user is given a right", async (t) => {
  const { page, person } = await counted(t, {
    go: tab("mailer"), prepare: (world) => world.program("mailer", "exec sleep 1000"),
  });
  await person.press(page.getByRole("link", { name: "Security", exact: true }));
  await person.fill(page.getByLabel("User or group"), "user:root");
  await person.press(page.getByLabel("restart it"));
  await person.press(button(page, "Give…"));
  await page.getByRole("heading", { name: "Who could do what then" }).waitFor();
  await person.press(button(page, "Save"));
  await page.getByRole("row", { name: /User root may see it, start it, stop it/ }).waitFor();
  person.done("a user is given a right", 4, 1);
});

test("ten workers are restarted one by one", async (t) => {
  const { page, person, world } = await counted(t, {
    go: "/",
    prepare: async (world) => {
      await world.relance("create", "worker@", "--instances", "10", "--", "/bin/sleep", "100000");
      await world.relance("start", "worker@*");
    },
  });
  page.on("dialog", (dialog) => {
    person.presses += 1;
    dialog.accept();
  });
  await person.press(page.getByLabel(/Select 10 instances of worker/));
  await person.press(button(page, "Restart one by one"));
  await page.getByText("10 · Restart one by one: done").waitFor();
  person.done("ten workers one by one", 3, 0);
  // No restart was asked for before the one before it had led to a run.
  const events = (await world.relance("events", "--json")).split("\n").map((line) => JSON.parse(line));
  const story = events.filter(({ event_id: id }) => [1023, 7036].includes(id)).map(({ text }) => text);
  const asked = story.findIndex((message) => message.startsWith("A restart"));
  const after = story.slice(asked).filter((message) => /^A restart|now running/.test(message));
  for (const [index, message] of after.entries()) assert.match(message, index % 2 === 0 ? /^A restart/ : /now running/, after.join("\n"));
  assert.equal(after.length, 20);
});

test("one that does not come back ends the restarts, and that is said", async (t) => {
  const { page, world } = await counted(t, {
    go: "/",
    prepare: async (world) => {
      const once = `${world.folder}/once`;
      await world.program("a", `test -e ${once} && exit 3; touch ${once}; exec sleep 1000`);
      await world.program("b", "exec sleep 1000");
    },
  });
  const before = (await world.status("b")).status.process_id;
  page.on("dialog", (dialog) => dialog.accept());
  await page.getByLabel("Select all rows").check();
  await button(page, "Restart one by one").click();
  await page.getByText(/b: left as it was, because a did not run again/).waitFor();
  await page.getByText(/a: a was restarted and does not run again/).waitFor();
  assert.equal((await world.status("b")).status.process_id, before);
});

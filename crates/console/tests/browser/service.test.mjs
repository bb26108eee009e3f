// The pages of one service: each tab, saving, two people at once, output.

import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { World, closeBrowser, tab, until } from "./world.mjs";

after(closeBrowser);

/** Presses Save and then confirms what is shown. */
async function save(page) {
  await page.getByRole("button", { name: "Save…" }).click();
  await page.getByRole("heading", { name: "This would change" }).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
}

const config = async (world, name) => JSON.parse(await world.relance("config", name, "--json"));

test("General: what would change is shown, then saved", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker") });
  await page.getByText(/worker is RUNNING: run .*, started .* because somebody asked/).waitFor();
  await page.getByLabel("Description").fill("sends mail");
  await page.getByLabel("Start type").selectOption("Automatic");
  await page.getByText("Start type becomes Automatic (was Manual), at once.").waitFor();
  await page.getByText("Show me how to script this").click();
  await page.getByText("relance config worker --description 'sends mail' --start auto").waitFor();
  await page.getByRole("button", { name: "Save…" }).click();
  await page.getByRole("region", { name: "This would change" })
    .getByText("Description becomes sends mail (was empty), at once.").waitFor();
  assert.equal((await config(world, "worker")).description, undefined, "nothing is saved unseen");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  const saved = await config(world, "worker");
  assert.deepEqual([saved.description, saved.start_type], ["sends mail", "auto"]);
  assert.deepEqual(world.complaints(), []);
});

test("the script that is shown does what the form does", async (t) => {
  const world = await World.start(t);
  await world.program("a worker", "exec sleep 1000");
  const page = await world.page({ go: tab("a worker") });
  await page.getByLabel("Description").fill("it's \"quoted\" $HOME `x`");
  await page.getByText("Show me how to script this").click();
  const command = await page.getByLabel("relance", { exact: true }).textContent();
  const { execFileSync } = await import("node:child_process");
  const { PATH } = process.env;
  const program = process.env.RELANCE ?? new URL("../../../../target/debug/relance", import.meta.url).pathname;
  execFileSync("/bin/sh", ["-c", `relance() { "${program}" "$@"; }\n${command}`], {
    env: { PATH, RELANCE_SOCKET: world.socket },
  });
  assert.equal((await config(world, "a worker")).description, "it's \"quoted\" $HOME `x`");
});

test("what is not valid is said while it is typed, by the rules of the API", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker") });
  await page.getByLabel("Start it some time after the other automatic services").check();
  await page.getByText("A delayed start needs the start type auto").waitFor();
  await page.getByLabel("Start type").selectOption("Automatic");
  await page.getByText("A delayed start needs").waitFor({ state: "detached" });
  await page.getByLabel("Command line").fill("");
  await page.getByText("The command line is empty; give the program to start").waitFor();
});

test("Log On: the account is changed, and what that means is said", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker", "log-on") });
  await page.getByLabel("Account").fill("nobody");
  await page.getByText("Account becomes nobody (was LocalSystem), at the next start.").waitFor();
  await save(page);
  assert.equal((await config(world, "worker")).account_name, "nobody");
});

test("Dependencies: a tree both ways, and what is missing", async (t) => {
  const world = await World.start(t);
  await world.program("base", "exec sleep 1000");
  await world.program("middle", "exec sleep 1000", { options: ["--depend", "base"] });
  await world.program("top", "exec sleep 1000", { options: ["--depend", "middle"] });
  const page = await world.page({ go: tab("middle", "dependencies") });
  const tree = (index) => page.locator("ul.tree").nth(index);
  await tree(0).getByRole("link", { name: "base" }).waitFor();
  await tree(1).getByRole("link", { name: "top" }).waitFor();
  await tree(1).getByText("Running").waitFor();
  await page.getByLabel("Services that must run first").fill("base\nnowhere");
  await save(page);
  await page.getByText("does not exist").waitFor();
  await page.goto(world.url + tab("base", "dependencies"));
  await page.locator("ul.tree ul").getByRole("link", { name: "top" }).waitFor();
  // A loop is refused (D4).
  await page.getByLabel("Services that must run first").fill("top");
  await page.getByRole("button", { name: "Save…" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("(1059)").waitFor();
});

test("Environment: saved, and nonsense refused", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options: ["--env", "A=1"] });
  const page = await world.page({ go: tab("worker", "environment") });
  await page.getByLabel("Variables").fill("A=2\nB=x y");
  await save(page);
  assert.deepEqual((await config(world, "worker")).environment, ["A=2", "B=x y"]);
  await page.getByLabel("Variables").fill("nonsense");
  await page.getByText(/has no =; write NAME=value/).waitFor();
});

test("Security: who may do what, and a descriptor of its own", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker", "security") });
  await page.getByRole("row", { name: /Administrators may do everything/ }).waitFor();
  await page.getByLabel("As SDDL text").fill("nonsense");
  await page.getByRole("alert").waitFor();
  await page.getByLabel("As SDDL text").fill("D:(A;;GA;;;BA)(A;;RPWP;;;S-1-22-1-33)");
  await save(page);
  await page.getByRole("row", { name: /User \S+ may start it, stop it/ }).waitFor();
});

test("Security: rights are given and taken in words, and nothing unseen", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker", "security") });
  const give = page.getByRole("form", { name: "Give rights" });
  await give.getByLabel("User or group").fill("user:root");
  await give.getByLabel("restart it").check();
  await give.getByRole("button", { name: "Give…" }).click();
  await page.getByRole("heading", { name: "Who could do what then" }).waitFor();
  const root = page.getByRole("row", { name: /User root may see it, start it, stop it/ });
  await root.waitFor();
  assert.equal((await config(world, "worker")).security, undefined, "not yet");
  await page.getByRole("button", { name: "Save" }).click();
  await root.getByRole("button", { name: "Remove…" }).waitFor();
  assert.match((await config(world, "worker")).security, /S-1-22-1-0/);
  await root.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This is the default; nothing is stored.").waitFor();
  assert.deepEqual(world.complaints(), []);
  await give.getByLabel("User or group").fill("nobody-of-that-name");
  await give.getByLabel("start it", { exact: true }).check();
  await give.getByRole("button", { name: "Give…" }).click();
  await page.getByText(/no user or group "nobody-of-that-name"/).waitFor();
});

test("Output: live, searchable, without the escapes of a terminal", async (t) => {
  const world = await World.start(t);
  const pipe = join(world.folder, "lines");
  writeFileSync(pipe, "");
  await world.program("talker", `printf '\\033[31mred\\033[0m \\033]0;title\\007<b>bold</b>\\n'; exec tail -n +1 -F ${pipe}`);
  const page = await world.page({ go: tab("talker", "output") });
  const output = page.getByRole("region", { name: "Output" });
  await output.filter({ hasText: "red <b>bold</b>" }).waitFor();
  appendFileSync(pipe, "needle one\n");
  await output.filter({ hasText: "needle one" }).waitFor();
  appendFileSync(pipe, "needle two\n");
  await output.filter({ hasText: "needle two" }).waitFor();
  assert.equal((await output.textContent()).match(/needle one/g).length, 1, "nothing twice");
  await page.getByLabel("Search").fill("needle");
  await page.getByText("2 found").waitFor();
  assert.deepEqual(world.complaints(), []);
});

test("Events and History of one service; the mark of a failure leads to its event", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options: ["--actions", "restart/0", "--reset", "300"] });
  const page = await world.page({ go: tab("worker", "events") });
  await page.getByRole("row", { name: /7036.*worker is now running/ }).first().waitFor();
  process.kill((await world.status("worker")).status.process_id, "SIGSEGV");
  await page.getByRole("row", { name: /Error .*7031.*worker failed unexpectedly/ }).waitFor();
  await page.getByRole("link", { name: "History" }).last().click();
  await page.getByText(/\d+\.\d\d\s% available · 1 failure/).waitFor();
  await page.getByRole("link", { name: "10 minutes" }).click();
  await page.getByRole("link", { name: /worker failed unexpectedly/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /Event 7031/ }).waitFor();
  await page.getByRole("paragraph").getByText("signal 11 (SEGV)", { exact: true }).waitFor();
});

test("the page of a service is live: state and controls follow", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page({ go: tab("worker") });
  const button = (name) => page.getByRole("button", { name, exact: true });
  assert.equal(await button("Start").isDisabled(), true);
  await button("Stop").click();
  await until("Start can be pressed", () => button("Start").isEnabled());
  await page.locator("#status").getByText("Stopped").waitFor();
  await button("Start").click();
  await page.locator("#status").getByText("Running").waitFor();
  // What has not changed is the same node: a press of it that has begun counts.
  await page.evaluate(() => { globalThis.before = document.querySelector("#status button[value=restart]"); });
  await world.relance("stop", "worker");
  await page.locator("#status").getByText("Stopped").waitFor();
  assert.equal(await page.evaluate(() => globalThis.before === document.querySelector("#status button[value=restart]")), true);
  await world.relance("start", "worker");
  await world.relance("delete", "worker");
  await world.relance("stop", "worker");
  await page.getByText("This service was deleted.").waitFor();
});

test("a new service: checked while it is described, created, deleted", async (t) => {
  const world = await World.start(t);
  await world.program("taken", "exec sleep 1000");
  const page = await world.page();
  await page.getByRole("link", { name: "New service" }).click();
  await page.getByLabel("Name", { exact: true }).fill("taken");
  await page.getByRole("textbox", { name: "Command line" }).first().fill("/bin/sleep 1000");
  await page.getByText("There is a service taken already; choose another name").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("a/b");
  await page.getByRole("alert").filter({ hasText: "(123)" }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("fresh one");
  await page.getByText("Show me how to script this").click();
  await page.getByText(/relance create 'fresh one' .*--actions restart\/1m\/restart\/1m/).waitFor();
  await page.getByText(/sc create "fresh one" binPath= "\/bin\/sleep 1000" start= auto/).waitFor();
  await page.getByText(/win32_create_service\(\[\s+'service' => 'fresh one'/).waitFor();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "fresh one" }).waitFor();
  const made = await config(world, "fresh one");
  assert.equal(made.kind, "program");
  assert.deepEqual(made.recovery.actions, [
    { kind: "restart", delay_ms: 60000 }, { kind: "restart", delay_ms: 60000 }]);
  await page.getByRole("button", { name: "Delete the service…" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("link", { name: "taken" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "fresh one" }).count(), 0);
});

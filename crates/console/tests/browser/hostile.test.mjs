// Names and outputs that somebody made to break a page.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { World, closeBrowser, tab } from "./world.mjs";

after(closeBrowser);

const NAMES = [
  "<img src=x onerror=document.title='broken'>",
  "\"'><b onmouseover=document.title='broken'>",
  "a&name=b&lt;#?%41",
  "..",
  "\u202egnp.exe\u202c",
  "𝕎".repeat(128),
  "{{7*7}}${7*7}",
];

test("names are text, wherever they are shown", async (t) => {
  const world = await World.start(t);
  for (const name of NAMES) {
    await world.program(name, "exec sleep 1000", { options: ["--description", name, "--env", `A=${name}`, "--depend", NAMES[0]].slice(0, name === NAMES[0] ? 4 : 6) });
  }
  const page = await world.page();
  // The first one is needed by the others, so it comes last (D6).
  for (const name of NAMES.toReversed()) {
    await page.goto(`${world.url}/`);
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name, level: 1, exact: true }).waitFor();
    for (const word of ["general", "recovery", "dependencies", "environment", "security", "output", "events", "history"]) {
      await page.goto(world.url + tab(name, word));
      await page.getByRole("heading", { name, level: 1, exact: true }).waitFor();
      assert.doesNotMatch(await page.title(), /^broken/);
    }
    // A control reaches just this one.
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.locator("#status").getByText("Stopped").waitFor();
  }
  await page.goto(`${world.url}/events`);
  await page.goto(`${world.url}/history`);
  await page.goto(`${world.url}/?q=${encodeURIComponent(NAMES[1])}`);
  assert.equal(await page.getByLabel("Search").inputValue(), NAMES[1]);
  assert.deepEqual(world.complaints(), []);
});

test("names that turn the reading direction do not turn their neighbours", async (t) => {
  const world = await World.start(t);
  await world.program("\u202egnp.exe", "exec sleep 1000");
  const page = await world.page();
  await page.locator("tbody th a bdi").waitFor();
  const isolated = await page.evaluate(() => getComputedStyle(document.querySelector("tbody th a bdi")).unicodeBidi);
  assert.equal(isolated, "isolate");
});

test("a wide name does not make a phone scroll sideways", async (t) => {
  const world = await World.start(t);
  await world.program("W".repeat(256), "exec sleep 1000");
  const page = await world.page({ width: 390, height: 800 });
  for (const address of ["/", tab("W".repeat(256)), tab("W".repeat(256), "recovery"), "/events"]) {
    await page.goto(world.url + address);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, address);
  }
});

test("an output of nothing but escapes and markup", async (t) => {
  const world = await World.start(t);
  await world.program("rude", "printf '\\033[2J\\033]0;owned\\007<script>document.title=1</script>\\342\\200\\256abc\\000\\377\\n'; exec sleep 1000");
  const page = await world.page({ go: tab("rude", "output") });
  const output = page.getByRole("region", { name: "Output" });
  await output.filter({ hasText: "<script>document.title=1</script>\ufffdabc" }).waitFor();
  assert.match(await page.title(), /^rude/);
  assert.deepEqual(world.complaints(), []);
});

test("addresses that are not valid get a clear answer", async (t) => {
  const world = await World.start(t);
  const page = await world.page();
  for (const [address, status] of [
    ["/nowhere", 404], ["/service/general?name=nobody", 404], ["/service/nonsense?name=x", 404],
    ["/service/general", 400], ["/service/general?name=a/b", 400], ["/events/999999999", 404],
    ["/?page=-1&sort=%00&state=x", 200], ["/history?window=aeon", 200], ["/?page=99999999999999999999", 200],
    ["/events?before=x&limit=-1", 200]]) {
    const answer = await page.goto(world.url + address);
    assert.equal(answer.status(), status, address);
    await page.getByRole("heading", { level: 1 }).waitFor();
  }
});

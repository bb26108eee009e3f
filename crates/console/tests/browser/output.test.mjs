// The tab "Output": batches, a list of which little is in the page, reading back, searching, ends of runs.

import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { World, closeBrowser, tab, until } from "./world.mjs";

after(closeBrowser);

/** A service that prints what is written into a file. */
async function talker(world, text = "", options = []) {
  const pipe = join(world.folder, "lines");
  writeFileSync(pipe, text);
  await world.program("talker", `exec tail -n +1 -F ${pipe}`, { options });
  return pipe;
}
const lines = (from, to) => Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join("");
const region = (page) => page.getByRole("region", { name: "Output" });

test("ten thousand lines are few rows in the page, and older ones come when one scrolls up", async (t) => {
  const world = await World.start(t);
  const pipe = await talker(world);
  const page = await world.page({ go: tab("talker", "output") });
  const output = region(page);
  appendFileSync(pipe, lines(0, 10_000));
  await output.getByText("line 9999", { exact: true }).waitFor();
  assert.ok(await output.locator(".lines > span").count() < 200, "few rows are in the page");
  await page.reload();
  await output.getByText("line 9999", { exact: true }).waitFor();
  assert.equal(await output.getByText("line 9000", { exact: true }).count(), 0);
  await until("the first line is reached by scrolling up", async () => {
    await output.evaluate((box) => { box.scrollTop = 0; });
    return output.getByText("line 0", { exact: true }).isVisible();
  });
  assert.deepEqual(world.complaints(), []);
});

test("who scrolls up stays there, is told how much is new, and jumps to the end", async (t) => {
  const world = await World.start(t);
  const pipe = await talker(world, lines(0, 400));
  const page = await world.page({ go: tab("talker", "output") });
  const output = region(page);
  await output.getByText("line 399", { exact: true }).waitFor();
  assert.ok(await page.locator("#newest").isHidden());
  await output.hover();
  await page.mouse.wheel(0, -3000);
  await page.getByRole("button", { name: "Jump to the end" }).waitFor();
  const seen = await output.evaluate((box) => box.scrollTop);
  appendFileSync(pipe, lines(400, 403));
  await page.getByRole("button", { name: "3 new lines, jump to the end" }).click();
  await output.getByText("line 402", { exact: true }).waitFor();
  assert.notEqual(await output.evaluate((box) => box.scrollTop), seen);
  assert.ok(await page.locator("#newest").isHidden());
  appendFileSync(pipe, lines(403, 404));
  await output.getByText("line 403", { exact: true }).waitFor();
});

test("what was printed long ago is found, with the places before and after", async (t) => {
  const world = await World.start(t);
  const pipe = await talker(world, `needle A\n${lines(0, 40_000)}Needle B\n${lines(0, 20_000)}`);
  const page = await world.page({ go: tab("talker", "output") });
  const output = region(page);
  await page.getByLabel("Search").fill("needle");
  await page.getByText("2 found · 2/2").waitFor();
  await output.locator(".hit", { hasText: "Needle B" }).waitFor();
  await page.getByRole("button", { name: "Previous" }).click();
  await page.getByText("2 found · 1/2").waitFor();
  await output.locator(".hit", { hasText: "needle A" }).waitFor();
  appendFileSync(pipe, "needle C\n");
  await page.getByRole("button", { name: "Jump to the end" }).click();
  await output.getByText("needle C").waitFor();
  await page.getByLabel("Search").press("Enter");
  await page.getByLabel("Search").fill("needle c");
  await page.getByText("1 found").waitFor();
  assert.deepEqual(world.complaints(), []);
});

test("colours of a terminal are shown, and text stays text", async (t) => {
  const world = await World.start(t);
  await talker(world, "\x1b[1;31m<b>red</b>\x1b[0m plain\n");
  const page = await world.page({ go: tab("talker", "output") });
  await region(page).locator("span.f1.bold", { hasText: "<b>red</b>" }).waitFor();
  assert.deepEqual(world.complaints(), [], "the rules for content hold");
});

test("between the lines stands how each run ended, and it leads to the event", async (t) => {
  const world = await World.start(t);
  await world.program("shaky", "echo working; exec sleep 1000", {
    options: ["--log-timestamps", "yes", "--actions", "restart/0", "--reset", "300"],
  });
  const page = await world.page({ go: tab("shaky", "output") });
  const output = region(page);
  await output.getByText("working").waitFor();
  process.kill((await world.status("shaky")).status.process_id, "SIGSEGV");
  const mark = output.getByRole("link", { name: /shaky failed unexpectedly/ });
  await mark.waitFor();
  await output.getByText("working").nth(1).waitFor();
  await page.reload();
  await mark.waitFor();
  const rows = await output.locator(".lines > span").allTextContents();
  const is = (text) => rows.findIndex((row) => row.includes(text));
  assert.ok(is("working") < is("failed unexpectedly"), rows.join("\n"));
  assert.match(await output.locator("time").first().textContent(), /^\d\d:\d\d:\d\d[.,]\d{3}$/);
  await mark.click();
  await page.getByRole("heading", { name: "Event 7031" }).waitFor();
});

test("what happened after the page was made and before its stream began is told by the stream", async (t) => {
  const world = await World.start(t);
  await world.program("calm", "exec sleep 1000");
  const page = await world.page({ go: tab("calm", "output") });
  const told = await page.evaluate(async () => {
    const answer = await fetch("/stream/service/output?name=calm&from=0&entry=0");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("/events/")) text += (await reader.read()).value;
    await reader.cancel();
    return text;
  });
  assert.match(told, /now running/);
});

test("the whole output is a file to download; without the script the page still reads and searches", async (t) => {
  const world = await World.start(t);
  await talker(world, lines(0, 5000));
  const page = await world.page({ go: tab("talker", "output") });
  await region(page).getByText("line 4999", { exact: true }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"), page.getByRole("link", { name: "Download" }).click()]);
  assert.equal(download.suggestedFilename(), "talker.log");
  assert.equal(readFileSync(await download.path(), "utf8"), lines(0, 5000));
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const get = async (path) => (await fetch(world.url + path, { headers: { cookie } })).text();
  const html = await get(`${tab("talker", "output")}&q=line+77`);
  assert.match(html, /<noscript>.*line 77<.*<\/noscript>/s);
  const older = html.match(/id="older"[^>]*href="([^"]*)"/)[1].replaceAll("&amp;", "&");
  assert.match(await get(older), /line 4400</);
});

test("an output that nobody can look at is not kept back", async (t) => {
  const world = await World.start(t);
  const page = await world.page();
  await world.program("flood", "sleep 1; i=0; yes 'a line that is repeated' | head -n 2000000; echo over; exec sleep 1000", {
    options: ["--log-max-size", "100M"],
  });
  await page.goto(world.url + tab("flood", "output"));
  await region(page).getByText("over", { exact: true }).waitFor();
  assert.deepEqual(world.complaints(), []);
});

test("standard error that is kept apart is a page beside the output, live and searched too", async (t) => {
  const world = await World.start(t);
  const pipe = join(world.folder, "lines");
  writeFileSync(pipe, "");
  const script = `tail -n +1 -F ${pipe} | while read -r line; do echo "out $line"; echo "err $line" >&2; done`;
  await world.program("talker", script, { options: ["--stderr", "file"] });
  const page = await world.page({ go: tab("talker", "output") });
  appendFileSync(pipe, "1\n");
  await region(page).getByText("out 1", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Standard error" }).click();
  await region(page).getByText("err 1", { exact: true }).waitFor();
  appendFileSync(pipe, "2\n");
  await region(page).getByText("err 2", { exact: true }).waitFor();
  assert.equal(await region(page).getByText("out 2", { exact: true }).count(), 0);
  await page.getByRole("searchbox").fill("ERR 1");
  await until("it is found", async () => (await page.locator("#found").textContent()).includes("1"));
});

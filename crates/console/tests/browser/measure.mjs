// Measurements of the console: node measure.mjs
//
// First paint with 1000 services, bytes transferred, how soon an event is on the page, and the
// processor time of ten open pages while 1000 services fail at once.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { World, closeBrowser, theBrowser, until } from "./world.mjs";

const SERVICES = 1000;
const EVENTS = 100;
const PAGES = 10;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value) => Math.round(value * 10) / 10;

/** Processor time of the daemon's processes so far, milliseconds, by what they do. */
function used(world) {
  const pids = readFileSync(`/proc/${world.daemon.pid}/task/${world.daemon.pid}/children`, "utf8").trim().split(" ");
  const times = {};
  for (const pid of pids) {
    const word = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1];
    if (!["engine", "console-server"].includes(word)) continue;
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    times[word] = (Number(fields[11]) + Number(fields[12])) * 10;
  }
  return times;
}

const world = await World.start();
try {
  const services = Array.from({ length: SERVICES }, (_, i) => `[[service]]
name = "service-${String(i).padStart(4, "0")}"
command_line = "/bin/sleep 100000"
kind = "program"
description = "one of a thousand"
[service.recovery]
actions = "restart/1000"
reset_period_secs = 86400
`);
  const file = join(world.folder, "many.toml");
  writeFileSync(file, services.join("\n"));
  await world.relance("apply", "--file", file);
  const names = services.map((_, i) => `service-${String(i).padStart(4, "0")}`);
  const authorization = `Bearer ${await world.token("measure", "administrator")}`;
  const started = await fetch(`${world.url}/control`, {
    method: "POST",
    headers: { authorization, accept: "application/json" },
    body: new URLSearchParams([["action", "start"], ...names.map((name) => ["name", name])]),
  });
  const refused = (await started.json()).filter(({ error }) => error);
  if (refused.length > 0) throw new Error(JSON.stringify(refused[0]));

  const page = await world.page();
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const paints = [];
  let bytes = 0;
  for (let i = 0; i < 15; i += 1) {
    bytes = 0;
    const count = ({ encodedDataLength }) => { bytes += encodedDataLength; };
    session.on("Network.loadingFinished", count);
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    await page.goto(`${world.url}/`);
    const paint = await page.evaluate(() => new Promise((resolve) => {
      const found = performance.getEntriesByName("first-contentful-paint")[0];
      if (found) return resolve(found.startTime);
      new PerformanceObserver((list) => resolve(list.getEntriesByName("first-contentful-paint")[0].startTime))
        .observe({ type: "paint", buffered: true });
    }));
    paints.push(paint);
    session.off("Network.loadingFinished", count);
  }
  console.log(`first contentful paint with ${SERVICES} services: median ${round(median(paints))} ms (${paints.map(round).join(" ")})`);
  console.log(`transferred, with style, script and icon: ${round(bytes / 1000)} KB`);

  // From the event's own time to its row on the page; both clocks are this machine's.
  await page.goto(`${world.url}/events`);
  await page.evaluate(() => {
    globalThis.late = [];
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          const at = node.querySelector?.("time")?.dateTime;
          if (at) globalThis.late.push(Date.now() - Date.parse(at));
        }
      }
    }).observe(document.querySelector("#events"), { childList: true });
  });
  for (let i = 0; i < EVENTS / 2; i += 1) await world.relance(i % 2 ? "start" : "stop", names[0]);
  await until(`${EVENTS / 2} events are there`, () => page.evaluate((n) => globalThis.late.length >= n, EVENTS / 2));
  const late = await page.evaluate(() => globalThis.late);
  console.log(`event to page, ${late.length} events: median ${median(late)} ms, worst ${Math.max(...late)} ms`);

  const pages = [];
  for (let i = 0; i < PAGES; i += 1) {
    pages.push(await world.page({ go: "/?sort=failures&dir=desc" }));
  }
  const all = JSON.parse(await world.relance("list", "--json"));
  const processes = all.map(({ status }) => status.process_id).filter(Boolean);
  const before = used(world);
  const began = Date.now();
  for (const pid of processes) process.kill(pid, "SIGKILL");
  await until("all have failed and run again", () => pages[PAGES - 1].evaluate((n) =>
    document.querySelector("#summary").textContent.includes(`${n} running`)
    && document.querySelectorAll("td.failures .chip").length === 200, processes.length));
  const passed = Date.now() - began;
  const now = used(world);
  for (const word of Object.keys(now)) {
    const ms = now[word] - before[word];
    console.log(`storm of ${processes.length} failures, ${PAGES} open pages, ${passed} ms: ${word} ${ms} ms of processor (${round(ms * 100 / passed)} % of one)`);
  }
} finally {
  await (await theBrowser()).close();
  await closeBrowser();
  await world.end();
}

// Frames while a service prints: node measure-output.mjs
//
// A page follows 0, 100, 1000 and 10 000 lines a second; how long the frames are, and what the tab computes. The
// frames of the silent page show what the machine itself drops.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { frames } from "./frames.mjs";
import { World, closeBrowser, tab, until } from "./world.mjs";

const SECONDS = 10;
const RATES = [0, 100, 1000, 10_000];

const world = await World.start();
try {
  const printer = join(world.folder, "printer.mjs");
  writeFileSync(printer, `
    const rate = Number(process.argv[2]);
    const began = performance.now();
    let printed = 0;
    setInterval(() => {
      const due = Math.floor((performance.now() - began) * rate / 1000);
      let text = "";
      for (; printed < due; printed += 1) text += "\\x1b[32mINFO\\x1b[0m line " + printed + " of a worker that says what it does, as workers do\\n";
      process.stdout.write(text);
    }, 10);
  `);
  for (const rate of RATES) {
    const name = `printer-${rate}`;
    await world.program(name, `exec ${process.execPath} ${printer} ${rate}`, { options: ["--log-max-size", "100M"] });
    const page = await world.page({ go: tab(name, "output") });
    if (rate) await until("it prints", () => page.locator("#output").getByText("INFO").first().isVisible());
    const found = await frames(page, SECONDS);
    const last = Number((await page.locator("#output .lines > span").last().textContent().catch(() => "")).match(/line (\d+)/)?.[1]);
    console.log(`${rate} lines a second for ${SECONDS} s: ${found}${rate ? `; line ${last} shown` : ""}`);
    await page.context().close();
    await world.relance("terminate", name);
  }
} finally {
  await closeBrowser();
  await world.end();
}

// Frames while services fail: node measure-many.mjs
//
// Overview, Services and History with 1000 running services, while none, one and ten of them fail each second.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { frames } from "./frames.mjs";
import { World, closeBrowser } from "./world.mjs";

const SERVICES = 1000;
const SECONDS = 10;
const RATES = [0, 1, 10];

const world = await World.start();
try {
  const names = Array.from({ length: SERVICES }, (_, i) => `service-${String(i).padStart(4, "0")}`);
  const file = join(world.folder, "many.toml");
  writeFileSync(file, names.map((name) => `[[service]]
name = "${name}"
command_line = "/bin/sleep 100000"
recovery.actions = "restart/1s"
`).join("\n"));
  await world.relance("apply", "--file", file);
  for (let at = 0; at < SERVICES; at += 200) await world.relance("start", ...names.slice(at, at + 200));
  const running = JSON.parse(await world.relance("list", "--json")).map(({ status }) => status.process_id).filter(Boolean);
  for (const address of ["/overview", "/", "/history"]) {
    for (const rate of RATES) {
      const page = await world.page({ go: address });
      await page.getByRole("heading", { level: 1 }).waitFor();
      const failing = async () => {
        for (let at = 0; at < rate * SECONDS; at += 1) {
          const pid = running.pop();
          if (pid) process.kill(pid, "SIGKILL");
          await new Promise((resolve) => { setTimeout(resolve, 1000 / rate); });
        }
      };
      console.log(`${address}, ${rate} failures a second for ${SECONDS} s: ${await frames(page, SECONDS, failing)}`);
      await page.context().close();
    }
  }
} finally {
  await closeBrowser();
  await world.end();
}

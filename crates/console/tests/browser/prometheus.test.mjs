// A real Prometheus takes the metrics, answers what the dashboard asks, and knows the alerts.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { accessSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { World, freePort, until } from "./world.mjs";

const PACKAGING = new URL("../../../../packaging/", import.meta.url).pathname;

function hasPrometheus() {
  const folders = (process.env.PATH ?? "").split(":");
  return folders.some((folder) => {
    try {
      accessSync(join(folder, "prometheus"));
      return true;
    } catch {
      return false;
    }
  });
}

async function prometheus(t, world) {
  const port = await freePort();
  const config = join(world.folder, "prometheus.yml");
  // JSON is YAML.
  await writeFile(config, JSON.stringify({
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: [`${PACKAGING}prometheus/relance.rules.yml`],
    scrape_configs: [{
      job_name: "relance",
      authorization: { credentials: await world.token("prometheus", "reader") },
      static_configs: [{ targets: [`127.0.0.1:${world.port}`] }],
    }],
  }));
  const child = spawn("prometheus", [`--config.file=${config}`, `--storage.tsdb.path=${join(world.folder, "tsdb")}`,
    `--web.listen-address=127.0.0.1:${port}`, "--log.level=error"], { stdio: "ignore" });
  t.after(async () => {
    const ended = new Promise((resolve) => { child.once("exit", resolve); });
    child.kill("SIGKILL");
    await ended;
    await world.end();
  });
  return async (path) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`).catch(() => undefined);
    return answer?.json().catch(() => undefined);
  };
}

test("Prometheus takes the metrics and answers each question of the dashboard", { skip: !hasPrometheus() && "needs prometheus" }, async (t) => {
  const world = await World.start();
  const ask = await prometheus(t, world);
  await world.program("worker", "exec sleep 1000", { options: ["--actions", "restart/0", "--reset", "300"] });
  process.kill((await world.status("worker")).status.process_id, "SIGKILL");
  const query = async (question) => {
    const answer = await ask(`query?${new URLSearchParams({ query: question })}`);
    assert.notEqual(answer?.status, "error", `${question}: ${answer?.error}`);
    return answer?.data.result;
  };
  await until("the failure is counted", async () => (await query('relance_service_failures_total{service="worker",cause="signal"} == 1'))?.length);
  await until("the service runs again", async () => (await query('relance_service_state{service="worker"} == 4'))?.length);
  const { panels } = JSON.parse(readFileSync(`${PACKAGING}grafana/relance.json`, "utf8"));
  // There is nothing to say of what is not pending and has no probe.
  const empty = ["Next recovery in", "Ended by a probe or its watchdog"];
  for (const { title, targets } of panels) {
    for (const { expr } of targets) {
      const question = expr.replaceAll("$instance", ".*").replaceAll("$service", ".*")
        .replaceAll("$__rate_interval", "5m").replaceAll("$__range", "1h");
      if (empty.includes(title)) await query(question);
      else await until(`${title} has an answer`, async () => (await query(question))?.length);
    }
  }
  const { data: { groups } } = await ask("rules");
  assert.deepEqual(groups.map(({ name, rules }) => [name, rules.every(({ health }) => health !== "err")]), [["relance", true]]);
  assert.ok(groups[0].rules.length >= 6);
});

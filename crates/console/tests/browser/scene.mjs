// Services of a small shop, in all states, for screenshots and measurements.

import { until } from "./world.mjs";

/** Fills a world with them. */
export async function scene(world) {
  const recovery = ["--actions", "restart/5000/restart/60000/none/0", "--reset", "86400"];
  await world.program("mysql", "echo ready for connections; exec sleep 100000", {
    options: ["--display-name", "MySQL 8.4", "--description", "Orders, customers, stock", "--start", "auto", ...recovery],
  });
  await world.program("queue-mail", "i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo \"job $i: mail to customer sent\"; done; exec sleep 100000", {
    options: ["--display-name", "Mail queue", "--start", "auto", "--depend", "mysql", "--env", "QUEUE=mail", ...recovery],
  });
  await world.program("queue-images", "echo 'Fatal error: Allowed memory size of 134217728 bytes exhausted' ; kill -SEGV $$", {
    dies: true,
    options: ["--display-name", "Image queue", "--start", "auto", "--depend", "mysql", "--actions", "restart/0/restart/100/restart/3600000", "--reset", "86400"],
  });
  await world.program("scheduler", "exec sleep 100000", {
    options: ["--display-name", "Scheduler", "--depend", "queue-mail", ...recovery],
  });
  await world.program("websocket", "echo listening on 8443; exec sleep 100000", {
    options: ["--display-name", "WebSocket server", "--start", "auto", ...recovery],
  });
  await world.program("report", "exit 3", {
    dies: true,
    options: ["--display-name", "Nightly report", "--actions", "none/0", "--reset", "86400"],
  });
  await world.program("backup", "exec sleep 100000", { start: false, options: ["--display-name", "Backup"] });
  await world.program("legacy-sync", "exec sleep 100000", {
    start: false, options: ["--display-name", "Legacy sync", "--start", "disabled"],
  });
  await world.relance("create", "thumbnails@", "--instances", "8", "--display-name", "Thumbnails %i", ...recovery, "--", "/bin/sleep", "100000");
  await world.relance("start", "thumbnails@*");
  await world.relance("stop", "scheduler");
  await world.relance("start", "scheduler");
}

/** Rules by cause, growing delays, budgets, access for somebody, and orders that stand. */
export async function policies(world) {
  await world.relance("failure", "queue-images", "--on", "exit:75=restart/1s", "--on", "memory-limit,out-of-memory=run/0/none/0",
    "--backoff", "exponential/2", "--backoff-max", "1h", "--restart-jitter", "5s",
    "--quiet-hours", "02:00-04:00", "--restart-group", "queues", "--notify", "ops=failure,give-up");
  await world.relance("policy", "set", "workers", "--actions", "restart/1s/restart/1m", "--reset", "1h", "--backoff", "exponential");
  await world.relance("policy", "use", "workers", "queue-mail");
  await world.relance("grant", "queue-mail", "user:daemon", "query,start,stop");
}

/** Waits until the image queue has failed three times, and then waits for its restart. */
export function failedThrice(world) {
  return until("the image queue has failed three times", async () => {
    const { recovery_state: state } = await world.status("queue-images");
    return state.failure_count >= 3;
  });
}

/** Waits until the page of services shows what they use. */
export function used(page) {
  return page.locator("td.memory:not(:empty)").first().waitFor({ state: "attached" });
}

/** Marks three failures on the line of time of a Recovery tab. */
export async function whatIf(page) {
  for (const [at, seconds] of ["60", "150", "200"].entries()) {
    await page.locator("#whatif-at").fill(seconds);
    await page.locator("button[data-whatif-add]").click();
    await page.locator("button[data-whatif-remove]").nth(at).waitFor();
  }
  await page.evaluate(() => scrollTo(0, 0));
}

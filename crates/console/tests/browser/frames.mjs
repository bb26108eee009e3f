// How long the frames of a page are, and what its tab computes meanwhile.

/** A frame that took longer was followed by one that was not shown; 60 a second. */
export const LATE = 25;
export const round = (value) => Math.round(value * 10) / 10;

/** Watches a page for so many seconds, while `meanwhile` runs; a sentence with the figures. */
export async function frames(page, seconds, meanwhile = async () => {}) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const metrics = async () => Object.fromEntries(
    (await session.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
  const before = await metrics();
  const [times] = await Promise.all([page.evaluate((ms) => new Promise((resolve) => {
    const seen = [];
    const frame = (at) => {
      seen.push(at);
      if (at - seen[0] < ms) requestAnimationFrame(frame);
      else resolve(seen.slice(1).map((time, i) => time - seen[i]));
    };
    requestAnimationFrame(frame);
  }), seconds * 1000), meanwhile()]);
  const now = await metrics();
  const share = (key) => round((now[key] - before[key]) * 100 / seconds);
  const late = times.filter((ms) => ms > LATE);
  return `${times.length} frames, ${late.length} late (> ${LATE} ms), longest ${round(Math.max(...times))} ms; `
    + `main thread ${share("TaskDuration")} % (script ${share("ScriptDuration")} %, layout ${share("LayoutDuration")} %, style ${share("RecalcStyleDuration")} %); `
    + `heap ${round(now.JSHeapUsedSize / 1e6)} MB, ${now.Nodes} nodes`;
}

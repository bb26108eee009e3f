// Screenshots of each page in both themes, both languages and three widths: node screenshots.mjs FOLDER [PAGE,PAGE]

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { World, closeBrowser, tab } from "./world.mjs";
import { failedThrice, policies, scene, used, whatIf } from "./scene.mjs";

const PAGES = {
  overview: "/overview",
  services: "/",
  general: tab("queue-mail"),
  "log-on": tab("queue-mail", "log-on"),
  recovery: tab("queue-images", "recovery"),
  dependencies: tab("mysql", "dependencies"),
  environment: tab("queue-mail", "environment"),
  security: tab("queue-mail", "security"),
  output: tab("queue-mail", "output"),
  "service-events": tab("queue-images", "events"),
  "service-history": tab("queue-images", "history") + "&window=10m",
  events: "/events",
  history: "/history?window=10m",
  create: "/create",
  policies: "/policies",
  policy: "/policy?name=workers",
  ofpolicy: tab("queue-mail", "recovery"),
  access: "/access",
  api: "/api",
  rule: "/rules/R8.4",
};
const WIDTHS = { phone: 390, tablet: 768, wide: 1280 };
/** English in the light, French in the dark, and the reverse where it is asked for. */
const LOOKS = [["light", "en-GB"], ["dark", "fr-FR"], ["dark", "en-GB"], ["light", "fr-FR"]];

const folder = process.argv[2] ?? "target/screenshots";
const only = process.argv[3];
await mkdir(folder, { recursive: true });
const world = await World.start();
try {
  await scene(world);
  await policies(world);
  await failedThrice(world);
  const events = await world.relance("events", "--json");
  const failure = events.split("\n").map((line) => JSON.parse(line)).findLast(({ event_id: id }) => id === 7031);
  PAGES.event = `/events/${failure.number}`;
  for (const [theme, locale] of LOOKS.slice(0, Number(process.argv[4] ?? LOOKS.length))) {
    const language = locale.slice(0, 2);
    for (const [size, width] of Object.entries(WIDTHS)) {
      const page = await world.page({ theme, locale, width, height: size === "phone" ? 800 : 900 });
      for (const [name, address] of Object.entries(PAGES)) {
        if (only && !only.split(",").includes(name)) continue;
        await page.goto(world.url + address);
        if (name === "services") await used(page);
        if (name === "recovery") await whatIf(page);
        const path = join(folder, `${name}-${size}-${theme}-${language}.png`);
        await page.screenshot({ path, fullPage: size !== "wide" || ["recovery", "create"].includes(name) });
      }
      await page.context().close();
    }
  }
  const complaints = world.complaints();
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
} finally {
  await closeBrowser();
  await world.end();
}

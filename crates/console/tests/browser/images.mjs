// The pictures of the documents: node images.mjs FOLDER

import { join } from "node:path";
import { World, closeBrowser, tab } from "./world.mjs";
import { failedThrice, policies, scene, used, whatIf } from "./scene.mjs";

const world = await World.start();
try {
  await scene(world);
  await failedThrice(world);
  const page = await world.page({ width: 1440, height: 900 });
  const draw = async (name, address, ready) => {
    await page.goto(world.url + address);
    await ready?.(page);
    await page.screenshot({ path: join(process.argv[2], `${name}.png`) });
  };
  await draw("overview", "/overview");
  await draw("services", "/", used);
  await policies(world);
  await draw("recovery", tab("queue-images", "recovery"), whatIf);
  const complaints = world.complaints();
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
} finally {
  await closeBrowser();
  await world.end();
}

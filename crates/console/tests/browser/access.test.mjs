// Who may come in, what each may do, and what is refused.

import assert from "node:assert/strict";
import { request } from "node:http";
import { after, test } from "node:test";
import { World, closeBrowser, tab } from "./world.mjs";

after(closeBrowser);

/** A request without a browser; its status, headers and body. */
function ask(url, { method = "GET", headers = {}, body = "", socketPath } = {}) {
  return new Promise((resolve, reject) => {
    // A connection each: one whose body the server did not want to read is not kept open.
    const asked = request(url, { method, headers, socketPath, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (data) => {
        text += data;
        // A stream has no end: its beginning is enough.
        if (answer.headers["content-type"]?.startsWith("text/event-stream")) answer.destroy();
      });
      answer.on("close", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const form = (fields) => ({
  method: "POST",
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams(fields).toString(),
});

/** The cookie of a page, as a header. */
async function cookieOf(page) {
  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => name.startsWith("relance_session_"));
  assert.equal(session.httpOnly, true);
  assert.equal(session.sameSite, "Strict");
  return `${session.name}=${session.value}`;
}

const keyOf = (page) => page.locator("input[name=key]").first().getAttribute("value");

test("a link signs in once", async (t) => {
  const world = await World.start(t);
  const link = await world.relance("console", "--no-browser");
  const code = new URL(link).searchParams.get("code");
  // Looking at the link does not use it up.
  assert.equal((await ask(link)).status, 200);
  const first = await ask(`${world.url}/signin`, form({ code }));
  assert.equal(first.status, 303);
  const again = await ask(`${world.url}/signin`, form({ code }));
  assert.equal(again.status, 403);
  assert.equal((await ask(`${world.url}/signin`, form({ code: "0".repeat(64) }))).status, 403);
});

test("nobody sees anything without having signed in", async (t) => {
  const world = await World.start(t);
  for (const path of ["/", "/events", "/history", "/metrics", "/api", "/access", "/create",
    "/stream/services", "/stream/events", tab("x")]) {
    const answer = await ask(world.url + path);
    assert.equal(answer.status, 303, path);
    assert.equal(answer.headers.location, "/signin", path);
  }
  const forged = { headers: { Cookie: `relance_session_${world.port}=0123456789abcdef` } };
  assert.equal((await ask(`${world.url}/`, forged)).status, 303);
});

test("a reader sees and changes nothing", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options: ["--env", "SECRET=hunter2"] });
  const page = await world.page({ role: "reader" });
  await page.getByRole("link", { name: "worker" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Restart one by one" }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "New service" }).count(), 0);
  assert.equal(await page.getByRole("checkbox").count(), 0);
  await page.goto(world.url + tab("worker", "environment"));
  await page.getByText("SECRET").waitFor();
  assert.equal((await page.content()).includes("hunter2"), false);
  // No page has a control that would be refused; what would happen may be tried.
  for (const word of ["general", "log-on", "dependencies", "environment", "security", "output", "events", "history"]) {
    await page.goto(world.url + tab("worker", word));
    await page.getByRole("heading", { level: 1, name: "worker" }).waitFor();
    for (const name of ["Start", "Stop", "Restart", "End by force", "Save…", "Delete the service…", "Give…", "Remove…"]) {
      assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, `${word}: ${name}`);
    }
    if (word !== "events") assert.equal(await page.locator("main").getByRole("textbox").count(), 0, `${word}: text`);
  }
  await page.goto(world.url + tab("worker", "recovery"));
  assert.equal(await page.getByRole("button", { name: "Save…" }).count(), 0);
  await page.getByLabel("Seconds", { exact: true }).fill("60");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: /Remove/ }).waitFor();
  for (const path of ["/create", "/access"]) {
    const refused = await page.goto(world.url + path);
    assert.equal(refused.status(), 403, path);
    await page.getByText(/this needs the role administrator|gives it/).waitFor();
  }
  await page.goto(`${world.url}/`);
  // The manager itself refuses, whatever a page shows.
  const Cookie = await cookieOf(page);
  const key = await keyOf(page);
  const before = (await world.status("worker")).status.process_id;
  for (const action of ["stop", "restart", "rolling"]) {
    const post = form({ key, name: "worker", action, confirm: "1" });
    const answer = await ask(`${world.url}/control`, { ...post, headers: { ...post.headers, Cookie } });
    assert.equal(answer.status, 403, action);
  }
  const { state, process_id: process } = (await world.status("worker")).status;
  assert.deepEqual([state, process], ["RUNNING", before]);
});

test("requests of other sites, forged and replayed ones are refused", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page();
  const Cookie = await cookieOf(page);
  const key = await keyOf(page);
  const stop = (headers, fields = {}) => {
    const post = form({ key, name: "worker", action: "stop", ...fields });
    return ask(`${world.url}/control`, { ...post, headers: { ...post.headers, Cookie, ...headers } });
  };
  assert.equal((await stop({ Origin: "http://evil.example" })).status, 403, "another origin");
  assert.equal((await stop({ Origin: "null" })).status, 403, "no origin");
  assert.equal((await stop({ "Sec-Fetch-Site": "cross-site" })).status, 403, "the browser says so");
  assert.equal((await stop({ Host: "evil.example" })).status, 421, "another name");
  assert.equal((await stop({}, { key: "" })).status, 403, "no key");
  assert.equal((await stop({}, { key: "0".repeat(32) })).status, 403, "a wrong key");
  const other = await world.page();
  assert.equal((await stop({}, { key: await keyOf(other) })).status, 403, "another session's key");
  assert.equal((await world.status("worker")).status.state, "RUNNING");
  // After signing out the same request is nobody's.
  await page.getByText("Menu").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("There are no passwords").waitFor();
  assert.equal((await stop({})).status, 303);
  assert.equal((await world.status("worker")).status.state, "RUNNING");
  assert.equal((await ask(`${world.url}/`, { headers: { Cookie } })).status, 303);
});

test("an ended session ends its open pages", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000");
  const page = await world.page();
  await page.getByRole("link", { name: "worker" }).waitFor();
  const [session] = JSON.parse(await world.relance("console", "sessions", "--json"));
  await world.relance("console", "sessions", "--end", session.id);
  // The next change is not sent any more.
  await world.relance("stop", "worker");
  await page.getByText("There are no passwords").waitFor();
});

test("nothing from elsewhere, nothing inline, nothing kept", async (t) => {
  const world = await World.start(t);
  const page = await world.page();
  const answer = await page.reload();
  const headers = answer.headers();
  assert.match(headers["content-security-policy"], /^default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["cache-control"], "no-store");
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.injected = true";
    document.body.append(script);
    return globalThis.injected === true;
  });
  assert.equal(ran, false, "an injected script does not run");
  assert.match(world.complaints().join(), /Content Security Policy/);
});

test("tokens are made, used by scripts and ended on the page of sessions", async (t) => {
  const world = await World.start(t);
  const page = await world.page({ go: "/access" });
  await page.getByLabel("What it is for").fill("prometheus");
  await page.getByRole("button", { name: "Make the token" }).click();
  const token = await page.getByLabel("Token", { exact: true }).textContent();
  const Authorization = `Bearer ${token}`;
  const metrics = await ask(`${world.url}/metrics`, { headers: { Authorization } });
  assert.equal(metrics.status, 200);
  assert.match(metrics.text, /relance_services\{state="RUNNING"\} 0/);
  const post = form({ name: "x", action: "start" });
  const refused = await ask(`${world.url}/control`, { ...post, headers: { ...post.headers, Authorization } });
  assert.equal(refused.status, 403, "a reader's token changes nothing");
  await page.getByRole("button", { name: /End prometheus/ }).click();
  await page.getByRole("row").filter({ hasText: "prometheus" }).waitFor({ state: "detached" });
  assert.equal((await ask(`${world.url}/metrics`, { headers: { Authorization } })).status, 303);
});

test("metrics count failures, recoveries and how long a restart took", async (t) => {
  const world = await World.start(t);
  await world.program("worker", "exec sleep 1000", { options: ["--actions", "restart/0", "--reset", "300"] });
  const Authorization = `Bearer ${await world.token("test", "reader")}`;
  const page = await world.page();
  process.kill((await world.status("worker")).status.process_id, "SIGKILL");
  await page.getByRole("row").filter({ hasText: /worker.*Running.*SIGKILL/ }).waitFor();
  const { text } = await ask(`${world.url}/metrics`, { headers: { Authorization } });
  for (const line of ['relance_failures_total{cause="signal"} 1', "relance_recoveries_total 1",
    'relance_restart_latency_seconds_bucket{le="+Inf"} 1', 'relance_services{state="RUNNING"} 1',
    'relance_events_total{level="error",event_id="7031"} 1']) {
    assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  }
});

test("health and readiness need no sign-in", async (t) => {
  const world = await World.start(t);
  for (const path of ["/healthz", "/readyz"]) {
    const answer = await ask(world.url + path);
    assert.deepEqual([answer.status, answer.text], [200, "ok\n"], path);
  }
});

test("every operation of the OpenAPI document is there, and it is readable as a page", async (t) => {
  const world = await World.start(t);
  const Authorization = `Bearer ${await world.token("test", "reader")}`;
  const { text } = await ask(`${world.url}/api/openapi.json`, { headers: { Authorization } });
  const document = JSON.parse(text);
  let operations = 0;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of Object.keys(item)) {
      operations += 1;
      const answer = await ask(`http://relance${path.replace("{name}", "nobody").replace("{id}", "0")}`, {
        method: method.toUpperCase(), socketPath: world.socket,
        headers: { "Content-Type": "application/json" }, body: method === "get" ? "" : '{"nonsense":1}',
      });
      assert.notEqual(answer.status, 405, `${method} ${path}`);
      assert.doesNotMatch(answer.text, /no such path/, `${method} ${path}`);
    }
  }
  assert.ok(operations >= 30, String(operations));
  const page = await world.page({ go: "/api" });
  await page.getByRole("link", { name: "ServiceReply" }).first().click();
  await page.getByRole("heading", { name: "ServiceReply" }).waitFor();
  await page.locator("#ServiceReply").getByText("Its identity in the database.").waitFor();
});

// A world for one test: a daemon with its console in a folder of its own, real services, a browser.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const run = promisify(execFile);

/** The program under test; `cargo xtask console` names it. */
const PROGRAM = process.env.RELANCE
  ?? new URL("../../../../target/debug/relance", import.meta.url).pathname;

/** Only a failure takes so long, milliseconds. */
export const PATIENCE = 20_000;
const LOOK_AGAIN = 20;

let browser;

/** One browser for all tests of a file; each test has contexts of its own. */
export async function theBrowser() {
  browser ??= await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
  });
  return browser;
}

/** Ends the browser, so that the test's process can end. */
export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** A port that nobody listens on: the kernel's choice, given back just before it is used. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Waits until something is so. What is asked has its own way of waiting where there is one. */
export async function until(what, isSo) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await isSo();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not so in ${PATIENCE} ms: ${what}`);
    // Asked again without a pause, it would take the processor from what it waits for.
    await new Promise((resolve) => { setTimeout(resolve, LOOK_AGAIN); });
  }
}

export class World {
  #pages = [];

  /** Starts a daemon; it is ended with the test. */
  static async start(test) {
    const world = new World();
    world.folder = await mkdtemp(join(tmpdir(), "relance-console-"));
    // The console is a user of its own: it must be able to reach the socket.
    await run("chmod", ["755", world.folder]);
    world.socket = join(world.folder, "socket");
    world.port = await freePort();
    world.url = `http://127.0.0.1:${world.port}`;
    world.daemon = spawn(PROGRAM, [
      "daemon", "--state", join(world.folder, "state"), "--logs", join(world.folder, "logs"),
      "--socket", world.socket, "--console", String(world.port),
      "--config", join(await emptyConfig(world.folder)),
    ], { stdio: ["ignore", "ignore", "pipe"] });
    world.diagnostics = "";
    world.daemon.stderr.on("data", (data) => { world.diagnostics += data; });
    test?.after(() => world.end());
    await until("the manager answers", async () => {
      if (world.daemon.exitCode !== null) throw new Error(world.diagnostics);
      return fetch(`${world.url}/readyz`).then((answer) => answer.ok, () => false);
    });
    return world;
  }

  /** Runs a command of `relance`. */
  async relance(...args) {
    const { stdout } = await run(PROGRAM, args, {
      env: { ...process.env, RELANCE_SOCKET: this.socket }, maxBuffer: 1 << 26,
    });
    return stdout.trim();
  }

  /** Creates a program that does what a shell says, and starts it unless told not to. One that
   *  dies at once is started too; the command says so with status 3. */
  async program(name, shell, { start = true, dies = false, options = [] } = {}) {
    await this.relance("create", name, ...options, "--", "/bin/sh", "-c", shell);
    if (!start) return;
    await this.relance("start", name).catch((error) => {
      if (!dies || error.code !== 3) throw error;
    });
  }

  /** The status of a service, as JSON. */
  async status(name) {
    return JSON.parse(await this.relance("status", name, "--json"));
  }

  /** A browser's page that has signed in, and fails the test when its console complains. */
  async page({ role = "administrator", locale = "en-GB", theme = "light", width = 1400, height = 900, go = "/" } = {}) {
    const context = await (await theBrowser()).newContext({
      locale, colorScheme: theme, viewport: { width, height }, timezoneId: "Europe/Paris",
    });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    page.complaints = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) page.complaints.push(message.text());
    });
    page.on("pageerror", (error) => page.complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(this.url)) page.complaints.push(`elsewhere: ${request.url()}`);
    });
    this.#pages.push(page);
    const link = await this.relance("console", "--no-browser", "--role", role);
    await page.goto(link);
    // The link's page signs in by itself.
    await page.waitForURL(`${this.url}/overview`);
    if (go !== "/overview") await page.goto(this.url + go);
    return page;
  }

  /** A page without the script, for the one who has signed in on another. */
  async plainPage(signedIn) {
    const context = await (await theBrowser()).newContext({
      javaScriptEnabled: false, storageState: await signedIn.context().storageState(),
    });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    page.complaints = [];
    this.#pages.push(page);
    return page;
  }

  /** A token for scripts. */
  token(name, role) {
    return this.relance("console", "token", name, "--role", role);
  }

  /** What pages have complained about so far. */
  complaints() {
    return this.#pages.flatMap((page) => page.complaints);
  }

  async end() {
    for (const page of this.#pages) await page.context().close();
    if (this.daemon.exitCode === null && this.daemon.signalCode === null) {
      const ended = new Promise((resolve) => { this.daemon.once("exit", resolve); });
      this.daemon.kill("SIGTERM");
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Settings of nobody, so that those of the machine have no part in a test. */
async function emptyConfig(folder) {
  const { writeFile } = await import("node:fs/promises");
  const path = join(folder, "relance.toml");
  await writeFile(path, "wait_to_kill_ms = 500\n");
  return path;
}

/** The address of a service's tab. */
export function tab(name, word = "general") {
  return `/service/${word}?${new URLSearchParams({ name })}`;
}

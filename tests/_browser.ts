// Opens the app in a headless Chromium: serves it in this process, builds what visitors load if that is missing or old.

import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium } from "./_gates.ts";

/** How a page is opened. */
export interface PageOptions extends
  Pick<
    BrowserContextOptions,
    "bypassCSP" | "colorScheme" | "javaScriptEnabled" | "reducedMotion" | "viewport"
  > {
  /** Whether the browser has WebGPU (emulated on the CPU: keep pictures at 64 px or so); true unless given. */
  webGpu?: boolean;
  /** Whether there is a camera, of moving test pictures; none unless given. A page that may not use it is refused. */
  camera?: "allowed" | "refused";
  /** Whether a service worker may keep the app, past which no `page.route` sees a request; false unless given. */
  serviceWorkers?: boolean;
  /** The server, given the app; the app alone unless given. */
  serve?: (app: Handler) => Handler;
}

/** What answers a server's requests. */
export type Handler = (req: Request) => Promise<Response>;

const root = new URL("../", import.meta.url);
/** What the build is made of. */
const sources = [
  ...["deno.json", "vite.config.ts", "fresh", "gpu", "islands", "models"],
  // Of these the service worker has the pages and files.
  ...["routes", "static", "tasks/build.ts", "tasks/_service_worker_build.ts"],
];

const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** WebGPU on the processor; with the first alone the browser's GPU process dies of the first canvas. */
const gpuFlags = [
  "--enable-unsafe-webgpu",
  "--use-angle=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
];

/**
 * Runs with a blank page of a new browser and the address of the app, and closes both afterwards.
 * An uncaught error in the page fails the test.
 */
export async function withPage(
  options: PageOptions,
  run: (page: Page, origin: string) => Promise<void>,
): Promise<void> {
  const { webGpu = true, serviceWorkers = false, camera, serve = (app) => app, ...rest } = options;
  await buildIfOld();
  // Reads the build when it is loaded, so not before.
  const { app } = await import("../main.ts");
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    serve(app.handler()),
  );
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [
      ...flags,
      ...(webGpu ? gpuFlags : []),
      ...(camera ? ["--use-fake-device-for-media-stream"] : []),
    ],
  });
  const errors: Error[] = [];
  try {
    const context = await browser.newContext({
      ...rest,
      serviceWorkers: serviceWorkers ? "allow" : "block",
    });
    if (camera === "allowed") await context.grantPermissions(["camera"]);
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(error));
    await run(page, `http://localhost:${server.addr.port}`);
  } finally {
    await browser.close();
    await server.shutdown();
  }
  if (errors.length > 0) throw errors[0];
}

async function buildIfOld(): Promise<void> {
  const built = await newestChange(new URL("dist/client/.vite/manifest.json", root));
  const changes = await Promise.all(sources.map((path) => newestChange(new URL(path, root))));
  if (built > Math.max(...changes)) return;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tasks/build.ts"],
    cwd: root,
    stdin: "null",
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot build the app: ${new TextDecoder().decode(stderr)}`);
}

/** When a file, or anything below a folder, was last changed, in ms; 0 if it does not exist. */
async function newestChange(url: URL): Promise<number> {
  try {
    const { isDirectory, mtime } = await Deno.stat(url);
    const own = mtime?.getTime() ?? 0;
    if (!isDirectory) return own;
    const entries = await Array.fromAsync(Deno.readDir(url));
    const changes = await Promise.all(
      entries.map(({ name }) => newestChange(new URL(`${url.href}/${name}`))),
    );
    return Math.max(own, ...changes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

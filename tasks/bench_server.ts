// Loads a server of its own with requests for every page and file: errors, times, and whether its memory stays flat.

import { parseArgs, styleText } from "node:util";

const help = `Usage: deno task bench:server [--requests 1000] [--at-once 50] [--growth 32]

Starts the built server on a free port, asks for every page and file one after the other and many at once, and prints
errors, times in ms and the server's resident memory. Fails on any error, and if memory grew by more than --growth MB
after a warm-up of a fifth of the requests.`;

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "1000" },
    "at-once": { type: "string", default: "50" },
    growth: { type: "string", default: "32" },
    help: { type: "boolean", short: "h", default: false },
  },
});
const requests = readCount("requests");
const atOnce = readCount("at-once");
const mostGrowthMb = readCount("growth");

if (values.help) console.log(help);
else Deno.exit(await main());

async function main(): Promise<number> {
  const server = startServer();
  const { origin, output } = await readOrigin(server);
  try {
    const paths = await listPaths();
    // The heap takes its working size under load; only then does growth mean a leak.
    for (const path of paths) await measure(origin + path, Math.ceil(requests / 5));
    const rows: Row[] = [];
    let memory = await readMemoryMb(server.pid);
    const settled = memory;
    const most = Math.max(...paths.map((path) => path.length)) + 2;
    console.log(
      `${"path".padEnd(most)}errors     p50     p99   p50 x${atOnce}  p99 x${atOnce}   memory MB`,
    );
    for (const path of paths) {
      const row = await measure(origin + path, requests);
      const after = await readMemoryMb(server.pid);
      rows.push(row);
      const times = [row.p50, row.p99, row.p50AtOnce, row.p99AtOnce].map((ms) =>
        ms.toFixed(2).padStart(8)
      );
      const line = `${path.padEnd(most)}${String(row.errors).padStart(6)}${times.join("")}`;
      console.log(`${line}   ${memory.toFixed(0).padStart(4)} -> ${after.toFixed(0)}`);
      memory = after;
    }
    const errors = rows.reduce((sum, row) => sum + row.errors, 0);
    const growth = memory - settled;
    const total = rows.length * 2 * requests;
    console.log(
      `${total} requests, ${errors} errors, memory ${settled.toFixed(0)} -> ${
        memory.toFixed(0)
      } MB`,
    );
    if (errors > 0) console.error(styleText("red", "Some requests failed"));
    if (growth > mostGrowthMb) {
      console.error(styleText("red", `Memory grew by ${growth.toFixed(0)} MB`));
    }
    return errors > 0 || growth > mostGrowthMb ? 1 : 0;
  } finally {
    server.kill("SIGTERM");
    await Promise.all([server.status, output.cancel()]);
  }
}

/** What came of the requests for one path: failures, and times in ms. */
interface Row {
  errors: number;
  p50: number;
  p99: number;
  p50AtOnce: number;
  p99AtOnce: number;
}

/** Asks one after the other, then as many again with some at once. */
async function measure(url: string, requests: number): Promise<Row> {
  const { bytes } = await request(url);
  const row: Row = { errors: 0, p50: 0, p99: 0, p50AtOnce: 0, p99AtOnce: 0 };
  const ask = async (times: number[]) => {
    const answer = await request(url).catch(() => ({ ok: false, ms: 0, bytes: -1 }));
    if (!answer.ok || answer.bytes !== bytes) row.errors++;
    times.push(answer.ms);
  };
  const alone: number[] = [];
  while (alone.length < requests) await ask(alone);
  const together: number[] = [];
  let left = requests;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (left-- > 0) await ask(together);
  }));
  [row.p50, row.p99] = [quantile(alone, 0.5), quantile(alone, 0.99)];
  [row.p50AtOnce, row.p99AtOnce] = [quantile(together, 0.5), quantile(together, 0.99)];
  return row;
}

async function request(url: string): Promise<{ ok: boolean; ms: number; bytes: number }> {
  const start = performance.now();
  const response = await fetch(url);
  const { byteLength } = await response.arrayBuffer();
  return { ok: response.ok, ms: performance.now() - start, bytes: byteLength };
}

function quantile(times: number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

/** The pages, and every file of static/ and of the build. */
async function listPaths(): Promise<string[]> {
  const files = [
    ...await listFiles("static", ""),
    ...await listFiles("dist/client/assets", "/assets"),
  ];
  return ["/", "/style", "/models", "/about", "/healthz", ...files.map(encodeURI).sort()];
}

async function listFiles(folder: string, address: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.startsWith(".")) continue;
    if (isDirectory) paths.push(...await listFiles(`${folder}/${name}`, `${address}/${name}`));
    else paths.push(`${address}/${name}`);
  }
  return paths;
}

function startServer(): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-net", "--allow-read=.", "--allow-env=PORT", "main.ts"],
    env: { PORT: "0", NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
}

/** Where the server says that it is, and the rest of what it says. */
async function readOrigin(server: Deno.ChildProcess) {
  const output = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = "";;) {
    const { value, done } = await output.read();
    if (done) throw new Error("Cannot measure the server: it ended without telling its address");
    text += value;
    const [, port] = text.match(/http:\/\/localhost:(\d+)\n/) ?? [];
    if (port) return { origin: `http://127.0.0.1:${port}`, output };
  }
}

/** Resident memory of a process in MB. */
async function readMemoryMb(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", String(pid)] })
    .output();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

function readCount(name: "requests" | "at-once" | "growth"): number {
  const count = Number(values[name]);
  if (Number.isInteger(count) && count > 0) return count;
  throw new RangeError(
    `Cannot read --${name}: found "${values[name]}"; expected a whole number above 0`,
  );
}

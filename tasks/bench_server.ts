// Loads a server of its own with requests for every page and file, or for posters: errors, times, and whether its memory stays flat.

import { parseArgs, styleText } from "node:util";
import { crowdLines, measureCrowd } from "./_poster_crowd.ts";
import { quantile, serveApp, type ServedApp, timeRequest } from "./_served_app.ts";

const help = `Usage: deno task bench:server [--requests 1000] [--at-once 50] [--growth 32]
       deno task bench:server --posters [--clients 200] [--seconds 60] [--patient] [--growth 32]

Starts the built server on a free port, asks for every page and file one after the other and many at once, and prints
errors, times in ms and the server's resident memory. Fails on any error, and if memory grew by more than --growth MB
after a warm-up of a fifth of the requests.

With --posters, so many clients ask for posters all the time (--patient: they wait as a 503 tells them), and others for
pages. Fails if posters are answered by anything but a picture, or 503 and a time to wait; on any other error; if the 99th
percentile of the pages reaches 100 ms; and if memory grew by more than --growth MB in the second half of the time.`;

/** What pages may take while a crowd asks for posters, 99 of 100. */
const MOST_P99_MS = 100;

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "1000" },
    "at-once": { type: "string", default: "50" },
    growth: { type: "string", default: "32" },
    posters: { type: "boolean", default: false },
    clients: { type: "string", default: "200" },
    seconds: { type: "string", default: "60" },
    patient: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const requests = readCount("requests");
const atOnce = readCount("at-once");
const mostGrowthMb = readCount("growth");

if (values.help) console.log(help);
else Deno.exit(await main());

async function main(): Promise<number> {
  const app = await serveApp();
  try {
    return values.posters ? await benchPosters(app) : await benchFiles(app);
  } finally {
    await app.stop();
  }
}

async function benchPosters(app: ServedApp): Promise<number> {
  const clients = readCount("clients"), seconds = readCount("seconds");
  const isPatient = values.patient;
  console.log(
    `${clients} clients, ${
      isPatient ? "patient" : "impatient"
    }, for ${seconds} s on ${navigator.hardwareConcurrency} cores`,
  );
  const report = await measureCrowd(app, { clients, seconds, isPatient });
  for (const line of crowdLines(report)) console.log(line);
  const { statuses, otherErrors, otherMs, memoryMb } = report;
  const p99 = quantile(otherMs, 0.99);
  const growth = memoryMb[memoryMb.length - 1] - memoryMb[memoryMb.length >> 1];
  const faults = [
    statuses.other ? `${statuses.other} posters were answered by something else` : "",
    otherErrors > 0 ? "Some other requests failed" : "",
    p99 < MOST_P99_MS ? "" : `Other pages took ${p99.toFixed(0)} ms; expected below ${MOST_P99_MS}`,
    growth > mostGrowthMb ? `Memory grew by ${growth.toFixed(0)} MB in the second half` : "",
  ].filter((fault) => fault);
  for (const fault of faults) console.error(styleText("red", fault));
  return faults.length > 0 ? 1 : 0;
}

async function benchFiles({ origin, readMemoryMb }: ServedApp): Promise<number> {
  const paths = await listPaths();
  // The heap takes its working size under load; only then does growth mean a leak.
  for (const path of paths) await measure(origin + path, Math.ceil(requests / 5));
  const rows: Row[] = [];
  let memory = await readMemoryMb();
  const settled = memory;
  const most = Math.max(...paths.map((path) => path.length)) + 2;
  console.log(
    `${"path".padEnd(most)}errors     p50     p99   p50 x${atOnce}  p99 x${atOnce}   memory MB`,
  );
  for (const path of paths) {
    const row = await measure(origin + path, requests);
    const after = await readMemoryMb();
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
    `${total} requests, ${errors} errors, memory ${settled.toFixed(0)} -> ${memory.toFixed(0)} MB`,
  );
  if (errors > 0) console.error(styleText("red", "Some requests failed"));
  if (growth > mostGrowthMb) {
    console.error(styleText("red", `Memory grew by ${growth.toFixed(0)} MB`));
  }
  return errors > 0 || growth > mostGrowthMb ? 1 : 0;
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
  const { bytes } = await timeRequest(url);
  const row: Row = { errors: 0, p50: 0, p99: 0, p50AtOnce: 0, p99AtOnce: 0 };
  const ask = async (times: number[]) => {
    const answer = await timeRequest(url).catch(() => ({ ok: false, ms: 0, bytes: -1 }));
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

/** The pages, and every file of static/ and of the build. */
async function listPaths(): Promise<string[]> {
  const files = [
    ...await listFiles("static", ""),
    ...await listFiles("dist/client/assets", "/assets"),
  ];
  return [
    "/",
    "/style",
    "/posters",
    "/models",
    "/about",
    "/healthz",
    ...files.map(encodeURI).sort(),
  ];
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

function readCount(name: "requests" | "at-once" | "growth" | "clients" | "seconds"): number {
  const count = Number(values[name]);
  if (Number.isInteger(count) && count > 0) return count;
  throw new RangeError(
    `Cannot read --${name}: found "${values[name]}"; expected a whole number above 0`,
  );
}

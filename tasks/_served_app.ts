// A server of one's own to measure: its start, its memory, and the times of its answers.

/** A running server, as `deno task start` serves. */
export interface ServedApp {
  origin: string;
  /** Resident memory in MB. */
  readMemoryMb(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the built server on a free port, with the permissions that it always has. @throws {Error} if it ends at once */
export async function serveApp(): Promise<ServedApp> {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-net", "--allow-read=.", "--allow-env=PORT", "main.ts"],
    env: { PORT: "0", NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const output = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return {
    origin: await readOrigin(output),
    readMemoryMb: () => readMemoryMb(server.pid),
    async stop() {
      server.kill("SIGTERM");
      await Promise.all([server.status, output.cancel()]);
    },
  };
}

/** Where the server says that it is. */
async function readOrigin(output: ReadableStreamDefaultReader<string>): Promise<string> {
  for (let text = "";;) {
    const { value, done } = await output.read();
    if (done) throw new Error("Cannot measure the server: it ended without telling its address");
    text += value;
    const [, port] = text.match(/http:\/\/localhost:(\d+)\n/) ?? [];
    if (port) return `http://127.0.0.1:${port}`;
  }
}

async function readMemoryMb(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", String(pid)] })
    .output();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

/** One answer, read to its end. */
export async function timeRequest(
  url: string,
): Promise<{ ok: boolean; ms: number; bytes: number }> {
  const start = performance.now();
  const response = await fetch(url);
  const { byteLength } = await response.arrayBuffer();
  return { ok: response.ok, ms: performance.now() - start, bytes: byteLength };
}

/** The time that a part of all times is below. @param part 0 to 1 */
export function quantile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

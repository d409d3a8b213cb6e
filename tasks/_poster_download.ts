// Fetches linked posters into the folder of images: few at a time, patiently, and never twice.

import { join } from "node:path";
import { writeAtomically } from "./_atomic_file.ts";

/** How patient a download is. */
export interface DownloadOptions {
  /** The folder that the pictures are written to. */
  folder: string;
  /** Wait before the second try; doubled before the third. */
  backoffMs?: number;
  timeoutMs?: number;
  /** A longer answer is refused, at once and whatever length it claims. */
  mostBytes?: number;
}

/** A link that gives no picture. */
export class DeadLink extends Error {
  override name = "DeadLink";
}

/** Fetches a link into `<stem>.jpg`, png or webp (as its bytes are), and gives the path. @throws {DeadLink} */
export type Downloader = (url: string, stem: string) => Promise<string>;

const TRIES = 3;
/** Downloads under way at a time. */
const CONCURRENCY = 4;
/** A server may ask to be left alone for no longer than this, or the link counts as dead. */
const LONGEST_WAIT_MS = 120_000;
const MOST_BYTES = 64 * 2 ** 20;

/** A downloader with its own limit on what is under way. */
export function downloader(options: DownloadOptions): Downloader {
  const limit = limiter(CONCURRENCY);
  return (url, stem) => limit(() => download(url, stem, options));
}

/** Lets at most `count` of the jobs that it is given run at a time, in the order in which they came. */
export function limiter(count: number): <Result>(job: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running >= count) await new Promise<void>((go) => waiting.push(go));
    else running++;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

async function download(url: string, stem: string, options: DownloadOptions): Promise<string> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new DeadLink(`${url.slice(0, 100)} is no http address`);
  }
  const { folder, backoffMs = 1000, timeoutMs = 30_000, mostBytes = MOST_BYTES } = options;
  for (let attempt = 1;; attempt++) {
    const answer = await request(url, timeoutMs, mostBytes);
    if (answer instanceof Uint8Array) {
      const path = join(folder, `${stem}.${findFormat(answer) ?? dead(url, "is no picture")}`);
      await Deno.mkdir(folder, { recursive: true });
      await writeAtomically(path, answer);
      return path;
    }
    if (!answer.isPassing || attempt === TRIES) {
      dead(url, `${answer.problem}${attempt > 1 ? `, ${attempt} times` : ""}`);
    }
    const waitMs = Math.max(backoffMs * 2 ** (attempt - 1), answer.waitMs);
    if (waitMs > LONGEST_WAIT_MS) {
      dead(url, `${answer.problem}, to be asked again in ${Math.round(waitMs / 1000)} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

interface Refusal {
  problem: string;
  /** Whether another try may help. */
  isPassing: boolean;
  /** As the server asked for. */
  waitMs: number;
}

async function request(
  url: string,
  timeoutMs: number,
  mostBytes: number,
): Promise<Uint8Array | Refusal> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { "user-agent": "lobbycard data:posters", accept: "image/*" },
    });
    const bytes = response.ok ? await readUpTo(mostBytes, response) : undefined;
    if (bytes) return bytes;
    await response.body?.cancel();
    const { status, headers } = response;
    return {
      problem: response.ok ? `has more than ${mostBytes} bytes` : `answers ${status}`,
      isPassing: status === 408 || status === 425 || status === 429 || status >= 500,
      waitMs: readRetryAfter(headers.get("retry-after")),
    };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { problem: `cannot be reached (${reason})`, isPassing: true, waitMs: 0 };
  }
}

/** The body, or undefined as soon as it turns out longer: the length that a server tells need not be true. */
async function readUpTo(most: number, { body }: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of body?.values({ preventCancel: true }) ?? []) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Milliseconds from a `Retry-After` in seconds or as a date. */
function readRetryAfter(value: string | null): number {
  if (value === null) return 0;
  const seconds = /^\s*\d+\s*$/.test(value)
    ? Number(value)
    : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : 0;
}

/** By the first bytes, for servers often answer with a page that says sorry. */
function findFormat(bytes: Uint8Array): "jpg" | "png" | "webp" | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith("\xff\xd8\xff")) return "jpg";
  if (head.startsWith("\x89PNG")) return "png";
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) return "webp";
}

function dead(url: string, problem: string): never {
  throw new DeadLink(`${url} ${problem}`);
}

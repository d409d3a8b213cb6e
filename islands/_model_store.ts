// Fetches a model's weights with progress and keeps them in the browser's Cache API under their hash.

/** The name of the cache. A new number drops what older versions of this page have stored. */
const STORE = "lobbycard-models-1";

/** How many models are kept; a model that is exported anew counts as another one. */
const MOST_STORED = 8;

/** What identifies the weights: the same fields as in the manifest. */
export interface WeightsFile {
  url: string;
  bytes: number;
  /** 64 hexadecimal digits; the key in the store. */
  sha256: string;
}

/** Weights that have arrived; their hash is not checked yet. */
export interface ArrivedWeights {
  bytes: Uint8Array<ArrayBuffer>;
  fromCache: boolean;
}

/** The server answered, but not with the file. */
export class MissingFileError extends Error {
  constructor(url: string, readonly status: number) {
    super(`Cannot load ${url}: the server answered ${status}; expected 200`);
    this.name = "MissingFileError";
  }
}

/**
 * The weights from the store, else from the network.
 *
 * @param refresh whether to pass by the store and the browser's own HTTP cache
 * @param onProgress bytes so far; called for the network only
 * @throws {TypeError} if the network fails, {MissingFileError} if the server has no such file
 */
export async function fetchWeights(
  file: WeightsFile,
  refresh: boolean,
  onProgress: (receivedBytes: number) => void,
): Promise<ArrivedWeights> {
  const stored = refresh ? undefined : await findStored(file.sha256);
  if (stored) return { bytes: stored, fromCache: true };
  const response = await fetch(file.url, { cache: refresh ? "reload" : "default" });
  if (response.status !== 200 || !response.body) {
    throw new MissingFileError(file.url, response.status);
  }
  return { bytes: await readBody(response.body, file.bytes, onProgress), fromCache: false };
}

/** Keeps verified weights for the next visit. A full or forbidden store changes nothing but that. */
export async function storeWeights(sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    const headers = { "content-type": "application/octet-stream" };
    const store = await openStore();
    if (!store) return;
    await store.put(keyOf(sha256), new Response(bytes, { headers }));
    const oldestFirst = await store.keys();
    for (const key of oldestFirst.slice(0, -MOST_STORED)) await store.delete(key);
  } catch {
    // Private windows and full disks refuse; the next visit fetches again.
  }
}

/** Forgets weights that turned out to be corrupt. */
export async function forgetWeights(sha256: string): Promise<void> {
  try {
    await (await openStore())?.delete(keyOf(sha256));
  } catch {
    // Nothing can have been stored then.
  }
}

async function findStored(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const response = await (await openStore())?.match(keyOf(sha256));
    return response && new Uint8Array(await response.arrayBuffer());
  } catch {
    return undefined;
  }
}

/** Undefined where the page is neither https nor localhost: there is no Cache API then. */
async function openStore(): Promise<Cache | undefined> {
  return "caches" in globalThis ? await caches.open(STORE) : undefined;
}

/** No such address is ever fetched: a cache wants a URL for a key. */
function keyOf(sha256: string): string {
  return `/stored-weights/${sha256}`;
}

/** Stops as soon as there are more bytes than expected: the size check that follows refuses them anyway. */
async function readBody(
  body: ReadableStream<Uint8Array>,
  expectedBytes: number,
  onProgress: (receivedBytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let receivedBytes = 0;
  for (const reader = body.getReader();;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    onProgress(receivedBytes += value.length);
    if (receivedBytes > expectedBytes) {
      await reader.cancel();
      break;
    }
  }
  const bytes = new Uint8Array(receivedBytes);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

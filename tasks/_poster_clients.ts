// A worker that plays many visitors who all want posters: some that others want too, most that nobody has asked for before.

/** What the visitors are told. */
export interface CrowdOrder {
  origin: string;
  clients: number;
  seconds: number;
  /** Whether they wait as long as a 503 tells them to, or ask again at once. */
  isPatient: boolean;
}

/** What came of their requests. */
export interface CrowdCount {
  /** Requests by status; `other` are those that failed, that were no picture, or told no time to wait. */
  statuses: Record<string, number>;
  /** Times of the pictures, in ms. */
  pictureMs: number[];
}

/** Every so many-th request is for one of so many posters that are asked for again and again. */
const POPULAR = { everyOf: 4, posters: 20 };

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<CrowdOrder>) => void;
  postMessage(count: CrowdCount): void;
};

scope.onmessage = async ({ data: order }) => {
  const count: CrowdCount = { statuses: {}, pictureMs: [] };
  const end = performance.now() + 1000 * order.seconds;
  let asked = 0;
  const visit = async () => {
    while (performance.now() < end) {
      const query = queryOf(asked++);
      const { status, ms, waitMs } = await ask(`${order.origin}/api/poster.png?${query}`);
      count.statuses[status] = (count.statuses[status] ?? 0) + 1;
      if (status === "200") count.pictureMs.push(ms);
      if (order.isPatient && waitMs > 0) {
        await new Promise((resolve) =>
          setTimeout(resolve, Math.min(waitMs, end - performance.now()))
        );
      }
    }
  };
  await Promise.all(Array.from({ length: order.clients }, visit));
  scope.postMessage(count);
};

function queryOf(number: number): string {
  const isPopular = number % POPULAR.everyOf === 0;
  const seed = isPopular ? number / POPULAR.everyOf % POPULAR.posters : 1000 + number;
  const genres = ["", "&genres=horror", "&genres=comedy:0.7,romance:0.4"][seed % 3];
  return `seed=${seed}${genres}&scale=${[1, 2, 4][seed % 7 % 3]}`;
}

async function ask(url: string): Promise<{ status: string; ms: number; waitMs: number }> {
  const start = performance.now();
  try {
    const response = await fetch(url);
    const bytes = await response.bytes();
    const ms = performance.now() - start;
    const waitMs = 1000 * Number(response.headers.get("retry-after"));
    const isPicture = response.status === 200 && bytes[1] === 0x50; // the P of PNG
    const isTold = response.status === 503 && waitMs > 0;
    return { status: isPicture || isTold ? String(response.status) : "other", ms, waitMs };
  } catch {
    return { status: "other", ms: performance.now() - start, waitMs: 0 };
  }
}

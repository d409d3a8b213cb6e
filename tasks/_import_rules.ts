// The arrows of the house as data: which room may import which, and which npm packages belong where.

/** One thing that a room may import: a whole room, or the files that a pattern names, with the reason if it is not plain. */
export interface Arrow {
  to: string | RegExp;
  reason?: string;
}

/** For each room, what it may import besides itself; tests/ may import anything. `root` is the files beside deno.json that are not main.ts. */
export const arrows: Readonly<Record<string, Arrow[]>> = {
  main: [{ to: "fresh" }, { to: "routes" }, {
    to: /^define\.ts$/,
    reason: "the type of its state",
  }],
  root: [
    { to: "fresh", reason: "vite.config.ts takes the islands plugin from there" },
    {
      to: /^gpu\/drawing_kernels\.ts$/,
      reason: "the build leaves out the kernels of tfjs that it does not name",
    },
  ],
  fresh: [],
  routes: [
    { to: "fresh" },
    { to: /^define\.ts$/, reason: "it types the parts of a route" },
    { to: "islands", reason: "as components, to render their placeholders" },
    { to: "server" },
    { to: /^models\/(manifest|poster_terms)\.ts$/ },
  ],
  server: [
    { to: /^models\/(poster_generator|manifest)\.ts$/ },
    {
      to: /^gpu\/(device|picture)\.ts$/,
      reason: "its worker starts the device, and enlarges what it has drawn",
    },
  ],
  islands: [
    { to: /^fresh\/runtime\.tsx?$/ },
    {
      to: /^models\/(generator|poster_generator|poster_terms|manifest|weights_file|registry)\.ts$/,
    },
    {
      to:
        /^models\/(poster_point|poster_space|poster_search|poster\/directions|poster\/latent_edit)\.ts$/,
      reason: "a worker of its own looks into a generator",
    },
    {
      to: /^models\/poster\/(breeding|latent_text|style_layers)\.ts$/,
      reason: "plain numbers: children of posters, latent vectors in links, layers to mix",
    },
    {
      to: /^gpu\/(device|picture|webgpu\/present)\.ts$/,
      reason:
        "the worker starts the device, and draws from its memory; a Picture is what the visitor hands over",
    },
    {
      to: /^(data\/films\/(compose|film_a|film_b|wash)|gpu\/random)\.ts$/,
      reason: "pages that show what a network does draw the scenes that it learnt from",
    },
  ],
  models: [{ to: "gpu" }],
  data: [{ to: /^gpu\/(image|picture|random|shape)\.ts$/ }],
  gpu: [],
  tasks: [
    { to: "models" },
    { to: "data" },
    { to: "gpu" },
  ],
};

/** Single imports that run against the arrows, each with its reason. */
export const exceptions: Readonly<Record<string, string>> = {
  "tasks/build.ts -> vite.config.ts": "the web build is a task",
  "tasks/dev.ts -> vite.config.ts": "so is its development server",
  "tasks/build.ts -> main.ts": "it weighs each page's script as the built app names it",
};

/** The npm packages and `node:` modules that each room may name; rooms that are not listed may name any. */
export const packages: Readonly<Record<string, RegExp>> = {
  main: /^$/,
  gpu: /^@tensorflow\//,
  models: /^valibot$/,
  data: /^(sharp$|node:)/,
  routes: /^(preact(\/.*)?|@preact\/signals|hono(\/.*)?|valibot)$/,
  server: /^(pngjs|node:crypto)$/,
  islands: /^(preact(\/.*)?|@preact\/signals|valibot|fontkit)$/,
  fresh:
    /^(preact(\/.*)?|preact-render-to-string(\/.*)?|@preact\/signals|hono(\/.*)?|vite|node:.*)$/,
};

/** The only files that name tfjs: one file for all would put both backends and the gradients into a visitor's bundle. */
export const tfDoors = /^gpu\/tf(_webgpu|_cpu|_training)?\.ts$/;

/** Files that visitors' browsers load: they never mention `Deno` or `node:`. */
export const browserSafe = /^(gpu\/|models\/|islands\/|fresh\/runtime\b|data\/films\/(?!render\.))/;

/** Browser-safe files that may mention `Deno` all the same, each with its reason. */
export const hostExceptions: Readonly<Record<string, string>> = {
  "gpu/webgpu/native_backends.ts": "sets how Deno's WebGPU starts, behind a feature test",
};

/** Files that only training needs; nothing that a visitor loads may reach them. */
export const trainingOnly =
  /^(gpu\/(gradients|tf_training|adam|ema|[a-z_]*gradients[a-z_]*)\.ts|gpu\/gradients\/.*|models\/trunks\/(?!config\.)[a-z_]*\.ts|models\/(.*\/)?(poster_search|projection|[a-z_]*step|update|loss|([a-z_]*_)?discriminator|penalty|[a-z_]*augment|[a-z_]*context|image_pool|schedule|state|train_state|training_config|encoder|trunk)\.ts)$/;

/**
 * Files of islands/ that train all the same, each with what for. Others may only fetch them when a visitor asks for that, by a lazy import:
 * so they are part of no page and no worker's start; see docs/decisions/0023.
 */
export const trainsOnDemand: Readonly<Record<string, string>> = {
  "islands/_poster_search.ts": "looks for the poster that is nearest to a visitor's own picture",
};

/** The room of a file: its first folder, `main` for main.ts, `root` for other files beside it. */
export function roomOf(path: string): string {
  if (path === "main.ts") return "main";
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "root";
}

/** The folders of models/ that are no families: parts that families share. */
const sharedParts = new Set(["trunks"]);

/** The family of a file under models/, such as `cyclegan`, or undefined for the files that families share. */
export function familyOf(path: string): string | undefined {
  const folder = path.match(/^models\/([^/]+)\//)?.[1];
  return folder !== undefined && sharedParts.has(folder) ? undefined : folder;
}

/** Why a file may not import another one of the house, or undefined if it may. */
export function findArrowFault(from: string, to: string): string | undefined {
  if (`${from} -> ${to}` in exceptions) return;
  const [source, target] = [roomOf(from), roomOf(to)];
  const [family, other] = [familyOf(from), familyOf(to)];
  if (family && other && family !== other) return "families of models never import each other";
  if (source === target) return;
  if (source === "tests") return;
  if (target === "tests" || target === "main" || target === "tasks") {
    return `nothing imports ${target}`;
  }
  const allowed = arrows[source];
  if (allowed === undefined) return `${source}/ is not a room of the house`;
  const isAllowed = allowed.some(({ to: arrow }) =>
    typeof arrow === "string" ? arrow === target : arrow.test(to)
  );
  if (!isAllowed) return `the house has no arrow ${source} -> ${describe(target, to, allowed)}`;
}

function describe(target: string, to: string, allowed: Arrow[]): string {
  const some = allowed.some(({ to: arrow }) =>
    arrow instanceof RegExp && arrow.source.includes(`^${target}\\/`)
  );
  return some ? to.slice(0, to.lastIndexOf(".")) : target;
}

// `deno task train`: lists what can be trained, or hands over to the task of the model that is named.

import { runTask, UsageError } from "./_cli.ts";

interface Trainable {
  summary: string;
  load(): Promise<{ main(args: readonly string[]): Promise<number> }>;
}

/** What can be trained, by its name after `deno task train`. */
const TRAINABLE: Readonly<Record<string, Trainable>> = {
  cyclegan: {
    summary: "two films, each redrawn in the other's style",
    load: () => import("./train_cyclegan.ts"),
  },
  posters: {
    summary: "film posters, by genre where the model knows genres",
    load: () => import("./train_posters.ts"),
  },
};

if (import.meta.main) await runTask("train", () => handOver(Deno.args));

async function handOver([model, ...rest]: string[]): Promise<number> {
  if (model === undefined || model === "--help" || model === "-h") {
    console.log("Trains a model. Usage: deno task train MODEL [flags]\n");
    for (const [name, { summary }] of Object.entries(TRAINABLE)) {
      console.log(`  ${name.padEnd(10)} ${summary} (deno task train:${name} --help)`);
    }
    return 0;
  }
  if (!Object.hasOwn(TRAINABLE, model)) {
    throw new UsageError(
      `"${model}" cannot be trained, expected ${Object.keys(TRAINABLE).join(", ")}`,
    );
  }
  // In this process, so that signals and the terminal are the training's own.
  const { main } = await TRAINABLE[model].load();
  return await main(rest);
}

// Prints how far our CycleGAN is from PyTorch's on the golden files: the worst difference per file, kind and device.

import { formatError, onEachDevice, printTable } from "./_report.ts";
import { networkChecks } from "./models/cyclegan/_network_parity.ts";
import { type Parity, PARITY_LIMITS } from "./models/cyclegan/_parity.ts";
import { trainingChecks } from "./models/cyclegan/_training_parity.ts";
import { trunkChecks } from "./models/trunks/_trunk_parity.ts";

function worst(found: readonly Parity[], kind: Parity["kind"]): Parity | undefined {
  return found.filter((parity) => parity.kind === kind)
    .sort((a, b) => b.difference - a.difference)[0];
}

const kinds = ["forward", "gradient", "zero"] as const;

await onEachDevice(async ({ description }) => {
  const rows: string[][] = [];
  const all: Parity[] = [];
  for (const { golden, measure } of [...networkChecks, ...trainingChecks, ...trunkChecks]) {
    const found = await measure();
    all.push(...found);
    const cells = kinds.map((kind) => formatError(worst(found, kind)?.difference));
    rows.push([golden, ...cells, worst(found, "gradient")?.what ?? "-"]);
  }
  console.log(`\n${description}`);
  printTable([
    ["golden file", "forward (abs)", "gradient (rel)", "zero gradient", "worst gradient"],
    ...rows,
    ["all", ...kinds.map((kind) => formatError(worst(all, kind)?.difference)), ""],
    ["limit", ...kinds.map((kind) => formatError(PARITY_LIMITS[kind])), ""],
  ]);
});

// Prints the gradient suite's figures: per function and device the worst relative error of first and second order; and how far the kernels of
// the GPU are from what tfjs's operations give on the processor.

import "../gpu/gradients.ts";
import { formatError, onEachDevice, printTable } from "./_report.ts";
import { gpuGate } from "./_gates.ts";
import { checkCase, GRADIENT_TOLERANCE, type GradientErrors } from "./gpu/_differences.ts";
import { gpuGradientCases } from "./gpu/_gradient_cases.ts";
import { addKernels, type TapedKernels, unprovedKernels } from "./gpu/_tape.ts";
import { kernelsOfTraining } from "./models/cyclegan/_training_kernels.ts";
import { measureParity } from "./gpu/webgpu/_parity.ts";
import { modelGradientCases } from "./models/_gradient_cases.ts";
import { posterGradientCases } from "./models/poster/_gradient_cases.ts";

/** The worst of several cases of one function. */
interface Worst {
  cases: number;
  first: number;
  second?: number;
}

const cases = [...gpuGradientCases(), ...modelGradientCases(), ...posterGradientCases()];

function add(worst: Worst | undefined, { first, second }: GradientErrors): Worst {
  return {
    cases: (worst?.cases ?? 0) + 1,
    first: Math.max(worst?.first ?? 0, first),
    second: second === undefined ? worst?.second : Math.max(worst?.second ?? 0, second),
  };
}

await onEachDevice(async ({ description }) => {
  const found = new Map<string, Worst>();
  const proved: TapedKernels = new Map();
  for (const given of cases) {
    const name = given.name.split(":")[0], errors = await checkCase(given);
    found.set(name, add(found.get(name), errors));
    addKernels(proved, errors.kernels);
  }
  const used = await kernelsOfTraining();
  const all = [...found.values()];
  const first = Math.max(...all.map((worst) => worst.first));
  const second = Math.max(...all.map((worst) => worst.second ?? 0));
  console.log(`\n${description}`);
  printTable([
    ["function", "cases", "first order", "second order"],
    ...[...found].map(([name, worst]) => [
      name,
      String(worst.cases),
      formatError(worst.first),
      formatError(worst.second),
    ]),
  ]);
  const twice = all.filter((worst) => worst.second !== undefined).length;
  console.log(
    `${found.size} functions in ${cases.length} cases, ${twice} of them to second order; ` +
      `${used.size} kernels on training's tape, ${
        unprovedKernels(used, proved).length
      } of them unproved; ` +
      `worst relative error ${formatError(first)} (first order), ${
        formatError(second)
      } (second); ` +
      `limit ${formatError(GRADIENT_TOLERANCE)}`,
  );
});

if ((await gpuGate()).available) {
  const worst = new Map<string, { cases: number; difference: number }>();
  for (const { given, difference } of await measureParity()) {
    const name = given.name.split(":")[0], known = worst.get(name);
    worst.set(name, {
      cases: (known?.cases ?? 0) + 1,
      difference: Math.max(known?.difference ?? 0, difference),
    });
  }
  console.log("\nKernels of webgpu against tfjs's operations on cpu: values and gradients");
  printTable([
    ["function", "cases", "worst difference"],
    ...[...worst].map(([name, { cases, difference }]) => [
      name,
      String(cases),
      formatError(difference),
    ]),
  ]);
}

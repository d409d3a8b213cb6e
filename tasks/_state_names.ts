// Compares the tensors of a state dict, by name and shape, with those that a network needs.

import { quote } from "./_torch_fault.ts";

/** What has a shape: the tensors of a state dict. */
export type Shaped = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** A tensor that a network needs. */
export interface NeededTensor {
  name: string;
  shape: readonly number[];
}

/** The prefix that DataParallel puts before every name. */
const PARALLEL = "module.";
/** Most names that a message lists. */
const LISTED = 200;

/** What stands before every name: `module.`, or nothing. */
export function commonPrefix(names: readonly string[]): string {
  return names.length > 0 && names.every((name) => name.startsWith(PARALLEL)) ? PARALLEL : "";
}

/** A line for every tensor that is missing, surplus or of another shape. @param kept shapes by name */
export function listFaults(
  kept: ReadonlyMap<string, readonly number[]>,
  needed: readonly NeededTensor[],
): string[] {
  const expected = new Set(needed.map(({ name }) => name));
  return [
    ...needed.filter(({ name }) => !kept.has(name))
      .map(({ name, shape }) => `  missing: "${name}" [${shape}]`),
    ...[...kept].filter(([name]) => !expected.has(name))
      .map(([name, shape]) => `  surplus: ${quote(name)} [${shape}]`),
    ...needed.flatMap(({ name, shape }) => {
      const found = kept.get(name);
      if (!found || found.join() === shape.join()) return [];
      return `  misshapen: "${name}" is [${found}], expected [${shape}]`;
    }),
  ];
}

/** A heading and lines under it, not too many of them. */
export function listed(heading: string, lines: readonly string[]): string {
  const shown = lines.slice(0, LISTED), more = lines.length - shown.length;
  return [heading, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
}

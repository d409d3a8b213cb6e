// What a visitor can choose on the style page, and how those choices stand in the page's address.

import type { Direction } from "../models/manifest.ts";
import type { EngineChoice } from "./_protocol.ts";
import { formatEngine, parseEngine } from "./_engine_options.ts";
import type { StyleEngineReply, StyleModel } from "./_style_protocol.ts";

/** The longer sides on offer, in pixels; the last one stands for the full size. */
export const LONG_SIDES: readonly number[] = [128, 256, 512, 1024, 2048];

/** A visitor's choices. */
export interface StyleOptions {
  model: StyleModel;
  direction: Direction;
  /** One of LONG_SIDES, or `auto`: what suits the engine. */
  longSide: number | "auto";
  engine: EngineChoice;
}

/** The choices in an address's query, with the first model and its first direction where it names none that exists. */
export function parseOptions(search: string, models: readonly StyleModel[]): StyleOptions {
  const query = new URLSearchParams(search);
  const model = models.find(({ manifest }) => manifest.id === query.get("model")) ?? models[0];
  const longSide = LONG_SIDES.find((side) => String(side) === query.get("detail"));
  return {
    model,
    direction: query.get("direction") === "BtoA" ? "BtoA" : "AtoB",
    longSide: longSide ?? "auto",
    engine: parseEngine(query),
  };
}

/** The query of these choices, without those that are the default anyway; empty or starting with `?`. */
export function formatOptions(options: StyleOptions, models: readonly StyleModel[]): string {
  const query = new URLSearchParams();
  if (options.model !== models[0]) query.set("model", options.model.manifest.id);
  if (options.direction !== "AtoB") query.set("direction", options.direction);
  if (options.longSide !== "auto") query.set("detail", String(options.longSide));
  formatEngine(options.engine, query);
  const text = query.toString();
  return text && `?${text}`;
}

/** The longer side to work at on this engine, in pixels: the chosen one, but not more than its buffers hold. */
export function findLongSide(
  longSide: StyleOptions["longSide"],
  engine: Pick<StyleEngineReply, "automaticLongSide" | "maxLongSide">,
): number {
  return Math.min(longSide === "auto" ? engine.automaticLongSide : longSide, engine.maxLongSide);
}

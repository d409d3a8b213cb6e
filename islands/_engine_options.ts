// The choice of engine in a page's address.

import type { EngineChoice } from "./_protocol.ts";

/** The engines on offer, as a visitor reads them. */
export const ENGINES: readonly { choice: EngineChoice; label: string }[] = [
  { choice: "auto", label: "Automatic" },
  { choice: "webgpu", label: "WebGPU" },
  { choice: "cpu", label: "CPU" },
];

/** The engine that an address asks for, automatic unless it names one that exists. */
export function parseEngine(query: URLSearchParams): EngineChoice {
  const asked = query.get("engine");
  return ENGINES.find(({ choice }) => choice === asked)?.choice ?? "auto";
}

/** Puts the engine into an address's query, unless it is the automatic one anyway. */
export function formatEngine(engine: EngineChoice, query: URLSearchParams): void {
  if (engine !== "auto") query.set("engine", engine);
}

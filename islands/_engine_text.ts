// What every page that runs a model says of it: failed loads, lost devices, numbers.

import type { EngineReply, LoadFailureCode } from "./_protocol.ts";

/** Said when a graphics device was lost for the first time. */
export const LOST_NOTICE = "The graphics device was lost. A new one has been started.";

/** Said when a graphics device was lost again. */
export const LOST_AGAIN_NOTICE =
  "The graphics device was lost again. Pictures are now computed on the CPU.";

/** A failed load in words: a headline, an explanation, and what the button that repairs it says. */
export interface LoadProblem {
  title: string;
  detail: string;
  /** `retry` starts again, `auto` goes back to the automatic choice of engine. */
  remedy: "retry" | "auto";
  remedyLabel: string;
}

/** What to tell the visitor about a failed load. */
export function describeLoadFailure(
  code: LoadFailureCode | "crash",
  message: string,
): LoadProblem {
  const retry = { remedy: "retry", remedyLabel: "Try again" } as const;
  switch (code) {
    case "network":
      return {
        title: "The model could not be fetched",
        detail: "The network did not answer. Check the connection and try again.",
        ...retry,
      };
    case "missing":
      return { title: "The server does not have this model", detail: message, ...retry };
    case "corrupt":
      return {
        title: "The model file is damaged",
        detail: `It arrived, but it failed a check and is not used. ${message}.`,
        remedy: "retry",
        remedyLabel: "Fetch it again",
      };
    case "engine":
      return {
        title: "This engine is not available here",
        detail: `${sentence(message)} The automatic choice finds one that works.`,
        remedy: "auto",
        remedyLabel: "Choose automatically",
      };
    case "start":
      return { title: "The engine could not be started", detail: sentence(message), ...retry };
    case "crash":
      return {
        title: "The background worker stopped",
        detail: `${sentence(message)} Everything else on the page still works.`,
        ...retry,
      };
  }
}

/**
 * Why the CPU is used although a better engine would be taken; empty if there is nothing to explain.
 *
 * @param consequence what follows from it, after "The CPU does the work"
 */
export function explainFallback({ fallbackReason }: EngineReply, consequence = ""): string {
  return fallbackReason &&
    `WebGPU is not used: ${fallbackReason}. The CPU does the work${consequence}.`;
}

/** Bytes as megabytes with one decimal, such as `0.9`. */
export function formatMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** A time for people: `87 ms`, `2.4 s`, `1 min 12 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Reasons come as fragments; here they stand as sentences of their own. */
function sentence(fragment: string): string {
  const text = fragment.charAt(0).toUpperCase() + fragment.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

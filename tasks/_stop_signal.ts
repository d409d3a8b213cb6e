// Ctrl-C and SIGTERM: the first asks for a clean stop, the second ends the program at once.

import type { StatusLine } from "./_status_line.ts";

/** Aborts at the first SIGINT or SIGTERM. */
export function stopSignal(status: StatusLine): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      if (controller.signal.aborted) Deno.exit(130);
      controller.abort();
      status.note("Stopping after this step; once more to stop at once");
    });
  }
  return controller.signal;
}

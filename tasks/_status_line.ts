// Progress of long work: one line that is rewritten on a terminal, plain lines now and then elsewhere. On stderr.

/** Where progress goes; `end` leaves the last line standing. */
export interface StatusLine {
  update(text: string): void;
  /** Prints a line of its own above the status line. */
  note(text: string): void;
  end(): void;
}

/** Without a terminal, a line is printed at most this often. */
const PLAIN_INTERVAL_MS = 10_000;

const encoder = new TextEncoder();

/** A status line on stderr. */
export function statusLine(isTerminal = Deno.stderr.isTerminal()): StatusLine {
  let last = "", printedAt = -Infinity;
  const write = (text: string) => Deno.stderr.writeSync(encoder.encode(text));
  const clear = "\r\x1b[2K";
  return {
    update(text) {
      if (isTerminal) write(clear + fit(text));
      else if (performance.now() - printedAt >= PLAIN_INTERVAL_MS) {
        printedAt = performance.now();
        write(`${text}\n`);
      }
      last = text;
    },
    note: (text) => write(isTerminal ? `${clear}${text}\n${fit(last)}` : `${text}\n`),
    end() {
      if (isTerminal && last) write("\n");
      last = "";
    },
  };
}

/** A line longer than the terminal would wrap, and could then not be rewritten. */
function fit(text: string): string {
  try {
    // A terminal that does not know its width says 0.
    return text.slice(0, (Deno.consoleSize().columns || 80) - 1);
  } catch {
    return text;
  }
}

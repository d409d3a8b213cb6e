// Makes files for print, one at a time, in a worker that lives as long as the print takes.

import { useEffect, useRef, useState } from "preact/hooks";
import { downloadBlob } from "./_download.ts";
import { parsePrintReply, type PrintReply, type PrintRequest } from "./_poster_print_protocol.ts";
import { linkWorker, type WorkerLink } from "./_worker_link.ts";

/** The work under way, or what came of it. */
export type PrintState =
  | { phase: "idle" }
  | { phase: "working"; share: number }
  | { phase: "done"; name: string; bytes: number }
  | { phase: "failed"; message: string };

/** The work under way; a print that is started ends the one before, and hands the visitor its file. */
export function usePrinter(): {
  state: PrintState;
  start: (request: PrintRequest, name: string) => void;
  cancel: () => void;
} {
  const [state, setState] = useState<PrintState>({ phase: "idle" });
  const link = useRef<WorkerLink<PrintRequest>>();
  const end = () => {
    link.current?.kill();
    link.current = undefined;
  };
  useEffect(() => end, []);
  const start = (request: PrintRequest, name: string) => {
    end();
    setState({ phase: "working", share: 0 });
    const onReply = (reply: PrintReply) => {
      if (reply.kind === "print-progress") setState({ phase: "working", share: reply.share });
      else {
        end();
        if (reply.kind === "printed") downloadBlob(reply.file, name);
        setState(
          reply.kind === "printed"
            ? { phase: "done", name, bytes: reply.file.size }
            : { phase: "failed", message: reply.message },
        );
      }
    };
    const onCrash = (reason: string) =>
      setState({ phase: "failed", message: `The print broke off (${reason}).` });
    link.current = linkWorker<PrintRequest, PrintReply>(
      new Worker(new URL("./_poster_print_worker.ts", import.meta.url), { type: "module" }),
      { parseReply: parsePrintReply, onReply, onCrash },
    );
    link.current.send(request);
  };
  const cancel = () => {
    end();
    setState({ phase: "idle" });
  };
  return { state, start, cancel };
}

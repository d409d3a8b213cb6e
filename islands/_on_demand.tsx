// A part of a page whose code is fetched when it is wanted, and says so where it cannot be had.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** The part, and what it is given. */
export interface OnDemandProps<Props> {
  /** The same function each time, or the part is fetched anew. */
  load(): Promise<{ default: ComponentType<Props> }>;
  props: Props;
  /** What it is, at the beginning of a sentence. */
  name: string;
}

/** The part, as soon as it is there. */
export function OnDemand<Props extends object>({ load, props, name }: OnDemandProps<Props>) {
  const [state, setState] = useState<{ Part: ComponentType<Props> } | { problem: string }>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    setState(undefined);
    load().then(
      ({ default: Part }) => isWanted && setState({ Part }),
      (error: unknown) =>
        isWanted && setState({ problem: error instanceof Error ? error.message : String(error) }),
    );
    return () => void (isWanted = false);
  }, [load, attempt]);
  if (!state) return <p class="small soft">{name}: on the way …</p>;
  if ("Part" in state) return <state.Part {...props} />;
  return (
    <div role="alert" class="notice notice--bad stack">
      <p>{name} could not be fetched ({state.problem}).</p>
      <button type="button" class="button" onClick={() => setAttempt(attempt + 1)}>
        Try again
      </button>
    </div>
  );
}

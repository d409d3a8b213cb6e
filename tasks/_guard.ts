// Watches over a run by what its sheets are measured to be: which state was the best, and when to go back to it.

/** What was measured on a sheet. */
export interface Assessment {
  /** How far the samples are from real pictures; less is better. */
  distance: number;
  /** How different the samples are from each other, as a multiple of what real pictures are. */
  diversity: number;
}

/** What a run remembers of its sheets; part of every checkpoint. */
export interface GuardState {
  /** The best sheet so far, by its distance. */
  best: { images: number; distance: number } | null;
  /** Sheets in a row that were far worse than that. */
  bad: number;
  /** How often the run has gone back. */
  returns: number;
}

/** Nothing seen yet. */
export const NEW_GUARD: Readonly<GuardState> = { best: null, bad: 0, returns: 0 };

/** What a sheet means for the run. */
export type Verdict = "best" | "fine" | "bad" | "diverged";

/** A sheet is bad if its distance is so many times the best one's, and more than that by so much. */
const BAD_FACTOR = 5, BAD_DIFFERENCE = 1;
/** So many bad sheets in a row are a divergence. */
const PATIENCE = 2;
/** Below this share of the real pictures' diversity the samples have collapsed. */
const COLLAPSED = 0.3;
/** The run gives up at the next divergence after so many. */
const MOST_RETURNS = 3;
/** What the learning rate is multiplied by at each return: the same step again would lead to the same place. */
const SLOWDOWN = 0.25;

/** Judges a sheet and remembers it. */
export function judgeSheet(
  state: GuardState,
  { distance, images }: { distance: number; images: number },
): { state: GuardState; verdict: Verdict } {
  const { best } = state;
  if (Number.isFinite(distance) && (!best || distance < best.distance)) {
    return { state: { ...state, best: { images, distance }, bad: 0 }, verdict: "best" };
  }
  const most = best
    ? Math.max(best.distance * BAD_FACTOR, best.distance + BAD_DIFFERENCE)
    : Infinity;
  // What is no number is bad too.
  if (distance <= most) return { state: { ...state, bad: 0 }, verdict: "fine" };
  const bad = state.bad + 1;
  return { state: { ...state, bad }, verdict: bad >= PATIENCE && best ? "diverged" : "bad" };
}

/** The state after a return to the best checkpoint. */
export function afterReturn(state: GuardState): GuardState {
  return { ...state, bad: 0, returns: state.returns + 1 };
}

/** Whether a run may go back once more. */
export function mayReturn({ best, returns }: GuardState): boolean {
  return best !== null && returns < MOST_RETURNS;
}

/** What the learning rate is multiplied by. */
export function slowdownOf({ returns }: Pick<GuardState, "returns">): number {
  return SLOWDOWN ** returns;
}

/** What to say of a sheet in plain words, if anything. */
export function warningOf(
  { distance, diversity }: Assessment,
  verdict: Verdict,
  { best }: GuardState,
): string | undefined {
  if (verdict === "bad" && best) {
    return `The samples are far worse than at ${best.images} images ` +
      `(distance ${distance.toFixed(3)}, then ${best.distance.toFixed(3)}); ` +
      `if the next sheet is too, the run goes back there`;
  }
  if (diversity < COLLAPSED) {
    return `The samples have collapsed: they differ from each other ${
      Math.round(diversity * 100)
    } % as much as real posters do`;
  }
}

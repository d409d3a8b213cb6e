// How many channels the feature maps of a modern model have.

/** What decides them. */
export interface StageWidths {
  /** Channels at the picture's size; twice as many after each halving. */
  width: number;
  /** Channels at most. */
  widest: number;
  /** How often the smallest grid is doubled. */
  stages: number;
}

/** Channels of each feature map, from the smallest grid on: one more than there are doublings. */
export function stageWidths({ width, widest, stages }: StageWidths): number[] {
  return Array.from({ length: stages + 1 }, (_, i) => Math.min(widest, width * 2 ** (stages - i)));
}

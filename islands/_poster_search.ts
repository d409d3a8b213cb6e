// A search for the visitor's picture among a generator's posters: what is fetched when the first one begins.

import { coverPicture, type Picture } from "../gpu/picture.ts";
import type { PosterGenerator } from "../models/poster_generator.ts";
import { drawPoints } from "../models/poster_point.ts";
import { SEARCH, searchPoster, type SearchProgress } from "../models/poster_search.ts";
import { openSpace } from "../models/poster_space.ts";

/** What was found: what a poster is drawn from, and how much of the first guess's distance is left, 0 to 1. */
export interface SearchResult {
  latent: Float32Array;
  genres: number[];
  left: number;
  picture: Picture;
}

/** A search under way. */
export interface SearchView {
  /** Steps taken. */
  step: number;
  left: number;
  /** The best poster so far, and the picture at its size. */
  picture: Picture;
  target: Picture;
}

/** What happens beside the search. */
export interface SearchHooks {
  /** Ends it; what was found until then is the result. */
  stop: AbortSignal;
  /** Steps from one call of `onStep` to the next. */
  every: number;
  onStep(view: SearchView): void;
}

/** Points that are moved at once: fewer than on the command line, for a visitor waits. */
const STARTS = 2;

/** Looks for the latent vector and the genres whose poster is nearest to a picture, by pixels alone; its edges are cut to the generator's shape. */
export async function searchInBrowser(
  generator: PosterGenerator,
  whole: Picture,
  steps: number,
  { stop, every, onStep }: SearchHooks,
): Promise<SearchResult> {
  const space = await openSpace("z", generator), { config } = generator;
  const [height, width] = space.size, target = coverPicture(whole, { width, height });
  const settings = { ...SEARCH, steps, starts: STARTS, weights: { features: 0, prior: 0 } };
  const view = async ({ first, best, steps: step }: SearchProgress): Promise<SearchView> => {
    const point = space.pointOf(best.place, Array.from(best.genres));
    const [picture] = await drawPoints(generator, [point]);
    return { step, left: best.total / (first.total || 1), picture, target };
  };
  try {
    const found = await searchPoster({ space, config, picture: target }, settings, {
      stop,
      onStep: async (progress) => {
        // A worker hears that it is to stop only between two turns of its event loop.
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (progress.steps % every === 0) onStep(await view(progress));
      },
    });
    const { left, picture } = await view(found), { place: latent, genres } = found.best;
    // As links hold them.
    return {
      latent,
      genres: Array.from(genres, (weight) => Math.round(100 * weight) / 100),
      left,
      picture,
    };
  } finally {
    space.dispose();
  }
}

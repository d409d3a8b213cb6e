// The posters that are drawn by code, as a source for packing.

import { drawnPosters } from "../drawn_posters.ts";
import type { Size } from "../picture_list.ts";
import { composePoster } from "../posters/compose.ts";
import { renderPoster } from "../posters/render.ts";
import type { PosterSource } from "./poster_source.ts";

/** What to draw. */
export interface DrawnOptions {
  size: Size;
  count: number;
  seed: number;
}

/** The procedural posters: drawn one by one as they are asked for, with the parts that they belong to. */
export async function drawnSource(options: DrawnOptions): Promise<PosterSource> {
  const set = await drawnPosters(options);
  const { seed, size } = options;
  return {
    description: "Procedural posters",
    genres: set.genres,
    async *records() {
      for (let i = 0; i < set.count; i++) {
        const { id, genres, year, split } = set.facts(i);
        yield await Promise.resolve({
          id,
          genres: set.genres.filter((_, genre) => genres[genre] === 1),
          year,
          split,
          // Not by the set, which would keep them all in memory.
          picture: {
            kind: "drawn",
            draw: async () => await renderPoster(composePoster(seed, id), size),
          } as const,
        });
      }
    },
  };
}

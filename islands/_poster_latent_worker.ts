// The worker that looks into a generator: its directions, and the poster nearest to a picture of the visitor's. What it takes to
// differentiate is fetched with the first search; see docs/decisions/0023_a_search_in_the_browser.md.

import { loadPosterGenerator, type PosterGenerator } from "../models/poster_generator.ts";
import { findDirections } from "../models/poster/directions.ts";
import { decodePicture } from "./_decode_picture.ts";
import { type Desk, serveEngine } from "./_engine_worker.ts";
import {
  type DirectionsRequest,
  type LatentJob,
  type LatentJobReply,
  parseLatentRequest,
  type SearchRequest,
} from "./_poster_latent_protocol.ts";
import type { PosterModel } from "./_poster_protocol.ts";

/** Longest side of a picture as it is read, in pixels: several times that of any poster. */
const READ_SIDE = 1024;
/** Steps from one picture of the search to the next. */
const SHOWN_EVERY = 10;

serveEngine<PosterModel, PosterGenerator, LatentJob, LatentJobReply>({
  parseRequest: parseLatentRequest,
  loadGenerator: loadPosterGenerator,
  describeEngine: () => ({}),
  work: (job, desk) =>
    desk.inTurn((generator) =>
      job.kind === "search" ? search(job, generator, desk) : tellDirections(job, generator, desk)
    ),
});

async function tellDirections(
  { id, count }: DirectionsRequest,
  { params, config }: PosterGenerator,
  { reply }: Desk<PosterGenerator, LatentJobReply>,
): Promise<void> {
  // Links hold latent vectors, and no styles.
  const most = Math.min(count, config.latent);
  const { vectors, shares } = await findDirections(params, config, most, "latent");
  reply({ kind: "directions", id, vectors, shares });
}

async function search(
  { id, file, steps }: SearchRequest,
  generator: PosterGenerator,
  { reply, isNewest }: Desk<PosterGenerator, LatentJobReply>,
): Promise<void> {
  const [{ searchInBrowser }, { picture }] = await Promise.all([
    import("./_poster_search.ts"),
    decodePicture(file, READ_SIDE),
  ]);
  const stop = new AbortController();
  const found = await searchInBrowser(generator, picture, steps, {
    stop: stop.signal,
    every: SHOWN_EVERY,
    onStep: (shown) => {
      reply({ kind: "search-step", id, ...shown });
      if (!isNewest()) stop.abort();
    },
  });
  if (isNewest()) reply({ kind: "found", id, ...found });
}

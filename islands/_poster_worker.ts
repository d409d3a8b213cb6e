// The poster page's worker: it takes seeds and weights in and gives posters out.

import { measureMemory } from "../gpu/device.ts";
import { loadPosterGenerator, type PosterGenerator } from "../models/poster_generator.ts";
import { drawPoints } from "../models/poster_point.ts";
import { serveEngine } from "./_engine_worker.ts";
import {
  type DrawReply,
  type DrawRequest,
  parsePosterRequest,
  type PosterModel,
} from "./_poster_protocol.ts";
import { pointOfShot } from "./_poster_requests.ts";

serveEngine<PosterModel, PosterGenerator, DrawRequest, DrawReply>({
  parseRequest: parsePosterRequest,
  loadGenerator: loadPosterGenerator,
  describeEngine: () => ({}),
  work: ({ id, shot }, { reply, inTurn }) =>
    inTurn(async (generator) => {
      const start = performance.now();
      const [picture] = await drawPoints(generator, [await pointOfShot(shot, generator)]);
      const milliseconds = performance.now() - start;
      const { tensors } = measureMemory();
      const { buffer } = picture.data;
      reply(
        { kind: "drawn", id, picture, milliseconds, tensors },
        buffer instanceof ArrayBuffer ? [buffer] : [],
      );
    }),
});

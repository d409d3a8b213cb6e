// What `deno task bench` measures of the exported models: one poster, and one frame restyled, from numbers or bytes to bytes.

import { loadGenerator, restyle } from "../models/generator.ts";
import { loadPosterGenerator, requestOf } from "../models/poster_generator.ts";
import type { BenchCase } from "./_bench_case.ts";
import { noisePictures } from "./_bench_pictures.ts";
import { listModels, readModelFiles } from "./_model_files.ts";

/** Pixels per side of the frame that is restyled. */
const FRAME = 256;

/** A case for each exported model under static/models/. */
export async function modelCases(): Promise<BenchCase[]> {
  return await Promise.all((await listModels()).map(modelCase));
}

async function modelCase(id: string): Promise<BenchCase> {
  const { manifest, weights } = await readModelFiles(id);
  const common = { unit: "ms", flop: 0, isSlow: true } as const;
  if (manifest.family === "poster") {
    const [height, width] = manifest.trainedSize;
    return {
      ...common,
      name: `draw a poster ${width}x${height}, ${id}`,
      async prepare() {
        const generator = await loadPosterGenerator(manifest, weights);
        const genres = manifest.genres.map((_, i) => Number(i === 0));
        const request = requestOf({ seed: 1, genres, truncation: 0.7 }, manifest.config);
        return {
          run: async () => void await generator.draw([request]),
          dispose: () => generator.dispose(),
        };
      },
    };
  }
  return {
    ...common,
    name: `restyle a frame ${FRAME}x${FRAME}, ${id}`,
    async prepare() {
      const generator = await loadGenerator(manifest, weights);
      const [{ id: direction }] = manifest.directions;
      const [frame] = noisePictures("frame", { batch: 1, size: [FRAME, FRAME] });
      return {
        run: async () => void await restyle(generator, frame, direction),
        dispose: () => generator.dispose(),
      };
    },
  };
}

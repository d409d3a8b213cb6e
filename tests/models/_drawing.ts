// Every generator that can be exported, in small, and drawing by all of them as the pages do.

import { runSelfTest } from "../../gpu/device.ts";
import { normMemory } from "../../gpu/norm_memory.ts";
import type { Picture } from "../../gpu/picture.ts";
import { loadGenerator, restyle } from "../../models/generator.ts";
import type { StyleManifest } from "../../models/manifest.ts";
import type { GeneratorConfig } from "../../models/poster/config.ts";
import { loadPosterGenerator, requestOf } from "../../models/poster_generator.ts";
import { exportModel } from "./_exported_model.ts";
import { exportPosters, type PosterChange } from "./_exported_poster.ts";

type StyleConfig = StyleManifest["config"];

/** Of each family of style generators, its forms. */
const styles: Record<StyleManifest["family"], Record<StyleConfig["upsample"], StyleConfig[]>> = {
  cyclegan: {
    resize: [{ width: 2, blocks: 1, upsample: "resize" }],
    convt: [{ width: 3, blocks: 1, upsample: "convt", bias: "needed" }],
  },
};

const modern = { latent: 6, genres: 2, normalise: true, width: 3, widest: 6 } as const;
const r3gan = { ...modern, architecture: "r3gan", embedding: 3, narrowing: 1, blocks: 1 } as const;
const styleGan2 = { ...modern, architecture: "stylegan2", style: 5, mapping: 2 } as const;
const genres = ["horror", "comedy"];

/** Of each architecture of poster generators, some with genres and without. */
const posters: Record<GeneratorConfig["architecture"], PosterChange[]> = {
  dcgan: [{ genres }, { genres: [] }],
  r3gan: [
    { model: "r3gan", genres, config: r3gan },
    { model: "r3gan", genres: [], config: { ...r3gan, genres: 0 } },
  ],
  stylegan2: [
    { model: "stylegan2", genres, config: { ...styleGan2, noise: true } },
    { model: "stylegan2", genres: [], config: { ...styleGan2, noise: false, genres: 0 } },
  ],
};

/** An exported model of each form of each family of style generators. */
export function exportStyles(): ReturnType<typeof exportModel>[] {
  return Object.values(styles).flatMap((forms) => Object.values(forms)).flat()
    .map((config, i) => exportModel({ id: `style-${i}`, name: `Style ${i}`, config }));
}

/** An exported model of each architecture of poster generators, with genres and without. */
export function exportAllPosters(): ReturnType<typeof exportPosters>[] {
  return Object.entries(posters).flatMap(([name, changes]) =>
    changes.map((change, i) => exportPosters({ ...change, id: `${name}-${i}`, name }))
  );
}

/** Draws by every generator, after the device's own test; what it takes is then known. */
export async function drawByAll(): Promise<void> {
  await runSelfTest();
  for (const model of exportStyles()) await drawStyles(await model);
  for (const model of exportAllPosters()) await drawPosters(await model);
}

/** Pictures of odd sides, whole, as frames of a film and in tiles. */
async function drawStyles(
  { manifest, weights }: Awaited<ReturnType<typeof exportModel>>,
): Promise<void> {
  const generator = await loadGenerator(manifest, weights), memory = normMemory(0.5);
  await restyle(generator, picture(21, 13), "AtoB");
  for (let frame = 0; frame < 2; frame++) {
    await restyle(generator, picture(8, 8), "BtoA", { memory });
  }
  await restyle(generator, picture(37, 21), "BtoA", { tile: 16 });
  memory.dispose();
  generator.dispose();
}

async function drawPosters(
  { manifest, weights }: Awaited<ReturnType<typeof exportPosters>>,
): Promise<void> {
  const generator = await loadPosterGenerator(manifest, weights);
  const genres = manifest.genres.map((_, i) => i / 2), variation = { seed: 4, amount: 0.5 };
  await generator.draw([
    requestOf({ seed: 3, genres, truncation: 0.7, variation }, manifest.config),
    requestOf({ seed: 5, genres, truncation: 1 }, manifest.config),
  ]);
  generator.dispose();
}

function picture(width: number, height: number): Picture {
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => i * 37);
  return { width, height, data };
}

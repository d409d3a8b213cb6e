// `deno task data:posters`: packs posters with their genres, from a table, a folder or drawn by code, into one file.

import { dirname } from "node:path";
import { parseGenreList } from "../data/genres.ts";
import { sizeText } from "../data/picture_list.ts";
import { drawnSource } from "../data/poster_sources/drawn.ts";
import { findPosterSource } from "../data/poster_sources/find_source.ts";
import type { PosterSource } from "../data/poster_sources/poster_source.ts";
import { GENRES } from "../data/posters.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { formatDuration, parseWhole, readArguments, runTask, UsageError } from "./_cli.ts";
import { buildPosters, type BuildReport } from "./_poster_build.ts";
import { downloader } from "./_poster_download.ts";
import { type PosterFlags, postersCommand, readPosterSettings } from "./_poster_settings.ts";
import { statusLine } from "./_status_line.ts";

if (import.meta.main) {
  await runTask(postersCommand.name, () => packPosters(readArguments(postersCommand).flags));
}

async function packPosters(flags: PosterFlags): Promise<void> {
  const settings = readPosterSettings(flags);
  const out = flags.out ?? "posters.safetensors";
  const named = await readGenres(flags.genres);
  const source = await openSource(flags, settings, named);
  const genres = source.genres && flags.source !== undefined
    ? source.genres
    : named ?? source.genres ?? GENRES;
  await Deno.mkdir(dirname(out), { recursive: true });
  const status = statusLine(), started = performance.now();
  const report = await buildPosters(out, {
    source,
    genres,
    settings,
    ...(flags.download && flags.images && { download: downloader({ folder: flags.images }) }),
    onProgress(done, total) {
      const rate = (1000 * done) / (performance.now() - started);
      const left = formatDuration((total - done) / rate);
      status.update(`${done} of ${total} posters, ${rate.toFixed(0)}/s, ${left} left`);
    },
  });
  status.end();
  const text = JSON.stringify(report, null, 2) + "\n";
  await writeAtomically(`${out}.report.json`, new TextEncoder().encode(text));
  const seconds = (performance.now() - started) / 1000;
  printSummary(out, report, `${sizeText(settings.size)}, ${formatDuration(seconds)}`);
}

/** The names that `--genres` stands for; undefined if nothing was said. */
async function readGenres(flag: string | undefined): Promise<readonly string[] | undefined> {
  if (flag === undefined) return;
  if (flag === "source20") return GENRES;
  try {
    return parseGenreList(await Deno.readTextFile(flag));
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "no such file"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new UsageError(`--genres is "${flag}", expected source20 or a list of names: ${reason}`);
  }
}

async function openSource(
  flags: PosterFlags,
  { size, seed }: ReturnType<typeof readPosterSettings>,
  genreNames: readonly string[] | undefined,
): Promise<PosterSource> {
  if (flags.source !== undefined) {
    return await findPosterSource(flags.source, {
      ...(flags.images !== undefined && { images: flags.images }),
      ...(genreNames && { genreNames }),
    });
  }
  const count = parseWhole("count", flags.count ?? "10000", 1, 1_000_000);
  return await drawnSource({ size, seed, count });
}

function printSummary(out: string, report: BuildReport, manner: string): void {
  const { kept, rejected, genres, unknownGenres, hash } = report;
  console.log(`${out}: ${kept} posters of ${Object.keys(genres).length} genres, ${manner}`);
  console.log(`sha256 ${hash}`);
  const reasons = new Map<string, number>();
  for (const { reason } of rejected) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const byCount = [...reasons].sort((a, b) => b[1] - a[1]);
  if (byCount.length > 0) console.log(`left out, named in ${out}.report.json:`);
  for (const [reason, count] of byCount) console.log(`  ${String(count).padStart(7)}  ${reason}`);
  const unknown = Object.entries(unknownGenres).map(([name, count]) => `${name} (${count})`);
  if (unknown.length > 0) console.log(`unknown genres: ${unknown.join(", ")}`);
}

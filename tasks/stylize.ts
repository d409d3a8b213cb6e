// `deno task stylize`: redraws a picture or a folder of pictures with an exported model.

import { basename, extname, join, parse } from "node:path";
import sharp from "sharp";
import { decodePicture } from "../data/decode.ts";
import { fitWithin, mixPictures, type Picture } from "../gpu/picture.ts";
import { restyle } from "../models/generator.ts";
import type { Direction } from "../models/manifest.ts";
import { writeAtomically } from "./_atomic_file.ts";
import {
  type Command,
  parseChoice,
  parseShare,
  parseWhole,
  readArguments,
  runTask,
  UsageError,
} from "./_cli.ts";
import { deviceFlags, parseDevice, startTaskDevice } from "./_device_flag.ts";
import { readStyleModel } from "./_model_files.ts";
import { statusLine } from "./_status_line.ts";

/** So large a tile of the usual models takes half a gigabyte. */
const TILE = 768;

const command = {
  name: "stylize",
  summary: "Redraws a picture, or every picture of a folder, in the other film's style.",
  flags: {
    model: { value: "ID|DIR", help: "Exported model" },
    in: { value: "PATH", help: "A picture (jpg, png, webp) or a folder of pictures" },
    out: {
      value: "PATH",
      help: "File (.png, .jpg, .webp) or, for a folder, the folder that gets PNG files",
    },
    direction: { value: "DIR", default: "AtoB", help: "AtoB or BtoA" },
    size: {
      value: "N",
      help: "Shrink so that the long side is at most N pixels (default: keep the size)",
    },
    tile: {
      value: "N",
      default: String(TILE),
      help: "Side of the tiles of larger pictures, in pixels: bounds the memory, changes nothing",
    },
    strength: {
      value: "X",
      default: "1",
      help: "Share of the redrawn picture in the result, 0 to 1",
    },
    cycle: { help: "Write what the other direction makes of the result too, as NAME.cycle" },
    ...deviceFlags,
  },
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

const READABLE = new Set([".jpg", ".jpeg", ".png", ".webp"]);

if (import.meta.main) await runTask(command.name, () => stylize(readArguments(command).flags));

async function stylize(flags: Flags): Promise<number> {
  const { model, in: input, out: output } = flags;
  if (model === undefined || input === undefined || output === undefined) {
    throw new UsageError("Cannot stylize: --model, --in and --out are needed");
  }
  const direction = parseChoice("direction", flags.direction ?? "AtoB", ["AtoB", "BtoA"]);
  const choice = parseDevice(flags);
  const strength = parseShare("strength", flags.strength ?? "1");
  const tile = parseTile(flags.tile);
  const longSide = flags.size === undefined ? undefined : parseWhole("size", flags.size, 8, 16384);
  const jobs = await listJobs(input, output);
  const device = await startTaskDevice(choice);
  const generator = await readStyleModel(model);
  const status = statusLine();
  status.note(device.description);
  let failed = 0;
  for (const [i, { from, to }] of jobs.entries()) {
    status.update(`${i + 1}/${jobs.length} ${basename(from)}`);
    try {
      const picture = await decodePicture(await Deno.readFile(from));
      const small = longSide === undefined ? picture : fitWithin(picture, longSide);
      const tiles = {
        tile,
        onTile: (share: number) =>
          status.update(
            `${i + 1}/${jobs.length} ${basename(from)}: ${Math.round(100 * share)} %`,
          ),
      };
      const redrawn = await restyle(generator, small, direction, tiles);
      const mixed = mixPictures(small, redrawn, strength);
      await writeAtomically(to, await encode(mixed, to));
      if (flags.cycle) {
        const back = await restyle(generator, redrawn, opposite(direction), tiles);
        await writeAtomically(cycleName(to), await encode(back, to));
      }
    } catch (error) {
      failed++;
      status.note(`${from} is skipped: ${error instanceof Error ? error.message : error}`);
    }
  }
  status.end();
  generator.dispose();
  status.note(`${jobs.length - failed} of ${jobs.length} pictures written to ${output}`);
  return failed ? 1 : 0;
}

function opposite(direction: Direction): Direction {
  return direction === "AtoB" ? "BtoA" : "AtoB";
}

/** `night.cycle.png` for `night.png`. */
function cycleName(path: string): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}.cycle${extension}`;
}

function parseTile(text: string | undefined): number {
  const tile = parseWhole("tile", text ?? String(TILE), 16, 16384);
  if (tile % 4 === 0) return tile;
  throw new UsageError(`--tile is "${text}", expected a multiple of 4`);
}

interface Job {
  from: string;
  to: string;
}

async function listJobs(input: string, output: string): Promise<Job[]> {
  const info = await Deno.stat(input).catch(() => {
    throw new UsageError(`--in is "${input}", and there is no such file or folder`);
  });
  if (!info.isDirectory) {
    if (!READABLE.has(extname(output).toLowerCase())) {
      throw new UsageError(
        `--out is "${output}", expected a file name ending in .png, .jpg or .webp`,
      );
    }
    return [{ from: input, to: output }];
  }
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(input)) {
    if (isFile && READABLE.has(extname(name).toLowerCase())) names.push(name);
  }
  if (names.length === 0) {
    throw new UsageError(`--in is "${input}", and it has no jpg, png or webp in it`);
  }
  await Deno.mkdir(output, { recursive: true });
  // The extension stays in the name, so that a.jpg and a.png do not overwrite each other.
  const isUnique = (name: string) =>
    names.filter((other) => parse(other).name === parse(name).name).length === 1;
  return names.sort().map((name) => ({
    from: join(input, name),
    to: join(output, `${isUnique(name) ? parse(name).name : name}.png`),
  }));
}

/** The picture in the format that the file name asks for. */
async function encode({ width, height, data }: Picture, path: string): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
  switch (extname(path).toLowerCase()) {
    case ".jpg":
    case ".jpeg":
      return new Uint8Array(
        await image.jpeg({ quality: 92, chromaSubsampling: "4:4:4" }).toBuffer(),
      );
    case ".webp":
      return new Uint8Array(await image.webp({ quality: 92 }).toBuffer());
    default:
      return new Uint8Array(await image.png().toBuffer());
  }
}

// A folder of stills as a source of frames: the same cutting, sorting out and dividing as for a video, in the order of their names.

import { basename, resolve } from "node:path";
import { decodePicture } from "../data/decode.ts";
import { type PictureFile, scanFolder } from "../data/picture_files.ts";
import { reasonOf, type Size, sizeText } from "../data/picture_list.ts";
import { cropPicture, type Picture, resizePicture } from "../gpu/picture.ts";
import { TaskError } from "./_cli.ts";
import { type Box, boxText, fitBox, isInside } from "./_frames_geometry.ts";
import { findEdges, findPictureBox } from "./_frames_letterbox.ts";
import { LOOK_SIZE } from "./_frames_look.ts";
import {
  boxFor,
  type Crops,
  type FrameSource,
  safeStem,
  type SourceSettings,
} from "./_frames_source.ts";

/** So many pictures, evenly over the folder, are searched for bars. */
const CROP_SAMPLES = 24;
/** Bars count if so many pictures of a size were searched: a photograph may well be dark at its border. */
const LEAST_SAMPLES = 5;

/** Opens a folder of stills, sub-folders included. @throws {TaskError} if there are no pictures in it */
export async function openStills(path: string, settings: SourceSettings): Promise<FrameSource> {
  const { files, skipped, seen } = await scanFolder(path);
  if (files.length === 0) {
    const found = skipped.length > 0
      ? `${skipped.length} broken ones, such as ${skipped[0].file} (${skipped[0].reason})`
      : `${seen} files, none of them a picture`;
    throw new TaskError(`Cannot read ${path}: ${found}; expected jpg, png or webp files`);
  }
  const unreadable: { index: number; reason: string }[] = [], notes: string[] = [];
  if (skipped.length > 0) {
    notes.push(`${skipped.length} broken files, such as ${skipped[0].file}: ${skipped[0].reason}`);
  }
  return {
    facts: {
      kind: "stills",
      name: basename(resolve(path)),
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    },
    isSparse: true,
    from: 0,
    span: files.length,
    frameName: (index) => `${safeStem(files[index].name)}_${String(index).padStart(6, "0")}`,
    findCrops: () => findCrops(files, settings, notes),
    async *look(crops) {
      for (const [index, file] of files.entries()) {
        try {
          const picture = await readStill(file);
          const small = resizePicture(
            cut(picture, boxOf(crops, settings, picture)),
            LOOK_SIZE.width,
            LOOK_SIZE.height,
          );
          yield { index, seconds: index, isKey: true, picture: small };
        } catch (error) {
          unreadable.push({ index, reason: reasonOf(error) });
        }
      }
    },
    async *take(indices, crops) {
      for (const index of indices) {
        const picture = await readStill(files[index]);
        const fitting = fitBox(boxOf(crops, settings, picture), 1, settings.size);
        const { box, width, height } = fitting;
        yield { index, picture: resizePicture(cut(picture, box), width, height) };
      }
    },
    notes: () => notes,
    unreadable: () => unreadable,
  };
}

async function readStill({ path }: PictureFile): Promise<Picture> {
  return await decodePicture(await Deno.readFile(path));
}

/** The part to take of a picture. @throws {TaskError} if the box that was asked for does not lie inside */
function boxOf(crops: Crops, { crop }: SourceSettings, picture: Size): Box {
  if (crop === "auto" || crop === "none") return boxFor(crops, picture);
  if (isInside(crop, picture)) return crop;
  throw new TaskError(`Cannot crop to ${boxText(crop)}: the picture is ${sizeText(picture)}`);
}

function cut(picture: Picture, { left, top, width, height }: Box): Picture {
  return cropPicture(picture, left, top, width, height);
}

/** Bars by size of picture, for a folder may hold stills of several films. */
async function findCrops(
  files: readonly PictureFile[],
  { crop }: SourceSettings,
  notes: string[],
): Promise<Crops> {
  if (crop !== "auto") return {};
  const bySize = new Map<string, { size: Size; edges: ReturnType<typeof findEdges>[] }>();
  const step = Math.max(1, files.length / CROP_SAMPLES);
  for (let at = step / 2; at < files.length; at += step) {
    const picture = await readStill(files[Math.floor(at)]).catch(() => undefined);
    if (picture === undefined) continue;
    const { width, height } = picture, key = sizeText(picture);
    const group = bySize.get(key) ?? { size: { width, height }, edges: [] };
    bySize.set(key, group);
    group.edges.push(findEdges(picture));
  }
  const crops: Crops = {};
  for (const [key, { size, edges }] of bySize) {
    const box = edges.length < LEAST_SAMPLES ? undefined : findPictureBox(edges, size);
    if (box === undefined) continue;
    crops[key] = boxText(box);
    notes.push(`black bars: ${boxText(box)} is taken of ${key}`);
  }
  return crops;
}

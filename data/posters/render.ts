// A poster from its spec: backdrop, emblems, frame, title and small print, as SVG and as a picture.

import type { Picture } from "../../gpu/picture.ts";
import { randomStream } from "../../gpu/random.ts";
import { type Color, hex, mix } from "../films/color.ts";
import { ellipse, type Point, rectangle, round } from "../films/path.ts";
import { definitions, documentOf } from "../films/svg.ts";
import type { Size } from "../picture_list.ts";
import { rasterize } from "../rasterize.ts";
import { CASTS, ONE_WAY } from "./casting.ts";
import { agePicture, type Era, eraOf, printInk } from "./eras.ts";
import { setTitle } from "./lettering.ts";
import { LOOKS } from "./looks.ts";
import { fill, type Ink, repeat, type Stage } from "./pen.ts";
import { pick, type PosterSpec } from "./compose.ts";

/** The poster at a size in pixels, opaque; the same arguments give the same bytes. */
export async function renderPoster(spec: PosterSpec, size: Size): Promise<Picture> {
  const picture = await rasterize(posterSvg(spec, size));
  agePicture(picture, eraOf(spec.year), streamOf(spec, "grain"));
  return picture;
}

/** The poster as an SVG document. */
function posterSvg(spec: PosterSpec, size: Size): string {
  const width = (100 * size.width) / size.height;
  const era = eraOf(spec.year);
  const inks = spec.genres.map((genre) =>
    printInk(LOOKS[genre].ink, era, streamOf(spec, "ink", genre))
  );
  const layout = streamOf(spec, "layout");
  const titleOnTop = layout.integer(5) < 2;
  const alone = spec.genres.length === 1;
  const sideways = (alone ? 0.1 : 0.03) * width;
  const focus: Point = [
    width / 2 + layout.uniform(-sideways, sideways),
    (titleOnTop ? (spec.genres.length > 2 ? 58 : 55) : 38) + layout.uniform(-3, 3),
  ];
  const mirrored = layout.integer(2) === 1;
  const stage: Stage = {
    width,
    random: streamOf(spec, "backdrop"),
    ink: inks[0],
    defs: definitions(),
    focus: mirrored ? [width - focus[0], focus[1]] : focus,
    flat: era.flat,
  };
  const backdrop = CASTS[spec.genres[0]].backdrop(stage);
  stage.focus = focus;
  const content = (mirrored ? mirror(backdrop, width) : backdrop) + era.ornament(stage) +
    emblems(spec, stage, inks) + frame(spec, width, era, inks) +
    lettering(spec, stage, inks, titleOnTop);
  return documentOf(width, size, stage.defs, content);
}

function mirror(content: string, width: number): string {
  return `<g transform="translate(${round(width)} 0) scale(-1 1)">${content}</g>`;
}

/** Each part has a stream of its own, so that a further genre does not move what is there already. */
function streamOf({ seed, name }: PosterSpec, part: string, detail = "") {
  return randomStream(seed, "poster", name, part, detail);
}

/** Where each emblem stands relative to the focus, and its size: one, two or three of them; x for a page of 2:3. */
const places: readonly (readonly (readonly [x: number, y: number, scale: number])[])[] = [
  [[0, 0, 0.46]],
  [[-10, -9, 0.38], [14, 13, 0.33]],
  [[0, -14, 0.35], [-16, 13, 0.3], [16, 13, 0.3]],
];

function emblems(spec: PosterSpec, stage: Stage, inks: Ink[]): string {
  const side = streamOf(spec, "side").integer(2) ? 1 : -1;
  const fit = Math.min(1.15, stage.width / 66.7);
  const drawn = spec.genres.map((genre, i) => {
    const random = streamOf(spec, "emblem", genre);
    const [dx, dy, scale] = places[spec.genres.length - 1][i];
    const x = stage.focus[0] + (dx * side + random.uniform(-1.5, 1.5)) * fit;
    const y = stage.focus[1] + (dy + random.uniform(-1.5, 1.5)) * Math.max(0.8, fit);
    const grown = scale * fit *
      (spec.genres.length === 1 ? random.uniform(0.88, 1.2) : random.uniform(0.94, 1.06));
    const draw = pick(random, CASTS[genre].emblems);
    const turned = random.integer(2) === 1 && !ONE_WAY.has(draw);
    const behind = i === 0 ? "" : patch(stage, inks[i], x, y, grown * 50);
    const across = (turned ? -grown : grown).toFixed(3);
    return `${behind}<g transform="translate(${round(x)} ${round(y)}) scale(${across} ${
      grown.toFixed(3)
    })">${draw(inks[i], random)}</g>`;
  });
  return drawn.join("");
}

/** A further genre's emblem stands on a patch of its own sky, or it would drown in the first one's. */
function patch({ defs, flat }: Stage, ink: Ink, x: number, y: number, radius: number): string {
  const color = mix(ink.top, ink.bottom, 0.5);
  if (flat) {
    return fill(ellipse(x, y, radius * 1.22), ink.accent) +
      fill(ellipse(x, y, radius * 1.12), color);
  }
  const glow = defs.radial(
    [{ at: 0, color }, { at: 0.72, color, opacity: 0.95 }, { at: 1, color, opacity: 0 }],
    { x, y, radius: radius * 1.5 },
  );
  return `<path d="${ellipse(x, y, radius * 1.5)}" fill="${glow}"/>`;
}

/** The second genre's colours run round the page; a film of one genre may have a paper margin. */
function frame(spec: PosterSpec, width: number, era: Era, inks: Ink[]): string {
  const edge = (color: Color, wide: number) =>
    `<path d="${rectangle(wide / 2, wide / 2, width - wide, 100 - wide)}" fill="none" stroke="${
      hex(color)
    }" stroke-width="${wide}"/>`;
  if (inks.length > 1) {
    return edge(inks[1].bottom, 4.2) + edge(inks[1].accent, 2.8);
  }
  return streamOf(spec, "margin").uniform() < era.margin ? edge([0.93, 0.04, 88], 3.4) : "";
}

function lettering(spec: PosterSpec, stage: Stage, inks: Ink[], onTop: boolean): string {
  const random = streamOf(spec, "letters");
  const { width, ink } = stage;
  const lines = spec.title;
  const height = lines.length > 1 ? 20 : 12;
  const top = onTop ? 7 : 88 - height;
  const box = { x: width * 0.1, y: top, width: width * 0.8, height };
  const band = inks.length > 2 ? mix(inks[2].ground, inks[2].accent, 0.35) : undefined;
  const color = random.integer(3) || band ? ink.light : ink.accent;
  // Deep red on a night sky is read only by a bright edge.
  const shadow = color[0] > (ink.top[0] < 0.3 ? 0.58 : 0.5) ? ink.dark : ink.light;
  const ribbon = band
    ? fill(rectangle(0, top - 2.5, width, height + 5), inks[2].main) +
      fill(rectangle(0, top - 1.2, width, height + 2.4), band)
    : "";
  return ribbon +
    setTitle(
      lines,
      pick(random, LOOKS[spec.genres[0]].letters),
      box,
      { ink: color, shadow },
      random,
    ) +
    smallPrint(stage, onTop ? 84 : 5.5, random.integer(3) > 0);
}

/** The tagline, and the block of names at the foot, too small to be read as on any poster. */
function smallPrint({ width, ink, random }: Stage, taglineY: number, tagline: boolean): string {
  const row = (y: number, half: number, thick: number) =>
    `<path d="M${round(width / 2 - half)} ${y}H${round(width / 2 + half)}" fill="none" stroke="${
      hex(ink.light)
    }" ` +
    `stroke-width="${thick}" opacity=".8" stroke-dasharray="${
      repeat(4, () => `${round(random.uniform(1, 4))} ${round(random.uniform(0.5, 0.9))} `).trim()
    }"/>`;
  const names = fill(rectangle(width * 0.1, 90, width * 0.8, 6), ink.dark, 0.55);
  return (tagline ? row(taglineY, width * random.uniform(0.15, 0.3), 1.1) : "") + names +
    row(91.8, width * 0.36, 0.9) + row(94, width * random.uniform(0.2, 0.36), 0.9);
}

// Backdrops under an open sky: adventure, drama, family, fantasy, romance, sport, war, western.

import { type Color, mix, shift } from "../films/color.ts";
import { ellipse, polygon, rectangle } from "../films/path.ts";
import { fill, line, repeat, starPoints } from "./pen.ts";
import { type Backdrop, clouds, hills, sky } from "./scenery.ts";

/** Peaks in the haze behind a jungle. */
export const mountains: Backdrop = (stage) => {
  const { width, random, ink, focus } = stage;
  const leaf = (x: number, y: number, turn: number, length: number) =>
    `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn.toFixed(1)})">` +
    fill(
      `M0 0C${length * 0.35} ${-length * 0.4} ${length * 0.25} ${-length * 0.8} 0 ${-length}C${
        -length * 0.25
      } ${-length * 0.8} ${-length * 0.35} ${-length * 0.4} 0 0Z`,
      ink.dark,
    ) + "</g>";
  return sky(stage) +
    fill(ellipse(focus[0] + random.uniform(-8, 8), focus[1], 26), ink.light, 0.6) +
    hills(stage, 52, 14, mix(ink.top, ink.ground, 0.35), true) +
    hills(stage, 66, 10, mix(ink.top, ink.ground, 0.7), true) +
    hills(stage, 80, 4, ink.ground) +
    repeat(
      9,
      (i) =>
        leaf(
          i < 5 ? 0 : width,
          108 - random.uniform(0, 14),
          (i < 5 ? 1 : -1) * random.uniform(4, 75),
          random.uniform(16, 30),
        ),
    );
};

/** A low sun over still water. */
export const water: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  const y = random.uniform(56, 68),
    x = width * random.uniform(0.3, 0.7),
    r = random.uniform(15, 24);
  const sun = mix(ink.bottom, ink.light, 0.45);
  return sky(stage) + fill(ellipse(x, y, r), sun) +
    hills(stage, y - 4, 3, mix(ink.top, ink.dark, 0.35)) +
    fill(rectangle(-5, y, width + 10, 110 - y), ink.ground) +
    repeat(8, (i) => {
      const half = (r * random.uniform(0.25, 0.9)) * (1 - i / 12);
      return line(
        `M${(x - half).toFixed(1)} ${(y + 3 + i * 3.4).toFixed(1)}h${(2 * half).toFixed(1)}`,
        sun,
        1.1,
        0.8,
      );
    });
};

/** A rainbow over a meadow. */
export const meadow: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  const x = width * random.uniform(0.1, 0.9), r = random.uniform(34, 46);
  const band = (i: number) => line(ellipse(x, 78, r - i * 3), [0.78, 0.16, 25 + i * 62], 3.2, 0.85);
  return sky(stage) + repeat(5, band) + clouds(stage, 4, 34, ink.light) +
    hills(stage, 72, 5, shift(ink.ground, -0.08)) + hills(stage, 82, 5, ink.ground) +
    repeat(
      12,
      () =>
        fill(
          ellipse(random.uniform(0, width), random.uniform(84, 98), 1.3),
          random.integer(2) ? ink.light : ink.accent,
        ),
    );
};

/** A castle before the moon. */
export const castle: Backdrop = (stage) => {
  const { width, random, ink, focus } = stage;
  const tower = (x: number, w: number, h: number) =>
    fill(
      rectangle(x, 92 - h, w, h + 14) +
        polygon([[x - 1.5, 92 - h], [x + w / 2, 92 - h - w * 1.9], [x + w + 1.5, 92 - h]]),
      ink.ground,
    ) +
    fill(rectangle(x + w * 0.38, 96 - h, w * 0.24, 3), ink.accent);
  const left = width * random.uniform(0.08, 0.3);
  return sky(stage) + fill(ellipse(focus[0], focus[1], 27), mix(ink.bottom, ink.light, 0.5), 0.75) +
    repeat(
      16,
      () =>
        fill(
          polygon(
            starPoints(
              random.uniform(0, width),
              random.uniform(2, 55),
              4,
              random.uniform(0.9, 2.2),
              0.4,
            ),
          ),
          ink.light,
        ),
    ) +
    hills(stage, 78, 5, mix(ink.bottom, ink.ground, 0.5), true) +
    repeat(5, (i) => tower(left + i * 7.5, 5.5, random.uniform(10, 30))) +
    fill(rectangle(left, 82, 36, 24), ink.ground) + hills(stage, 90, 3, ink.dark);
};

/** Lights out of focus over a warm evening. */
export const bokeh: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  return sky(stage) +
    fill(ellipse(width * random.uniform(0.3, 0.7), 66, 22), mix(ink.bottom, ink.light, 0.7)) +
    repeat(
      16,
      () =>
        fill(
          ellipse(random.uniform(0, width), random.uniform(0, 78), random.uniform(1.5, 6)),
          random.integer(2) ? ink.light : ink.accent,
          random.uniform(0.25, 0.6),
        ),
    ) +
    hills(stage, 80, 3, mix(ink.ground, ink.bottom, 0.45)) + hills(stage, 88, 3, ink.ground);
};

/** A pitch under floodlights. */
export const stadium: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  const y = random.uniform(44, 56),
    stripes = 4 + random.integer(4),
    vanish = width * random.uniform(0.35, 0.65);
  const mast = (x: number) =>
    line(`M${x.toFixed(1)} ${y}V14`, ink.dark, 1.4) + fill(rectangle(x - 6, 8, 12, 8), ink.dark) +
    repeat(6, (i) => fill(ellipse(x - 4 + (i % 3) * 4, i < 3 ? 10.4 : 13.6, 1.4), ink.light)) +
    fill(ellipse(x, 12, 12), ink.light, 0.25);
  const stripe = (i: number) => {
    const at = (share: number, spread: number) => vanish + (share - 0.5) * width * spread;
    const [a, b] = [i / stripes, (i + 0.5) / stripes];
    return fill(
      polygon([[at(a, 1.1), y], [at(b, 1.1), y], [at(b, 3), 106], [at(a, 3), 106]]),
      shift(ink.ground, 0.07),
    );
  };
  return sky(stage) + fill(rectangle(-5, y - 12, width + 10, 13), ink.dark) +
    repeat(
      40,
      () =>
        fill(
          ellipse(random.uniform(0, width), y - random.uniform(2, 11), 0.8),
          random.integer(2) ? ink.light : ink.accent,
        ),
    ) +
    mast(width * 0.12) + mast(width * 0.88) +
    fill(rectangle(-5, y, width + 10, 106 - y), ink.ground) + repeat(stripes, stripe) +
    line(`M-5 ${y + 5}H${width + 5}`, ink.light, 1) +
    line(ellipse(width / 2, 84, width * 0.36, 9), ink.light, 1.2);
};

/** Smoke and wire over churned ground. */
export const battlefield: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  const smoke = mix(ink.top, ink.dark, 0.5);
  const plane = (x: number, y: number, s: number) =>
    fill(
      `M${x} ${y}l${-7 * s} ${1.2 * s}l${7 * s} ${1.4 * s}l${6 * s} ${1 * s}l${1.5 * s} ${-3 * s}l${
        -2 * s
      } ${1.3 * s}l${-5 * s} ${-0.6 * s}l${7 * s} ${-1.6 * s}Z`,
      ink.dark,
    );
  const coil = (x: number) => line(ellipse(x, 89, 3.6, 4.6), ink.dark, 0.7);
  return sky(stage) +
    repeat(3, (i) => {
      const x = width * (0.1 + 0.4 * i) + random.uniform(-5, 5);
      const puffs = repeat(
        6,
        (j) => ellipse(x + j * random.uniform(0, 2.4), 74 - j * 9, 4 + j * 1.3),
      );
      return fill(puffs, smoke, 0.6) + fill(ellipse(x, 76, 8, 6), ink.accent, 0.9);
    }) +
    repeat(
      3,
      () => plane(random.uniform(8, width - 8), random.uniform(8, 26), random.uniform(0.5, 0.9)),
    ) +
    hills(stage, 80, 3, ink.ground, true) + repeat(Math.ceil(width / 4.4), (i) => coil(i * 4.4)) +
    hills(stage, 93, 2, ink.dark, true);
};

/** Table mountains and cacti before a large sun. */
export const mesas: Backdrop = (stage) => {
  const { width, random, ink, focus } = stage;
  const mesa = (x: number, w: number, h: number, color: Color) =>
    fill(
      polygon([
        [x - w * 0.7, 78],
        [x - w / 2, 78 - h * 0.7],
        [x - w * 0.4, 78 - h],
        [x + w * 0.4, 78 - h],
        [x + w / 2, 78 - h * 0.6],
        [x + w * 0.75, 78],
      ]),
      color,
    );
  const cactus = (x: number, y: number, s: number) =>
    line(
      `M${x} ${y}v${-18 * s}M${x - 5 * s} ${y - 13 * s}v${4 * s}q0 ${2 * s} ${5 * s} ${2 * s}M${
        x + 5 * s
      } ${y - 15 * s}v${4 * s}q0 ${2 * s} ${-5 * s} ${2 * s}`,
      ink.dark,
      2.6 * s,
    );
  const far = mix(ink.top, ink.ground, 0.5);
  return sky(stage) +
    fill(ellipse(focus[0], focus[1] + 5, random.uniform(24, 29)), mix(ink.bottom, ink.light, 0.5)) +
    mesa(width * random.uniform(0.05, 0.3), 20, random.uniform(18, 34), far) +
    mesa(width * random.uniform(0.7, 0.95), 18, random.uniform(14, 28), far) +
    mesa(width * random.uniform(0.3, 0.7), 12, random.uniform(6, 16), mix(far, ink.ground, 0.5)) +
    fill(rectangle(-5, 77, width + 10, 30), ink.ground) +
    cactus(width * random.uniform(0.06, 0.18), random.uniform(84, 92), random.uniform(0.8, 1.2)) +
    cactus(width * random.uniform(0.8, 0.94), random.uniform(84, 94), random.uniform(0.8, 1.3));
};

// Emblems of the talking genres: animation, biography, comedy, documentary, drama, family, history, romance. Each fills a circle of radius 50 about 0, 0.

import type { Color } from "../films/color.ts";
import { mix, shift } from "../films/color.ts";
import { blob, ellipse, polygon, rectangle } from "../films/path.ts";
import { around, type Emblem, fill, line, repeat } from "./pen.ts";

/** A round monster with large eyes. */
export const creature: Emblem = (ink, random) => {
  const eyes = 1 + random.integer(3);
  const body = shift(ink.main, random.uniform(-0.05, 0.08));
  const eye = (i: number) => {
    const x = (i - (eyes - 1) / 2) * 25;
    const size = eyes === 1 ? 19 : 13;
    return fill(ellipse(x, -10, size), ink.light) + fill(ellipse(x + 3, -7, size * 0.5), ink.dark) +
      fill(ellipse(x, -10, size * 0.2), ink.light);
  };
  return line("M-18 -34Q-26 -46 -24 -50M18 -34Q26 -46 24 -50", body, 6) +
    fill(ellipse(-24, -48, 7) + ellipse(24, -48, 7), ink.accent) +
    fill(ellipse(-20, 46, 12, 7) + ellipse(20, 46, 12, 7), shift(body, -0.15)) +
    fill(blob(random, 0, 4, 44, 42, 0.07), body) +
    fill(ellipse(0, 28, 24, 16), mix(body, ink.light, 0.5)) +
    repeat(eyes, eye) + fill("M-18 12Q0 34 18 12Z", ink.dark) + fill("M-6 13h9v7h-9Z", ink.light);
};

/** A star with a face. */
export const smilingStar: Emblem = (ink, random) => {
  const points = Array.from(
    { length: 10 },
    (_, i) => around(0, 2, i / 10, i % 2 ? 28 : 48),
  );
  return `<g transform="rotate(${random.uniform(-14, 14).toFixed(1)})">` +
    `<path d="${
      polygon(points)
    }" fill="#ffd84a" stroke="#ffd84a" stroke-width="10" stroke-linejoin="round"/>` +
    fill(ellipse(-11, -6, 9, 11) + ellipse(11, -6, 9, 11), ink.light) +
    fill(ellipse(-9, -4, 5, 7) + ellipse(9, -4, 5, 7), ink.dark) +
    fill("M-13 11Q0 28 13 11Z", ink.accent) +
    fill(ellipse(-22, 8, 5, 3) + ellipse(22, 8, 5, 3), ink.accent, 0.6) + "</g>";
};

/** A great head in an oval. */
export const portrait: Emblem = (ink, random) => {
  const skin: Color = [random.uniform(0.5, 0.82), 0.07, 58];
  const hair = mix(ink.dark, ink.light, random.integer(3) * 0.3);
  const long = random.integer(2) === 0;
  return fill(ellipse(0, 0, 42, 50), ink.dark) + fill(ellipse(0, 0, 37, 45), ink.light) +
    (long ? fill("M-24 26C-32 -52 32 -52 24 26Z", hair) : "") +
    fill("M-31 26C-20 14 20 14 31 26C26 38 14 45 0 45C-14 45 -26 38 -31 26Z", ink.accent) +
    fill(rectangle(-7, 6, 14, 16), shift(skin, -0.08)) + fill(ellipse(0, -8, 17, 21), skin) +
    fill("M-20 -8C-22 -40 22 -40 20 -8C12 -24 -6 -24 -20 -8Z", hair) +
    line("M-10 -7h5M5 -7h5M-4 6Q0 8 4 6", ink.dark, 3) +
    (long ? "" : fill("M-10 1Q0 -4 10 1Q0 6 -10 1Z", hair));
};

/** A quill and its line of ink. */
export const quill: Emblem = (ink) =>
  fill("M-30 44C-34 0 0 -46 44 -50C46 -14 20 26 -18 28Z", ink.light) +
  line("M-38 50C-28 20 0 -14 38 -44", ink.dark, 4) +
  fill("M-18 28C10 20 32 -4 44 -50C30 -20 6 10 -18 28Z", ink.accent, 0.6) +
  line("M-44 50Q-10 42 10 48T46 44", ink.dark, 4);

/** A face with a false nose and moustache. */
export const prankster: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(-16, 16).toFixed(1)})">` +
  fill(ellipse(0, 0, 48), ink.dark) + fill(ellipse(0, 0, 43.5), ink.main) +
  fill(ellipse(-17, -12, 15) + ellipse(17, -12, 15), ink.dark) +
  fill(ellipse(-17, -12, 11) + ellipse(17, -12, 11), ink.light) +
  fill(ellipse(-13, -10, 4.5) + ellipse(13, -10, 4.5), ink.dark) +
  line("M-28 -33L-8 -30M8 -30L28 -34", ink.dark, 6) + fill(ellipse(0, 4, 9, 12), ink.accent) +
  fill("M0 14C-8 8 -24 10 -30 22C-18 26 -6 24 0 20C6 24 18 26 30 22C24 10 8 8 0 14Z", ink.dark) +
  line("M-12 31Q0 37 12 31", ink.dark, 4) + "</g>";

/** A laughing face. */
export const laugh: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(-20, 20).toFixed(1)})">` +
  fill(ellipse(0, 0, 48), ink.dark) + fill(ellipse(0, 0, 43.5), ink.main) +
  line("M-26 -10Q-18 -24 -9 -10M9 -10Q18 -24 26 -10", ink.dark, 6) +
  fill("M-29 4L29 4C28 42 -28 42 -29 4Z", ink.dark) + fill("M-26 5L26 5L24 14L-24 14Z", ink.light) +
  fill(ellipse(0, 28, 14, 7), ink.accent) + "</g>";

/** A banana skin. */
export const banana: Emblem = (ink) => {
  const yellow: Color = [0.9, 0.18, 100];
  const peel =
    "M0 -48L8 -46L8 -8C32 -14 46 6 46 34C34 12 22 10 12 12L14 46L0 30L-14 46L-12 12C-22 10 -34 12 -46 34C-46 6 -32 -14 -8 -8L-6 -44Z";
  return line(peel, ink.dark, 9) + fill(peel, yellow) +
    line("M0 -30L0 24M10 -2Q28 -4 38 12M-10 -2Q-28 -4 -38 12", ink.dark, 3) +
    fill(rectangle(-5, -50, 12, 9), ink.dark);
};

/** A film camera on its tripod. */
export const filmCamera: Emblem = (ink) =>
  line("M-4 10L-26 50M-4 10L18 50M-4 10L-4 50", ink.dark, 5) +
  fill(ellipse(-24, -30, 18) + ellipse(12, -32, 16), ink.dark) +
  fill(ellipse(-24, -30, 7) + ellipse(12, -32, 6), ink.accent) +
  fill(rectangle(-36, -16, 58, 34), ink.main) + fill("M22 -6L48 -18L48 20L22 8Z", ink.dark) +
  fill(rectangle(-30, -10, 20, 10), ink.accent) + fill(ellipse(10, 2, 6), ink.light);

/** A globe in a lens. */
export const globe: Emblem = (ink, random) =>
  fill(ellipse(0, 0, 49), ink.dark) + fill(ellipse(0, 0, 43), [0.68, 0.1, 232]) +
  fill(blob(random, -16, -10, 19, 22, 0.35) + blob(random, 20, 12, 15, 19, 0.35), ink.accent) +
  line(ellipse(0, 0, 20, 43) + "M-43 0L43 0M-37 -22L37 -22M-37 22L37 22", ink.light, 2, 0.8) +
  line(ellipse(0, 0, 46), ink.light, 2);

/** The two masks of the theatre. */
export const masks: Emblem = (ink, random) => {
  const face = (x: number, y: number, turn: number, sad: boolean, color: Color) =>
    `<g transform="translate(${x} ${y}) rotate(${turn})">` +
    fill("M-25 -26Q0 -18 25 -26C28 10 16 32 0 34C-16 32 -28 10 -25 -26Z", ink.dark) +
    fill("M-22 -22Q0 -15 22 -22C24 8 14 27 0 30C-14 27 -24 8 -22 -22Z", color) +
    fill("M-16 -8Q-10 -14 -4 -8Q-10 -2 -16 -8ZM4 -8Q10 -14 16 -8Q10 -2 4 -8Z", ink.dark) +
    fill(sad ? "M-12 20Q0 2 12 20Q0 12 -12 20Z" : "M-13 6Q0 26 13 6Q0 14 -13 6Z", ink.dark) +
    "</g>";
  const tilt = random.uniform(8, 16);
  return face(17, -12, tilt, true, ink.accent) + face(-16, 10, -tilt, false, ink.main);
};

/** Someone alone under a bare tree. */
export const loneTree: Emblem = (ink, random) => {
  const branch = (x: number, y: number, angle: number, length: number, depth: number): string => {
    const ex = x + Math.sin(angle) * length, ey = y - Math.cos(angle) * length;
    const part = line(
      `M${x.toFixed(1)} ${y.toFixed(1)}L${ex.toFixed(1)} ${ey.toFixed(1)}`,
      ink.dark,
      depth * 2.2,
    );
    if (depth === 1) return part;
    const spread = random.uniform(0.4, 0.7);
    return part + branch(ex, ey, angle - spread, length * 0.75, depth - 1) +
      branch(ex, ey, angle + spread, length * 0.75, depth - 1);
  };
  return fill(ellipse(4, -6, 44), ink.main) + branch(8, 46, 0, 30, 4) +
    fill(ellipse(-24, 18, 5), ink.accent) + fill("M-30 24L-18 24L-16 48L-32 48Z", ink.accent) +
    line("M-50 48L50 48", ink.dark, 5);
};

/** A dog's face. */
export const puppy: Emblem = (ink, random) => {
  const coat: Color = [random.uniform(0.6, 0.82), 0.1, random.uniform(50, 80)];
  return fill(ellipse(0, 2, 34, 40), coat) +
    fill(
      "M-28 -34C-52 -34 -52 20 -38 22C-28 20 -24 -10 -28 -34ZM28 -34C52 -34 52 20 38 22C28 20 24 -10 28 -34Z",
      ink.dark,
    ) +
    fill(ellipse(0, 20, 22, 18), ink.light) + fill("M-6 -38L6 -38L8 4L-8 4Z", ink.light) +
    fill(ellipse(-15, -8, 6, 7) + ellipse(15, -8, 6, 7), ink.dark) +
    fill(ellipse(-13, -10, 2) + ellipse(17, -10, 2), ink.light) +
    fill(ellipse(0, 10, 9, 6.5), ink.dark) + fill("M-7 25L7 25C9 44 -9 44 -7 25Z", ink.accent);
};

/** A small house with a heart. */
export const house: Emblem = (ink) =>
  fill(rectangle(20, -44, 12, 26), ink.dark) + fill(rectangle(-32, -8, 64, 54), ink.light) +
  fill("M-48 -2L0 -48L48 -2L40 6L0 -32L-40 6Z", ink.accent) +
  fill("M-36 2L0 -32L36 2Z", ink.light) +
  fill(heartAt(0, 2, 15), ink.accent) + fill(rectangle(-9, 22, 18, 24), ink.main) +
  fill(rectangle(-27, 22, 12, 12) + rectangle(15, 22, 12, 12), [0.75, 0.12, 238]);

/** A crown. */
export const crown: Emblem = (ink) =>
  fill("M-46 30L-50 -26L-24 0L0 -46L24 0L50 -26L46 30Z", ink.dark) +
  fill("M-42 28L-45 -18L-23 8L0 -38L23 8L45 -18L42 28Z", ink.main) +
  fill(rectangle(-44, 22, 88, 18), ink.main) + line("M-44 22L44 22M-44 40L44 40", ink.dark, 4) +
  fill(ellipse(0, 31, 6) + ellipse(-24, 31, 5) + ellipse(24, 31, 5), ink.accent) +
  fill(ellipse(0, -42, 7) + ellipse(-47, -22, 6) + ellipse(47, -22, 6), ink.light);

/** A Greek helmet. */
export const legionary: Emblem = (ink) =>
  fill("M-40 -14C-44 -54 20 -62 44 -20L50 30L38 10C34 -20 10 -40 -14 -32Z", [0.56, 0.22, 25]) +
  fill("M-26 48C-42 -6 -30 -34 4 -34C38 -34 40 0 32 20L40 48L10 48L4 16L-8 16L-10 48Z", ink.main) +
  fill("M-24 0L2 -2L2 12L-20 14Z", ink.dark) +
  line("M-10 14L-13 46M4 16L9 46M-26 -10Q0 -16 34 -10", ink.dark, 4);

/** A heart's outline. */
function heartAt(x: number, y: number, r: number): string {
  const at = (dx: number, dy: number) => `${(x + dx * r).toFixed(1)} ${(y + dy * r).toFixed(1)}`;
  return `M${at(0, 0.9)}C${at(-1.5, -0.1)} ${at(-0.9, -1.1)} ${at(0, -0.35)}C${at(0.9, -1.1)} ${
    at(1.5, -0.1)
  } ${at(0, 0.9)}Z`;
}

/** Two hearts. */
export const hearts: Emblem = (ink, random) => {
  const tilt = random.uniform(-14, 14);
  return `<g transform="rotate(${tilt.toFixed(1)})">` + fill(heartAt(10, -2, 48), ink.light) +
    fill(heartAt(10, -2, 43), ink.main) +
    fill(heartAt(-24, 20, 27), ink.light) + fill(heartAt(-24, 20, 22.5), ink.accent) + "</g>";
};

/** Two who are about to kiss. */
export const couple: Emblem = (ink) =>
  fill(heartAt(0, 2, 54), ink.light) + fill(heartAt(0, 2, 49), ink.accent) +
  `<g transform="translate(0 -6) scale(.72)">` +
  fill(
    "M-34 40C-34 16 -22 12 -18 8C-32 6 -34 -26 -14 -26C-4 -26 -2 -16 -4 -8L1 -3L-4 0C-4 6 -8 9 -11 9C-4 14 -2 24 -2 40Z",
    ink.dark,
  ) +
  fill(
    "M34 40C34 16 22 12 18 8C34 12 38 -32 14 -28C4 -26 2 -16 4 -8L-1 -3L4 0C4 6 8 9 11 9C4 14 2 24 2 40Z",
    ink.main,
  ) + "</g>";

/** A rose. */
export const rose: Emblem = (ink) => {
  const green: Color = [0.5, 0.13, 145];
  return line("M0 10Q6 30 -2 50", green, 6) +
    fill(
      "M2 34C10 16 34 18 40 22C34 36 14 40 2 34ZM0 42C-8 26 -28 28 -36 32C-28 44 -12 48 0 42Z",
      green,
    ) +
    fill(ellipse(0, -18, 32), ink.light) + fill(ellipse(0, -18, 28), ink.main) +
    line(
      "M-22 -22C-14 4 18 4 22 -22M-13 -26C-8 -8 12 -8 13 -26M-6 -28C-4 -18 6 -18 5 -28",
      ink.dark,
      4,
    );
};

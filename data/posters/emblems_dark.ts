// Emblems of the night genres: crime, fantasy, horror, mystery, thriller. Each fills a circle of radius 50 about 0, 0.

import { mix, shift } from "../films/color.ts";
import { ellipse, polygon, rectangle } from "../films/path.ts";
import { around, type Emblem, fill, line, repeat, starPoints } from "./pen.ts";

/** A man in a hat, and the glow of his cigarette. */
export const detectiveHat: Emblem = (ink) =>
  fill("M-46 50C-44 22 -20 20 0 20C20 20 44 22 46 50Z", ink.main) +
  fill("M-8 22L0 50L8 22Z", ink.light) + fill("M-3 26L3 26L4 50L-4 50Z", ink.accent) +
  fill("M-21 -12L21 -12C22 14 10 26 0 26C-10 26 -22 14 -21 -12Z", mix(ink.main, ink.light, 0.5)) +
  fill("M-21 -12L4 -12L0 26C-10 26 -22 14 -21 -12Z", ink.dark) +
  fill("M-50 -8C-30 -20 30 -20 50 -8C30 0 -30 0 -50 -8Z", ink.dark) +
  fill("M-27 -12C-28 -50 -10 -52 0 -44C10 -52 28 -50 27 -12Z", ink.dark) +
  fill("M-27 -22L27 -22L27 -12L-27 -12Z", ink.accent) + line("M6 14L24 18", ink.light, 4) +
  fill(ellipse(25, 18, 4), [0.75, 0.2, 50]);

/** A revolver. */
export const revolver: Emblem = (ink, random) => {
  const body =
    "M-50 -24L16 -26L20 -32L26 -24C42 -20 36 -6 34 2L48 42L24 46L12 6L-4 4L-6 -8L-50 -10Z";
  return `<g transform="rotate(${random.uniform(-18, 8).toFixed(1)})">` +
    line(body, ink.light, 5) + fill(body, ink.dark) + line("M-6 6C-8 24 14 22 14 8", ink.light, 4) +
    fill("M20 4L32 4L43 38L28 41Z", ink.accent) +
    fill(rectangle(-6, -22, 22, 14), shift(ink.main, 0.3)) +
    line("M-6 -15h22", ink.dark, 2.5) + "</g>";
};

/** A fingerprint. */
export const fingerprint: Emblem = (ink) =>
  fill(ellipse(0, 0, 40, 50), ink.light) +
  repeat(5, (i) =>
    line(
      `M${-34 + i * 7} ${24 - i * 2}C${-40 + i * 8} ${-52 + i * 11} ${40 - i * 8} ${-52 + i * 11} ${
        34 - i * 7
      } ${26 - i}`,
      i % 2 ? ink.dark : ink.accent,
      4,
    )) +
  line("M-20 38Q0 26 22 36M-10 46Q0 40 12 45", ink.dark, 4);

/** A sword that shines. */
export const sword: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(-24, 24).toFixed(1)})">` +
  fill(polygon(starPoints(0, -24, 4, 40, 7)), ink.accent, 0.75) +
  fill("M-7 16L-7 -36L0 -52L7 -36L7 16Z", ink.light) + fill("M0 16L0 -52L7 -36L7 16Z", ink.main) +
  line("M-24 18Q0 12 24 18", ink.accent, 8) + line("M0 20L0 40", [0.4, 0.12, 30], 8) +
  fill(ellipse(0, 45, 7), ink.accent) + "</g>";

/** A dragon's wings and neck. */
export const dragon: Emblem = (ink) =>
  fill(
    "M-4 10C-16 -10 -34 -26 -50 -28C-46 -16 -48 -6 -50 2C-42 0 -38 4 -36 12C-28 8 -24 12 -22 22Z",
    ink.accent,
  ) +
  fill(
    "M6 10C14 -14 34 -30 50 -34C46 -20 48 -8 50 -2C42 -2 38 2 36 12C28 8 24 12 20 22Z",
    ink.accent,
  ) +
  fill(
    "M-12 50C-26 34 -14 20 -2 8C6 0 4 -14 -4 -22L-26 -20L-24 -28L-8 -38L-10 -50L2 -42L12 -50L10 -36C24 -22 24 2 14 16C6 28 8 38 22 44Z",
    ink.main,
  ) +
  fill(ellipse(-5, -31, 3), ink.dark) +
  fill("M-26 -20L-44 -14L-36 -20L-48 -24L-26 -26Z", [0.75, 0.19, 55]);

/** A pointed hat with stars. */
export const wizardHat: Emblem = (ink) =>
  fill("M-24 26C-14 -10 -8 -34 16 -50C12 -40 18 -36 24 -34C14 -28 16 0 26 26Z", ink.main) +
  fill("M-50 30C-30 18 30 18 50 30C30 46 -30 46 -50 30Z", ink.main) +
  fill("M-25 20C-10 26 12 26 25 20L27 30C12 36 -12 36 -27 30Z", ink.accent) +
  fill(polygon(starPoints(0, -4, 5, 11, 5)) + polygon(starPoints(10, -24, 5, 7, 3)), ink.accent);

/** A skull. */
export const skull: Emblem = (ink, random) => {
  const eye = random.uniform(10, 13);
  return fill(
    "M-40 -8C-40 -62 40 -62 40 -8C40 8 34 16 24 20L24 44L-24 44L-24 20C-34 16 -40 8 -40 -8Z",
    ink.main,
  ) +
    fill(
      "M0 -50C34 -48 40 -30 40 -8C40 8 34 16 24 20L24 44L10 44C20 10 26 -24 0 -50Z",
      ink.dark,
      0.25,
    ) +
    fill(ellipse(-17, -6, eye) + ellipse(17, -6, eye), ink.dark) +
    fill(ellipse(-16, -5, 3.5) + ellipse(18, -5, 3.5), ink.accent) +
    fill("M0 6L-6 19L6 19Z", ink.dark) +
    line("M-16 30L-16 44M-6 30L-6 44M5 30L5 44M15 30L15 44", ink.dark, 4);
};

/** A ghost with an open mouth. */
export const ghost: Emblem = (ink) =>
  fill("M-32 50L-34 -10C-34 -60 34 -60 34 -10L36 50L22 38L12 50L0 38L-12 50L-22 38Z", ink.main) +
  fill(ellipse(-13, -14, 8, 12) + ellipse(13, -14, 8, 12), ink.dark) +
  fill(ellipse(0, 16, 9, 15), ink.dark) +
  fill(ellipse(-12, -12, 3) + ellipse(14, -12, 3), ink.accent);

/** A clawed hand that reaches up. */
export const claw: Emblem = (ink) => {
  const hand =
    "M-16 50L-20 16L-44 -6L-36 -16L-20 -4L-28 -42L-18 -44L-7 -12L-4 -50L6 -50L7 -12L18 -42L27 -38L20 -2L36 -20L44 -12L20 22L14 50Z";
  return fill(hand, ink.main) +
    fill(
      "M-44 -6L-50 -22L-36 -16ZM-28 -42L-27 -58L-18 -44ZM-4 -50L3 -64L6 -50ZM18 -42L28 -56L27 -38ZM36 -20L50 -28L44 -12Z",
      ink.accent,
    ) +
    line("M-10 14L-8 40M4 10L4 40", ink.dark, 4);
};

/** A magnifying glass over an eye. */
export const magnifier: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(-15, 35).toFixed(1)})">` +
  line("M18 20L42 44", ink.dark, 17) + line("M20 22L42 44", ink.main, 11) +
  fill(ellipse(-8, -8, 40), ink.dark) + fill(ellipse(-8, -8, 37), ink.main) +
  fill(ellipse(-8, -8, 30), ink.light) + fill("M-32 -8Q-8 -32 16 -8Q-8 16 -32 -8Z", ink.dark) +
  fill(ellipse(-8, -8, 10), ink.accent) +
  fill(ellipse(-8, -8, 4.5), ink.dark) + "</g>";

/** A keyhole that glows. */
export const keyhole: Emblem = (ink) =>
  fill("M-32 -50L32 -50L38 50L-38 50Z", ink.main) +
  fill("M-26 -44L26 -44L32 44L-32 44Z", ink.dark) +
  fill("M-9 2L-17 36L17 36L9 2Z", ink.accent) + fill(ellipse(0, -10, 17), ink.accent) +
  fill(ellipse(0, -10, 8), ink.light);

/** A question mark. */
export const question: Emblem = (ink) =>
  line("M-22 -24C-22 -52 24 -50 22 -20C20 -4 0 -4 0 16", ink.dark, 21) +
  line("M-22 -24C-22 -52 24 -50 22 -20C20 -4 0 -4 0 16", ink.main, 14) +
  fill(ellipse(0, 40, 12), ink.dark) + fill(ellipse(0, 40, 8.5), ink.accent);

/** An eye in cross hairs. */
export const crosshair: Emblem = (ink, random) =>
  fill("M-44 0Q0 -46 44 0Q0 46 -44 0Z", ink.main) +
  fill(ellipse(0, 0, 20), [0.5, 0.1, random.uniform(180, 250)]) + fill(ellipse(0, 0, 9), ink.dark) +
  line(ellipse(0, 0, 36), ink.accent, 5) +
  line("M0 -50L0 -22M0 50L0 22M-50 0L-22 0M50 0L22 0", ink.accent, 5) +
  fill(ellipse(-6, -7, 4), ink.light);

/** A knife. */
export const knife: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(10, 40).toFixed(1)})">` +
  fill("M-9 8L-9 -40L2 -54C14 -36 12 -10 10 8Z", ink.main) +
  fill("M-9 8L-9 -40L-4 -46L-2 8Z", ink.light) +
  fill("M10 8C11 -4 12 -20 9 -34L4 -20L6 -8L2 8Z", ink.accent) +
  fill(rectangle(-14, 7, 29, 7), ink.accent) + fill("M-8 14L8 14L10 50L-8 50Z", ink.dark) +
  fill(ellipse(1, 24, 2.5) + ellipse(1, 36, 2.5), ink.main) + "</g>";

/** A clock at a minute to midnight. */
export const clock: Emblem = (ink) =>
  fill(ellipse(0, 0, 48), ink.dark) + fill(ellipse(0, 0, 42), ink.main) +
  repeat(12, (i) => {
    const [x, y] = around(0, 0, i / 12, 34);
    return fill(ellipse(x, y, 3), ink.dark);
  }) + line("M0 0L-5 -33", ink.accent, 6) + line("M0 0L-4 -22", ink.dark, 7) +
  fill(ellipse(0, 0, 5), ink.accent);

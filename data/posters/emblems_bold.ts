// Emblems of the loud genres: action, adventure, sci-fi, sport, war, western, and music. Each fills a circle of radius 50 about 0, 0.

import type { Random } from "../../gpu/random.ts";
import { mix, shift } from "../films/color.ts";
import { ellipse, polygon, polyline, rectangle } from "../films/path.ts";
import { around, type Emblem, fill, type Ink, line, repeat, starPoints } from "./pen.ts";

/** A spiky burst behind what blows up. */
function burst(ink: Ink, random: Random): string {
  const spikes = (radius: number) =>
    polygon(
      starPoints(0, 0, 11, radius, radius * 0.62).map(([x, y]) => {
        const reach = random.uniform(0.85, 1.1);
        return [x * reach, y * reach] as const;
      }),
    );
  return fill(spikes(50), ink.accent) + fill(spikes(40), ink.main) + fill(spikes(26), ink.light);
}

/** A runner who leaves an explosion behind. */
export const runner: Emblem = (ink, random) =>
  burst(ink, random) + fill(ellipse(9, -27, 8), ink.dark) +
  line(
    "M6 -16L-3 8M-3 8L16 16L12 36M-3 8L-12 24L-32 24M5 -13L24 -4L34 -16M5 -13L-15 -12L-20 4",
    ink.dark,
    11,
  ) +
  line("M5 -14L-3 8", ink.dark, 16);

/** A helicopter before an explosion. */
export const helicopter: Emblem = (ink, random) =>
  burst(ink, random) +
  fill("M-30 -6C-30 -22 -4 -22 4 -8L44 -12L44 -20L50 -20L48 -2L6 8C0 22 -30 20 -30 -6Z", ink.dark) +
  fill("M-26 -4C-26 -14 -16 -16 -12 -14L-12 -2Z", ink.light, 0.8) +
  line("M-42 -26L26 -26M-8 -26L-8 -16M-30 26L10 26M-18 14L-20 26M-2 14L0 26", ink.dark, 5);

/** A compass rose. */
export const compass: Emblem = (ink, random) => {
  const turn = random.uniform(-25, 25);
  return fill(ellipse(0, 0, 48), ink.dark) + fill(ellipse(0, 0, 43), ink.main) +
    fill(ellipse(0, 0, 34), ink.light) +
    repeat(
      12,
      (i) => line(polyline([around(0, 0, i / 12, 37), around(0, 0, i / 12, 40)]), ink.dark, 3),
    ) +
    `<g transform="rotate(${turn.toFixed(1)})">` +
    fill(polygon(starPoints(0, 0, 4, 30, 7)), shift(ink.main, -0.15)) +
    fill("M0 -44L9 0L-9 0Z", ink.accent) + fill("M0 44L9 0L-9 0Z", ink.dark) + "</g>" +
    fill(ellipse(0, 0, 4), ink.light);
};

/** A hot-air balloon. */
export const balloon: Emblem = (ink) =>
  fill("M0 -50C-52 -50 -44 0 -14 22L14 22C44 0 52 -50 0 -50Z", ink.accent) +
  fill("M0 -50C-30 -50 -26 0 -8 22L8 22C26 0 30 -50 0 -50Z", ink.main) +
  fill("M0 -50C-10 -50 -9 0 -3 22L3 22C9 0 10 -50 0 -50Z", ink.light) +
  line("M-12 22L-8 36M12 22L8 36", ink.dark, 2.5) + fill("M-11 34L11 34L8 50L-8 50Z", ink.dark);

/** A rocket with its flame. */
export const rocket: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(15, 50).toFixed(1)})">` +
  fill("M-11 26L0 54L11 26Z", [0.8, 0.18, 75]) + fill("M-6 26L0 42L6 26Z", ink.light) +
  fill("M-14 6L-30 30L-12 24ZM14 6L30 30L12 24Z", ink.accent) +
  fill("M0 -52C22 -28 20 8 12 28L-12 28C-20 8 -22 -28 0 -52Z", ink.main) +
  fill("M0 -52C10 -42 14 -32 16 -22L-16 -22C-14 -32 -10 -42 0 -52Z", ink.accent) +
  fill(ellipse(0, -6, 9), ink.dark) + fill(ellipse(-1, -7, 6), ink.accent) + "</g>";

/** A flying saucer and its beam. */
export const saucer: Emblem = (ink) =>
  fill("M-16 8L-38 50L38 50L16 8Z", ink.accent, 0.55) +
  fill("M-22 -10C-22 -44 22 -44 22 -10Z", mix(ink.accent, ink.light, 0.4)) +
  fill(ellipse(0, -3, 50, 16), ink.main) + fill(ellipse(0, -8, 40, 8), ink.light, 0.6) +
  repeat(5, (i) => fill(ellipse(-34 + i * 17, 1 + (i % 4 ? 4 : 0), 4), ink.accent)) +
  fill(ellipse(-7, -18, 4, 6), ink.dark) + fill(ellipse(7, -18, 4, 6), ink.dark);

/** A robot's head. */
export const robot: Emblem = (ink) =>
  line("M0 -34L0 -46", ink.main, 5) + fill(ellipse(0, -46, 6), ink.accent) +
  fill("M-46 -12h12v24h-12ZM34 -12h12v24h-12Z", shift(ink.main, -0.2)) +
  fill(
    "M-36 -24Q-36 -36 -24 -36L24 -36Q36 -36 36 -24L36 34Q36 46 24 46L-24 46Q-36 46 -36 34Z",
    ink.main,
  ) +
  fill(rectangle(-28, -22, 56, 26), ink.dark) +
  fill(ellipse(-13, -9, 9) + ellipse(13, -9, 9), ink.accent) +
  fill(ellipse(-13, -9, 3) + ellipse(13, -9, 3), ink.light) +
  fill(rectangle(-22, 18, 44, 14), ink.dark) + line("M-11 18v14M0 18v14M11 18v14", ink.main, 3);

/** A football. */
export const football: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(0, 72).toFixed(1)})">` +
  fill(ellipse(0, 0, 48), ink.dark) + fill(ellipse(0, 0, 44), ink.light) +
  fill(polygon(Array.from({ length: 5 }, (_, i) => around(0, 0, i / 5, 17))), ink.dark) +
  repeat(5, (i) =>
    line(polyline([around(0, 0, i / 5, 17), around(0, 0, i / 5, 32)]), ink.dark, 4) +
    fill(
      polygon([
        around(0, 0, i / 5, 30),
        around(0, 0, i / 5 + 0.06, 42),
        around(0, 0, i / 5 - 0.06, 42),
      ]),
      ink.dark,
    )) +
  "</g>";

/** A basketball. */
export const basketball: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(-40, 40).toFixed(1)})">` +
  fill(ellipse(0, 0, 48), ink.dark) + fill(ellipse(0, 0, 45), ink.main) +
  line(
    "M-44 0L44 0M0 -44L0 44M-32 -31C-8 -14 -8 14 -32 31M32 -31C8 -14 8 14 32 31",
    ink.dark,
    4.5,
  ) + "</g>";

/** A cup. */
export const trophy: Emblem = (ink) => {
  const gold = [0.84, 0.16, 88] as const;
  return line("M-26 -36C-52 -36 -46 -2 -18 -2M26 -36C52 -36 46 -2 18 -2", gold, 7) +
    fill(
      "M-28 -46L28 -46C28 -8 18 8 6 12L6 28L18 34L22 48L-22 48L-18 34L-6 28L-6 12C-18 8 -28 -8 -28 -46Z",
      gold,
    ) +
    fill("M-18 -42L-8 -42C-8 -18 -6 -6 -2 4C-12 -2 -18 -18 -18 -42Z", ink.light, 0.7) +
    fill(polygon(starPoints(6, -22, 5, 12, 5)), ink.accent) +
    fill(rectangle(-22, 40, 44, 10), ink.dark);
};

/** A soldier's helmet. */
export const helmet: Emblem = (ink) =>
  fill("M-28 12L28 12L24 44Q0 58 -24 44Z", [0.62, 0.08, 55]) +
  line("M-30 14Q-24 44 -8 50M30 14Q24 44 8 50", ink.dark, 5) +
  fill("M-48 14C-50 -54 50 -54 48 14C30 4 -30 4 -48 14Z", ink.main) +
  fill("M-40 4C-38 -36 -10 -42 0 -40C-22 -34 -30 -16 -32 4Z", ink.light, 0.25) +
  fill("M-50 16C-30 4 30 4 50 16L50 22C30 12 -30 12 -50 22Z", ink.dark) +
  fill(polygon(starPoints(0, -16, 5, 15, 6)), ink.light) +
  fill(ellipse(-12, 25, 4) + ellipse(12, 25, 4), ink.dark);

/** A tank. */
export const tank: Emblem = (ink) =>
  fill("M-24 -26L12 -26L22 -4L-30 -4Z", ink.main) + line("M14 -17L48 -24", ink.main, 8) +
  line("M40 -22L49 -24", ink.dark, 11) +
  fill("M-46 -4L40 -4L48 10L-50 10Z", shift(ink.main, 0.06)) +
  fill("M-50 8L48 8Q54 22 36 34L-36 34Q-54 22 -50 8Z", ink.dark) +
  repeat(5, (i) => fill(ellipse(-34 + i * 17, 20, 7.5), shift(ink.main, 0.08))) +
  fill(polygon(starPoints(-6, -14, 5, 9, 4)), ink.light);

/** A cowboy hat above a neckerchief. */
export const cowboy: Emblem = (ink) =>
  fill("M-24 -2L24 -2L20 30L-20 30Z", [0.7, 0.09, 55]) +
  fill("M-30 22C-10 30 10 30 30 22L4 52L-4 52Z", ink.accent) +
  fill("M-50 -18C-36 2 36 2 50 -18C40 14 -40 14 -50 -18Z", ink.dark) +
  fill("M-28 -6C-26 -50 -12 -52 0 -42C12 -52 26 -50 28 -6C10 2 -10 2 -28 -6Z", ink.main) +
  fill("M-28 -14C-10 -6 10 -6 28 -14L28 -5C10 3 -10 3 -28 -5Z", ink.accent) +
  line("M-14 17Q-7 12 0 17Q7 12 14 17", ink.dark, 6);

/** A sheriff's star. */
export const sheriffStar: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(-18, 18).toFixed(1)})">` +
  fill(polygon(starPoints(0, 0, 6, 49, 29)), ink.dark) +
  fill(polygon(starPoints(0, 0, 6, 44, 26)), [0.83, 0.12, 88]) +
  repeat(6, (i) => {
    const [x, y] = around(0, 0, i / 6, 42);
    return fill(ellipse(x, y, 7), ink.dark) + fill(ellipse(x, y, 4.5), ink.light);
  }) + fill(ellipse(0, 0, 18), ink.dark) + fill(polygon(starPoints(0, 0, 5, 15, 6)), ink.light) +
  "</g>";

/** An electric guitar. */
export const guitar: Emblem = (ink, random) =>
  `<g transform="rotate(${random.uniform(20, 55).toFixed(1)})">` +
  line("M0 6L0 -40", ink.dark, 8) + fill("M-7 -56L7 -56L5 -38L-5 -38Z", ink.accent) +
  fill(
    "M-12 2C-24 -6 -26 12 -18 18C-34 26 -26 52 0 50C26 52 34 26 18 18C26 12 24 -6 12 2Z",
    ink.main,
  ) +
  fill("M-8 8L8 8L12 40L-12 40Z", ink.light) +
  fill(rectangle(-8, 16, 16, 4) + rectangle(-8, 28, 16, 4), ink.dark) +
  line("M-1.5 36L-1.5 -40M1.5 36L1.5 -40", ink.light, 1) + "</g>";

/** A record. */
export const record: Emblem = (ink) =>
  fill(ellipse(0, 0, 49), ink.light) + fill(ellipse(0, 0, 47), ink.dark) +
  line(ellipse(0, 0, 39) + ellipse(0, 0, 31), ink.light, 1.5, 0.4) +
  fill("M0 0L30 -36A47 47 0 0 1 44 -16Z M0 0L-30 36A47 47 0 0 1 -44 16Z", ink.light, 0.3) +
  fill(ellipse(0, 0, 20), ink.accent) + fill(ellipse(0, 0, 4), ink.dark);

/** Two quavers. */
export const quavers: Emblem = (ink) =>
  fill(ellipse(-26, 32, 18, 14) + ellipse(30, 22, 18, 14), ink.accent) +
  line("M-12 30L-12 -36L44 -46L44 20", ink.accent, 8) + line("M-12 -30L44 -40", ink.accent, 16);

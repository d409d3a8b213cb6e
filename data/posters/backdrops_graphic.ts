// Backdrops that are patterns and paper: action, animation, biography, comedy, documentary, history.

import { type Color, mix, shift } from "../films/color.ts";
import { ellipse, polygon, rectangle } from "../films/path.ts";
import { around, fill, line, repeat, type Stage } from "./pen.ts";
import { type Backdrop, hills, sky } from "./scenery.ts";

/** Wedges of two kinds that turn about the focus. */
function rays(
  { random, focus: [x, y] }: Stage,
  count: number,
  color: Color,
  opacity: number,
): string {
  const turn = random.uniform();
  const wedges = Array.from(
    { length: count },
    (_, i) =>
      polygon([
        [x, y],
        around(x, y, turn + i / count, 140),
        around(x, y, turn + (i + 0.5) / count, 140),
      ]),
  );
  return fill(wedges.join(""), color, opacity);
}

/** A blast over a broken skyline. */
export const blast: Backdrop = (stage) => {
  const { width, random, ink, focus: [x, y] } = stage;
  const glow = stage.defs.radial([{ at: 0, color: ink.main }, {
    at: 0.5,
    color: ink.bottom,
    opacity: 0.8,
  }, { at: 1, color: ink.bottom, opacity: 0 }], { x, y, radius: 48 });
  const block = (i: number) => {
    const w = width / 7, left = i * w, top = random.uniform(68, 84);
    return fill(
      polygon([
        [left, 106],
        [left, top],
        [left + w * random.uniform(0.3, 0.8), top - random.uniform(-3, 6)],
        [left + w, top + random.uniform(0, 5)],
        [left + w + 0.4, 106],
      ]),
      ink.ground,
    );
  };
  return sky(stage) + rays(stage, 12, ink.dark, 0.4) +
    `<path d="${ellipse(x, y, 48)}" fill="${glow}"/>` +
    repeat(7, block) + repeat(14, () => {
      const [fx, fy] = around(x, y, random.uniform(), random.uniform(26, 52));
      return line(
        `M${fx.toFixed(1)} ${fy.toFixed(1)}l${((fx - x) * 0.09).toFixed(1)} ${
          ((fy - y) * 0.09).toFixed(1)
        }`,
        ink.main,
        1.1,
      );
    });
};

/** Sweets: bubbles, stripes and round hills. */
export const candy: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  const hue = random.uniform(0, 360);
  const stripe = (i: number) =>
    fill(ellipse(width * 0.5, 106, 96 - i * 14, 84 - i * 12), [
      0.86 - (i % 2) * 0.08,
      0.13,
      ink.top[2] + i * 42,
    ], 0.75);
  return sky(stage) + repeat(4, stripe) +
    repeat(
      11,
      () =>
        fill(ellipse(random.uniform(0, width), random.uniform(0, 70), random.uniform(1, 4.5)), [
          0.85,
          0.15,
          hue + random.integer(4) * 90,
        ], 0.85),
    ) +
    hills(stage, 80, 6, shift(ink.ground, -0.08)) + hills(stage, 89, 4, ink.ground);
};

/** Two papers, a fading row of dots, and a signature. */
export const paper: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  const cut = random.uniform(0.3, 0.7) * width,
    slant = random.uniform(-12, 12),
    right = random.integer(2) === 0;
  const edge = right ? width + 6 : -6;
  const start = random.uniform(0.1, 0.4) * width;
  let signature = `M${start.toFixed(1)} 82`;
  for (let i = 0; i < 6; i++) {
    signature += `q${random.uniform(1, 4).toFixed(1)} ${random.uniform(-12, -3).toFixed(1)} ${
      random.uniform(3, 5).toFixed(1)
    } ${random.uniform(-2, 2).toFixed(1)}`;
  }
  return sky(stage) +
    fill(
      polygon([[cut + slant, -6], [edge, -6], [edge, 106], [cut - slant, 106]]),
      ink.accent,
      0.55,
    ) +
    repeat(
      60,
      (i) =>
        fill(
          ellipse(
            2 + (i % 10) * (width / 9.4),
            4 + Math.floor(i / 10) * 5,
            1.5 - Math.floor(i / 10) * 0.2,
          ),
          ink.ground,
          0.5,
        ),
    ) +
    line(signature, ink.dark, 1);
};

/** Rays and a scalloped awning. */
export const awning: Backdrop = (stage) => {
  const { width, random, ink, focus: [x, y] } = stage;
  const scallops = 6 + random.integer(3), w = width / scallops;
  return sky(stage) + rays(stage, 10 + random.integer(5), ink.light, 0.75) +
    fill(ellipse(x, y, 29), ink.light) +
    repeat(
      9,
      () =>
        fill(ellipse(random.uniform(0, width), random.uniform(60, 80), 1.6), [
          0.68,
          0.2,
          random.integer(6) * 60,
        ]),
    ) +
    fill(rectangle(-5, 86, width + 10, 20), ink.accent) +
    repeat(
      scallops,
      (i) => fill(ellipse(w * (i + 0.5), 86, w / 2, 4), i % 2 ? ink.light : ink.accent),
    );
};

/** Strips of film down the sides of a plain page. */
export const filmStrip: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  const strip = (x: number) =>
    fill(rectangle(x, -5, 6.4, 110), ink.dark) +
    repeat(14, (i) => fill(rectangle(x + 1.7, 1 + i * 7.2, 3, 3.8), ink.light));
  const rings = repeat(
    4,
    (i) => line(ellipse(stage.focus[0], stage.focus[1], 20 + i * 9), ink.accent, 0.6, 0.5),
  );
  const both = random.integer(3) > 0;
  return sky(stage) + rings + fill(rectangle(-5, 78, width + 10, 30), ink.accent, 0.85) +
    repeat(4, (i) => line(`M-4 ${81 + i * 5}H${width + 4}`, ink.light, 0.4, 0.6)) +
    strip(0) + (both ? strip(width - 6.4) : "");
};

/** A temple's columns before a crimson hall. */
export const columns: Backdrop = (stage) => {
  const { width, random, ink, focus } = stage;
  const stone = mix(ink.accent, ink.top, 0.2);
  const w = random.uniform(8, 10.5);
  const column = (x: number) =>
    fill(rectangle(x, 8, w, 78), stone) + repeat(3, (i) =>
      line(`M${x + w * (0.25 + i * 0.25)} 12V84`, ink.ground, 0.8, 0.7)) +
    fill(
      rectangle(x - 2, 5, w + 4, 4) + rectangle(x - 2, 83, w + 4, 4),
      mix(stone, ink.light, 0.4),
    );
  return sky(stage) + rays(stage, 16, ink.main, 0.2) +
    fill(ellipse(focus[0], focus[1], 28), ink.main, 0.25) +
    column(2.5) + column(width - w - 2.5) +
    fill(polygon([[-4, 5], [width / 2, -6], [width + 4, 5]]), stone) +
    repeat(
      3,
      (i) =>
        fill(rectangle(-5, 86 + i * 5, width + 10, 22), mix(stone, ink.ground, 0.35 + i * 0.25)),
    );
};

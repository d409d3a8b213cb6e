// Backdrops in the dark: crime, horror, music, mystery, sci-fi, thriller.

import { mix, shift } from "../films/color.ts";
import { curve, ellipse, type Point, polygon, rectangle } from "../films/path.ts";
import { around, fill, line, repeat } from "./pen.ts";
import { type Backdrop, hills, sky } from "./scenery.ts";

/** A street under one lamp. */
export const streetLamp: Backdrop = (stage) => {
  const { width, random, ink, focus } = stage;
  const lamp = Math.min(width - 8, Math.max(8, focus[0] + random.uniform(-12, 12)));
  const side = lamp < width / 2 ? -1 : 1;
  const block = (i: number) => {
    const x = -4 + i * (width + 8) / 6, top = random.uniform(14, 48), w = (width + 8) / 6 + 0.5;
    return fill(rectangle(x, top, w, 100 - top), i % 2 ? ink.dark : ink.ground) +
      repeat(
        5,
        () =>
          random.integer(3)
            ? fill(
              rectangle(x + 1.5 + random.integer(3) * 3, top + 4 + random.integer(9) * 5, 1.7, 2.4),
              ink.light,
              0.75,
            )
            : "",
      );
  };
  return sky(stage) + repeat(6, block) +
    fill(
      polygon([[lamp - 2, 10], [lamp + 2, 10], [lamp + 27, 92], [lamp - 27, 92]]),
      ink.light,
      0.4,
    ) + fill(ellipse(lamp, 91, 27, 5), ink.light, 0.55) +
    line(`M${lamp + side * 7} 100V12Q${lamp + side * 7} 7 ${lamp} 8`, ink.dark, 1.5) +
    fill(ellipse(lamp, 9.5, 3), ink.light);
};

/** A house on a hill under a red moon, and what drips from above. */
export const hauntedHill: Backdrop = (stage) => {
  const { width, random, ink, focus } = stage;
  const x = width * random.uniform(0.2, 0.7), s = random.uniform(0.8, 1.2);
  const at = (dx: number, dy: number): Point => [x + dx * s, 80 + dy * s];
  const drips = repeat(9, (i) => {
    const w = (width + 4) / 9;
    return line(
      `M${(w * (i + 0.5) - 2).toFixed(1)} -4V${random.uniform(1, 13).toFixed(1)}`,
      ink.accent,
      w * 0.75,
    );
  });
  const tree = (tx: number, way: number) =>
    line(
      `M${tx} 98C${tx + way} 80 ${tx - way} 70 ${tx + 3 * way} 52M${tx} 78L${tx + 8 * way} 62L${
        tx + 9 * way
      } 54M${tx + 8 * way} 62L${tx + 13 * way} 60M${tx + way} 66L${tx - 5 * way} 54`,
      ink.dark,
      1.5,
    );
  return sky(stage) + fill(ellipse(focus[0], focus[1], random.uniform(20, 25)), ink.accent, 0.75) +
    hills(stage, 80, 5, ink.dark) +
    fill(
      polygon([
        at(-9, 6),
        at(-9, -8),
        at(-12, -8),
        at(-4, -18),
        at(-2, -15),
        at(-2, -24),
        at(2, -31),
        at(6, -24),
        at(6, -10),
        at(10, -10),
        at(10, 6),
      ]),
      ink.dark,
    ) +
    fill(
      polygon([at(-6, -2), at(-6, -6), at(-3, -6), at(-3, -2)]) +
        polygon([at(1, -17), at(1, -21), at(3, -21), at(3, -17)]) +
        polygon([at(4, -1), at(4, -5), at(7, -5), at(7, -1)]),
      [0.75, 0.17, 70],
    ) +
    tree(width * 0.07, 1) + tree(width * 0.93, -1) + drips;
};

/** Beams over a crowd, and the bars of the sound. */
export const concert: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  const beam = (i: number) => {
    const x = (width * (i + 0.5)) / 5, tilt = random.uniform(-22, 22);
    return fill(
      polygon([[x - 1, -2], [x + 1, -2], [x + tilt + 9, 92], [x + tilt - 9, 92]]),
      [ink.main, ink.accent, ink.light][i % 3],
      0.35,
    );
  };
  const bars = Math.round(width / 5.5);
  return sky(stage) + repeat(5, beam) +
    repeat(
      bars,
      (i) =>
        repeat(
          2 + random.integer(6),
          (j) => fill(rectangle(1 + i * 5.5, 88 - j * 4, 4, 2.8), j > 4 ? ink.accent : ink.main),
        ),
    ) +
    repeat(11, (i) =>
      fill(ellipse(i * width / 10, 98 + random.uniform(-2, 2), 4.5, 6), ink.dark) +
      (random.integer(3) ? "" : line(
        `M${(i * width / 10).toFixed(1)} 98l${random.uniform(-3, 3).toFixed(1)} -12`,
        ink.dark,
        2,
      )));
};

/** A door ajar at the end of the fog. */
export const openDoor: Backdrop = (stage) => {
  const { width, random, ink, focus } = stage;
  const x = focus[0], w = random.uniform(14, 18), top = focus[1] - 30, foot = 76;
  const lean = random.uniform(-18, 18);
  const mist = (y: number) => {
    const points = Array.from(
      { length: 6 },
      (_, i): Point => [-6 + (i * (width + 12)) / 5, y + random.uniform(-3, 3)],
    );
    return fill(curve([...points, [width + 6, y + 9], [-6, y + 9]], true), ink.bottom, 0.5);
  };
  return sky(stage) +
    repeat(5, (i) => line(`M${(width * (i + 0.5)) / 5} -2V76`, ink.ground, 2.6, 0.6)) +
    fill(rectangle(-5, foot, width + 10, 30), ink.ground) +
    fill(
      `M${x - w - 2} ${foot}V${top + 12}A${w + 2} ${w + 2} 0 0 1 ${x + w + 2} ${top + 12}V${foot}Z`,
      ink.dark,
    ) +
    fill(
      `M${x - w} ${foot}V${top + 12}A${w} ${w} 0 0 1 ${x + w} ${top + 12}V${foot}Z`,
      mix(ink.bottom, ink.light, 0.55),
    ) +
    fill(
      polygon([[x - w, foot], [x + w, foot], [x + w * 1.9 + lean, 106], [x - w * 1.3 + lean, 106]]),
      ink.light,
      0.5,
    ) +
    mist(70) + mist(82);
};

/** Stars, a ringed planet, and a grid that runs to the horizon. */
export const space: Backdrop = (stage) => {
  const { width, random, ink } = stage;
  const px = width * (random.integer(2) ? random.uniform(0.1, 0.25) : random.uniform(0.75, 0.9)),
    py = random.uniform(14, 52),
    r = random.uniform(9, 16);
  const planet = [random.uniform(0.55, 0.7), 0.15, random.uniform(0, 360)] as const;
  const horizon = random.uniform(72, 80), cx = width / 2;
  return sky(stage) +
    repeat(
      34,
      () =>
        fill(
          ellipse(random.uniform(0, width), random.uniform(0, horizon), random.uniform(0.25, 0.8)),
          ink.light,
        ),
    ) +
    fill(ellipse(px, py, r), planet) +
    fill(
      `M${px} ${py - r}A${r} ${r} 0 0 1 ${px} ${py + r}A${r * 1.4} ${r * 1.4} 0 0 0 ${px} ${
        py - r
      }Z`,
      shift(planet, -0.25),
    ) +
    `<g transform="rotate(-20 ${px.toFixed(1)} ${py.toFixed(1)})">` +
    line(ellipse(px, py, r * 1.7, r * 0.35), ink.accent, 1.3, 0.9) + "</g>" +
    fill(rectangle(-5, horizon, width + 10, 35), ink.ground) +
    repeat(
      9,
      (i) => line(`M${cx + (i - 4) * 5} ${horizon}L${cx + (i - 4) * 22} 104`, ink.accent, 0.7, 0.8),
    ) +
    repeat(5, (i) => line(`M-4 ${horizon + i * i * 1.5}H${width + 4}`, ink.accent, 0.7, 0.8));
};

/** A corridor that ends in someone. */
export const corridor: Backdrop = (stage) => {
  const { width, random, ink, focus } = stage;
  const [x, y] = [focus[0] + random.uniform(-4, 4), focus[1] + random.uniform(-4, 4)];
  const turn = random.uniform(-0.02, 0.02);
  const ring = (i: number) => {
    const reach = 82 * 0.68 ** i;
    const corners = [0.09, 0.41, 0.59, 0.91].map((at) => around(x, y, at + turn * i, reach * 1.25));
    return fill(polygon(corners), mix(ink.dark, ink.top, (i % 2 ? 0.15 : 0.55) + i * 0.07));
  };
  const cut = random.uniform(0.15, 0.85) * width, slant = random.uniform(-30, 30);
  return sky(stage, ink.bottom, ink.dark) + repeat(6, ring) +
    fill(
      polygon([[cut - 1.6, -2], [cut + 1.6, -2], [cut + slant + 1.6, 102], [
        cut + slant - 1.6,
        102,
      ]]),
      ink.accent,
      0.9,
    );
};

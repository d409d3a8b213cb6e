// Writes the AssemblyScript of the engine's two micro-kernels, the inner loops under every matrix product and convolution.
// They are written by a program, at build time, because a tile is some hundred lines of the same four: AssemblyScript has no
// arrays of registers, so each of the 24 sums is a variable of its own.

/** The tile of `tile`: 6 rows x 16 columns, 24 sums of four floats. */
const ROWS = 6, COLUMNS = 16;
/** The tile of `dotTile`: 3 rows x 3 columns, each a sum of eight lanes: 18 sums. With more, V8 spills and halves the rate. */
const DOT_ROWS = 3, DOT_COLUMNS = 3;

/**
 * The source of assembly/tile.ts.
 *
 * `tile` adds up outer products: out[r][c] = init[r][c] + sum over k of a[r][k] b[k][c], 6 x 16 results at a time, one load of a
 * row's number for 16 products. Where V8 fuses pairs of vectors ("revectorizes"), the 24 sums are 12 AVX registers, which with two
 * of b and one of a are the 15 that V8 gives out. Elsewhere some sums live in memory; two steps per turn of the loop then halve
 * their loads and stores, and that is the other version, `setUnrolled(true)`. Measured on one thread of a 3.7 GHz Zen 4 (peak 118
 * and 59 GFLOP/s): fused 6x16 105, 4x16 101, 6x8 76; not fused 6x16 twice 42, once 31, 6x8 36, 8x8 31.
 *
 * `dotTile` multiplies along k eight lanes at a time, for results of so few columns that most of a tile would be thrown away: the
 * three colours of a picture. Measured as above: fused 106, not fused 31.
 */
export function tileSource(): string {
  return `// The micro-kernels, written by gpu/simd/tile_source.ts.
import { madd } from "./madd";

export const ROWS = ${ROWS}, COLUMNS = ${COLUMNS}, DOT_ROWS = ${DOT_ROWS}, DOT_COLUMNS = ${DOT_COLUMNS};

let unrolled = false;

export function setUnrolled(value: bool): void {
  unrolled = value;
}

${tileFunction("tileOnce", 1)}

${tileFunction("tileTwice", 2)}

export function tile(${
    TILE_PARAMETERS.map((name) => `${name}: ${typeOf(name)}`).join(", ")
  }): void {
  if (unrolled) tileTwice(${TILE_PARAMETERS.join(", ")});
  else tileOnce(${TILE_PARAMETERS.join(", ")});
}

${dotTileFunction()}
`;
}

/**
 * What a tile is told: the addresses of its rows of a, where b starts, `inner` steps of `aStep` and `bStep` bytes, all that `outer`
 * times with `aSkip` and `bSkip` bytes between; the addresses of its rows of results, to which `column` bytes are added; and what is
 * added to the sums: the 16 floats at \`init\` (mask 0), or what the results hold already (init 0, mask -1).
 */
const TILE_PARAMETERS = [
  ...["rows", "b", "inner", "aStep", "bStep", "outer", "aSkip", "bSkip"],
  ...["outs", "column", "init", "initMask"],
];

function typeOf(parameter: string): string {
  return parameter === "inner" || parameter === "outer" ? "i32" : "usize";
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

function tileFunction(name: string, steps: number): string {
  const rows = range(ROWS), vectors = range(COLUMNS / 4);
  const step = (indent: string) =>
    [
      ...vectors.map((v) => `const b${v} = v128.load(b, ${16 * v});`),
      "b += bStep;",
      ...rows.flatMap((r) => [
        `const x${r} = v128.load32_splat(a${r});`,
        ...vectors.map((v) => `c${r}_${v} = madd(x${r}, b${v}, c${r}_${v});`),
      ]),
      ...rows.map((r) => `a${r} += aStep;`),
    ].map((line) => indent + line);
  const block = () => ["      {", ...step("        "), "      }"];
  return [
    `function ${name}(${TILE_PARAMETERS.map((p) => `${p}: ${typeOf(p)}`).join(", ")}): void {`,
    ...rows.map((r) => `  let a${r} = load<usize>(rows, ${4 * r});`),
    ...rows.flatMap((r) => vectors.map((v) => `  let c${r}_${v} = f32x4.splat(0);`)),
    "  for (let y = 0; y < outer; y++) {",
    "    let k = inner;",
    ...(steps > 1
      ? [`    for (; k >= ${steps}; k -= ${steps}) {`, ...range(steps).flatMap(block), "    }"]
      : []),
    "    for (; k > 0; k--) {",
    ...block(),
    "    }",
    ...rows.map((r) => `    a${r} += aSkip;`),
    "    b += bSkip;",
    "  }",
    // A row's loads come before its stores, or V8 does not fuse them.
    ...rows.flatMap((r) => [
      `  const o${r} = load<usize>(outs, ${4 * r}) + column, i${r} = init + (o${r} & initMask);`,
      ...vectors.map((v) =>
        `  const s${r}_${v} = f32x4.add(c${r}_${v}, v128.load(i${r}, ${16 * v}));`
      ),
      ...vectors.map((v) => `  v128.store(o${r}, s${r}_${v}, ${16 * v});`),
    ]),
    "}",
  ].join("\n");
}

/**
 * Sums of 3 rows x 3 columns, 8 lanes each, stored to `sums`. The rows of b are `bStep` bytes apart and filled up with zeros to
 * multiples of 8 floats after every run of `inner`; what lies behind a's runs does not enter.
 */
function dotTileFunction(): string {
  const rows = range(DOT_ROWS), columns = range(DOT_COLUMNS), halves = range(2);
  const step = (masked: boolean) => [
    ...halves.flatMap((h) => [
      ...columns.map((c) => `      const b${c}_${h} = v128.load(b${c}, ${16 * h});`),
      ...rows.flatMap((r) => {
        const value = `v128.load(a${r}, ${16 * h})`;
        return [
          `      const x${r}_${h} = ${masked ? `v128.and(${value}, m${h})` : value};`,
          ...columns.map((c) =>
            `      c${r}_${c}_${h} = madd(x${r}_${h}, b${c}_${h}, c${r}_${c}_${h});`
          ),
        ];
      }),
    ]),
    ...columns.map((c) => `      b${c} += 32;`),
  ];
  return [
    "const masks = memory.data<i32>([-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0]);",
    "",
    "export function dotTile(rows: usize, b: usize, bStep: usize, inner: i32, outer: i32, aSkip: usize, sums: usize): void {",
    ...rows.map((r) => `  let a${r} = load<usize>(rows, ${4 * r});`),
    ...columns.map((c) => `  let b${c} = b + bStep * ${c};`),
    ...rows.flatMap((r) =>
      columns.flatMap((c) => halves.map((h) => `  let c${r}_${c}_${h} = f32x4.splat(0);`))
    ),
    "  for (let y = 0; y < outer; y++) {",
    "    let k = inner;",
    "    for (; k >= 8; k -= 8) {",
    ...step(false),
    ...rows.map((r) => `      a${r} += 32;`),
    "    }",
    "    if (k > 0) {",
    "      const mask = masks + (<usize> (8 - k) << 2);",
    "      const m0 = v128.load(mask), m1 = v128.load(mask, 16);",
    ...step(true),
    ...rows.map((r) => `      a${r} += <usize> k << 2;`),
    "    }",
    ...rows.map((r) => `    a${r} += aSkip;`),
    "  }",
    ...rows.flatMap((r) =>
      columns.flatMap((c) =>
        halves.map((h) =>
          `  v128.store(sums, c${r}_${c}_${h}, ${32 * (DOT_COLUMNS * r + c) + 16 * h});`
        )
      )
    ),
    "}",
  ].join("\n");
}

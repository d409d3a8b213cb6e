// `deno task data:posters` and `data:inspect` end to end in a temporary folder.

import assert from "node:assert/strict";
import { decodePicture } from "../../data/decode.ts";
import { openPackedPosters } from "../../data/packed_posters.ts";
import type { PosterFacts } from "../../data/posters.ts";
import { resizePicture } from "../../gpu/picture.ts";
import { flatFile, withFolder, writeFiles } from "../data/_pictures.ts";
import { encodeFile, patternFile, patternPicture } from "./_poster_pictures.ts";
import { runTask } from "./_run_task.ts";

/** The set's facts with genres by name, and its pictures' number. */
async function readSet(path: string) {
  const set = await openPackedPosters(path);
  const facts = Array.from({ length: set.count }, (_, i) => set.facts(i));
  const named = ({ id, genres, year }: PosterFacts) =>
    [id, set.genres.filter((_, i) => genres[i] === 1).join("|"), year].join(" ");
  return { set, films: facts.map(named), splits: facts.map(({ split }) => split) };
}

interface Report {
  kept: number;
  rejected: { id: string; reason: string; detail: string }[];
  genres: Record<string, number>;
  unknownGenres: Record<string, number>;
}

async function readReport(out: string): Promise<Report> {
  return JSON.parse(await Deno.readTextFile(`${out}.report.json`));
}

/** A server of posters that are gone, late, or there at the second try; with the paths that it was asked for. */
function servePosters(poster: Uint8Array<ArrayBuffer>, late: Uint8Array<ArrayBuffer>) {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname === "/late.jpg") {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return new Response(late);
    }
    if (pathname === "/sorry.jpg") return new Response("<html>Sorry</html>");
    if (pathname !== "/second,try.jpg") return new Response(null, { status: 404 });
    const isFirst = asked.filter((path) => path === pathname).length === 1;
    return isFirst
      ? new Response(null, { status: 503, headers: { "retry-after": "1" } })
      : new Response(poster);
  });
  return { address: `http://127.0.0.1:${server.addr.port}`, asked, server };
}

/** A table in Latin-1 and its images, with everything that can be wrong. */
async function writeTable(root: string, address: string): Promise<void> {
  const table = `imdbId,Imdb Link,Title,IMDB Score,Genre,Poster
1,x,"Good, the Bad (1966)",8.1,Western|Drama,${address}/never.jpg
2,x,Am\u00e9lie (2001),,Comedy|Romance,
3,x,Missing (1999),,Drama,
4,x,Dead (1999),,Drama,${address}/dead.jpg
5,x,Second (1999),,Sci-Fi|Film-Noir,"${address}/second,try.jpg"
6,x,Late (1999),,Musical|Short,${address}/late.jpg
7,x,Same again (1999),,War,
1,x,"Good, the Bad (1966)",8.1,Western,
8,x,Cut off (1999),,Drama,
9,x,Huge (1999),,Children,
10,x,Blank (1999),,Drama,
11,x,Tiny (1999),,Drama,
12,x,Left out (1999),,Adult,
13,x,Unknown (1999),,Telenovela|Mystery,
14,x,Sorry (1999),,Drama,${address}/sorry.jpg
15,x,Old (1950),,Drama,
`;
  const huge = patternPicture(9, { width: 4000, height: 5000 });
  const whole = await patternFile(8);
  await writeFiles(root, {
    "films.csv": Uint8Array.from(table, (letter) => letter.charCodeAt(0)),
    "images/1.jpg": await patternFile(1),
    "images/tt0000002.png": await patternFile(2, undefined, "png"),
    "images/0007.webp": await patternFile(1, { width: 300, height: 441 }, "webp"),
    "images/8.jpeg": whole.subarray(0, whole.length >> 1),
    "images/9.png": await encodeFile(huge, "png"),
    "images/10.jpg": await flatFile("jpeg", { width: 100, height: 150 }),
    "images/11.jpg": await patternFile(11, { width: 40, height: 60 }),
    "images/13.jpg": await patternFile(13),
    "images/15.jpg": await patternFile(15),
  });
}

const rejects = ({ rejected }: Report) =>
  Object.fromEntries(rejected.map(({ id, reason }) => [`${Number(id.slice(2))} ${reason}`, 1]));

const always = {
  "1 repeated id": 1,
  "3 no picture": 1,
  "7 near duplicate": 1,
  "8 unreadable": 1,
  "10 blank": 1,
  "11 tiny": 1,
  "12 no genre": 1,
  "15 other year": 1,
};

Deno.test("data:posters builds the right set of a table with everything wrong, and names each reject", () =>
  withFolder(async (root) => {
    const file = async (number: number) => Uint8Array.from(await patternFile(number));
    const { address, asked, server } = servePosters(await file(5), await file(6));
    await writeTable(root, address);
    const out = `${root}/set.safetensors`;
    const flags = `--source ${root}/films.csv --images ${root}/images --out ${out} ` +
      "--years 1960-2020 --split 60/20/20";
    const offline = await runTask("data_posters", flags);
    assert.equal(offline.code, 0, offline.err);
    assert.deepEqual(asked, []);
    assert.deepEqual(rejects(await readReport(out)), {
      ...always,
      "4 no picture": 1,
      "5 no picture": 1,
      "6 no picture": 1,
      "14 no picture": 1,
    });

    const online = await runTask("data_posters", `${flags} --download`);
    assert.equal(online.code, 0, online.err);
    assert.match(online.out, /: 6 posters of 20 genres, 64x96, /);
    assert.match(online.out, /\n +2 {2}dead link\n/);
    assert.match(online.out, /\nunknown genres: Telenovela \(1\)\n/);
    const report = await readReport(out);
    assert.deepEqual(rejects(report), { ...always, "4 dead link": 1, "14 dead link": 1 });
    const details = new Map(report.rejected.map(({ id, detail }) => [id, detail]));
    assert.equal(details.get("tt0000004"), `${address}/dead.jpg answers 404`);
    assert.equal(details.get("tt0000014"), `${address}/sorry.jpg is no picture`);
    assert.match(details.get("tt0000007") ?? "", /^\d bits from tt0000001$/);
    assert.equal(details.get("tt0000011"), "40x60, expected sides of at least 64");
    assert.deepEqual([report.kept, report.genres["crime"], report.genres["war"]], [6, 1, 0]);
    const { set, films, splits } = await readSet(out);
    assert.deepEqual(films, [
      "tt0000001 drama|western 1966",
      "tt0000002 comedy|romance 2001",
      "tt0000005 crime|sci-fi 1999",
      "tt0000006 music 1999",
      "tt0000009 family 1999",
      "tt0000013 mystery 1999",
    ]);
    const expected = resizePicture(patternPicture(9, { width: 640, height: 800 }), 77, 96);
    const huge = await set.load(4);
    for (const x of [3, 30, 60]) {
      for (let c = 0; c < 3; c++) {
        const [a, b] = [huge.data[(48 * 64 + x) * 4 + c], expected.data[(48 * 77 + x + 6) * 4 + c]];
        assert.ok(Math.abs(a - b) < 12, `${a} in place of ${b}`);
      }
    }
    await set.close();

    asked.length = 0;
    await runTask("data_posters", `${flags} --download`);
    assert.deepEqual(asked.sort(), ["/dead.jpg", "/sorry.jpg"]);
    const again = await readSet(out);
    assert.deepEqual([again.set.hash, again.splits], [set.hash, splits]);
    await again.set.close();
    await server.shutdown();
  }));

Deno.test("data:posters takes folders by genre, leaves out rare genres, and caps the common ones", () =>
  withFolder(async (root) => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 9; i++) files[`src/Horror/${i}.jpg`] = await patternFile(i);
    for (let i = 6; i < 12; i++) files[`src/Comedy/${i}.jpg`] = await patternFile(i);
    files["src/War/20.jpg"] = await patternFile(20);
    await writeFiles(root, files);
    const out = `${root}/set.safetensors`;
    const rare = await runTask(
      "data_posters",
      `--source ${root}/src --out ${out} --min-per-genre 2 --size 32x48`,
    );
    assert.equal(rare.code, 0, rare.err);
    const { set, films } = await readSet(out);
    assert.deepEqual(set.genres, ["comedy", "horror"]);
    assert.deepEqual([films.length, films[6]], [12, "6 comedy|horror 0"]);
    assert.deepEqual(set.size, { width: 32, height: 48 });
    await set.close();
    assert.deepEqual((await readReport(out)).rejected, [
      { id: "20", reason: "rare genre", detail: "war: fewer than 2 posters" },
    ]);
    await runTask("data_posters", `--source ${root}/src --out ${out} --balance cap:4 --max 12`);
    const capped = await readReport(out);
    assert.deepEqual([capped.genres["horror"] <= 4, capped.genres["comedy"]], [true, 4]);
    assert.ok(capped.rejected.every(({ reason }) => reason === "over the cap"));
  }));

Deno.test("data:posters reads MM-IMDb and NVIDIA's form with names of genres from a file", () =>
  withFolder(async (root) => {
    const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    await writeFiles(root, {
      "mm/0001.json": json({ genres: ["Film-Noir", "Drama"], year: 1944 }),
      "mm/0001.jpeg": await patternFile(1),
      "nvidia/dataset.json": json({ labels: [["a/0.png", [0.9, 1]], ["a/1.png", 1]] }),
      "nvidia/a/0.png": await patternFile(2, undefined, "png"),
      "nvidia/a/1.png": await patternFile(3, undefined, "png"),
      "genres.txt": new TextEncoder().encode("film-noir\ndrama\n"),
    });
    const build = async (flags: string) => {
      const { code, err } = await runTask("data_posters", `--out ${root}/set ${flags}`);
      assert.equal(code, 0, err);
      const { set, films } = await readSet(`${root}/set`);
      await set.close();
      return [set.genres.length, ...films];
    };
    const genres = `--genres ${root}/genres.txt`;
    assert.deepEqual(await build(`--source ${root}/mm`), [20, "tt0000001 crime|drama 1944"]);
    assert.deepEqual(await build(`--source ${root}/mm ${genres}`), [
      2,
      "tt0000001 film-noir|drama 1944",
    ]);
    assert.deepEqual(await build(`--source ${root}/nvidia`), [
      2,
      "a/0 genre-0|genre-1 0",
      "a/1 genre-1 0",
    ]);
    assert.deepEqual(await build(`--source ${root}/nvidia ${genres}`), [
      2,
      "a/0 film-noir|drama 0",
      "a/1 drama 0",
    ]);
  }));

Deno.test("data:posters draws posters without a source, and data:inspect shows what is in them", () =>
  withFolder(async (root) => {
    const out = `${root}/drawn.safetensors`;
    const { code, err } = await runTask(
      "data_posters",
      `--out ${out} --count 60 --seed 4 --balance inverse`,
    );
    assert.equal(code, 0, err);
    const { set } = await readSet(out);
    assert.deepEqual([set.count, set.settings["balance"]], [60, "inverse"]);
    await set.close();
    const shown = await runTask("data_inspect", `${out} --out ${root}/sheets --pictures 3`);
    assert.equal(shown.code, 0, shown.err);
    assert.match(
      shown.out,
      /^Procedural posters: \d+ train, \d+ valid, \d+ test; 20 genres; 64x96\n/,
    );
    assert.match(shown.out, /\n {2}all +60 +\d+ +\d+ +\d+\n/);
    assert.match(shown.out, /\n {2}1980s +\d+/);
    const sheets = [...Deno.readDirSync(`${root}/sheets`)].map(({ name }) => name);
    assert.ok(sheets.includes("horror.png"), String(sheets));
    const page = await decodePicture(await Deno.readFile(`${root}/sheets/drama.png`));
    assert.ok(page.width <= 3 * 66 + 2 && page.height === 100, `${page.width}x${page.height}`);
    const none = await runTask("data_inspect", `${root}/none`);
    assert.match(none.err, /^error: Cannot read posters .*none: no such file/);
    assert.equal(none.code, 1);
  }));

Deno.test("data:posters says what is wrong with its flags", () =>
  withFolder(async (root) => {
    const wrong: [flags: string, message: RegExp][] = [
      [
        "--size 60x90",
        /Cannot make pictures of 60x90: .* multiples of 8, such as 56x88, 56x96, 64x96/,
      ],
      ["--size 64", /--size is "64", expected width x height/],
      ["--split 90/5/6", /--split is "90\/5\/6", expected three percents that sum to 100/],
      ["--years 2020-1970", /--years is "2020-1970", expected first and last/],
      ["--balance cap:0", /--balance cap is "0", expected a whole number of at least 1/],
      ["--dedupe 65", /--dedupe is "65", expected a whole number from 0 to 16/],
      ["--download", /Cannot use --images or --download without --source/],
      ["--source x --download", /Cannot download without --images/],
      ["--source x --count 3", /Cannot use --count with --source/],
      [`--source x --genres ${root}/none`, /expected source20 or a list of names: no such file/],
    ];
    const results: Awaited<ReturnType<typeof runTask>>[] = [];
    for (const [flags] of wrong) {
      results.push(await runTask("data_posters", `--out ${root}/set ${flags}`));
    }
    wrong.forEach(([flags, message], i) => {
      assert.match(results[i].err, message, flags);
      assert.equal(results[i].code, 2, flags);
    });
    const missing = await runTask("data_posters", `--out ${root}/set --source ${root}/none`);
    assert.match(missing.err, /^error: Cannot read the source .*none: nothing is there; expected/);
    assert.equal(missing.code, 1);
    await writeFiles(root, { "src/Horror/1.jpg": new Uint8Array(3) });
    const empty = await runTask("data_posters", `--out ${root}/set --source ${root}/src`);
    assert.match(
      empty.err,
      /Cannot build posters from .*: all 1 films were left out, such as 1 \(unreadable/,
    );
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["src"]);
  }));

// Each kind of source of posters, found by what is at its path.

import assert from "node:assert/strict";
import { findPosterSource } from "../../../data/poster_sources/find_source.ts";
import {
  findYear,
  parseImdbId,
  type PosterRecord,
  type PosterSource,
} from "../../../data/poster_sources/poster_source.ts";
import { withFolder, writeFiles } from "../_pictures.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const empty = new Uint8Array();

async function recordsOf(source: PosterSource): Promise<PosterRecord[]> {
  return await Array.fromAsync(source.records());
}

/** A record in short: id, genres, year, and the picture's file name or what is wrong. */
function short({ id, genres, year, picture }: PosterRecord) {
  const origin = picture.kind === "file"
    ? picture.path.split("/").slice(-2).join("/")
    : picture.kind === "link"
    ? picture.url
    : picture.kind === "none"
    ? picture.problem.reason
    : "drawn";
  return [id, genres.join("|"), year, origin];
}

Deno.test("parseImdbId and findYear read ids and years as sources write them", () => {
  assert.deepEqual(["114709", "tt0114709", "0114709", "tt12345678", "x1", ""].map(parseImdbId), [
    "tt0114709",
    "tt0114709",
    "tt0114709",
    "tt12345678",
    undefined,
    undefined,
  ]);
  assert.equal(findYear("2001: A Space Odyssey (1968)"), 1968);
  assert.equal(findYear("(1941) again (1979)"), 1979);
  assert.equal(findYear("Brazil"), 0);
});

Deno.test("findPosterSource reads a Latin-1 table with a folder of images", () =>
  withFolder(async (root) => {
    const table = "imdbId,Imdb Link,Title,IMDB Score,Genre,Poster\r\n" +
      '114709,http://x/,"Good, the Bad (1966)",8.3,Western|Drama,"http://h/a,182.jpg"\n' +
      "7,http://x/,Am\u00e9lie (2001),,Comedy|Romance,http://h/b.jpg\n" +
      "8,http://x/,Nothing (1999),5,,\n" +
      "abc,http://x/,Odd,5,War,\n";
    await writeFiles(root, {
      "films.csv": Uint8Array.from(table, (letter) => letter.charCodeAt(0)),
      "images/tt0114709.JPG": empty,
    });
    const source = await findPosterSource(`${root}/films.csv`, { images: `${root}/images` });
    assert.equal(source.description, "Table films.csv");
    const records = await recordsOf(source);
    assert.deepEqual(records.map(short), [
      ["tt0114709", "Western|Drama", 1966, "images/tt0114709.JPG"],
      ["tt0000007", "Comedy|Romance", 2001, "http://h/b.jpg"],
      ["tt0000008", "", 1999, "no picture"],
      ["line 5", "War", 0, "bad entry"],
    ]);
    assert.deepEqual([records[0].title, records[1].title], [
      "Good, the Bad (1966)",
      "Amélie (2001)",
    ]);
    const later = await findPosterSource(`${root}/films.csv`, { images: `${root}/later` });
    assert.equal(short((await recordsOf(later))[0])[3], "http://h/a,182.jpg");
    await Deno.writeTextFile(`${root}/other.csv`, "id,name\n1,x\n");
    await assert.rejects(
      findPosterSource(`${root}/other.csv`),
      /its columns are id, name; expected imdbId, Title, Genre/,
    );
  }));

Deno.test("findPosterSource reads an MM-IMDb folder", () =>
  withFolder(async (root) => {
    await writeFiles(root, {
      "0010.json": utf8('{"genres": ["Drama", "War"], "year": "1999-2001", "title": "T"}'),
      "0010.jpeg": empty,
      "0002.json": utf8('{"genres": ["Horror"], "year": 1931}'),
      "0003.json": utf8('{"genres": "Horror"}'),
      "0004.json": utf8("{"),
    });
    const source = await findPosterSource(root);
    assert.match(source.description, /^MM-IMDb folder/);
    assert.deepEqual(
      (await recordsOf(source)).map(short).map(([id, ...rest]) => [id, ...rest.slice(0, 2)]),
      [
        ["tt0000002", "Horror", 1931],
        ["tt0000003", "", 0],
        ["tt0000004", "", 0],
        ["tt0000010", "Drama|War", 1999],
      ],
    );
    const pictures = (await recordsOf(source)).map(({ picture }) => picture);
    assert.deepEqual(
      pictures.map((picture) => picture.kind === "none" ? picture.problem.detail : picture.kind),
      [
        "no 0002.jpeg beside 0002.json",
        'genres in 0003.json is "Horror", expected a list of names',
        "0004.json is not JSON",
        "file",
      ],
    );
  }));

Deno.test("findPosterSource reads NVIDIA's dataset.json with class numbers and vectors", () =>
  withFolder(async (root) => {
    const labels = [["00/a (1984).png", 2], ["00/b.png", [1, 0.2, 0.7]], ["../c.png", 0]];
    const write = (value: unknown) =>
      Deno.writeTextFile(`${root}/dataset.json`, JSON.stringify(value));
    await write({ labels });
    const source = await findPosterSource(root);
    assert.deepEqual(source.genres, ["genre-0", "genre-1", "genre-2"]);
    assert.deepEqual((await recordsOf(source)).map(short), [
      ["00/a (1984)", "genre-2", 1984, "00/a (1984).png"],
      ["00/b", "genre-0|genre-2", 0, "00/b.png"],
      ["../c", "genre-0", 0, "bad entry"],
    ]);
    const named = await findPosterSource(root, { genreNames: ["war", "drama", "noir", "music"] });
    assert.deepEqual((await recordsOf(named))[1].genres, ["war", "noir"]);
    await assert.rejects(
      findPosterSource(root, { genreNames: ["war"] }),
      /its labels count to 3, but the list of genres has 1/,
    );
    await write({ labels: [["a.png", -1]] });
    await assert.rejects(findPosterSource(root), /label 0 is \["a.png",-1\]; expected/);
    await write({ labels: null });
    await assert.rejects(findPosterSource(root), /labels is null; expected/);
    await write({ labels: [["a.png", 1e9]] });
    await assert.rejects(
      findPosterSource(root),
      /its labels count to 1000000001, expected at most/,
    );
  }));

Deno.test("findPosterSource joins the genres of a film that lies in two folders", () =>
  withFolder(async (root) => {
    await writeFiles(root, {
      "Horror/10 (1980).jpg": empty,
      "Horror/9.png": empty,
      "Comedy/10 (1980).webp": empty,
      "Comedy/notes.txt": empty,
    });
    assert.deepEqual((await recordsOf(await findPosterSource(root))).map(short), [
      ["9", "Horror", 0, "Horror/9.png"],
      ["10 (1980)", "Comedy|Horror", 1980, "Comedy/10 (1980).webp"],
    ]);
  }));

Deno.test("findPosterSource says what it expected where it finds nothing of the kind", () =>
  withFolder(async (root) => {
    await writeFiles(root, { "plain/a.jpg": empty });
    await assert.rejects(
      findPosterSource(`${root}/none`),
      /nothing is there; expected a \.csv table/,
    );
    await assert.rejects(findPosterSource(`${root}/plain/a.jpg`), /it is a file; expected/);
    await assert.rejects(
      findPosterSource(`${root}/plain`),
      /it has 1 files and no folder; expected/,
    );
  }));

// Packed posters: what was written is read again, and a damaged file is told from a whole one.

import assert from "node:assert/strict";
import fc from "fast-check";
import { createPosterWriter, type PackedPoster } from "../../data/packed_poster_writer.ts";
import { openPackedPosters } from "../../data/packed_posters.ts";
import { SPLITS } from "../../data/posters.ts";
import { decodeSafetensors } from "../../gpu/safetensors.ts";
import { markedPicture, withFolder } from "./_pictures.ts";

const size = { width: 16, height: 24 };

/** Poster i of a set of any number, with two genres. */
function poster(i: number, more: Partial<PackedPoster> = {}): PackedPoster {
  return {
    id: `tt${i}`,
    genres: Uint8Array.of(i % 2, 1),
    year: 1970 + i,
    split: SPLITS[i % 3],
    row: i,
    phash: 2n ** 63n + BigInt(i),
    ...more,
  };
}

async function writeSet(path: string, rows: number, posters: PackedPoster[]): Promise<string> {
  const writer = await createPosterWriter(path, size);
  for (let i = 0; i < rows; i++) await writer.append(markedPicture(size, i));
  return await writer.finish({
    genres: ["horror", "comédie"],
    posters,
    source: "Fixture",
    settings: { balance: "sqrt" },
  });
}

Deno.test("openPackedPosters reads what was written, also many pictures at once", () =>
  withFolder(async (root) => {
    const path = `${root}/set.safetensors`;
    const posters = [poster(4), poster(0), poster(3)];
    const hash = await writeSet(path, 5, posters);
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["set.safetensors"]);
    const set = await openPackedPosters(path);
    assert.deepEqual([set.hash, set.count, set.size], [hash, 3, size]);
    assert.deepEqual(set.genres, ["horror", "comédie"]);
    assert.equal(set.description, "Fixture: 2 train, 1 valid, 0 test; 2 genres; 16x24");
    assert.deepEqual([set.settings, set.balance], [{ balance: "sqrt" }, "sqrt"]);
    assert.deepEqual(set.split, {
      train: Uint32Array.of(1, 2),
      valid: Uint32Array.of(0),
      test: new Uint32Array(),
    });
    assert.deepEqual([...set.phashes], posters.map(({ phash }) => phash));
    for (const [i, { id, genres, year, split }] of posters.entries()) {
      assert.deepEqual(set.facts(i), { id, genres, year, split });
    }
    const loads = Array.from({ length: 30 }, (_, i) => set.load(i % 3));
    for (const [i, picture] of (await Promise.all(loads)).entries()) {
      assert.deepEqual(picture, markedPicture(size, posters[i % 3].row));
    }
    await set.verifyPictures();
    assert.throws(() => set.facts(3), /Cannot give poster 3 of .*: expected 0 to 2/);
    await assert.rejects(set.load(-1), /Cannot give poster -1/);
    await set.close();
  }));

Deno.test("createPosterWriter writes safetensors that the house's own reader takes, the same bytes each time", () =>
  withFolder(async (root) => {
    const posters = [poster(0), poster(1)];
    await writeSet(`${root}/a`, 2, posters);
    await writeSet(`${root}/b`, 2, posters);
    const bytes = await Deno.readFile(`${root}/a`);
    assert.deepEqual(bytes, await Deno.readFile(`${root}/b`));
    // The house's reader knows no U64; as pairs of I32 the bytes are the same.
    const text = new TextDecoder("latin1").decode(bytes);
    const at = text.indexOf('"U64","shape":[2]');
    bytes.set(new TextEncoder().encode('"I32","shape":[4]'), at);
    const { tensors, metadata } = decodeSafetensors(bytes);
    assert.equal(JSON.parse(metadata["lobbycard"]).format, 1);
    assert.deepEqual(tensors.get("images")?.shape, [2, 24, 16, 3]);
    assert.deepEqual([...tensors.get("images")?.bytes.subarray(0, 6) ?? []], [0, 0, 0, 1, 0, 0]);
    assert.deepEqual([...tensors.get("genres")?.bytes ?? []], [0, 1, 1, 1]);
    assert.deepEqual([...tensors.get("splits")?.bytes ?? []], [0, 1]);
    const hashOf = async (posters: PackedPoster[]) => await writeSet(`${root}/c`, 2, posters);
    const hash = await hashOf(posters);
    assert.notEqual(await hashOf([poster(0), poster(1, { year: 5 })]), hash);
    assert.notEqual(await hashOf([poster(0), poster(1, { row: 0 })]), hash);
    assert.notEqual(await hashOf([poster(0), poster(1, { id: "x" })]), hash);
  }));

Deno.test("createPosterWriter refuses what is no set, and leaves nothing behind", () =>
  withFolder(async (root) => {
    const write = (...posters: PackedPoster[]) => writeSet(`${root}/set`, 1, posters);
    await assert.rejects(write(), /Cannot pack posters: there are none/);
    await assert.rejects(write(poster(0, { row: 1 })), /Cannot pack poster tt0: no picture 1 of 1/);
    await assert.rejects(write(poster(0), poster(0)), /poster tt0: its id is there twice/);
    const bare = poster(0, { genres: new Uint8Array(2) });
    await assert.rejects(write(bare), /its labels are \[0,0\], expected 2 with at least one 1/);
    const writer = await createPosterWriter(`${root}/set`, size);
    const wrong = markedPicture({ width: 8, height: 8 }, 0);
    await assert.rejects(writer.append(wrong), /Cannot pack a poster of 8x8: expected 16x24/);
    await writer.abort();
    assert.deepEqual([...Deno.readDirSync(root)], []);
    await assert.rejects(
      createPosterWriter(`${root}/missing/set`, size),
      /Cannot write posters .*missing\/set: /,
    );
  }));

/** Writes a set, changes its bytes, and gives the message of opening it. */
async function openDamaged(
  root: string,
  damage: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array,
): Promise<string> {
  const path = `${root}/set`;
  await writeSet(path, 3, [poster(0), poster(1), poster(2)]);
  await Deno.writeFile(path, damage(await Deno.readFile(path)));
  const error = await openPackedPosters(path).then(
    async (set) => {
      await set.close();
      return "opened";
    },
    (error: Error) => `${error.name}: ${error.message}`,
  );
  return error.replace(root, "ROOT");
}

/** The bytes with a text replaced by one of the same length. */
function replaceText(bytes: Uint8Array<ArrayBuffer>, from: string, to: string) {
  assert.equal(from.length, to.length);
  const at = new TextDecoder("latin1").decode(bytes).indexOf(from);
  assert.ok(at >= 0, `${from} is in the file`);
  bytes.set(new TextEncoder().encode(to), at);
  return bytes;
}

const labelStart = (bytes: Uint8Array<ArrayBuffer>) =>
  8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));

Deno.test("openPackedPosters says what is wrong with a damaged file", () =>
  withFolder(async (root) => {
    const found = (damage: Parameters<typeof openDamaged>[1]) => openDamaged(root, damage);
    const swapped = (from: string, to: string) => found((bytes) => replaceText(bytes, from, to));
    const poked = (offset: number, value: number) =>
      found((bytes) =>
        bytes.fill(value, labelStart(bytes) + offset, labelStart(bytes) + offset + 1)
      );
    const prefix = "SyntaxError: Cannot read posters ROOT/set: ";
    assert.equal(
      await found((bytes) => bytes.subarray(0, 5)),
      `${prefix}it has 5 bytes, expected at least 8`,
    );
    assert.match(
      await found((bytes) => bytes.fill(255, 0, 8)),
      /its header claims 18446744073709551615 bytes, expected at most \d+$/,
    );
    assert.match(
      await found((bytes) => bytes.subarray(0, -1)),
      /it has (\d+) bytes, expected \d+$/,
    );
    assert.match(await found((bytes) => bytes.fill(0x7b, 8, 20)), /its header is not JSON$/);
    assert.match(await swapped("lobbycard", "somecards"), /no metadata of lobbycard/);
    assert.match(await swapped('\\"format\\":1', '\\"format\\":2'), /its format is 2, expected 1$/);
    assert.match(
      await swapped('"I32"', '"U32"'),
      /dtype of tensor "years" is "U32", expected "I32"$/,
    );
    assert.match(
      await swapped('"shape":[3,24,16,3]', '"shape":[3,16,24,3]'),
      /shape of tensor "images" is \[3,16,24,3\], expected \[3,24,16,3\]$/,
    );
    assert.match(await swapped('"splits":{', '"splitz":{'), /it has a tensor "splitz", expected/);
    assert.match(await swapped('\\"tt2\\"', '\\"tt1\\"'), /of its 3 ids only 2 differ$/);
    assert.match(
      await swapped('\\"tt2\\"', '\\"tt7\\"'),
      /its header and labels do not give its hash/,
    );
    // Hashes take 24 bytes, years 12, genres 6, splits 3.
    assert.match(await poked(38, 7), /the genres of tt1 are \[7,1\], expected 0 or 1$/);
    assert.match(await poked(37, 0), /tt0 has no genre, expected at least one$/);
    assert.match(await poked(44, 3), /the split of tt2 is 3, expected 0 to 2$/);
    assert.match(await poked(27, 255), /the year of tt0 is -\d+, expected 0 to 9999$/);
    assert.match(await poked(3, 9), /do not give its hash/);
    await assert.rejects(
      openPackedPosters(`${root}/nothing`),
      /^NotFound: Cannot read posters .*nothing: no such file/,
    );
  }));

Deno.test("openPackedPosters refuses any cut and any changed byte before the pictures", () =>
  withFolder(async (root) => {
    const path = `${root}/set`;
    await writeSet(path, 2, [poster(0), poster(1)]);
    const whole = await Deno.readFile(path);
    const labelEnd = labelStart(whole) + 2 * (8 + 4 + 2 + 1);
    const refused = async (bytes: Uint8Array) => {
      await Deno.writeFile(path, bytes);
      await assert.rejects(openPackedPosters(path), /Cannot read posters/);
    };
    const cut = fc.integer({ min: 0, max: whole.length - 1 });
    const flip = fc.tuple(
      fc.integer({ min: 0, max: labelEnd - 1 }),
      fc.integer({ min: 0, max: 7 }),
    );
    await fc.assert(fc.asyncProperty(cut, (at) => refused(whole.subarray(0, at))), { numRuns: 60 });
    await fc.assert(
      fc.asyncProperty(flip, async ([at, bit]) => {
        const bytes = whole.slice();
        bytes[at] ^= 1 << bit;
        await refused(bytes);
      }),
      { numRuns: 300 },
    );
  }));

Deno.test("verifyPictures finds a changed byte of a picture", () =>
  withFolder(async (root) => {
    const path = `${root}/set`;
    await writeSet(path, 1, [poster(0)]);
    const bytes = await Deno.readFile(path);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(path, bytes);
    const set = await openPackedPosters(path);
    await assert.rejects(set.verifyPictures(), /its pictures are not the ones that were packed/);
    await set.close();
  }));

// Zip archives: what PyTorch writes is read, and nothing that could stand for more, or for something else, than it is.

import assert from "node:assert/strict";
import { readZip } from "../../tasks/_torch_zip.ts";
import { ascii, join, little, shortEnd, zip, type ZipEntry } from "./_torch_files.ts";

const ABC: ZipEntry = { name: "a/abc", data: ascii("abc") };
const EMPTY: ZipEntry = { name: "a/empty", data: [] };
/** Bytes of a local header before the name. */
const LOCAL = 30;

function assertRefused(file: Uint8Array, problem: RegExp) {
  assert.throws(() => readZip(file), (error) => {
    assert(error instanceof SyntaxError);
    assert.match(error.message, /^Cannot read weights: its archive/);
    assert.match(error.message, problem);
    return true;
  });
}

/** An end record that leaves its numbers to ZIP64's, which follow from the directory unless they are given. */
function longEnd(
  change: { count?: bigint; bytes?: bigint; start?: bigint; place?: bigint; short?: number[] } = {},
) {
  return (directory: { count: number; bytes: number; start: number }) => {
    const place = change.place ?? BigInt(directory.start + directory.bytes);
    const { count = BigInt(directory.count), bytes = BigInt(directory.bytes) } = change;
    return [
      ...[...ascii("PK\x06\x06"), ...little(44, 8), ...little(0, 12)],
      ...[...little(count, 8), ...little(count, 8), ...little(bytes, 8)],
      ...little(change.start ?? BigInt(directory.start), 8),
      ...[...ascii("PK\x06\x07"), ...little(0, 4), ...little(place, 8), ...little(1, 4)],
      ...change.short ??
        shortEnd({ count: 0xffff, bytes: 0xffffffff, start: 0xffffffff }),
    ];
  };
}

Deno.test("readZip gives each entry as a view of the archive's bytes", () => {
  const file = join([[7], zip([ABC, EMPTY])]).subarray(1);
  const entries = readZip(file);
  assert.deepEqual([...entries.keys()], ["a/abc", "a/empty"]);
  const abc = entries.get("a/abc");
  assert.deepEqual([...abc ?? []], ascii("abc"));
  assert.equal(abc?.buffer, file.buffer);
});

Deno.test("readZip takes an archive with a comment, and one without entries", () => {
  const commented = zip([ABC], (directory) => {
    const record = shortEnd(directory);
    // The comment holds a signature of its own.
    return [...record.slice(0, -2), 4, 0, ...ascii("PK\x05\x06")];
  });
  assert.deepEqual([...readZip(commented).keys()], ["a/abc"]);
  assert.equal(readZip(zip([])).size, 0);
});

Deno.test("readZip takes the numbers of ZIP64 records", () => {
  assert.equal(readZip(zip([ABC, EMPTY], longEnd())).size, 2);
  // Size, packed size and place of an entry in its extra field, behind a field of another kind.
  const extra = [9, 0, 2, 0, 1, 1, 1, 0, 24, 0, ...little(3, 8), ...little(3, 8), ...little(0, 8)];
  const wide = { ...ABC, size: 0xffffffff, packed: 0xffffffff, start: 0xffffffff, extra };
  assert.deepEqual([...readZip(zip([wide])).get("a/abc") ?? []], ascii("abc"));
});

Deno.test("readZip refuses ZIP64 records that are nonsense, or say something else than the short one", () => {
  const one = shortEnd({ count: 2, bytes: 0xffffffff, start: 0xffffffff });
  assertRefused(zip([ABC], longEnd({ short: one })), /two end records differ/);
  assertRefused(zip([ABC], longEnd({ place: 2n ** 63n })), /end record is 9223372036854776000/);
  assertRefused(zip([ABC], longEnd({ place: 0n })), /not where it should be/);
  assertRefused(zip([ABC], longEnd({ count: 2n ** 64n - 1n })), /number of entries is 1844/);
  assertRefused(zip([ABC], longEnd({ count: 2n ** 40n })), /claims 1099511627776 entries/);
  assertRefused(zip([ABC], longEnd({ bytes: 2n ** 50n })), /directory does not lie in the file/);
  assertRefused(zip([ABC], longEnd({ start: 2n ** 53n })), /directory's place is 9007199254740992/);
  for (const extra of [[], [1, 0, 8, 0, ...little(2n ** 63n, 8)], [1, 0, 200, 0]]) {
    const wide = { ...ABC, size: 0xffffffff, packed: 0xffffffff, extra };
    assertRefused(zip([wide]), /"a\/abc" has no valid size or place/);
  }
});

Deno.test("readZip refuses compressed and encrypted entries", () => {
  assertRefused(zip([{ ...ABC, method: 8 }]), /"a\/abc" is compressed by method 8/);
  assertRefused(zip([{ ...ABC, packed: 2 }]), /"a\/abc" has no valid size or place/);
  assertRefused(zip([{ ...ABC, flags: 1 }]), /"a\/abc" is encrypted/);
});

Deno.test("readZip refuses names that come twice, and entries that share bytes", () => {
  assertRefused(zip([ABC, ABC]), /has the entry "a\/abc" twice/);
  // A bomb of the kind that has each entry inside the one before.
  const inner = zip([ABC]), size = inner.length + LOCAL + "a/outer".length;
  const outer = { name: "a/outer", data: inner, size: inner.length };
  const start = LOCAL + "a/outer".length;
  assertRefused(zip([outer, { ...ABC, start }]), /entry "a\/abc" inside another one/);
  assertRefused(
    zip([EMPTY, { ...EMPTY, name: "a/other", start: 0 }]),
    /inside another|another name/,
  );
  assertRefused(zip([{ ...ABC, size: 2 * size }]), /does not lie in the file/);
});

Deno.test("readZip refuses an entry whose own header says something else", () => {
  assertRefused(zip([{ ...ABC, ownName: "a/xyz" }]), /"a\/abc" has another name in its own header/);
  assertRefused(zip([{ ...ABC, start: 1 }]), /"a\/abc" is not where the directory says/);
  assertRefused(zip([{ ...ABC, start: 0xfffffff0 }]), /"a\/abc" is not where the directory says/);
  assertRefused(zip([{ ...ABC, name: "\x1b[2J", ownName: "x" }]), /"\\u001b\[2J" has another name/);
});

Deno.test("readZip checks checksums, where there are any", () => {
  assertRefused(zip([{ ...ABC, crc: 1 }]), /"a\/abc" is damaged: its checksum does not fit/);
  // torch.serialization.set_crc32_options(False)
  assert.equal(readZip(zip([{ ...ABC, crc: 0 }])).size, 1);
});

Deno.test("readZip refuses a directory that is not what the end record says", () => {
  const changed = (change: Partial<Parameters<typeof shortEnd>[0]>) =>
    zip([ABC, EMPTY], (directory) => shortEnd({ ...directory, ...change }));
  assertRefused(changed({ count: 3 }), /claims 3 entries|has no entry 2/);
  assertRefused(changed({ count: 0xffff }), /claims 65535 entries/);
  assertRefused(changed({ bytes: 40 }), /claims 2 entries/);
  assertRefused(changed({ bytes: 0x7fffffff }), /does not lie in the file/);
  assertRefused(changed({ start: 3 }), /has no entry 0/);
  assertRefused(changed({ start: 0xffffffff }), /does not lie in the file/);
});

Deno.test("readZip refuses an archive that is cut anywhere", () => {
  const file = zip([ABC, EMPTY]);
  for (let length = 0; length < file.length; length++) {
    assertRefused(file.subarray(0, length), /has no end record/);
  }
});

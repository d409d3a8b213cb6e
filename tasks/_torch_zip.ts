// Reads the zip archives that PyTorch writes: stored entries alone, each byte of the file in one entry at most.
// Format: PKWARE's APPNOTE, sections 4.3.6 to 4.3.16 and 4.5.3.

import { crc32 } from "node:zlib";
import { quote, refuseWeights } from "./_torch_fault.ts";

const END = 0x06054b50, END64 = 0x06064b50, LOCATOR64 = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50, LOCAL_HEADER = 0x04034b50;
const END_BYTES = 22, END64_BYTES = 56, LOCATOR64_BYTES = 20;
const ENTRY_BYTES = 46, LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;
/** A field of this value, or of 16 bits 0xffff, has its number in a ZIP64 record. */
const ELSEWHERE = 0xffffffff;
/** Most entries; a network has one per tensor and a few. */
const MAX_ENTRIES = 2 ** 15;

interface Directory {
  entries: number;
  bytes: number;
  start: number;
}

interface Entry {
  name: string;
  crc: number;
  size: number;
  start: number;
}

/**
 * The entries of an archive by name, as views of its bytes.
 *
 * The sizes are those of the central directory, as PyTorch's writer leaves them out of the local headers. Checked before
 * anything is made of them: no compression, no encryption, no name twice, no two entries that share bytes, checksums.
 *
 * @throws {SyntaxError} saying what is wrong with the archive
 */
export function readZip(file: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const directory = findDirectory(view);
  const contents = new Map<string, Uint8Array>();
  let previousEnd = 0;
  const entries = readDirectory(file, view, directory).sort((a, b) => a.start - b.start);
  for (const entry of entries) {
    if (contents.has(entry.name)) {
      refuseWeights(`its archive has the entry ${quote(entry.name)} twice`);
    }
    if (entry.start < previousEnd) {
      refuseWeights(`its archive has entry ${quote(entry.name)} inside another one`);
    }
    const bytes = entryBytes(file, view, entry, directory.start);
    previousEnd = bytes.byteOffset - file.byteOffset + bytes.length;
    contents.set(entry.name, bytes);
  }
  return contents;
}

/** Where the central directory lies, by the record at the archive's end. */
function findDirectory(view: DataView): Directory {
  const end = findEnd(view);
  const directory = {
    entries: view.getUint16(end + 10, true),
    bytes: view.getUint32(end + 12, true),
    start: view.getUint32(end + 16, true),
  };
  const locator = end - LOCATOR64_BYTES;
  const is64 = locator >= 0 && view.getUint32(locator, true) === LOCATOR64;
  const found = is64 ? readEnd64(view, locator, directory) : directory;
  const { entries, bytes, start } = found;
  if (start + bytes > end) refuseWeights("its archive's directory does not lie in the file");
  if (entries > MAX_ENTRIES || entries * ENTRY_BYTES > bytes) {
    refuseWeights(`its archive's directory of ${bytes} bytes claims ${entries} entries`);
  }
  return found;
}

/** The end record: the last one that a comment up to the end of the file may follow. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === last - at) return at;
  }
  refuseWeights("its archive has no end record; it is cut off, or no archive");
}

/** The ZIP64 end record, which must say the same as the short one wherever that says anything. */
function readEnd64(view: DataView, locator: number, short: Directory): Directory {
  const at = readCount64(view, locator + 8, "end record");
  if (at + END64_BYTES > locator || view.getUint32(at, true) !== END64) {
    refuseWeights("its archive's ZIP64 end record is not where it should be");
  }
  const long = {
    entries: readCount64(view, at + 32, "number of entries"),
    bytes: readCount64(view, at + 40, "directory's size"),
    start: readCount64(view, at + 48, "directory's place"),
  };
  const agree = (short.entries === 0xffff || short.entries === long.entries) &&
    (short.bytes === ELSEWHERE || short.bytes === long.bytes) &&
    (short.start === ELSEWHERE || short.start === long.start);
  if (!agree) refuseWeights("its archive's two end records differ");
  return long;
}

function readCount64(view: DataView, at: number, what: string): number {
  const count = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(count)) refuseWeights(`its archive's ${what} is ${count}`);
  return count;
}

function readDirectory(
  file: Uint8Array,
  view: DataView,
  { entries, bytes, start }: Directory,
): Entry[] {
  const end = start + bytes, list: Entry[] = [];
  let at = start;
  for (let i = 0; i < entries; i++) {
    if (at + ENTRY_BYTES > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      refuseWeights(`its archive's directory has no entry ${i} where one should be`);
    }
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const extraStart = at + ENTRY_BYTES + name, next = extraStart + extra + comment;
    if (next > end) refuseWeights(`its archive's directory is cut off in entry ${i}`);
    list.push(readEntry(view, at, {
      name: decodeName(file.subarray(at + ENTRY_BYTES, extraStart)),
      extra: new DataView(view.buffer, view.byteOffset + extraStart, extra),
    }));
    at = next;
  }
  return list;
}

function readEntry(
  view: DataView,
  at: number,
  { name, extra }: { name: string; extra: DataView },
): Entry {
  const flags = view.getUint16(at + 8, true), method = view.getUint16(at + 10, true);
  if (flags & 1) refuseWeights(`its archive's entry ${quote(name)} is encrypted`);
  if (method !== 0) {
    refuseWeights(
      `its archive's entry ${quote(name)} is compressed by method ${method}; PyTorch stores its ` +
        "entries as they are",
    );
  }
  const [packed, size, start] = [20, 24, 42].map((field) => view.getUint32(at + field, true));
  const longs = readExtra64(extra);
  // In this order, and only those whose field has no room.
  const widen = (value: number) => value === ELSEWHERE ? longs.shift() ?? Infinity : value;
  const wide = { size: widen(size), packed: widen(packed), start: widen(start) };
  if (wide.packed !== wide.size || !Number.isSafeInteger(wide.size + wide.start)) {
    refuseWeights(`its archive's entry ${quote(name)} has no valid size or place`);
  }
  return { name, crc: view.getUint32(at + 16, true), size: wide.size, start: wide.start };
}

/** The numbers of the extra field with ZIP64's (id 1), empty without. */
function readExtra64(extra: DataView): number[] {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const id = extra.getUint16(at, true), length = extra.getUint16(at + 2, true);
    if (at + 4 + length > extra.byteLength) break;
    if (id === 1) {
      return Array.from(
        { length: Math.floor(length / 8) },
        (_, i) => Number(extra.getBigUint64(at + 4 + 8 * i, true)),
      );
    }
    at += 4 + length;
  }
  return [];
}

/** An entry's content, which lies behind its local header and before the directory. */
function entryBytes(
  file: Uint8Array,
  view: DataView,
  { name, crc, size, start }: Entry,
  limit: number,
): Uint8Array {
  if (start + LOCAL_BYTES > limit || view.getUint32(start, true) !== LOCAL_HEADER) {
    refuseWeights(`its archive's entry ${quote(name)} is not where the directory says`);
  }
  const nameBytes = view.getUint16(start + 26, true), nameStart = start + LOCAL_BYTES;
  const dataStart = nameStart + nameBytes + view.getUint16(start + 28, true);
  if (dataStart + size > limit) {
    refuseWeights(`its archive's entry ${quote(name)} of ${size} bytes does not lie in the file`);
  }
  if (decodeName(file.subarray(nameStart, nameStart + nameBytes)) !== name) {
    refuseWeights(`its archive's entry ${quote(name)} has another name in its own header`);
  }
  const bytes = file.subarray(dataStart, dataStart + size);
  // PyTorch leaves the checksum 0 if it was told not to compute it.
  if (crc !== 0 && crc32(bytes) !== crc) {
    refuseWeights(`its archive's entry ${quote(name)} is damaged: its checksum does not fit`);
  }
  return bytes;
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuseWeights("its archive has a name that is not UTF-8");
  }
}

// Which frames ffmpeg is asked for; frames cut out of a stream of bytes; what ffmpeg says while it decodes.

import assert from "node:assert/strict";
import fc from "fast-check";
import { readFrameBytes } from "../../tasks/_frame_pipe.ts";
import { findMark, readDecoderLog } from "../../tasks/_video_log.ts";
import { passthroughFlag } from "../../tasks/_video_reader.ts";
import { coverFrames, selectExpression } from "../../tasks/_video_selection.ts";

/** What ffmpeg's expression gives for a frame: its functions have JavaScript's grammar, but for one name. */
function evaluate(expression: string, n: number): number {
  const functions = {
    choose: (condition: number, yes: number, no: number) => condition ? yes : no,
    lt: (a: number, b: number) => Number(a < b),
    eq: (a: number, b: number) => Number(a === b),
    between: (a: number, from: number, to: number) => Number(a >= from && a <= to),
  };
  const text = expression.replaceAll("if(", "choose(");
  return new Function("n", ...Object.keys(functions), `return ${text}`)(
    n,
    ...Object.values(functions),
  );
}

const ascending = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 80 })
  .map((numbers) => numbers.sort((a, b) => a - b));

Deno.test("selectExpression() of coverFrames() is true for the wanted frames and no others", () => {
  fc.assert(fc.property(ascending, (numbers) => {
    const expression = selectExpression(coverFrames(numbers));
    for (let n = 0; n <= 401; n++) {
      assert.equal(evaluate(expression, n) !== 0, numbers.includes(n), `${n} of ${numbers}`);
    }
  }));
});

Deno.test("coverFrames() holds all numbers in as many ranges as are allowed", () => {
  fc.assert(fc.property(ascending, fc.integer({ min: 1, max: 20 }), (numbers, most) => {
    const ranges = coverFrames(numbers, most);
    assert.ok(ranges.length <= most);
    const isIn = (n: number) => ranges.some(({ first, last }) => n >= first && n <= last);
    assert.ok(numbers.every(isIn));
    ranges.slice(1).forEach(({ first }, i) => assert.ok(first > ranges[i].last + 1));
  }));
  // The smaller gaps are bridged.
  assert.deepEqual(coverFrames([1, 3, 90, 91, 200], 3), [
    { first: 1, last: 3 },
    { first: 90, last: 91 },
    { first: 200, last: 200 },
  ]);
});

Deno.test("selectExpression() of 50,000 scattered frames fits into an argument", () => {
  const numbers = Array.from({ length: 50_000 }, (_, i) => 1_000_000 + 5 * i + (i * i) % 4);
  assert.ok(selectExpression(coverFrames(numbers)).length < 128 * 1024);
});

function streamOf(chunks: Uint8Array[], onPull: () => void = () => {}): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      onPull();
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  }, { highWaterMark: 0 });
}

Deno.test("readFrameBytes() cuts frames out of chunks of any length", async () => {
  const bytes = Uint8Array.from({ length: 60 }, (_, i) => i);
  for (const size of [1, 7, 12, 59, 60]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < 60; at += size) chunks.push(bytes.slice(at, at + size));
    const frames = await Array.fromAsync(readFrameBytes(streamOf(chunks), 12));
    assert.deepEqual(frames, [0, 1, 2, 3, 4].map((i) => bytes.slice(12 * i, 12 * i + 12)));
  }
});

Deno.test("readFrameBytes() reads no more than it is asked for, and closes what it leaves", async () => {
  let pulls = 0, left = 0;
  const chunks = Array.from({ length: 1000 }, () => new Uint8Array(8));
  const stream = streamOf(chunks, () => pulls++);
  for await (const frame of readFrameBytes(stream, 16)) {
    assert.equal(frame.length, 16);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(pulls <= 2 * (left + 1) + 1, `${pulls} pulls for ${left + 1} frames`);
    if (++left === 3) break;
  }
  assert.equal((await stream.getReader().read()).done, true);
});

Deno.test("readFrameBytes() refuses a stream that ends inside a frame", async () => {
  const frames = Array.fromAsync(readFrameBytes(streamOf([new Uint8Array(20)]), 16));
  await assert.rejects(frames, /Cannot read a frame: the stream ended after 4 bytes of it/);
});

const words = (...lines: string[]) => streamOf(lines.map((line) => new TextEncoder().encode(line)));

Deno.test("findMark() reads the lines of old and new versions, and no others", () => {
  const old =
    "[Parsed_showinfo_1 @ 0x5] [info] n:   7 pts:   3584 pts_time:0.28    pos:  48 fmt:rgba sar:1/1 s:64x36 i:P iskey:1 type:I ";
  const recent =
    "[Parsed_showinfo_3 @ 0x5] [info] n:   0 pts: NOPTS pts_time:NOPTS   duration:    512 duration_time:0.04    fmt:rgba cl:left sar:1/1 s:64x36 i:P iskey:0 type:B ";
  assert.deepEqual(findMark(old), { seconds: 0.28, isKey: true });
  assert.deepEqual(findMark(recent), { seconds: undefined, isKey: false });
  assert.equal(
    findMark("[Parsed_showinfo_1 @ 0x5] [info] color_range:pc color_space:gbr"),
    undefined,
  );
  assert.equal(findMark("[info] Stream mapping:"), undefined);
});

Deno.test("readDecoderLog() gives marks in order, counts complaints, and ends", async () => {
  const mark = (time: number) =>
    `[Parsed_showinfo_1 @ 0x5] [info] n: 0 pts: 1 pts_time:${time} iskey:0 type:P\n`;
  const complaints = { count: 0, first: undefined };
  const stream = words(
    mark(1).slice(0, 40),
    mark(1).slice(40) + "[h264 @ 0x7] [error] Invalid NAL unit size (669 > 197).\n",
    "[fatal] no more\n" + mark(2),
  );
  const log = readDecoderLog(stream, complaints);
  assert.equal((await log.next())?.seconds, 1);
  assert.equal((await log.next())?.seconds, 2);
  assert.equal(await log.next(), undefined);
  await log.end;
  assert.deepEqual(complaints, { count: 2, first: "Invalid NAL unit size (669 > 197)" });
});

Deno.test("passthroughFlag() knows which versions have which flag", () => {
  for (const old of ["4.4.2-0ubuntu0.22.04.1", "n4.3.1", "5.0.1", "3.4"]) {
    assert.equal(passthroughFlag(`ffmpeg version ${old} Copyright`), "-vsync", old);
  }
  for (
    const recent of [
      "5.1.9-0+deb12u1",
      "n6.0",
      "7.1",
      "8.0.1",
      "N-125875-g5d4d3bdc61",
      "2026-01-02-git-x",
    ]
  ) {
    assert.equal(passthroughFlag(`ffmpeg version ${recent} Copyright`), "-fps_mode", recent);
  }
});

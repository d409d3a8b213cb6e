// Exact frame times: found among the packets', and told to ffmpeg.

import assert from "node:assert/strict";
import { matchTicks } from "../../tasks/_video_times.ts";
import { ticksExpression } from "../../tasks/_video_writer.ts";

Deno.test("matchTicks takes the packets in order where there is one for each frame", () => {
  // Six digits of 12345.678 s leave 12345.7, which is nearer to the frame after.
  assert.deepEqual(matchTicks([100, 140, 180], [96, 170, 171]), [100, 140, 180]);
});

Deno.test("matchTicks takes the nearest packet where some frames did not come", () => {
  assert.deepEqual(matchTicks([0, 40, 80, 120, 160], [41, 118]), [40, 120]);
});

Deno.test("matchTicks rises, also without packets or where two frames are nearest to one", () => {
  assert.deepEqual(matchTicks([], [0, 0.2, 40.4]), [0, 1, 40]);
  assert.deepEqual(matchTicks([0, 40], [0, 38, 43]), [0, 40, 43]);
});

Deno.test("ticksExpression is a line for even frames, and right for every frame of uneven ones", () => {
  assert.equal(ticksExpression([0]), "0");
  assert.equal(ticksExpression([0, 512, 1024, 1536]), "0+512*(N-0)");
  const ticks = [0, 3, 4, 10, 20, 30, 40, 41, 42, 90];
  const source = ticksExpression(ticks);
  for (const [n, tick] of ticks.entries()) assert.equal(evaluate(source, n), tick, source);
});

/** The few words of ffmpeg's language that are used. */
function evaluate(source: string, n: number): number {
  const choose = (condition: boolean, yes: number, no: number) => condition ? yes : no;
  const call = new Function("N", "choose", "lt", `return ${source.replaceAll("if(", "choose(")}`);
  return call(n, choose, (a: number, b: number) => a < b);
}

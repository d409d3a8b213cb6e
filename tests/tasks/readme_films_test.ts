// The README's way from two films to a redrawn one, command by command, on films of seconds.

import assert from "node:assert/strict";
import { frameTimes, soundHash } from "./_run_stylize.ts";
import { makeFilm, SCENES, videoTest } from "./_test_video.ts";

const PROJECT = new URL("../../", import.meta.url);

/** Flags that make a command small, and those of the README that they replace. */
const SMALLER: Record<string, string> = {
  "data:frames": "--skip-start 0.25 --skip-end 0.25 --test-fraction 0.3",
  "train:cyclegan": "--size 32 --budget 3s --width 4 --blocks 1 --disc-width 4 --disc-layers 1",
  "export": "--out ROOT/models",
  "stylize": "--model ROOT/models/films",
};

videoTest(
  "the README's commands make of two films a third, with sound and all its frames",
  async (root) => {
    const coding = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";
    const films = [
      { name: "first.mkv", shots: SCENES.slice(0, 4), bars: 8, sound: true },
      { name: "second.mp4", shots: SCENES.slice(3), bars: 0, sound: false },
      { name: "clip.mp4", shots: SCENES.slice(1, 3), bars: 8, sound: true },
    ];
    for (const { name, shots, bars, sound } of films) {
      const film = { shots, bars, sound, size: [96, 56] as const, seconds: 1.5 };
      await makeFilm(`${root}/${name}`, { ...film, ...(sound && { coding }) });
    }
    const commands = await readCommands();
    assert.deepEqual(commands.map(([task]) => task), [
      ...["data:frames", "data:frames", "train:cyclegan", "export", "stylize"],
    ]);
    let said = "";
    for (const [task, ...flags] of commands) {
      said = await run(task, place(root, [...flags, ...SMALLER[task].split(" ")]));
    }
    assert.match(said, /Flicker .* without smoothing, [\d.]+ with --temporal 0\.7/);
    const [clip, out] = [`${root}/clip.mp4`, `${root}/redrawn.mp4`];
    assert.deepEqual(await frameTimes(out), await frameTimes(clip));
    assert.equal(await soundHash(out), await soundHash(clip));
  },
);

/** The words of each command of the section after `deno task`. */
async function readCommands(): Promise<string[][]> {
  const text = await Deno.readTextFile(new URL("README.md", PROJECT));
  const [, section] = text.split("## From two films to a redrawn one\n");
  const [, block] = /```sh\n([^`]*)```/.exec(section) ?? assert.fail("no commands in the section");
  return block.trim().split("\n").map((line) => line.split(/\s+/).slice(2));
}

/** The flags with each file in a folder of its own; of a flag that comes twice the last one stands. */
function place(root: string, words: string[]): string[] {
  const flags = new Map<string, string>();
  for (let i = 0; i < words.length; i += 2) flags.set(words[i], words[i + 1]);
  const files = new Set(["--video", "--data", "--run", "--in", "--out"]);
  return [...flags].flatMap(([flag, value]) => {
    if (value.startsWith("ROOT")) return [flag, value.replace("ROOT", root)];
    return [flag, files.has(flag) ? `${root}/${value}` : value];
  });
}

/** Runs a task as deno.json has it, with no more permissions than it says; gives what it printed. */
async function run(task: string, flags: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", task, ...flags],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder(), said = decoder.decode(stdout) + decoder.decode(stderr);
  assert.ok(success, `deno task ${task} ${flags.join(" ")}: ${said}`);
  return said;
}

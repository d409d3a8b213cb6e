// Runs a task in a process of its own, as a person would, and gives what it printed.

/** Runs `tasks/<task>.ts` with flags, given as one line. */
export async function runTask(
  task: string,
  flags: string,
): Promise<{ code: number; out: string; err: string }> {
  const script = new URL(`../../tasks/${task}.ts`, import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...flags.split(" ")],
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

// Runs a task in a process of its own, as a person would, and gives what it printed.

/** Runs `tasks/<task>.ts` with flags, given as one line or as several; `text` is all that it printed. */
export async function runTask(
  task: string,
  ...flags: string[]
): Promise<{ code: number; out: string; err: string; text: string }> {
  const script = new URL(`../../tasks/${task}.ts`, import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...flags.flatMap((part) => part.split(" "))],
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const out = decode(stdout), err = decode(stderr);
  return { code, out, err, text: out + err };
}

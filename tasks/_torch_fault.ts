// How the readers of other people's weights refuse a file: one wording, and names that come from the file shown safely.

/** Longest part of a name or of a text from the file that a message shows. */
const SHOWN = 100;

/** Refuses the file. @throws {SyntaxError} always, saying what is wrong with it */
export function refuseWeights(problem: string): never {
  throw new SyntaxError(`Cannot read weights: ${problem}`);
}

/** Text from the file in quotes: no control characters, and not longer than a line. */
export function quote(text: string): string {
  const short = text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
  // JSON leaves the control characters above 0x7e as they are; a terminal would obey them.
  return JSON.stringify(short).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A message that may hold text from the file, for a terminal: other lines' control characters are taken out. */
export function printable(message: string): string {
  // deno-lint-ignore no-control-regex -- these are what is looked for
  return message.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, "?");
}

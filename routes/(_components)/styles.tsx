// Styles inside the page: as files of their own they would hold back the first paint by a round trip.

import { Head } from "fresh/runtime";

const folder = new URL("../../static/", import.meta.url);

/** What is between the quotes of a style sheet stays as it is; comments are for us alone, and so is the indentation. */
const forUsAlone = /\/\*[^]*?\*\/|\s+(?=\s)/g;

const sheets = new Map(
  Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => name.endsWith(".css"))
    .map((name) => [name, Deno.readTextFileSync(new URL(name, folder)).replace(forUsAlone, "")]),
);

/** What a security policy's `style-src` says of these styles and no others. */
export const styleHashes: readonly string[] = await Promise.all(
  [...sheets.values()].map(async (text) => {
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return `'sha256-${new Uint8Array(hash).toBase64()}'`;
  }),
);

/** One of the style sheets of static/, such as `styles.css`, as an element of the head. @throws {RangeError} if there is none */
export function StyleSheet({ name }: { name: string }) {
  const text = sheets.get(name);
  if (text === undefined) {
    const known = [...sheets.keys()].join(", ");
    throw new RangeError(`Cannot style the page: there is no ${name}; expected one of ${known}`);
  }
  // deno-lint-ignore react-no-danger
  return <style dangerouslySetInnerHTML={{ __html: text }} />;
}

/** The same from within a page. */
export function PageStyles({ names }: { names: readonly string[] }) {
  return <Head>{names.map((name) => <StyleSheet key={name} name={name} />)}</Head>;
}

// Which font files the page's style sheets name for a text: those that the browser itself sets it with.

import type { Family } from "./_poster_fonts.ts";

/** Addresses of the files of a family that hold characters of a text, in the style sheet's order, the last one's first. */
export function fontFilesFor({ name }: Family, text: string): string[] {
  const characters = [...text].map((character) => character.codePointAt(0) ?? 0);
  return fontFaces().filter(({ family, holds }) => family === name && characters.some(holds))
    // Where ranges overlap, the browser takes the face that was named last.
    .map(({ url }) => url).reverse();
}

interface FaceRule {
  family: string;
  url: string;
  holds(character: number): boolean;
}

function fontFaces(): FaceRule[] {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  return rules.flatMap((rule): FaceRule[] => {
    if (!(rule instanceof CSSFontFaceRule)) return [];
    const of = (property: string) => rule.style.getPropertyValue(property);
    const [, address] = of("src").match(/url\("?([^")]+)"?\)/) ?? [];
    if (!address) return [];
    const family = of("font-family").replaceAll(/^["']|["']$/g, "");
    return [{
      family,
      url: new URL(address, rule.parentStyleSheet?.href ?? location.href).href,
      holds: parseRanges(of("unicode-range")),
    }];
  });
}

/** Whether a character is in ranges as style sheets have them, such as `U+0-7F, U+2116`; all are where none is named. */
export function parseRanges(text: string): (character: number) => boolean {
  const ranges = [...text.matchAll(/U\+([0-9a-f]+)(?:-([0-9a-f]+))?/gi)].map(([, from, to]) => [
    parseInt(from, 16),
    parseInt(to ?? from, 16),
  ]);
  return (character) =>
    ranges.length === 0 || ranges.some(([from, to]) => character >= from && character <= to);
}

// Sets the words over the picture at hand, as soon as the fonts that they need have arrived.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Picture } from "../gpu/picture.ts";
import type { Measure } from "./_poster_fit.ts";
import { type Family, familyFor, findFamily, fontOf, SMALL_PRINT } from "./_poster_fonts.ts";
import type { PosterOptions, PosterWords } from "./_poster_options.ts";
import { setType, type Typesetting } from "./_poster_type.ts";

/** Widths are measured at this size, in pixels: large enough that hinting does not round them. */
const MEASURED_PIXELS = 200;

/** Beyond so many widths the old ones are forgotten. */
const MOST_KEPT = 20_000;

/** The words of these choices over a picture; undefined without one. */
export function useTypesetting(
  options: PosterOptions,
  picture: Picture | undefined,
): Typesetting | undefined {
  const { words, place } = options;
  const family = familyOf(options);
  const [measure, setMeasure] = useState<Measure>();
  useEffect(() => {
    let isWanted = true;
    loadFonts(family, words).then(() => {
      if (isWanted) setMeasure(() => createMeasure());
    });
    return () => isWanted = false;
  }, [family, words]);
  return useMemo(
    () => picture && measure && setType({ words, family, place }, picture, measure),
    [picture, measure, words, family, place],
  );
}

/** The lettering of these choices: the one that was asked for, else the one that suits the genres. */
export function familyOf({ model, recipe, lettering }: PosterOptions): Family {
  return lettering === "auto"
    ? familyFor(model.manifest.genres, recipe.genres)
    : findFamily(lettering);
}

/** Resolves when the fonts for these words are there, or cannot be had: the browser's own stand in for them then. */
async function loadFonts(family: Family, { title, tagline, credits }: PosterWords): Promise<void> {
  const small = tagline + credits + credits.toUpperCase();
  await Promise.all([
    ...(title ? [document.fonts.load(fontOf(family, 100), title + title.toUpperCase())] : []),
    ...(small ? [document.fonts.load(fontOf(SMALL_PRINT, 100), small)] : []),
  ]).catch(() => {});
}

/** Measures by the fonts that are there now. */
function createMeasure(): Measure {
  const context = document.createElement("canvas").getContext("2d");
  const widths = new Map<string, number>();
  return (text, family) => {
    const key = `${family.id} ${text}`;
    const known = widths.get(key);
    if (known !== undefined) return known;
    if (widths.size > MOST_KEPT) widths.clear();
    if (context) context.font = fontOf(family, MEASURED_PIXELS);
    const width = (context?.measureText(text).width ?? 0) / MEASURED_PIXELS;
    widths.set(key, width);
    return width;
  };
}

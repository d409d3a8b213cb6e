// The four frames that come with the page, as a strip of film to pick from.

import type { Direction } from "../models/manifest.ts";

/** A frame that comes with the page. */
export interface Sample {
  /** Its address on this site. */
  url: string;
  /** What is to be seen. */
  name: string;
  /** The direction that leads away from its own film. */
  direction: Direction;
}

/** Test frames of the two procedural films, two of each: what `data:films --test 24 --size 288x512 --seed 11` draws. */
export const samples: readonly Sample[] = [
  { url: "/samples/lighthouse.jpg", name: "Lighthouse, film A", direction: "AtoB" },
  { url: "/samples/orchard.jpg", name: "Autumn trees, film A", direction: "AtoB" },
  { url: "/samples/village.jpg", name: "Village at dusk, film B", direction: "BtoA" },
  { url: "/samples/moonlight.jpg", name: "Lake by moonlight, film B", direction: "BtoA" },
];

/** The strip; a click on a frame picks it. */
export function SampleStrip({ onPick }: { onPick: (sample: Sample) => void }) {
  return (
    <div class="stack">
      <p class="label" id="style-samples">Or try one of these frames</p>
      <ul class="film-strip" aria-labelledby="style-samples">
        {samples.map((sample) => (
          <li key={sample.url}>
            <button type="button" onClick={() => onPick(sample)}>
              <img src={sample.url} alt={sample.name} width="192" height="108" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

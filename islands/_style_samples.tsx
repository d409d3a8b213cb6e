// The four frames that come with the page, as a strip of film to pick from.

/** A frame that comes with the page. */
export interface Sample {
  /** Its address on this site. */
  url: string;
  name: string;
}

/** The frames, drawn by code from the same two procedural films that the bundled model is trained on. */
export const samples: readonly Sample[] = [
  { url: "/samples/frame-1.jpg", name: "Frame 1" },
  { url: "/samples/frame-2.jpg", name: "Frame 2" },
  { url: "/samples/frame-3.jpg", name: "Frame 3" },
  { url: "/samples/frame-4.jpg", name: "Frame 4" },
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

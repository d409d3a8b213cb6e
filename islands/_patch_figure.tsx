// The live part of the patch figure: move over the frame, and see all that one score of the discriminator can see.

import type { TargetedPointerEvent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { cropPicture, type Picture, resizePicture } from "../gpu/picture.ts";
import { drawFilmFrame } from "./_film_frame.ts";
import { PictureCanvas } from "./_picture_canvas.tsx";
import { countScores, receptiveField, type Span } from "./_receptive_field.ts";

/** The size at which published CycleGANs are trained is 256; a cinema's frame of that width. */
const WIDTH = 256, HEIGHT = 144;
/** Halvings on offer; three are published. */
const HALVINGS = [1, 2, 3];

/** Which score is looked at. */
interface Chosen {
  halvings: number;
  /** 0 to 1, from the left and from the top. */
  across: number;
  down: number;
}

/** The chosen score in numbers. */
interface Looked {
  halvings: number;
  /** How many scores there are, and which one it is, from 0. */
  columns: number;
  rows: number;
  column: number;
  row: number;
  /** What of the frame it sees, in pixels. */
  x: Span;
  y: Span;
}

/** The frame with its patch, and the sliders that move it. */
export function PatchView() {
  const [picture, setPicture] = useState<Picture>();
  const [problem, setProblem] = useState("");
  const [chosen, setChosen] = useState<Chosen>({ halvings: 3, across: 0.45, down: 0.5 });
  useEffect(() => {
    drawFilmFrame(3, "A").then(
      (frame) => setPicture(resizePicture(frame, WIDTH, HEIGHT)),
      (error: Error) => setProblem(error.message),
    );
  }, []);
  if (problem) return <p class="notice notice--bad" role="alert">{problem}</p>;
  if (!picture) return <div class="figure__awaited figure__awaited--wide" />;
  const looked = lookAt(chosen);
  const choose = (change: Partial<Chosen>) => setChosen({ ...chosen, ...change });
  return (
    <>
      <Patch picture={picture} looked={looked} onChoose={choose} />
      <Sliders looked={looked} onChoose={choose} />
      <Caption looked={looked} />
    </>
  );
}

function lookAt({ halvings, across, down }: Chosen): Looked {
  const columns = countScores(WIDTH, halvings), rows = countScores(HEIGHT, halvings);
  const column = Math.min(columns - 1, Math.floor(across * columns));
  const row = Math.min(rows - 1, Math.floor(down * rows));
  return {
    ...{ halvings, columns, rows, column, row },
    x: inside(receptiveField(column, halvings), WIDTH),
    y: inside(receptiveField(row, halvings), HEIGHT),
  };
}

/** A part of the figure, and what it calls when another score is chosen. */
interface PartProps {
  looked: Looked;
  onChoose: (change: Partial<Chosen>) => void;
}

/** The frame, what of it is seen, and which score that is. */
function Patch({ picture, looked, onChoose }: PartProps & { picture: Picture }) {
  const { x, y } = looked;
  const seen = cropPicture(picture, x.from, y.from, sideOf(x), sideOf(y));
  const point = (event: TargetedPointerEvent<HTMLElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const share = (at: number) => Math.min(1, Math.max(0, at));
    onChoose({
      across: share((event.clientX - left) / width),
      down: share((event.clientY - top) / height),
    });
  };
  const hole = `M${x.from} ${y.from}H${x.to + 1}V${y.to + 1}H${x.from}Z`;
  return (
    <div class="patch">
      <div class="patch__frame" onPointerMove={point} onPointerDown={point}>
        <PictureCanvas picture={picture} label="A frame of the painterly film" />
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
          <path
            class="patch__shade"
            fill-rule="evenodd"
            d={`M0 0H${WIDTH}V${HEIGHT}H0Z${hole}`}
          />
          <rect
            class="patch__line"
            x={x.from}
            y={y.from}
            width={sideOf(x)}
            height={sideOf(y)}
          />
        </svg>
      </div>
      <div class="patch__seen">
        <PictureCanvas picture={seen} label="The part of the frame that the score sees" />
        <p class="small soft">All that this one score sees</p>
      </div>
      <ScoreGrid {...looked} />
    </div>
  );
}

function Sliders({ looked: { halvings, columns, rows, column, row }, onChoose }: PartProps) {
  return (
    <div class="figure__controls">
      <Slider
        label="Halvings"
        value={halvings}
        from={HALVINGS[0]}
        to={HALVINGS[HALVINGS.length - 1]}
        onInput={(halvings) => onChoose({ halvings })}
      />
      <Slider
        label="Across"
        value={column + 1}
        from={1}
        to={columns}
        onInput={(number) => onChoose({ across: (number - 0.5) / columns })}
      />
      <Slider
        label="Down"
        value={row + 1}
        from={1}
        to={rows}
        onInput={(number) => onChoose({ down: (number - 0.5) / rows })}
      />
    </div>
  );
}

function Caption({ looked: { halvings, columns, rows } }: Pick<PartProps, "looked">) {
  const side = sideOf(receptiveField(0, halvings));
  return (
    <figcaption class="small soft">
      <span role="status">
        {columns} × {rows} scores of a frame of {WIDTH} × {HEIGHT} pixels; each sees {side} × {side}
        {" "}
        pixels.
      </span>{" "}
      The geometry is the network’s own; its verdicts are not shown, for no discriminator leaves
      training.
    </figcaption>
  );
}

/** One dot for each score, the chosen one lit. */
function ScoreGrid({ columns, rows, column, row }: Looked) {
  return (
    <svg class="patch__grid" viewBox={`0 0 ${columns} ${rows}`} aria-hidden="true">
      <path
        class="patch__cells"
        d={[
          ...Array.from({ length: columns + 1 }, (_, i) => `M${i} 0V${rows}`),
          ...Array.from({ length: rows + 1 }, (_, i) => `M0 ${i}H${columns}`),
        ].join("")}
      />
      <rect class="patch__cell" x={column} y={row} width="1" height="1" />
    </svg>
  );
}

function Slider(
  { label, value, from, to, onInput }: {
    label: string;
    value: number;
    from: number;
    to: number;
    onInput: (value: number) => void;
  },
) {
  return (
    <label class="slider">
      <span class="label">{label}</span>
      <input
        type="range"
        min={from}
        max={to}
        value={value}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
      <output class="small soft">{value}</output>
    </label>
  );
}

/** The part of a span that lies on a side of so many pixels. */
function inside({ from, to }: Span, sidePx: number): Span {
  return { from: Math.max(0, from), to: Math.min(sidePx - 1, to) };
}

function sideOf({ from, to }: Span): number {
  return to - from + 1;
}

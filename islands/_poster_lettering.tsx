// A poster's words as real text over its picture: lines at the places that the layout gives them.

import { stackOf } from "./_poster_fonts.ts";
import { LAYOUT_WIDTH, scrimOf, type TypeBlock, type Typesetting } from "./_poster_type.ts";

/** The words, and the shape of what they lie on. */
export interface PosterLetteringProps {
  /** The picture's sides, in pixels. */
  width: number;
  height: number;
  /** Undefined while there is no picture to set them on. */
  typesetting: Typesetting | undefined;
}

/** The layer of words. It gives its container the poster's shape, also while it is empty. */
export function PosterLettering({ width, height, typesetting }: PosterLetteringProps) {
  const layoutHeight = LAYOUT_WIDTH * height / width;
  return (
    <svg class="poster__type" viewBox={`0 0 ${LAYOUT_WIDTH} ${layoutHeight}`}>
      {typesetting?.blocks.map((block) => (
        <Block key={block.edge} block={block} height={typesetting.height} />
      ))}
    </svg>
  );
}

function Block({ block, height }: { block: TypeBlock; height: number }) {
  const { lines, ink } = block;
  return (
    <g class={ink.colour === "#ffffff" ? "poster__light" : "poster__dark"} fill={ink.colour}>
      {ink.scrim > 0 && <Scrim block={block} height={height} />}
      {lines.map(({ text, family, size, y }, i) => (
        <text
          key={i}
          x={LAYOUT_WIDTH / 2}
          y={y}
          text-anchor="middle"
          font-family={stackOf(family)}
          font-weight={family.weight}
          font-size={size}
        >
          {text}
        </text>
      ))}
    </g>
  );
}

/** A veil behind the words, where they would not stand out enough without. */
function Scrim({ block, height }: { block: TypeBlock; height: number }) {
  const { ink, edge } = block;
  const scrim = scrimOf(block, height);
  const colour = ink.colour === "#ffffff" ? "#000000" : "#ffffff";
  const id = `poster-scrim-${edge}`;
  const [y1, y2] = edge === "top" ? [0, 1] : [1, 0];
  return (
    <>
      <linearGradient id={id} x1={0} x2={0} y1={y1} y2={y2}>
        <stop offset={1 - scrim.fade / scrim.height} stop-color={colour} stop-opacity={ink.scrim} />
        <stop offset={1} stop-color={colour} stop-opacity={0} />
      </linearGradient>
      <rect x={0} y={scrim.y} width={LAYOUT_WIDTH} height={scrim.height} fill={`url(#${id})`} />
    </>
  );
}

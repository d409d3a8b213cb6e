// Printing: the poster as a PDF or a PNG for a press, made on this device in the background.

import { useMemo, useState } from "preact/hooks";
import type { Picture } from "../gpu/picture.ts";
import { formatMegabytes } from "./_engine_text.ts";
import { PictureCanvas } from "./_picture_canvas.tsx";
import { fontFilesFor } from "./_poster_font_files.ts";
import { PosterLettering } from "./_poster_lettering.tsx";
import { type Paper, PAPERS, partOn, sheetOf, toPixels } from "./_poster_paper.ts";
import { type PrintChoice, PrintFields } from "./_poster_print_fields.tsx";
import type { PrintRequest } from "./_poster_print_protocol.ts";
import { type PrintState, usePrinter } from "./_poster_printer.ts";
import type { ToolProps } from "./_poster_studio.ts";
import { nameFile } from "./_poster_text.ts";
import type { Typesetting } from "./_poster_type.ts";
import { useTypesetting } from "./_poster_typesetting.ts";
import { enlargeRows, masterOf } from "./_poster_master.ts";

/** Columns of the picture that the words are set on. */
const PREVIEW_COLUMNS = 420;

/** Paper, resolution, and the file. */
export default function PosterPrint({ studio }: ToolProps) {
  const { session } = studio;
  const options = session.options.value;
  const drawn = session.drawn.value.get("poster");
  const [choice, setChoice] = useState<PrintChoice>({
    ...{ paper: PAPERS[0], format: "pdf", dpi: 300, withBleed: true, isPictureAlone: false },
  });
  const choose = (change: Partial<PrintChoice>) => setChoice({ ...choice, ...change });
  const { state, start, cancel } = usePrinter();
  const { paper, withBleed, isPictureAlone } = choice;
  const preview = useMemo(
    () => drawn && trimmedPicture(drawn.picture, paper, withBleed),
    [drawn, paper, withBleed],
  );
  const typesetting = useTypesetting(options, preview);
  const print = () => {
    if (!drawn || !typesetting) return;
    const words = isPictureAlone ? undefined : typesetting;
    const stem = nameFile(options, 1, isPictureAlone).replace(/-1x\.png$/, "");
    const title = options.words.title.trim() || stem;
    start(
      requestOf(choice, drawn.picture, words, title),
      `${stem}-${paper.id}-${choice.dpi}dpi.${choice.format}`,
    );
  };
  return (
    <div class="poster-print">
      <div class="poster-print__paper">
        {preview && (
          <>
            <PictureCanvas
              picture={preview}
              label={`The poster as it is cut to ${paper.label}`}
            />
            {!isPictureAlone && (
              <PosterLettering
                width={preview.width}
                height={preview.height}
                typesetting={typesetting}
              />
            )}
          </>
        )}
      </div>
      <div class="stack">
        <PrintFields choice={choice} onChoose={choose} />
        <p class="small soft">{describeSheet(choice)}</p>
        <div class="row">
          <button
            type="button"
            class="button button--primary"
            aria-disabled={!drawn || !typesetting || state.phase === "working"}
            onClick={() => state.phase !== "working" && print()}
          >
            Make the file
          </button>
          {state.phase === "working" && (
            <button type="button" class="button" onClick={cancel}>Cancel</button>
          )}
        </div>
        <PrintStatus state={state} />
      </div>
    </div>
  );
}

function PrintStatus({ state }: { state: PrintState }) {
  const isWorking = state.phase === "working";
  return (
    <>
      {isWorking && (
        <progress class="poster-print__progress" aria-label="Making the file" value={state.share} />
      )}
      <p role="status" class="small">
        {isWorking && "The poster is being made on this device. The page can be used meanwhile."}
        {state.phase === "done" &&
          `Made: ${state.name}, ${formatMegabytes(state.bytes)} MB. It is among your downloads.`}
      </p>
      <div role="alert">
        {state.phase === "failed" && <p class="notice notice--bad">{state.message}</p>}
      </div>
    </>
  );
}

function requestOf(
  { paper, format, dpi, withBleed }: PrintChoice,
  picture: Picture,
  typesetting: Typesetting | undefined,
  title: string,
): PrintRequest {
  const lines = (typesetting?.blocks ?? []).flatMap(({ lines }) => lines);
  const families = new Map(lines.map(({ family }) => [family.name, family]));
  const fonts = [...families.values()].map((family) => {
    const text = lines.filter((line) => line.family === family).map(({ text }) => text).join("");
    return { family: family.name, urls: fontFilesFor(family, text) };
  });
  return {
    kind: "print",
    ...{ picture, typesetting: typesetting ?? null, fonts },
    ...{ format, paper: paper.id, withBleed, dpi, title },
  };
}

/** What of the picture is left when the sheet is cut; the words are set on it. */
function trimmedPicture(picture: Picture, paper: Paper, withBleed: boolean): Picture {
  const { trim, bleed } = sheetOf(paper, withBleed);
  const part = partOn(trim, bleed, picture);
  const width = PREVIEW_COLUMNS, height = Math.round(width * trim.height / trim.width);
  const rgb = new Float32Array(width * height * 3);
  enlargeRows(masterOf(picture), { width, left: part.left, right: part.right })
    .read({ height, top: part.top, bottom: part.bottom }, 0, height, rgb);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  return { width, height, data };
}

function describeSheet({ paper, dpi, withBleed, format }: PrintChoice): string {
  const { media, bleed } = sheetOf(paper, withBleed);
  const { width, height } = format === "pdf" ? bleed : media;
  const size = `${Math.round(paper.width)} × ${Math.round(paper.height)} mm`;
  const pixels = `${toPixels(width, dpi)} × ${toPixels(height, dpi)} pixels`;
  const edge = withBleed ? ", with 3 mm of bleed on each side" : "";
  return `${size}${edge}. The picture is painted anew at ${pixels}, in sRGB.`;
}

// The print tool's worker: enlarges the picture, draws it strip by strip, sets the letters as outlines, and gives a file out.

import { deflateRaster } from "./_poster_deflate.ts";
import { type Master, masterOf } from "./_poster_master.ts";
import { type FontBook, outlineOf, parseFont, type Segment } from "./_poster_outlines.ts";
import { MARK_MM, PAPERS, type Sheet, sheetOf, toPixels } from "./_poster_paper.ts";
import { pdfFile } from "./_poster_pdf.ts";
import { pngFile } from "./_poster_png.ts";
import { parsePrintRequest, type PrintReply, type PrintRequest } from "./_poster_print_protocol.ts";
import { rasterOf } from "./_poster_raster.ts";
import { castShadow, paintScrim } from "./_poster_scrim.ts";
import { LAYOUT_WIDTH, type TypeBlock } from "./_poster_type.ts";
import { doubleMaster, doublingsOf, prepareMaster } from "./_poster_upscale.ts";

/** The part of a worker's global scope in use here; the page's own type of `self` is another. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  postMessage(message: PrintReply): void;
}

/** A block of words with its letters' outlines. */
interface SetBlock {
  block: TypeBlock;
  segments: Segment[];
}

/** How much of the work the enlarging is, of which each doubling takes four times the last one's time. */
const ENLARGING = 0.3;

/** Letters are drawn this far beside the canvas where only their shadow is wanted, in pixels. */
const ASIDE = 100_000;

const scope = globalThis as unknown as WorkerScope;
const tell = (share: number) => scope.postMessage({ kind: "print-progress", share });

scope.onmessage = ({ data }) => {
  print(parsePrintRequest(data)).then(
    (file) => scope.postMessage({ kind: "printed", file }),
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      // Typed arrays and canvases that are too large for the machine fail with these.
      const advice = /alloc|memory|array length|canvas/i.test(reason)
        ? " A smaller paper or 150 dots per inch needs a quarter of the room"
        : "";
      scope.postMessage({ kind: "print-failed", message: `${reason}.${advice}` });
    },
  );
};

async function print(request: PrintRequest): Promise<Blob> {
  const { format, dpi, title, typesetting, withBleed } = request;
  const sheet = sheetOf(PAPERS.find(({ id }) => id === request.paper) ?? PAPERS[0], withBleed);
  // A letter that is missing is told before the long work begins.
  const fonts = await fetchFonts(request.fonts);
  const blocks = (typesetting?.blocks ?? []).map((block): SetBlock => ({
    block,
    segments: block.lines.flatMap((line) => outlineOf(line, fonts)),
  }));
  const master = enlarge(request, toPixels(sheet.bleed.height, dpi));
  const area = format === "pdf" ? sheet.bleed : sheet.media;
  const raster = rasterOf({
    ...{ master, sheet, area, dpi },
    overlay: (context, perMm) => {
      drawBlocks(context, { blocks, sheet, perMm, height: typesetting?.height ?? 0 }, format);
      if (format === "png") drawMarks(context, sheet);
    },
  });
  const pieces = await deflateRaster(
    raster,
    (rows) => tell(ENLARGING + (1 - ENLARGING) * rows / raster.height),
  );
  const { width, height } = raster;
  if (format === "png") return pngFile({ width, height, dpi }, pieces);
  const outlines = blocks.map(({ block, segments }) => ({ segments, colour: block.ink.colour }));
  return await pdfFile({ sheet, picture: { width, height, pieces }, outlines, title });
}

async function fetchFonts(files: PrintRequest["fonts"]): Promise<FontBook> {
  const fetchFont = async (url: string) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`Cannot fetch the font ${url}: ${response.status}`);
    return parseFont(new Uint8Array(await response.arrayBuffer()));
  };
  const fonts = files.map(async ({ family, urls }) =>
    [family, await Promise.all(urls.map(fetchFont))] as const
  );
  return new Map(await Promise.all(fonts));
}

function enlarge({ picture }: PrintRequest, printRows: number): Master {
  let master = prepareMaster(masterOf(picture));
  const doublings = doublingsOf(picture.height, printRows);
  for (let i = 1; i <= doublings; i++) {
    tell(ENLARGING / 4 ** (doublings - i + 1));
    master = doubleMaster(master);
  }
  return master;
}

/** Veils and shadows of the words; the letters themselves too where the file has no outlines. */
function drawBlocks(
  context: OffscreenCanvasRenderingContext2D,
  { blocks, sheet: { trim, bleed }, perMm, height }: {
    blocks: readonly SetBlock[];
    sheet: Sheet;
    perMm: number;
    height: number;
  },
  format: PrintRequest["format"],
): void {
  const unit = trim.width / LAYOUT_WIDTH, beyond = (trim.x - bleed.x) / unit;
  for (const { block, segments } of blocks) {
    context.save();
    context.translate(trim.x, trim.y);
    context.scale(unit, unit);
    paintScrim(context, block, height, beyond);
    context.fillStyle = block.ink.colour;
    const path = pathOf(segments);
    context.save();
    castShadow(context, block, unit * perMm);
    context.shadowOffsetX = ASIDE;
    context.translate(-ASIDE / (unit * perMm), 0);
    context.fill(path);
    context.restore();
    if (format === "png") context.fill(path);
    context.restore();
  }
}

function pathOf(segments: readonly Segment[]): Path2D {
  const path = new Path2D();
  for (const segment of segments) {
    switch (segment[0]) {
      case "M":
        path.moveTo(segment[1], segment[2]);
        break;
      case "L":
        path.lineTo(segment[1], segment[2]);
        break;
      case "C": {
        const [, x1, y1, x2, y2, x, y] = segment;
        path.bezierCurveTo(x1, y1, x2, y2, x, y);
        break;
      }
      default:
        path.closePath();
    }
  }
  return path;
}

function drawMarks(context: OffscreenCanvasRenderingContext2D, { marks }: Sheet): void {
  context.lineWidth = MARK_MM.width;
  context.strokeStyle = "#000000";
  for (const [x1, y1, x2, y2] of marks) {
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }
}

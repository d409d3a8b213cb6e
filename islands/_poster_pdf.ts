// Writes a PDF file of one page: a compressed picture, outlines over it, crop marks, and the boxes that a press goes by.

import { deflateBytes } from "./_poster_deflate.ts";
import type { Segment } from "./_poster_outlines.ts";
import { type Box, MARK_MM, type Sheet, toPoints } from "./_poster_paper.ts";
import { LAYOUT_WIDTH } from "./_poster_type.ts";
import { srgbProfile } from "./_srgb_profile.ts";

/** What the page shows. */
export interface PdfOrder {
  sheet: Sheet;
  /** Covers the sheet's bleed box; `pieces` is the zlib stream of rows that PNG's filters have passed. */
  picture: { width: number; height: number; pieces: readonly Uint8Array<ArrayBuffer>[] };
  /** Over the trimmed part, in units of the layout; white or black. */
  outlines: readonly { segments: readonly Segment[]; colour: "#ffffff" | "#000000" }[];
  title: string;
}

type Part = string | Uint8Array<ArrayBuffer>;

/** The file, as PDF 1.7 (ISO 32000-1). */
export async function pdfFile({ sheet, picture, outlines, title }: PdfOrder): Promise<Blob> {
  const { media, bleed, trim } = sheet;
  const box = ({ x, y, width, height }: Box) =>
    `[${
      [x, media.height - y - height, x + width, media.height - y].map((mm) => number(toPoints(mm)))
        .join(" ")
    }]`;
  const length = picture.pieces.reduce((sum, { length }) => sum + length, 0);
  const content = await deflateBytes(new TextEncoder().encode(pageContent(sheet, outlines)));
  const profile = srgbProfile();
  const objects: Part[][] = [
    ["<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>"],
    ["<< /Type /Pages /Kids [3 0 R] /Count 1 >>"],
    [
      `<< /Type /Page /Parent 2 0 R /MediaBox ${box(media)} /BleedBox ${box(bleed)} /TrimBox ${
        box(trim)
      } /Resources << /XObject << /Picture 5 0 R >> /ColorSpace << /Colour 6 0 R >> >> /Contents 4 0 R >>`,
    ],
    stream("/Filter /FlateDecode", [Uint8Array.from(content)], content.length),
    stream(
      `/Type /XObject /Subtype /Image /Width ${picture.width} /Height ${picture.height} /ColorSpace 6 0 R ` +
        "/BitsPerComponent 8 /Interpolate true /Filter /FlateDecode " +
        `/DecodeParms << /Predictor 15 /Colors 3 /BitsPerComponent 8 /Columns ${picture.width} >>`,
      picture.pieces,
      length,
    ),
    ["[/ICCBased 7 0 R]"],
    stream("/N 3 /Alternate /DeviceRGB", [profile], profile.length),
    [`<< /Title ${hexText(title)} /Creator (Lobbycard) >>`],
  ];
  return assemble(objects);
}

/** Objects with their numbers, the table of where they are, and the trailer. The first is the catalogue, the last the facts. */
function assemble(objects: readonly Part[][]): Blob {
  // The second line tells programs that pass the file on that it is no text.
  const parts: Part[] = ["%PDF-1.7\n", Uint8Array.of(0x25, 0xe2, 0xe3, 0xcf, 0xd3, 0x0a)];
  let size = parts.reduce((sum, { length }) => sum + length, 0);
  const add = (part: Part) => {
    parts.push(part);
    size += part.length;
  };
  const offsets = objects.map((object, i) => {
    const offset = size;
    add(`${i + 1} 0 obj\n`);
    object.forEach(add);
    add("\nendobj\n");
    return offset;
  });
  const table = size;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
  add(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows.join("")}`);
  add(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>\n`);
  add(`startxref\n${table}\n%%EOF\n`);
  return new Blob(parts, { type: "application/pdf" });
}

function stream(
  entries: string,
  pieces: readonly Uint8Array<ArrayBuffer>[],
  length: number,
): Part[] {
  return [`<< ${entries} /Length ${length} >>\nstream\n`, ...pieces, "\nendstream"];
}

function pageContent(sheet: Sheet, outlines: PdfOrder["outlines"]): string {
  const { media, bleed, trim, marks } = sheet;
  const points = (mm: number) => number(toPoints(mm));
  const up = (y: number) => points(media.height - y);
  const unit = toPoints(trim.width) / LAYOUT_WIDTH;
  const place = [points(bleed.width), 0, 0, points(bleed.height), points(bleed.x)];
  return [
    `q ${place.join(" ")} ${up(bleed.y + bleed.height)} cm /Picture Do Q`,
    // Units of the layout, downwards from the trimmed part's top left.
    `q ${number(unit)} 0 0 ${number(-unit)} ${points(trim.x)} ${up(trim.y)} cm /Colour cs`,
    ...outlines.map(({ segments, colour }) =>
      `${colour === "#ffffff" ? "1 1 1" : "0 0 0"} sc ${segments.map(operator).join("\n")} f`
    ),
    "Q",
    `q /Colour CS 0 0 0 SC ${points(MARK_MM.width)} w`,
    ...marks.map(([x1, y1, x2, y2]) => `${points(x1)} ${up(y1)} m ${points(x2)} ${up(y2)} l S`),
    "Q",
  ].join("\n");
}

function operator([kind, ...numbers]: Segment): string {
  const letter = { M: "m", L: "l", C: "c", Z: "h" }[kind];
  return [...numbers.map(number), letter].join(" ");
}

/** A number as PDF has it: no exponents. */
function number(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** A text in UTF-16, as hexadecimal digits. */
function hexText(text: string): string {
  const units = Array.from(
    { length: text.length },
    (_, i) => text.charCodeAt(i).toString(16).padStart(4, "0"),
  );
  return `<feff${units.join("")}>`;
}

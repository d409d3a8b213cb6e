// `deno task build:icons`: draws the app's icons as PNG from the one in static/icons/icon.svg.

import sharp from "sharp";
import { writeAtomically } from "./_atomic_file.ts";
import { runTask } from "./_cli.ts";

const FOLDER = "static/icons", SOURCE = `${FOLDER}/icon.svg`;

/** One picture: its file, its side in pixels, and whether a phone may cut it to whatever shape it likes. */
interface Icon {
  file: string;
  pixels: number;
  isMaskable?: boolean;
}

/** The icons that the app's manifest names beside the SVG. */
export const ICONS: readonly Icon[] = [
  { file: "icon-192.png", pixels: 192 },
  { file: "icon-512.png", pixels: 512 },
  { file: "icon-maskable-512.png", pixels: 512, isMaskable: true },
];

if (import.meta.main) {
  await runTask("build:icons", async () => {
    for (const icon of ICONS) await writeAtomically(`${FOLDER}/${icon.file}`, await drawIcon(icon));
  });
}

/** The icon as the bytes of a PNG. */
export async function drawIcon({ pixels, isMaskable = false }: Icon): Promise<Uint8Array> {
  const svg = await Deno.readTextFile(SOURCE);
  const picture = isMaskable ? fitToMask(svg) : svg;
  const density = 72 * pixels / 64; // the drawing is 64 wide
  return await sharp(new TextEncoder().encode(picture), { density })
    .resize(pixels, pixels).png({ compressionLevel: 9, palette: true }).toBuffer();
}

/**
 * The drawing shrunk and centred on its own background, so that all of it lies within four fifths of the width: the
 * circle that every mask leaves (W3C, Web Application Manifest, "Icon masks").
 */
function fitToMask(svg: string): string {
  const [, ground] = svg.match(/<rect width="64" height="64"[^>]* fill="([^"]+)"/) ?? [];
  const inside = svg.replace(/^<svg[^>]*>|<\/svg>\s*$/g, "");
  // The farthest corners lie 32.5 from (32, 28), the middle of what is drawn.
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">` +
    `<rect width="64" height="64" fill="${ground}"/>` +
    `<g transform="translate(32 32) scale(0.76) translate(-32 -28)">${inside}</g></svg>`;
}

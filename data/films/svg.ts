// Pieces of SVG text: gradients that are defined once however often they are used, and the whole document.

import type { Size } from "../picture_list.ts";
import { type Color, hex } from "./color.ts";
import { round } from "./path.ts";

/** A colour along a gradient. */
export interface Stop {
  /** 0 to 1. */
  at: number;
  color: Color;
  /** 0 to 1, 1 if left out. */
  opacity?: number;
}

/** Collects what an SVG document defines before it is used. */
export interface Definitions {
  /** A gradient down the shape's own box, or down the page between two heights. */
  vertical(stops: Stop[], page?: { from: number; to: number }): string;
  /** A gradient along the shape's own box. */
  horizontal(stops: Stop[]): string;
  /** A gradient outwards from a place on the page, or from the middle of the shape's own box. */
  radial(stops: Stop[], page?: { x: number; y: number; radius: number }): string;
  /** The `<defs>` element. */
  text(): string;
}

/** An empty collection. */
export function definitions(): Definitions {
  const known = new Map<string, string>();
  const define = (tag: string, attributes: string, stops: Stop[]) => {
    const inner = stops.map(stopText).join("");
    const body = ` ${attributes}>${inner}</${tag}>`;
    const id = known.get(tag + body) ?? `g${known.size}`;
    known.set(tag + body, id);
    return `url(#${id})`;
  };
  const onPage = 'gradientUnits="userSpaceOnUse"';
  return {
    vertical: (stops, page) =>
      define(
        "linearGradient",
        page
          ? `${onPage} x1="0" x2="0" y1="${round(page.from)}" y2="${round(page.to)}"`
          : 'x2="0" y2="1"',
        stops,
      ),
    horizontal: (stops) => define("linearGradient", 'x2="1"', stops),
    radial: (stops, page) =>
      define(
        "radialGradient",
        page
          ? `${onPage} cx="${round(page.x)}" cy="${round(page.y)}" r="${round(page.radius)}"`
          : 'cx=".5" cy=".5" r=".5"',
        stops,
      ),
    text: () => {
      const gradients = [...known].map(([key, id]) => {
        const tag = key.slice(0, key.indexOf(" "));
        return `<${tag} id="${id}"${key.slice(tag.length)}`;
      });
      return `<defs>${gradients.join("")}</defs>`;
    },
  };
}

/** A path with attributes, given as text. */
export function shape(path: string, attributes: string): string {
  return `<path d="${path}" ${attributes}/>`;
}

/** A rectangle over the whole page, with a margin for what a filter shifts. */
export function cover(width: number, attributes: string): string {
  return `<rect x="-5" y="-5" width="${round(width + 10)}" height="110" ${attributes}/>`;
}

/** A document of `width` x 100 units, to be drawn at a size in pixels. */
export function documentOf(width: number, size: Size, defs: Definitions, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" ` +
    `viewBox="0 0 ${round(width)} 100" preserveAspectRatio="none">${defs.text()}${content}</svg>`;
}

function stopText({ at, color, opacity = 1 }: Stop): string {
  const alpha = opacity < 1 ? ` stop-opacity="${round(opacity)}"` : "";
  return `<stop offset="${round(at)}" stop-color="${hex(color)}"${alpha}/>`;
}

// A picture's bytes on a canvas, and as a PNG file.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Picture } from "../gpu/picture.ts";
import { downloadBlob } from "./_download.ts";

/** What a canvas shows. */
export interface PictureCanvasProps {
  picture: Picture;
  /** What a screen reader says of it; it passes over a picture without a label. */
  label?: string;
  class?: string;
}

/** A picture, one canvas pixel for each of its own. */
export function PictureCanvas({ picture, label, class: className }: PictureCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current) paintPicture(canvas.current, picture);
  }, [picture]);
  const meaning = label === undefined
    ? { "aria-hidden": true }
    : { role: "img" as const, "aria-label": label };
  return <canvas ref={canvas} class={className} {...meaning} />;
}

/** A canvas that is drawn on elsewhere, put in the page. */
export function DrawnCanvas(
  { canvas, label, class: className }: { canvas: HTMLCanvasElement; label: string; class: string },
) {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    host.current?.append(canvas);
    return () => canvas.remove();
  }, [canvas]);
  useLayoutEffect(() => {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    canvas.className = className;
  }, [canvas, label, className]);
  return <div ref={host} />;
}

/** Lets the visitor save the picture as a PNG file of that name. */
export function downloadPicture(picture: Picture, fileName: string): void {
  const canvas = document.createElement("canvas");
  paintPicture(canvas, picture);
  downloadCanvas(canvas, fileName);
}

/** Lets the visitor save what a canvas shows as a PNG file of that name. */
export function downloadCanvas(canvas: HTMLCanvasElement, fileName: string): void {
  canvas.toBlob((file) => {
    if (file) downloadBlob(file, fileName);
  }, "image/png");
}

/** Makes a canvas as large as a picture and shows it there. */
export function paintPicture(canvas: HTMLCanvasElement, { width, height, data }: Picture): void {
  canvas.width = width;
  canvas.height = height;
  const bytes = new Uint8ClampedArray(data);
  canvas.getContext("2d")?.putImageData(new ImageData(bytes, width, height), 0, 0);
}

// What a picture file says about itself, and the one error class for pictures that cannot be used.

/** The formats that are recognised. HEIC is decoded by some browsers only. */
export type PictureFormat = "JPEG" | "PNG" | "GIF" | "WebP" | "BMP" | "AVIF" | "HEIC";

/** A picture's header. */
export interface PictureHeader {
  format: PictureFormat;
  /** Columns as stored, before any rotation that the file asks for. */
  width: number;
  /** Rows as stored, before any rotation that the file asks for. */
  height: number;
  /** Whether the file holds more than one frame. */
  animated: boolean;
}

/** Why a picture cannot be used. */
export type PictureErrorCode =
  | "not-a-picture"
  | "too-large"
  | "damaged"
  | "unreadable";

/** A picture cannot be used; the message is one or two sentences for the visitor. */
export class PictureError extends Error {
  constructor(readonly code: PictureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PictureError";
  }
}

// The typed messages between the print tool and its worker.

import type { Picture } from "../gpu/picture.ts";
import {
  assertMessage,
  type FieldCheck,
  fields,
  isRecord,
  type MessageShapes,
} from "./_messages.ts";
import { PAPERS, RESOLUTIONS } from "./_poster_paper.ts";
import type { Typesetting } from "./_poster_type.ts";

/** The files that a poster is printed to. */
export type PrintFormat = "pdf" | "png";

/** Makes one file; sent once to a worker. */
export interface PrintRequest {
  kind: "print";
  picture: Picture;
  /** The words, set for the trimmed paper; null for the picture alone. */
  typesetting: Typesetting | null;
  /** Font files by the name of their family. */
  fonts: readonly { family: string; urls: readonly string[] }[];
  format: PrintFormat;
  /** One of `PAPERS`. */
  paper: string;
  /** Whether there is bleed, and crop marks. */
  withBleed: boolean;
  dpi: number;
  title: string;
}

/** How far the work is. */
export interface PrintProgressReply {
  kind: "print-progress";
  /** 0 to 1. */
  share: number;
}

/** The file. */
export interface PrintedReply {
  kind: "printed";
  file: Blob;
}

/** There is no file. */
export interface PrintFailedReply {
  kind: "print-failed";
  /** For the visitor. */
  message: string;
}

/** What the worker sends. */
export type PrintReply = PrintProgressReply | PrintedReply | PrintFailedReply;

const oneOf = (name: string, values: readonly unknown[]): FieldCheck => ({
  name,
  holds: (value) => values.includes(value),
});

const requests: MessageShapes<PrintRequest> = {
  print: {
    picture: fields.picture,
    typesetting: {
      name: "typesetting",
      holds: (value) => value === null || isRecord(value) && Array.isArray(value.blocks),
    },
    fonts: {
      name: "list of fonts",
      holds: (value) =>
        Array.isArray(value) &&
        value.every((font) => isRecord(font) && Array.isArray(font.urls)),
    },
    format: oneOf("format", ["pdf", "png"]),
    paper: oneOf("paper", PAPERS.map(({ id }) => id)),
    withBleed: fields.boolean,
    dpi: oneOf("resolution", RESOLUTIONS),
    title: fields.string,
  },
};

const replies: MessageShapes<PrintReply> = {
  "print-progress": { share: fields.number },
  printed: { file: fields.blob },
  "print-failed": { message: fields.string },
};

/** The request in a message event's data. @throws {TypeError} if it is not one */
export function parsePrintRequest(data: unknown): PrintRequest {
  assertMessage(data, requests, "request");
  return data;
}

/** The reply in a message event's data. @throws {TypeError} if it is not one */
export function parsePrintReply(data: unknown): PrintReply {
  assertMessage(data, replies, "reply");
  return data;
}

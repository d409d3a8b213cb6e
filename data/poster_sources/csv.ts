// Comma-separated values as RFC 4180 has them: quotes protect commas, line breaks and doubled quotes.

/** One record of a table. */
export interface CsvRow {
  /** Line of the file on which it begins, from 1. */
  line: number;
  cells: string[];
}

/** Text of a file: UTF-8 if it is valid, else Latin-1 (as browsers read it, Windows-1252). */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}

/**
 * The records of a table, empty lines left out. A quote inside a cell that does not begin with one is taken as it is.
 *
 * @throws {SyntaxError} if a quoted cell is not closed before the end
 */
export function* parseCsv(text: string): Generator<CsvRow> {
  let line = 1, at = 0;
  let row: CsvRow = { line, cells: [] };
  while (at < text.length) {
    const cell = text[at] === '"' ? readQuoted(text, at, line) : readPlain(text, at);
    row.cells.push(cell.value);
    line += cell.lines;
    at = cell.end;
    if (text[at] === ",") {
      at++;
      if (at < text.length) continue;
      row.cells.push("");
    }
    at += text.startsWith("\r\n", at) ? 2 : 1;
    line++;
    if (row.cells.length > 1 || row.cells[0] !== "") yield row;
    row = { line, cells: [] };
  }
}

interface Cell {
  value: string;
  /** Where the comma or line break after it is. */
  end: number;
  /** Line breaks inside. */
  lines: number;
}

function readPlain(text: string, start: number): Cell {
  const ends = /[,\r\n]/g;
  ends.lastIndex = start;
  const end = ends.exec(text)?.index ?? text.length;
  return { value: text.slice(start, end), end, lines: 0 };
}

function readQuoted(text: string, start: number, line: number): Cell {
  let end = start + 1;
  while (true) {
    end = text.indexOf('"', end);
    if (end < 0) {
      throw new SyntaxError(`Cannot read the table: the quote on line ${line} is never closed`);
    }
    if (text[end + 1] !== '"') break;
    end += 2;
  }
  const quoted = text.slice(start + 1, end);
  // What stands between the closing quote and the comma is kept: such files are made by hand.
  const rest = readPlain(text, end + 1);
  return {
    value: quoted.replaceAll('""', '"') + rest.value,
    end: rest.end,
    lines: quoted.split("\n").length - 1,
  };
}

// CSV out: quoting where the text needs it, in pieces, to a file or to standard output.

import { writeAll, writeAtomically } from '../../files/atomic-file.js';
import { printPiece } from '../terminal/terminal.js';

/** Cells of one row; numbers are written so that reading them back gives the same number. */
export type CsvRow = readonly (string | number)[];

/** Enough rows per write that the calls cost little, few enough that memory stays flat. */
const PIECE_LENGTH = 1 << 16;

/** What stands for standard output where a table's file is asked for. */
export const STANDARD_OUTPUT = '-';

/** Writes rows to a file (all or nothing), or to standard output. */
export async function writeCsv(path: string, rows: Iterable<CsvRow>, delimiter = ','): Promise<void> {
  if (path !== STANDARD_OUTPUT) {
    await writeAtomically(path, async (file) => {
      for (const piece of pieces(rows, delimiter)) await writeAll(file, Buffer.from(piece));
    });
    return;
  }
  for (const piece of pieces(rows, delimiter)) await printPiece(piece);
}

/** Quotes a cell when it holds a delimiter, a quote, a line break or outer blanks. */
export function csvCell(value: string | number, delimiter = ','): string {
  const text = String(value);
  return text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function* pieces(rows: Iterable<CsvRow>, delimiter: string): Generator<string> {
  let piece = '';
  for (const row of rows) {
    piece += `${row.map((cell) => csvCell(cell, delimiter)).join(delimiter)}\n`;
    if (piece.length >= PIECE_LENGTH) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

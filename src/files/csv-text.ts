// Rows as CSV text: quoting where a cell needs it, in pieces.

/** Cells of one row; numbers are written so that reading them back gives the same number. */
export type CsvRow = readonly (string | number)[];

/** Enough rows per write that the calls cost little, few enough that memory stays flat. */
const PIECE_LENGTH = 1 << 16;

/** Quotes a cell when it holds a delimiter, a quote, a line break or outer blanks. */
export function csvCell(value: string | number, delimiter = ','): string {
  const text = String(value);
  return text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rows' text, a line each. */
export function* csvPieces(rows: Iterable<CsvRow>, delimiter = ','): Generator<string> {
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

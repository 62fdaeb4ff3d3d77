// What separates the cells of a CSV file that nobody has said it of: a comma wherever its first rows agree with that, or
// else the character by which they all have as many cells as their header.

import { nameInside } from './unpack.js';

/** Told by at most so many bytes of a file, and so many rows after its header. */
export const GUESS_BYTES = 1 << 16;
const GUESS_ROWS = 100;

const CANDIDATES = [',', ';', '\t', '|'] as const;

/** What the first rows of a file say. */
export interface GuessedDelimiter {
  readonly delimiter: string;
  /** What to tell the user; null where it is what the file's name stands for. */
  readonly remark: string | null;
}

/**
 * @param start of the file, as UTF-8; that a row of it is cut does not matter
 * @param whole whether that is all of it
 */
export function guessDelimiter(source: string, start: Buffer, whole: boolean): GuessedDelimiter {
  const usual = /\.ta?[bs]v?$/i.test(nameInside(source)) ? '\t' : ',';
  const rows = rowsOf(start.subarray(0, GUESS_BYTES), whole && start.length <= GUESS_BYTES);
  const cells = (delimiter: string) => agreed(rows, delimiter);
  if (cells(usual) > 1) return { delimiter: usual, remark: null };
  let best: string = usual;
  for (const candidate of CANDIDATES) if (cells(candidate) > Math.max(1, cells(best))) best = candidate;
  if (best === usual) return { delimiter: usual, remark: null };
  const name = best === '\t' ? 'a tab' : JSON.stringify(best);
  const remark = `${source} is read with ${name} between its cells, by which its first rows all have ${cells(best)}; \`delimiter\` says otherwise`;
  return { delimiter: best, remark };
}

/** How many cells the header and all rows have; 0 where they do not agree. */
function agreed(rows: readonly string[], delimiter: string): number {
  const [header = '', ...others] = rows;
  const cells = header.split(delimiter).length;
  return others.every((row) => row.split(delimiter).length === cells) ? cells : 0;
}

/** The first rows that are not blank, without what is in quotes. */
function rowsOf(start: Buffer, whole: boolean): string[] {
  const text = start.toString('utf8').replaceAll(/"[^"]*"/g, '');
  const lines = text.split(/\r\n|\n|\r/);
  // The last may be cut.
  if (!whole) lines.pop();
  return lines.filter((line) => line.trim() !== '').slice(0, GUESS_ROWS + 1);
}

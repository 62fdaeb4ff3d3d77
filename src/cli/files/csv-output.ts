// CSV out, in pieces, to a file or to standard output.

import { writeAll, writeAtomically } from '../../files/atomic-file.js';
import { type CsvRow, csvPieces } from '../../files/csv-text.js';
import { printPiece } from '../terminal/terminal.js';

/** What stands for standard output where a table's file is asked for. */
export const STANDARD_OUTPUT = '-';

/** Writes rows to a file (all or nothing), or to standard output. */
export async function writeCsv(path: string, rows: Iterable<CsvRow>, delimiter = ','): Promise<void> {
  if (path !== STANDARD_OUTPUT) {
    await writeAtomically(path, async (file) => {
      for (const piece of csvPieces(rows, delimiter)) await writeAll(file, Buffer.from(piece));
    });
    return;
  }
  for (const piece of csvPieces(rows, delimiter)) await printPiece(piece);
}

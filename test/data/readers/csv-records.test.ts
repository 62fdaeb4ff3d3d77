// The records of csv-records.ts beside those of csv-parse, an independent reader, in texts made at random.

import { isAscii } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import t from 'tap';
import { RecordFault, readRecords } from '../../../src/data/readers/csv-records.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';

const PIECES = [
  'a',
  '1',
  ' ',
  '\t',
  ',',
  ',',
  '""',
  '"',
  '"b"',
  '"x, y"',
  '"p\nq"',
  '\n',
  '\r\n',
  '\r',
  'é',

  '§',
];

type Cells = readonly string[];

/** Records without those that are blank, which csv-parse leaves out at the end only; null where a quote is wrong. */
function ours(text: string, delimiter: string): Cells[] | null {
  const bytes = Buffer.from(text);
  const records: Cells[] = [];
  try {
    readRecords(bytes, { delimiter, ascii: isAscii(bytes) }, (cells) => records.push(cells));
  } catch (error) {
    if (error instanceof RecordFault) return null;
    throw error;
  }
  return present(records);
}

function theirs(text: string, delimiter: string): Cells[] | null {
  try {
    const record_delimiter = ['\r\n', '\n', '\r'];
    return present(
      parse(text, { delimiter, record_delimiter, trim: true, relax_column_count: true }) as Cells[],
    );
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

/** Blanks around a cell are none of it for whoever reads records, in quotes or not. */
function present(records: readonly Cells[]): Cells[] {
  return records
    .map((cells) => cells.map((cell) => cell.trim()))
    .filter((cells) => cells.join('') !== '' || cells.length > 1);
}

for (const delimiter of [',', '\t', ' ', '§']) {
  t.test(`random texts between ${JSON.stringify(delimiter)} are read as csv-parse reads them`, async (t) => {
    const stream = new RandomStream(streamKey(1, 'split'));
    let whole = 0;
    for (let text = 0; text < 5000; text++) {
      const pieces = Array.from({ length: 1 + stream.below(14) }, () => PIECES[stream.below(PIECES.length)]);
      const content = pieces.join('');
      // An empty cell in quotes, and another right behind it, are one cell to csv-parse and none here.
      if (/""[ \t]+"/.test(content)) continue;
      const expected = theirs(content, delimiter);
      const got = ours(content, delimiter);
      if (expected !== null) whole++;
      if (JSON.stringify(got) !== JSON.stringify(expected)) t.same(got, expected, JSON.stringify(content));
    }
    t.ok(whole > 1000, `${whole} of them have no wrong quote`);
  });
}

t.test('each record says its line, and whether it has a quote', async (t) => {
  const seen: (readonly [number, boolean])[] = [];
  const bytes = Buffer.from('a,b\r\n"x\r\ny",1\r\r2,"p\nq"\n3,4');
  readRecords(bytes, { delimiter: ',', ascii: true }, (_, line, quoted) => seen.push([line, quoted]));
  t.same(seen, [
    [1, false],
    [2, true],
    [4, false],
    [5, true],
    [7, false],
  ]);
});

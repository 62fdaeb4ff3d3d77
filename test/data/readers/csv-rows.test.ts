// A table is the same whoever reads it and wherever its file is cut into pieces: rows by their bytes are held against
// csv-parse, pieces against the whole, over thousands of files with fixed seeds.

import t from 'tap';
import { DATA_SEEDS } from '../../../scripts/support/fuzz/data-target.js';
import { Draws } from '../../../scripts/support/fuzz/draws.js';
import { mutateBytes } from '../../../scripts/support/fuzz/mutate.js';
import { CsvDecoder } from '../../../src/data/readers/csv.js';
import { json } from '../../../src/data/readers/json.js';
import type { TableDecoder } from '../../../src/data/readers/reader.js';
import { TuttiError } from '../../../src/errors.js';
import { cellsOf } from '../helpers.js';

/** Everything there is to see of what a decoder makes of pieces. */
function outcome(decoder: () => TableDecoder, pieces: readonly Buffer[]): unknown {
  try {
    const own = decoder();
    for (const piece of pieces) {
      const passing = Buffer.from(piece);
      own.push(passing);
      passing.fill(0x7e); // valid for the call alone
    }
    const table = own.end();
    const { columns, rows, lines, notes, delimiter, remarks } = table;
    const names = columns.map(({ name }) => name);
    const numbers = columns.map((column) => [...Array(rows).keys()].map((row) => column.number(row)));
    const missing = columns.map((column) => [...Array(rows).keys()].map((row) => column.isMissing(row)));
    return { cells: cellsOf(table), names, numbers, missing, lines: [...lines], notes, delimiter, remarks };
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    return `${error.code} ${error.message} ${JSON.stringify(error.details)}`;
  }
}

function cut(draws: Draws, bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  const most = draws.of([1, 3, 20, 400]);
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + draws.below(most);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

const PLAIN = [
  ...['0', '-0', '0.0', '1.50', '007', '-.5', '.5', '5.', '1e3', '123456789012345', '1234567890123456', '-1'],
  ...[
    '0.000001',
    '0.0000009',
    '-0.000001',
    '123456.789012345',
    '0.1',
    '12.30',
    '-',
    '--1',
    '1-2',
    '1.2.3',
    '+1',
  ],
  ...[
    '99999999.9999999',
    '1,',
    ' 1',
    '1 ',
    '"1"',
    '"1""2"',
    '"1\n2"',
    '"1\r\n2"',
    '""',
    '\u00e9',
    '\u00a01',
    '1\u00b9',
  ],
];

const TEXTS = DATA_SEEDS.csv.map((text) => Buffer.from(text));

t.test('rows by their bytes are those of csv-parse, however a file is cut', async (t) => {
  let read = 0;
  for (let round = 0; round < 800; round++) {
    const draws = new Draws(5, round);
    const mutated = mutateBytes(draws, draws.of(TEXTS), TEXTS, [...DATA_SEEDS.words, ...PLAIN]);
    const bytes = Buffer.from(mutated.toString('utf8').replaceAll('\0', '')); // encodings are tested by themselves
    const options = draws.oneIn(2) ? {} : { delimiter: draws.of([',', ';', '\t', ' ', '1', '|']) };
    const expected = outcome(() => new CsvDecoder('x.csv', options, false), [bytes]);
    if (typeof expected !== 'string') read++;
    const own = () => new CsvDecoder('x.csv', options);
    const ways = [
      outcome(own, [bytes]),
      outcome(own, cut(draws, bytes)),
      outcome(() => new CsvDecoder('x.csv', options, false), cut(draws, bytes)),
    ];
    for (const [way, made] of ways.entries()) {
      if (JSON.stringify(made) === JSON.stringify(expected)) continue;
      t.same(
        made,
        expected,
        `way ${way} of round ${round}: ${JSON.stringify(bytes.toString())} ${JSON.stringify(options)}`,
      );
      return;
    }
  }
  t.ok(read > 80 && read < 720, `${read} of 800 are read`);
});

t.test('plain decimals and what only looks like them, in columns of texts and of numbers', async (t) => {
  const draws = new Draws(6, 0);
  const number = () => {
    const digits = String(draws.below(10 ** 9)).slice(0, 1 + draws.below(9));
    const fraction = String(draws.below(10 ** 9)).slice(0, draws.below(9));
    return `${draws.oneIn(4) ? '-' : ''}${digits}${draws.oneIn(2) ? `.${fraction}` : ''}`;
  };
  const cell = () => (draws.oneIn(200) ? draws.of(PLAIN.filter((text) => !/[",\n]/.test(text))) : number());
  const rows = Array.from(
    { length: 9000 },
    () => `${cell()},${draws.below(50)},${draws.below(50) / 8},${cell()}`,
  );
  const bytes = Buffer.from(`a,b,c,d\n${rows.join('\n')}`);
  const expected = outcome(() => new CsvDecoder('x.csv', {}, false), [bytes]);
  for (const pieces of [[bytes], cut(draws, bytes)]) {
    const made = outcome(() => new CsvDecoder('x.csv', {}), pieces);
    t.ok(JSON.stringify(made) === JSON.stringify(expected));
  }
});

t.test('records of JSON are the same however a file is cut', async (t) => {
  const texts = DATA_SEEDS.json.map((text) => Buffer.from(text));
  let read = 0;
  for (let round = 0; round < 400; round++) {
    const draws = new Draws(7, round);
    const mutated = mutateBytes(draws, draws.of(texts), texts, DATA_SEEDS.words);
    const bytes = Buffer.from(mutated.toString('utf8').replaceAll('\0', ''));
    const expected = outcome(() => json.open('x.json', {}), [bytes]);
    if (typeof expected !== 'string') read++;
    const made = outcome(() => json.open('x.json', {}), cut(draws, bytes));
    if (JSON.stringify(made) === JSON.stringify(expected)) continue;
    t.same(made, expected, `round ${round}: ${JSON.stringify(bytes.toString())}`);
    return;
  }
  t.ok(read > 10 && read < 390, `${read} of 400 are read`);
});

t.test('a place that cannot be read is the same however a file is cut', async (t) => {
  const text = `name,y\n${'Do\u00f1a,1\n'.repeat(40)}\ud83d\ude00,2\n`;
  const latin = text.slice(0, text.indexOf('\ud83d'));
  const files: readonly (readonly [Buffer, string?])[] = [
    [Buffer.from(`\ufeff${text}`)],
    [Buffer.from(`\ufeff${text}`, 'utf16le')],
    [Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    [Buffer.from(latin, 'latin1'), 'windows-1252'],
    [Buffer.from(latin, 'latin1')],
    [Buffer.concat([Buffer.from(text), Buffer.of(0xe2, 0x82)])],
    [Buffer.concat([Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.of(65)])],
    [Buffer.concat([Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.of(0x3d, 0xd8)])],
    [Buffer.concat([Buffer.from(text), Buffer.of(0), Buffer.from('x')])],
  ];
  for (const [at, [bytes, encoding]] of files.entries()) {
    const decoder = () => new CsvDecoder('x.csv', encoding === undefined ? {} : { encoding });
    const expected = outcome(decoder, [bytes]);
    for (let round = 0; round < 20; round++) {
      t.same(outcome(decoder, cut(new Draws(8, round), bytes)), expected, `file ${at}, round ${round}`);
    }
  }
});

t.test(
  'the delimiter: a comma wherever it may be one, and else the one that all rows agree on',
  async (t) => {
    const taken = (text: string, name = 'x.csv') => {
      const decoder = new CsvDecoder(name, {});
      decoder.push(Buffer.from(text));
      const { delimiter, remarks = [], columns } = decoder.end();
      return [delimiter, remarks.length, columns.length];
    };
    t.same(taken('a;b\n1,5;2\n2,5;3\n'), [';', 1, 2]);
    t.same(taken('a\tb\tc\n1\t2\t3\n'), ['\t', 1, 3]);
    t.same(taken('a|b\n1|2\n'), ['|', 1, 2]);
    t.same(taken('a,b;c\n1,2;3\n'), [',', 0, 2], 'both agree');
    t.same(taken('x, y;z\n1;2\n3;4\n'), [';', 1, 2], 'a comma in the header alone');
    t.same(taken('"a;b",c\n"1;2",3\n'), [',', 0, 2], 'in quotes it separates nothing');
    t.same(taken('a\n1;2\n3;4\n'), [',', 0, 1], 'one column of texts');
    t.same(taken('price\n1,5\n'.replace('1,5', '15')), [',', 0, 1]);
    t.same(taken('a\tb\n1\t2\n', 'x.tsv'), ['\t', 0, 2], 'what the name stands for');
    t.same(taken('a\tb\n1\t2,5\n', 'X.TSV.GZ'), ['\t', 0, 2]);
    t.same(taken('a,b\n1,2\n', 'x.tsv'), [',', 1, 2], 'a name that is wrong');
    t.throws(() => taken('a,b\n1,2\n1,2,3\n'), {
      message: /Expected 2 cells as in the header, got 3 \(x.csv, line 3/,
    });
    const late = `a;b\n${'1;2\n'.repeat(200)}1;2;3\n`;
    t.throws(() => taken(late), { message: /Expected 2 cells as in the header, got 3 \(x.csv, line 202/ });
  },
);

t.test('a record that never ends is refused without going through it again and again', async (t) => {
  const decoder = new CsvDecoder('x.csv', { delimiter: ',' });
  decoder.push(Buffer.from('a,b\n1,"never'));
  const piece = Buffer.alloc(1 << 18, 'x,y\n');
  for (let pieces = 0; pieces < 60; pieces++) decoder.push(piece);
  t.throws(() => decoder.end(), {
    code: 'ERR_DATA',
    message: /every quoted cell to be closed.* \(x.csv, line 2\)/,
  });
});

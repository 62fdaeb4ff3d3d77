// Data files, CSV and JSON: whatever is read is described, trained on and written again.

import { describeTable } from '../../../src/data/columns/describe.js';
import { loadTraining } from '../../../src/data/load.js';
import { transformTable } from '../../../src/data/preprocessing/preprocessing.js';
import { readBytes } from '../../../src/data/readers/read-table.js';
import type { Table } from '../../../src/data/table/table.js';
import { TuttiError } from '../../../src/errors.js';
import { readPredictions } from '../../../src/measure/foreign/predictions-file.js';
import type { Draws } from './draws.js';
import { mutateBytes } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const CSV = [
  'size,colour,when,weight,kind\n1.5,blue,2024-01-31,1,a\n-2e-7,"red, ""so""",2024-02-29,2,b\n,grün,2023-12-01,3,a\n4,blue,2022-05-05,1,b\n',
  'x;y\r\n"1,5";2\r\n2,5;3\r\n3,5;4,5\r\n',
  '"a"\tb\r1\t2\r3\t4\r5\tNA\r',
  ',x,y\n0,1,p\n1,2,q\n2,3,p\n3,4,q\n',
  'price,n,y\n$1 234.50,10%,0.5\n"$2,000",7%,0.25\n$3.10,(8)%,1e3\n',
  'a\n1\n\n2\n3\n',
  'y,net0_a,net0_b,net1_a,net1_b\na,0.5,0.5,1,0\nb,0.25,0.75,0.5,0.5\n',
  'y,net0,net1\n1.5,1.25,2\n-3,-2,-4\n',
];
const RECORDS = [
  { size: 1.5, colour: 'blue', good: true, kind: 'a' },
  { size: -2e-7, colour: 'red {["', good: false, kind: 'b' },
  { size: null, colour: 'grün', good: true, kind: 'a' },
  { size: 12345678, colour: '', good: true, kind: 'b' },
];
const JSONS = [
  JSON.stringify(RECORDS),
  JSON.stringify(RECORDS, null, 1),
  RECORDS.map((record) => JSON.stringify(record)).join('\r\n'),
];
const WORDS = [
  ...[
    ',',
    ';',
    '\t',
    '"',
    '""',
    '\n',
    '\r\n',
    '\r',
    '\n\n',
    ',,',
    ' ',
    '\u00a0',
    '\u200b',
    '\ufeff',
    '\0',
    '\u2028',
  ],
  ...[
    '1',
    '-1',
    '1e400',
    '0x10',
    'Infinity',
    '-inf',
    'NaN',
    'NA',
    '?',
    '1.5',
    '1,5',
    '1 000',
    "1'000",
    '9007199254740993',
  ],
  ...[
    '12345678901234567890',
    '1e-400',
    '5e-324',
    '1.7976931348623157e308',
    '01/02/2023',
    '2023-13-01',
    '25:00',
    '$1',
    '50%',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'kind',
    'size',
    'column 1',
    'é',
    'e\u0301',
    '\ud83d\ude00',
    '\u202e',
    '\u001b[2J',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    '":',
    '{"size":1}',
    '[[',
    '{"__proto__":1}',
    'null',
    'true',
    '\\u0000',
    '\\ud800',
    '\\"',
  ],
];
/** Small data files of every kind, and what to put into them. */
export const DATA_SEEDS = { csv: CSV, json: JSONS, words: WORDS } as const;

const TEXTS = [...CSV, ...JSONS].map((text) => Buffer.from(text));
const ALL = [...TEXTS, Buffer.from(`\ufeff${CSV[0]}`, 'utf16le'), Buffer.from(CSV[0]!, 'latin1')];

/** The first byte says what the file is called, so that it is read as CSV, as JSON or as it looks. */
const NAMES = ['fuzz.csv', 'fuzz.json', 'fuzz.data'] as const;

export const data: FuzzTarget = {
  name: 'data',
  codes: ['ERR_DATA', 'ERR_OPTION', 'ERR_MEMORY'],
  make: (draws: Draws) =>
    Buffer.concat([Buffer.of(draws.below(NAMES.length)), mutateBytes(draws, draws.of(ALL), ALL, WORDS)]),
  async read(bytes) {
    const table = readBytes(Buffer.from(bytes.subarray(1)), NAMES[(bytes[0] ?? 0) % NAMES.length]!, {});
    requireReadAgain(table);
    const { features, columns } = describeTable(table);
    require(Number.isInteger(features) &&
      columns.length === table.columns.length, 'a description of other columns');
    const target = table.columns.at(-1)?.name;
    if (target === undefined) return;
    for (const task of ['classification', 'regression'] as const)
      attempt(() => requireTrained(table, target, task));
    attempt(() => requireTrained(table, target, undefined));
    attempt(() => {
      const { predictions, rows } = readPredictions(table, { target: table.columns[0]!.name });
      require(rows === table.rows && predictions.length > 0, 'predictions of other rows, or of nobody');
    });
  },
};

/** Several ways to take a table: one that is refused leaves the others. */
function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof TuttiError && data.codes.includes(error.code))) throw error;
  }
}

/** The table, written as CSV, is the same table. */
function requireReadAgain(table: Table): void {
  const { columns, rows } = table;
  if (columns.length === 0) return;
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const cells = (row: number) => columns.map((column) => quoted(column.text(row))).join(',');
  const lines = Array.from({ length: rows }, (_, row) => cells(row));
  const header = columns.map(({ name }) => quoted(name)).join(',');
  const names = new Set(columns.map(({ name }) => name.trim().normalize()));
  // JSON may have names, and texts, that are nothing or the same in a CSV file.
  if (names.size < columns.length || names.has('')) return;
  const again = readBytes(Buffer.from(`${header}\n${lines.join('\n')}\n`), 'again.csv', {});
  require(again.rows === rows, `${again.rows} rows where ${rows} were written`);
  for (const [at, column] of again.columns.entries()) {
    for (let row = 0; row < rows; row++) {
      const text = columns[at]!.text(row);
      require(column.text(row) === text.trim().normalize() ||
        column.text(row) === cleaned(text), `cell ${row}, ${at} is other text`);
    }
  }
}

/** As cells of CSV files are cleaned, for texts of JSON, which are not. */
function cleaned(text: string): string {
  return text.replaceAll(/^[\s\u200b-\u200d\u2060\ufeff]+|[\s\u200b-\u200d\u2060\ufeff]+$/g, '').normalize();
}

function requireTrained(
  table: Table,
  target: string,
  task: 'classification' | 'regression' | undefined,
): void {
  const options = { target, task, impute: 'mean', missingTarget: 'drop' } as const;
  const { train, preprocessing, rows } = loadTraining(table, options);
  require(train.x.length === train.rows * train.features, 'features of another shape');
  require(train.x.every(Number.isFinite) &&
    train.targets.every(Number.isFinite), 'numbers that are not finite');
  const classes = train.task.kind === 'classification' ? train.task.classes : [];
  require(new Set(classes).size === classes.length, 'a class twice');
  require(train.labels.every((label) => label >= 0 && label < classes.length), 'a label of no class');
  const again = transformTable(preprocessing, table, rows.train);
  require(again.rowsHash === train.rowsHash, 'other numbers for the rows that were trained on');
}

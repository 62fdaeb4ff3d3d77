// Files of JSON records: lists and lines of them read as the same table as CSV, and errors with their place.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { describeTable } from '../../../src/data/columns/describe.js';
import { loadTraining } from '../../../src/data/load.js';
import { openTable } from '../../../src/data/readers/open-table.js';
import { readCsv } from '../../../src/data/readers/read-csv.js';
import type { Table } from '../../../src/data/table/table.js';
import { TuttiError } from '../../../src/errors.js';

const RECORDS = [
  { size: 1.5, colour: 'blue', good: true, kind: 'a' },
  { size: -2e-7, colour: 'red, or "so"', good: false, kind: 'b' },
  { size: null, colour: 'grün {[', good: true, kind: 'a' },
];
const CSV = `size,colour,good,kind\n1.5,blue,true,a\n-2e-7,"red, or ""so""",false,b\n,grün {[,true,a\n`;

function fileOf(t: Test, name: string, content: string | Buffer): string {
  const path = join(t.testdir(), name);
  writeFileSync(path, content);
  return path;
}

function cells({ columns, rows }: Table) {
  return columns.map((column) => [
    column.name,
    ...Array.from({ length: rows }, (_, row) => column.text(row)),
  ]);
}

const lines = RECORDS.map((record) => JSON.stringify(record)).join('\n');

const WRITINGS: readonly (readonly [string, string, string, readonly number[]])[] = [
  ['a list on one line', 'x.json', JSON.stringify(RECORDS), [1, 1, 1]],
  ['a list of several lines', 'x.json', JSON.stringify(RECORDS, null, 2), [2, 8, 14]],
  ['lines', 'x.jsonl', `${lines}\n`, [1, 2, 3]],
  ['lines with blank ones, CRLF and no end', 'x.ndjson', lines.replaceAll('\n', '\r\n\r\n'), [1, 3, 5]],
  ['lines under the name of a list', 'X.JSON', lines, [1, 2, 3]],
  ['a list whose name says nothing', 'x.data', JSON.stringify(RECORDS, null, 1), [2, 8, 14]],
  ['lines with a byte-order mark whose name says nothing', 'x', `\ufeff${lines}`, [1, 2, 3]],
];

for (const [what, name, content, starts] of WRITINGS) {
  t.test(`${what}: the same cells as of CSV, each row with its line`, async (t) => {
    const table = await openTable(fileOf(t, name, content));
    t.strictSame(cells(table), cells(readCsv(fileOf(t, 'x.csv', CSV))));
    t.strictSame([...table.lines], starts);
  });
}

t.test('bytes are read without a file, and encodings are stated as for CSV', async (t) => {
  t.strictSame(cells(await openTable(Buffer.from(lines))), cells(await openTable(Buffer.from(CSV))));
  const latin = Buffer.from(lines, 'latin1');
  t.equal(
    (await openTable(fileOf(t, 'x.json', latin), { encoding: 'latin1' })).columns[1]!.text(2),
    'grün {[',
  );
  await t.rejects(openTable(latin), { code: 'ERR_DATA', message: /data to be text in UTF-8.*line 3/ });
  await t.rejects(openTable(3 as never), { code: 'ERR_OPTION' });
});

t.test('loading and describing take such files', async (t) => {
  const rows = Array.from({ length: 12 }, (_, at) => ({ x: at / 4, kind: at % 2 === 0 ? 'even' : 'odd' }));
  const path = fileOf(t, 'rows.json', JSON.stringify(rows));
  const { train, test } = loadTraining(path, { target: 'kind', testShare: 0.25, seed: 1 });
  t.strictSame([train.rows, test!.rows, train.features], [9, 3, 1]);
  t.match(describeTable(path, { target: 'kind' }), { rows: 12 });
});

function failure(t: Test, content: string, name = 'x.json') {
  const path = fileOf(t, name, content);
  return openTable(path).then(
    () => 'no error',
    (error: unknown) => (error instanceof TuttiError ? error.message.replaceAll(path, name) : error),
  );
}

const FAILURES: readonly (readonly [string, string, string])[] = [
  ['an empty file', '', 'Expected x.json to hold records, got none'],
  ['an empty list', ' [ ]\n', 'Expected x.json to hold records, got none'],
  [
    'a value that is no record',
    '[{"a":1},\n3]',
    'Expected row 2 of x.json to be an object with a value for each column, got 3 (line 2)',
  ],
  [
    'a cell of several values',
    '{"a":1}\n{"a":[2]}',
    'Expected `a` to be a number, a text, true, false or null, got a list (x.json, line 2, row 2, column `a`)',
  ],
  [
    'a number beyond doubles',
    '{"a":1e999}',
    'Expected `a` to be a finite number, got Infinity (x.json, line 1, row 1, column `a`)',
  ],
  [
    'a key too many',
    '{"size":1}\n{"size":2,"sise":3}',
    'Expected row 2 of x.json to have no columns but those known, got `sise` (did you mean `size`?) (line 2)',
  ],
  [
    'a key too few',
    '{"a":1,"b":2}\n{"a":2}',
    'Expected `b` to be there, null if missing, got no such key (x.json, line 2, row 2, column `b`)',
  ],
  [
    'a list that does not end',
    '[{"a":1}\n',
    'Expected a comma or the end of the list after a record, got the end of the file (x.json, line 2)',
  ],
  ['a comma before the end of the list', '[{"a":1},]', 'Expected a record, got "]" (x.json, line 1)'],
  [
    'more after the list',
    '[{"a":1}]\n{}',
    'Expected nothing after the list of records, got "{" (x.json, line 2)',
  ],
  ['commas between lines', '{"a":1},\n{"a":2}', 'Expected a record, got "," (x.json, line 1)'],
];

for (const [what, content, message] of FAILURES) {
  t.test(`${what} is refused with its place`, async (t) => {
    t.equal(await failure(t, content), message);
  });
}

t.test('JSON that cannot be parsed is refused with its row and line, and costs no other', async (t) => {
  for (const bad of ['{"a":}', "{'a':1}", '{"a":1', '{"a":"x', '{"a":"x\n"}', '{"a":1]', 'NaN', '{"a":01}']) {
    t.match(await failure(t, `{"a":1}\n\n${bad}`), /well-formed JSON.*\(x\.json, line 3, row 2\)$/s, bad);
  }
});

t.test('what JSON has no use for is refused', async (t) => {
  await t.rejects(openTable(fileOf(t, 'x.json', lines), { delimiter: ';' }), {
    code: 'ERR_OPTION',
    message: 'Expected `delimiter` to be absent for a JSON file, got ";"',
  });
  await t.rejects(openTable(fileOf(t, 'x.json', 'TUTTI\0')), {
    message: /to be a JSON file, got a saved ensemble/,
  });
  await t.rejects(openTable(join(t.testdir(), 'none.json')), { code: 'ERR_FILE' });
  await t.rejects(openTable(t.testdir()), { code: 'ERR_FILE', message: /got a folder/ });
});

// Data files that were made to hurt: sizes at which work that grows with the square of anything would not end.

import t from 'tap';
import { loadTraining } from '../../../src/data/load.js';
import { openTable } from '../../../src/data/readers/open-table.js';
import type { Table } from '../../../src/data/table/table.js';
import { GrowingRows, withinLimits } from '../../../src/data/table/table-limits.js';
import type { TuttiError } from '../../../src/errors.js';

const read = (text: string) => openTable(Buffer.from(text));

function errorOf(reading: Promise<Table>): Promise<TuttiError> {
  return reading.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: TuttiError) => error,
  );
}

const texts = ({ columns, rows }: Table) =>
  columns.map((column) => Array.from({ length: rows }, (_, row) => column.text(row)));

t.test('blanks within a cell by the million cost no more than other letters', async (t) => {
  const blank = ' '.repeat(2_000_000);
  const table = await read(`é${blank}x,b\né${blank}y\u00a0,2\n`);
  t.equal(table.columns[0]!.name.length, 2_000_002);
  t.same(texts(table), [[`é${blank}y`], ['2']]);
});

t.test('names of a megabyte are neither compared letter by letter nor repeated whole', async (t) => {
  const name = 'a'.repeat(1_000_000);
  const error = await errorOf(read(`{"${name}":1}\n{"${name}b":1}`));
  t.equal(error.code, 'ERR_DATA');
  t.match(error.message, /^Expected row 2 of data to have no columns but those known, got `aaa.*\(line 2\)$/);
  t.ok(error.message.length < 2000);
  const table = await read(`x,${name}\n1,2\n3,4\n5,6.5\n`);
  t.throws(() => loadTraining(table, { target: `${name}b` }), { code: 'ERR_OPTION' });
  t.equal(loadTraining(table, { target: name }).train.rows, 3);
});

t.test('keys that differ in composition alone are found one by one', async (t) => {
  const record = (letter: string) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`${letter}${i}`, i])));
  const table = await read(`${record('e\u0301')}\n${record('\u00e9')}`);
  t.equal(table.columns.length, 50_000);
  t.equal(table.columns[49_999]!.text(1), '49999');
});

t.test('a key that is there twice is refused with its place', async (t) => {
  const twice = 'Expected every key of a record once, got "a:" twice (data, line 2, row 2)';
  t.equal((await errorOf(read('{"a:":1,"b":2}\n{"a:":1,"b":"\\":{","a:":2}'))).message, twice);
  t.match((await errorOf(read('{"a":1,"\\u0061":2}'))).message, /once, got one twice/);
});

t.test('whole numbers of any length stay what they are, as in a CSV file', async (t) => {
  const long = '12345678901234567890';
  const json = await read(
    `[{"a": ${long}, "b":-${long} ,"c":"\\"${long}: ${long}\\\\","d":1.${long},"e":1e30}]`,
  );
  const [a, b, c, d, e] = texts(json).map(([cell]) => cell);
  t.same([a, b, c], [long, `-${long}`, `"${long}: ${long}\\`]);
  t.same([d, e], [String(Number(`1.${long}`)), '1e+30']);
  const labels = await read(
    Array.from({ length: 8 }, (_, i) => `{"x":${i},"y":1234567890123456789${i % 2}}`).join('\n'),
  );
  const { task } = loadTraining(labels, { target: 'y', task: 'classification' }).train;
  t.same(task, { kind: 'classification', classes: ['12345678901234567890', '12345678901234567891'] });
});

t.test('records that would take many times their bytes are refused before they are parsed', async (t) => {
  const lists = `[${'[],'.repeat(2_000_000)}[]]`;
  t.match(
    (await errorOf(read(`{"a":${lists}}`))).message,
    /got one that holds lists or objects \(data, line 1, row 1\)$/,
  );
  t.match((await errorOf(read(`{"a":1}\n${lists}`))).message, /to be an object .*, got a list \(line 2\)$/);
  t.match((await errorOf(read(`{"a":[1]}`))).message, /Expected `a` to be a number, .*, got a list/);
  const keys = Array.from({ length: 1_000_001 }, (_, i) => `"${i.toString(36)}":1`);
  t.match(
    (await errorOf(read(`{${keys.join(',')}}`))).message,
    /^Expected at most 1000000 columns, got more \(data, line 1\)$/,
  );
});

t.test('names of JavaScript itself are columns, classes and categories like others', async (t) => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length'];
  const rows = Array.from({ length: 20 }, (_, i) => [
    ...names.map((_, c) => (i * (c + 3)) % 7),
    names[i % 5],
    names[i % 2],
  ]);
  const csv = [[...names, 'kind', 'y'], ...rows].map((cells) => cells.join(',')).join('\n');
  const fromCsv = loadTraining(await read(csv), { target: 'y' });
  const records = rows.map(
    (cells) => `{${[...names, 'kind', 'y'].map((name, c) => `"${name}":${JSON.stringify(cells[c])}`)}}`,
  );
  const fromJson = loadTraining(await read(records.join('\n')), { target: 'y' });
  t.same(fromCsv.train.task, { kind: 'classification', classes: ['__proto__', 'constructor'] });
  t.equal(fromCsv.train.features, 10);
  t.equal(fromJson.train.hash, fromCsv.train.hash);
  t.equal(({} as Record<string, unknown>).kind, undefined);
});

t.test('a table that grows too large is refused as it grows', async (t) => {
  const column = { textBytes: 1e12 } as never;
  const rows = new GrowingRows('x.csv', [column]);
  const grow = () => {
    for (let line = 1; line < 1e6; line++) rows.add(line);
  };
  t.throws(grow, {
    code: 'ERR_MEMORY',
    message: /^Expected x\.csv to have the different texts .* by row 262144 /,
  });
  const tooLong = { code: 'ERR_MEMORY', message: /^Expected x\.csv to fit in memory, got more than/ };
  t.throws(() => withinLimits('x.csv', () => new Array(-1)), tooLong);
  t.throws(() => withinLimits('x.csv', () => 'x'.repeat(2 ** 30)), tooLong);
  t.throws(() => withinLimits('x.csv', () => (1).toFixed(-1)), RangeError);
});

t.test('half a character, which no file can hold, is refused as text and as a name', async (t) => {
  const half =
    /^Expected `a` to be text, got half a character \(a lone surrogate\) in "b\\ud800" \(data, line 1, row 1/;
  t.match((await errorOf(read('{"a":"b\\ud800"}'))).message, half);
  t.match((await errorOf(read('{"\\udc00":"b"}'))).message, /to be a name of characters, got half of one/);
  t.same(texts(await read('{"a":"\\ud83d\\ude00"}')), [['\u{1f600}']]);
});

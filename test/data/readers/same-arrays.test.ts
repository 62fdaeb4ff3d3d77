// The digits as CSV, as arrays of NumPy, as IDX and as images: the same dataset, byte for byte, wherever the cells are the same
// numbers.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { describeTable } from '../../../src/data/columns/describe.js';
import { type LoadedData, loadTraining } from '../../../src/data/load.js';
import { openTable } from '../../../src/data/readers/open-table.js';
import { readCsv } from '../../../src/data/readers/read-csv.js';
import type { Table } from '../../../src/data/table/table.js';
import { idxFile } from '../../support/idx-file.js';
import { writePng } from '../../support/png-writer.js';

const ROWS = 200;

/** The first digits: 64 columns of 0 to 16, and the label. */
const csv = readFileSync('data/digits.csv', 'utf8')
  .split('\n')
  .slice(0, ROWS + 1)
  .join('\n');
const inRoot = t.testdir();
writeFileSync(join(inRoot, 'digits.csv'), csv);
const digits = readCsv(join(inRoot, 'digits.csv'));
const cells = Array.from({ length: ROWS }, (_, row) => digits.columns.map((column) => column.number(row)));
const pixels = cells.flatMap((row) => row.slice(0, 64));
const labels = cells.map((row) => row[64]!);

function npyOf(descr: string, shape: readonly number[], bytes: Uint8Array): Buffer {
  const head = `{'descr': ${descr}, 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\0', 'latin1'),
    length,
    Buffer.from(padded, 'latin1'),
    bytes,
  ]);
}

const bytesOf = (array: Float64Array | Float32Array | Int32Array) => new Uint8Array(array.buffer);

function loaded(table: Table, target: string): LoadedData {
  return loadTraining(table, { target, testShare: 0.2, seed: 3 });
}

function requireSame(t: Test, data: LoadedData, than: LoadedData): void {
  t.same(data.train.x, than.train.x);
  t.same(data.train.labels, than.train.labels);
  t.same([data.train.rowsHash, data.test!.rowsHash], [than.train.rowsHash, than.test!.rowsHash]);
  t.same(data.train.encoding, than.train.encoding);
  t.same(data.train.task, than.train.task);
}

const asCsv = loaded(digits, 'digit');

t.test('arrays of any type of numbers', async (t) => {
  for (const [descr, bytes] of [
    ["'<f8'", bytesOf(Float64Array.from(cells.flat()))],
    ["'<f4'", bytesOf(Float32Array.from(cells.flat()))],
    ["'<i4'", bytesOf(Int32Array.from(cells.flat()))],
    ["'|u1'", Uint8Array.from(cells.flat())],
  ] as const) {
    const table = await openTable(npyOf(descr, [ROWS, 65], bytes));
    requireSame(t, loaded(table, 'x64'), asCsv);
    t.match(describeTable(table, { target: 'x64' }), { task: 'classification', rows: ROWS, features: 64 });
  }
});

t.test('records, whose columns have the names of the file', async (t) => {
  const fields = digits.columns.map(({ name }) => `('${name}', '<f8')`).join(', ');
  const table = await openTable(npyOf(`[${fields}]`, [ROWS], bytesOf(Float64Array.from(cells.flat()))));
  const own = loaded(table, 'digit');
  requireSame(t, own, asCsv);
  t.same(own.preprocessing, asCsv.preprocessing);
});

t.test("MNIST's format", async (t) => {
  const path = t.testdir();
  writeFileSync(join(path, 'train-images-idx3-ubyte'), idxFile(8, [ROWS, 8, 8], Uint8Array.from(pixels)));
  writeFileSync(join(path, 'train-labels-idx1-ubyte'), idxFile(8, [ROWS], Uint8Array.from(labels)));
  const table = await openTable(join(path, 'train-images-idx3-ubyte'));
  requireSame(t, loaded(table, 'label'), asCsv);
  t.match(describeTable(table).notes, [/are the column `label`$/, /`image` 8x8 lets/]);
});

t.test('images in folders, in the order of their folders', async (t) => {
  const path = t.testdir();
  const order = labels
    .map((label, row) => ({ label, row }))
    .sort((a, b) => a.label - b.label || a.row - b.row);
  for (const { label, row } of order) {
    mkdirSync(join(path, String(label)), { recursive: true });
    const image = {
      width: 8,
      height: 8,
      depth: 8,
      colour: 0,
      samples: pixels.slice(64 * row, 64 * row + 64),
    };
    writeFileSync(join(path, String(label), `${String(row).padStart(4, '0')}.png`), writePng(image));
  }
  const lines = csv.split('\n');
  const sorted = [lines[0]!, ...order.map(({ row }) => lines[row + 1]!)].join('\n');
  writeFileSync(join(inRoot, 'sorted.csv'), sorted);
  const table = await openTable(path);
  requireSame(t, loaded(table, 'label'), loaded(readCsv(join(inRoot, 'sorted.csv')), 'digit'));
});

// Copies of rows in which some columns are those of another row.

import t from 'tap';
import { perturbRows } from '../../src/distillation/perturbed-rows.js';

/** Every number says its row and column: 100 row + column. Columns 1 and 2 belong together. */
const rows = 400;
const x = Float64Array.from({ length: 4 * rows }, (_, at) => 100 * Math.floor(at / 4) + (at % 4));
const from = {
  ...{ x, rows, features: 4 },
  columns: [
    { first: 0, width: 1 },
    { first: 1, width: 2 },
    { first: 3, width: 1 },
  ],
};

const rowOf = (value: number) => Math.floor(value / 100);

t.test('a copy has values of its row and of one other, column by column', async (t) => {
  const copy = perturbRows(from, 1, 0.5, 3);
  let swapped = 0;
  for (let row = 0; row < rows; row++) {
    const own = [...copy.subarray(4 * row, 4 * row + 4)];
    if (own.some((value, column) => value % 100 !== column)) t.fail(`row ${row} has values of other columns`);
    const donors = new Set(own.map(rowOf).filter((donor) => donor !== row));
    if (donors.size > 1) t.fail(`row ${row} has values of rows ${[...donors]}`);
    if (rowOf(own[1]!) !== rowOf(own[2]!)) t.fail(`row ${row} has half of a column`);
    swapped += [own[0]!, own[1]!, own[3]!].filter((value) => rowOf(value) !== row).length;
  }
  // 1200 draws with probability ½: within five standard deviations, less a row that gives to itself.
  t.ok(Math.abs(swapped - 600) < 5 * Math.sqrt(300) + 3, `${swapped} of 1200`);
});

t.test('copies differ, and are the same again', async (t) => {
  const bytes = (copy: number, seed: number) => Buffer.from(perturbRows(from, copy, 0.3, seed).buffer);
  t.ok(bytes(1, 3).equals(bytes(1, 3)));
  t.notOk(bytes(1, 3).equals(bytes(2, 3)));
  t.notOk(bytes(1, 3).equals(bytes(1, 4)));
});

t.test('a copy has the precision of its rows, which stay as they are', async (t) => {
  const single = Float32Array.from(x);
  t.ok(perturbRows({ ...from, x: single }, 1, 1, 3) instanceof Float32Array);
  t.same(single, Float32Array.from(x));
});

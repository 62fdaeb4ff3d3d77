// Partial dependence of linear members, which is known exactly, and of categories, weights, threads and stops.

import t from 'tap';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { loadTraining } from '../../src/data/load.js';
import { tableFromRecords } from '../../src/data/table/record-table.js';
import { partialDependence } from '../../src/explain/partial-dependence.js';
import { createPool } from '../../src/pool/pool.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';
import { linearMembers, linearRows } from './hand-made.js';

const SLOPES = [
  [2, -1],
  [1, 0],
  [3, -5],
];

function columnOf(x: ArrayLike<number>, features: number, column: number): number[] {
  return Array.from({ length: x.length / features }, (_, row) => x[row * features + column]!);
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

t.test('of linear members it is the line of each, their mean, and their spread', async (t) => {
  const train = linearRows(300, [2, -2], 0.1);
  const dataset = Dataset.fromArrays(train);
  const ensemble = await linearMembers(dataset, SLOPES);
  const [first] = await partialDependence(ensemble, dataset, ['x[0]'], {
    ...{ clip: false, maxRows: Number.POSITIVE_INFINITY, rowCurves: 3 },
  });
  const { values, mean, members, spread, rowCurves, rowsNear, rows } = first!;
  t.equal(rows, 300);
  t.equal(values.length, 20);
  t.equal(
    rowsNear.reduce((sum, count) => sum + count, 0),
    300,
  );
  const other = meanOf(columnOf(train.x, 2, 1));
  const sorted = columnOf(train.x, 2, 0).sort((a, b) => a - b);
  for (const [at, value] of (values as readonly number[]).entries()) {
    const lines = SLOPES.map(([a, b]) => a! * value + b! * other);
    for (const [member, line] of lines.entries()) t.ok(Math.abs(members[member]![at]! - line) < 1e-5);
    const center = meanOf(lines);
    t.ok(Math.abs(mean[at]! - center) < 1e-5);
    const deviation = Math.sqrt(lines.reduce((sum, line) => sum + (line - center) ** 2, 0) / 2);
    t.ok(Math.abs(spread![at]! - deviation) < 1e-5);
    // The type 7 quantile of numpy.
    const position = 299 * (0.05 + (0.9 * at) / 19);
    const low = sorted[Math.floor(position)]!;
    const quantile = low + (sorted[Math.floor(position) + 1]! - low) * (position % 1);
    t.ok(Math.abs(value - quantile) < 1e-9);
  }
  for (const { row, curve } of rowCurves) {
    for (const [at, value] of (values as readonly number[]).entries()) {
      t.ok(Math.abs(curve[at]! - (2 * value - 2 * train.x[2 * row + 1]!)) < 1e-5, 'a row’s own line');
    }
  }
});

t.test('weights of rows count in the mean', async (t) => {
  const train = linearRows(200, [2, -2], 0.1);
  const rowWeights = Float64Array.from({ length: 200 }, (_, row) => (row < 50 ? 4 : 0));
  const dataset = Dataset.fromArrays({ ...train, rowWeights });
  const ensemble = await linearMembers(dataset, [[2, -1]]);
  const [curve] = await partialDependence(ensemble, dataset, ['x[0]'], { clip: false });
  const other = meanOf(columnOf(train.x, 2, 1).slice(0, 50));
  for (const [at, value] of (curve!.values as readonly number[]).entries()) {
    t.ok(Math.abs(curve!.mean[at]! - (2 * value - other)) < 1e-5);
  }
  t.equal(curve!.spread, null, 'one member has none');
});

t.test(
  'categories are values of their column, few numbers are all there, in the order asked for',
  async (t) => {
    const records = Array.from({ length: 90 }, (_, row) => ({
      city: ['Berlin', 'Paris', 'Rome'][row % 3]!,
      rooms: 1 + (row % 4),
      price: 10 * (row % 3) + (row % 4),
    }));
    const { train } = loadTraining(tableFromRecords(records), { target: 'price', task: 'regression' });
    const ensemble = await trainEnsemble(train, { members: 4, hidden: [16], epochs: 80, seed: 1 });
    const [rooms, city] = await partialDependence(ensemble, train, ['rooms', 'city']);
    t.match(rooms, { column: 'rooms', kind: 'numeric', values: [1, 2, 3, 4], outputs: ['price'] });
    t.match(city, {
      column: 'city',
      kind: 'categorical',
      values: ['Berlin', 'Paris', 'Rome'],
      rowsNear: [30, 30, 30],
    });
    t.ok(city!.mean[0]! < city!.mean[1]! && city!.mean[1]! < city!.mean[2]!);
  },
);

t.test('of classes every probability has a curve, and they add up to one', async (t) => {
  const dataset = clusters(150, 3, 3);
  const ensemble = await trainEnsemble(dataset, { members: 3, hidden: [8], epochs: 10, seed: 1 });
  const [curve] = await partialDependence(ensemble, dataset, ['x[1]'], { points: 7 });
  t.strictSame(curve!.outputs, ['0', '1', '2']);
  for (let at = 0; at < 7; at++) {
    const sum = curve!.mean.subarray(3 * at, 3 * at + 3).reduce((total, value) => total + value, 0);
    t.ok(Math.abs(sum - 1) < 1e-6);
  }
});

t.test('the same bytes on any number of threads; progress is told, and the signal stops it', async (t) => {
  const dataset = clusters(700, 6, 3);
  const ensemble = await trainEnsemble(dataset, { members: 4, hidden: [160, 160], epochs: 1, seed: 1 });
  const columns = ['x[0]', 'x[3]', 'x[5]'];
  const here = await partialDependence(ensemble, dataset, columns);
  t.equal(here[0]!.rows, 500);
  const runner = createPool({ threads: 3 });
  t.strictSame(await partialDependence(ensemble, dataset, columns, { runner }), here);
  await runner.close();
  const controller = new AbortController();
  let last = 0;
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    last = done;
    t.equal(total, 3 * 20 * 500);
    if (done > total / 2) controller.abort(new Error('enough'));
  };
  await t.rejects(partialDependence(ensemble, dataset, columns, { onProgress, signal: controller.signal }), {
    message: 'enough',
  });
  t.ok(last < 3 * 20 * 500);
});

t.test('a column that is none is refused', async (t) => {
  const dataset = clusters(30, 2, 2);
  const ensemble = await trainEnsemble(dataset, { members: 1, hidden: [4], epochs: 1, seed: 1 });
  await t.rejects(partialDependence(ensemble, dataset, ['x[2]']), {
    code: 'ERR_OPTION',
    message:
      /Expected `columns` to name columns that the ensemble learned from \(x\[0\], x\[1\]\), got "x\[2\]"/,
  });
  await t.rejects(partialDependence(ensemble, dataset, ['x[0]'], { points: 1 }), { message: /`points`/ });
});

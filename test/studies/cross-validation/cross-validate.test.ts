// Cross-validation is what training and measuring each fold by hand gives; nothing of a fold is seen in its training.

import { join } from 'node:path';
import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { makeFolds } from '../../../src/data/folds.js';
import { readCsv } from '../../../src/data/readers/read-csv.js';
import { tableFromRecords } from '../../../src/data/table/record-table.js';
import { evaluateEnsemble } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { createPool } from '../../../src/pool/pool.js';
import { crossValidate } from '../../../src/studies/cross-validation/cross-validate.js';
import { tableSource } from '../../../src/studies/cross-validation/fold-source.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';

const TRAINING = { members: 3, hidden: [8], epochs: 4, seed: 7 } as const;

/** Some rows of raw clusters. */
function part({ x, labels, features }: ReturnType<typeof clusters>, rows: Uint32Array, like?: Dataset) {
  return Dataset.fromArrays({
    x: Float32Array.from({ length: rows.length * features }, (_, at) => {
      return x[rows[Math.floor(at / features)]! * features + (at % features)]!;
    }),
    ...{ rows: rows.length, features, labels: Array.from(rows, (row) => labels[row]!) },
    ...(like === undefined ? { standardise: false, classes: ['0', '1', '2'] } : { like }),
  });
}

t.test('every fold is what training without it and measuring on it gives', async (t) => {
  const dataset = clusters(150, 4, 3);
  const report = await crossValidate(dataset, TRAINING, { folds: 3, repeats: 2 });
  t.match(report, { kind: 'stratified', complete: true, planned: 3, rows: 150, seed: 7 });
  const folds = makeFolds({ rows: 150, folds: 3, repeats: 2, seed: 7, labels: dataset.labels });
  t.equal(report.results.length, 6);
  for (const at of [0, 4]) {
    const { train, test, repeat, fold } = folds[at]!;
    const rows = part(dataset, train);
    const ensemble = await trainEnsemble(rows, { ...TRAINING, seed: 7 + at });
    const held = part(dataset, test, rows);
    const own = report.results[at]!;
    t.match(own, { repeat, fold, seed: 7 + at, trainRows: 100, testRows: 50, members: 3 });
    const measured = await evaluateEnsemble(ensemble, held, { curves: false, replicates: 0 });
    t.strictSame(own.measurement.ensemble, measured.ensemble);
    t.strictSame(own.measurement.errorCorrelation.v, measured.errorCorrelation.v);
    t.equal(own.scores.scores.find(({ name }) => name === 'accuracy')!.value, measured.ensemble!.accuracy);
    const { mean } = await predictEnsemble(ensemble, held);
    const { known, folds: foldOf } = report.outOfFold[repeat]!;
    for (const [at2, row] of test.entries()) {
      t.strictSame(known.combined.mean.subarray(3 * row, 3 * row + 3), mean.subarray(3 * at2, 3 * at2 + 3));
      t.equal(foldOf[row], fold);
    }
  }
});

t.test('out of fold every row is there once, in its place, and scores are over all', async (t) => {
  const dataset = clusters(90, 3, 3);
  const { outOfFold, scores, results } = await crossValidate(dataset, TRAINING, { folds: 3 });
  t.equal(outOfFold.length, 1);
  const [{ known, scores: all, measurement }] = outOfFold as [(typeof outOfFold)[0]];
  t.strictSame([...known.index], [...Array(90).keys()]);
  t.strictSame(known.truth.labels, dataset.labels);
  t.equal(known.mask, null);
  t.equal(known.members.length, 3);
  const right = [...known.combined.labels!].filter((label, row) => label === dataset.labels[row]).length;
  const accuracy = scores.find(({ name }) => name === 'accuracy')!;
  t.equal(accuracy.outOfFold, right / 90);
  t.equal(measurement.ensemble!.accuracy, right / 90);
  t.ok(accuracy.interval!.low < right / 90 && right / 90 < accuracy.interval!.high);
  t.equal(all.rows, 90);
  const values = results.map((own) => own.measurement.ensemble!.accuracy!);
  t.strictSame(accuracy.values, values);
  const mean = values.reduce((sum, value) => sum + value, 0) / 3;
  t.ok(Math.abs(accuracy.mean! - mean) < 1e-12);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
  t.ok(Math.abs(accuracy.std! - deviation) < 1e-12);
});

t.test('what is fitted on rows is fitted on those of the fold’s training alone', async (t) => {
  const records = Array.from({ length: 12 }, (_, row) => ({
    size: row === 0 ? 1000 : row,
    city: row === 1 ? 'Oslo' : ['Rome', 'Bern'][row % 2]!,
    price: 2 * row,
  }));
  const table = tableFromRecords(records);
  const source = tableSource(table, { target: 'price', task: 'regression', unseen: 'ignore' }, undefined);
  t.strictSame(
    source.tableRows,
    Uint32Array.from({ length: 12 }, (_, row) => row),
  );
  const test = Uint32Array.of(0, 1);
  const train = Uint32Array.from({ length: 10 }, (_, row) => row + 2);
  const made = source.datasets({ repeat: 0, fold: 0, train, test });
  const [size, city] = made.train.preprocessing!.features;
  t.match(size, { kind: 'numeric', mean: 6.5 });
  t.match(city, { kind: 'categorical', categories: ['Bern', 'Rome'] });
  t.ok(Math.abs(made.train.encoding.targets.mean[0]! - 13) < 1e-12);
  t.strictSame(made.test.encoding, made.train.encoding);
  t.equal(made.test.x[0], 1000);
});

t.test('a dataset of arrays is scaled by the fold’s training rows', async (t) => {
  const { x, targets } = linear(60, 2);
  const dataset = Dataset.fromArrays({ x: Float64Array.from(x), rows: 60, features: 2, targets });
  const report = await crossValidate(dataset, TRAINING, { folds: 3 });
  t.equal(report.kind, 'shuffled');
  const [{ train }] = makeFolds({ rows: 60, folds: 3, seed: 7 }) as [ReturnType<typeof makeFolds>[0]];
  const rows = Dataset.fromArrays({
    x: Float64Array.from({ length: 80 }, (_, at) => x[2 * train[at >> 1]! + (at % 2)]!),
    ...{ rows: 40, features: 2, targets: Array.from(train, (row) => targets[row]!) },
  });
  const ensemble = await trainEnsemble(rows, TRAINING);
  const { mean } = await predictEnsemble(ensemble, dataset);
  const { known, folds } = report.outOfFold[0]!;
  for (let row = 0; row < 60; row++) if (folds[row] === 0) t.equal(known.combined.mean[row], mean[row]);
});

t.test('the same on any number of threads; progress is of all folds', async (t) => {
  const dataset = clusters(120, 4, 3);
  const here = await crossValidate(dataset, TRAINING, { folds: 4 });
  const runner = createPool({ threads: 8 });
  const seen: { foldsDone: number; done: number; planned: number }[] = [];
  const onProgress = (progress: { foldsDone: number; done: number; planned: number }) =>
    void seen.push(progress);
  const order: number[] = [];
  const there = await crossValidate(dataset, TRAINING, {
    ...{ folds: 4, runner, onProgress, onFold: ({ fold }) => void order.push(fold) },
  });
  await runner.close();
  t.strictSame(there.outOfFold[0]!.known, here.outOfFold[0]!.known);
  t.strictSame(there.scores, here.scores);
  t.strictSame(
    [...order].sort((a, b) => a - b),
    [0, 1, 2, 3],
  );
  t.match(seen.at(-1), { foldsDone: 4, folds: 4, done: 12, planned: 12, failed: 0 });
});

t.test('stopped, it keeps the folds that are finished, or rejects', async (t) => {
  const dataset = clusters(90, 3, 3);
  const stopAfter = (folds: number) => {
    const controller = new AbortController();
    let finished = 0;
    const onFold = () => {
      finished++;
      if (finished === folds) controller.abort(new Error('enough'));
    };
    return { folds: 3, repeats: 2, onFold, signal: controller.signal };
  };
  const kept = await crossValidate(dataset, TRAINING, { ...stopAfter(4), onInterrupt: 'keep' });
  t.equal(kept.complete, false);
  t.equal(kept.results.length, 4);
  t.strictSame(
    kept.outOfFold.map(({ known }) => known.rows),
    [90, 30],
  );
  await t.rejects(crossValidate(dataset, TRAINING, stopAfter(1)), { message: 'enough' });
  const none = await crossValidate(dataset, TRAINING, {
    ...{ folds: 3, onInterrupt: 'keep', signal: AbortSignal.abort(new Error('before')) },
  }).catch((error: Error) => error.message);
  t.equal(none, 'before', 'nothing was asked for yet');
});

t.test(
  'in the order of time every fold is trained on what came before, and the column is no feature',
  async (t) => {
    const records = Array.from({ length: 60 }, (_, row) => ({
      day: `2024-${String(1 + Math.floor(row / 20)).padStart(2, '0')}-${String(1 + (row % 20)).padStart(2, '0')}`,
      size: (7 * row) % 11,
      price: (7 * row) % 11,
    })).reverse();
    const table = tableFromRecords(records);
    const load = { target: 'price', task: 'regression' } as const;
    const report = await crossValidate(table, TRAINING, { load, folds: 3, time: 'day', gap: 5 });
    t.match(report, { kind: 'timeOrdered', gap: 5 });
    t.strictSame(
      report.results.map(({ trainRows, testRows }) => [trainRows, testRows]),
      [
        [10, 15],
        [25, 15],
        [40, 15],
      ],
    );
    const { known } = report.outOfFold[0]!;
    t.equal(known.rows, 45, 'the first rows are never tested on');
    t.strictSame([...known.index], [...Array(45).keys()], 'the table begins with the newest');
    const source = tableSource(table, load, 'day');
    const [fold] = makeFolds({ ...source.dealt, folds: 3 });
    t.strictSame(
      source.datasets(fold!).train.preprocessing!.features.map(({ column }) => column),
      ['size'],
    );
  },
);

t.test('groups stay whole, and weights of rows count in scores', async (t) => {
  const file = join(import.meta.dirname, '../../../../data/diabetes.csv');
  const table = readCsv(file);
  const [target] = table.columns.slice(-1);
  const age = table.columns[0]!.name;
  const load = { target: target!.name, groupColumn: age };
  const report = await crossValidate(table, TRAINING, { load, folds: 4 });
  t.equal(report.kind, 'grouped');
  const { known, folds } = report.outOfFold[0]!;
  const foldOf = new Map<string, number>();
  for (const [at, row] of known.index.entries()) {
    const group = table.columns[0]!.text(report.tableRows![row]!);
    if ((foldOf.get(group) ?? folds[at]) !== folds[at]) t.fail(`group ${group} is divided`);
    foldOf.set(group, folds[at]!);
  }
  t.equal(new Set(foldOf.values()).size, 4);
  const dataset = linear(60, 2);
  const rowWeights = Float64Array.from({ length: 60 }, (_, row) => (row < 30 ? 0 : 1));
  const { x, targets } = dataset;
  const weighted = Dataset.fromArrays({ x, rows: 60, features: 2, targets, rowWeights, standardise: false });
  const { outOfFold } = await crossValidate(weighted, TRAINING, { folds: 3 });
  const { known: own, scores } = outOfFold[0]!;
  let squares = 0;
  for (let row = 30; row < 60; row++) squares += (own.combined.mean[row]! - targets[row]!) ** 2;
  const rmse = scores.scores.find(({ name }) => name === 'rmse')!.value!;
  t.ok(Math.abs(rmse - Math.sqrt(squares / 30)) < 1e-9);
});

t.test('what cannot be is refused before anything is trained', async (t) => {
  const table = tableFromRecords(
    Array.from({ length: 12 }, (_, row) => ({ size: row, name: `n${row % 5}`, kind: row < 3 ? 'a' : 'b' })),
  );
  const refused = (options: object, message: string | RegExp, source: typeof table | Dataset = table) =>
    t.rejects(crossValidate(source, TRAINING, options), { message });
  const load = { target: 'kind' };
  await refused({ load }, 'Expected at least 5 rows of class "a" for 5 folds, got 3');
  await refused(
    { load: { target: 'size', task: 'regression' }, folds: 13 },
    'Expected at least 13 rows for 13 folds, got 12',
  );
  await refused({ load, time: 'date' }, /Expected `time` to be a column of .*got "date"/);
  await refused({ load, time: 'name' }, 'Expected `time` to be a column of numbers or dates, got "name"');
  await refused({}, /Expected `load` to be the options of the table/);
  const dataset = clusters(30, 2, 3);
  await refused({ load }, /Expected `load` to be absent for a dataset/, dataset);
  await refused({ time: [1, 2] }, 'Expected `time` to be 30 numbers, one for each row, got "2"', dataset);
  await refused({ folds: 1 }, 'Expected `folds` to be an integer ≥ 2, got 1', dataset);
  await refused({ clip: true }, /clip/, dataset);
});

t.test('a member that fails in a fold does not count there', async (t) => {
  const dataset = clusters(60, 3, 3);
  const { outOfFold, results } = await crossValidate(
    dataset,
    { members: [{ hidden: [4] }, { hidden: [4], learningRate: 1e30 }], epochs: 3, seed: 1 },
    { folds: 3 },
  );
  t.strictSame(
    results.map(({ members, failures }) => [members, failures.length]),
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  );
  const { known } = outOfFold[0]!;
  t.strictSame([...known.mask!.subarray(0, 60)], Array(60).fill(1));
  t.strictSame([...known.mask!.subarray(60)], Array(60).fill(0));
});

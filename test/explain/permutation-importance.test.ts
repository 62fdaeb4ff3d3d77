// Permutation importance against its closed form, and what it promises of rows, groups, threads and stops.

import t from 'tap';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { loadTraining } from '../../src/data/load.js';
import { tableFromRecords } from '../../src/data/table/record-table.js';
import { calibrateEnsemble } from '../../src/ensemble/evaluate/calibrate-ensemble.js';
import { predictKnownRows } from '../../src/ensemble/evaluate/known-rows.js';
import { permutationImportance } from '../../src/explain/permutation-importance.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { variance } from '../../src/math/statistics.js';
import { scoreKnownRows } from '../../src/measure/scores/row-scores.js';
import { createPool } from '../../src/pool/pool.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';
import { linearMembers, linearRows } from './hand-made.js';

const BETA = [2, -1, 0.5, 0];

/** Var(x) of a column over its rows, by n − 1. */
function columnVariance(x: Float64Array, features: number, column: number): number {
  const values = x.filter((_, at) => at % features === column);
  return (variance(values) * values.length) / (values.length - 1);
}

t.test('of a linear model with squared error it is 2 β² Var(x) on held-out rows', async (t) => {
  const train = linearRows(400, BETA, 0.5);
  const test = linearRows(600, BETA, 0.5, 2);
  const dataset = Dataset.fromArrays(train);
  const ensemble = await linearMembers(dataset, [BETA, BETA]);
  const report = await permutationImportance(ensemble, Dataset.fromArrays({ ...test, like: dataset }), {
    ...{ metric: 'squaredError', repeats: 40, clip: false },
  });
  t.equal(report.rowsFrom, 'heldOut');
  t.equal(report.rows, 600);
  t.strictSame(
    report.columns.map(({ name }) => name),
    ['x[0]', 'x[1]', 'x[2]', 'x[3]'],
    'the most important first',
  );
  for (const [at, { importance, repeatSpread, members }] of report.columns.entries()) {
    const expected = 2 * BETA[at]! ** 2 * columnVariance(test.x, 4, at);
    const error = 4 * ((repeatSpread ?? 0) / Math.sqrt(40)) + 1e-9;
    // The noise of these very rows correlates a little with their columns, which adds 4 β cov(x, ε).
    const noise = 4 * Math.abs(BETA[at]!) * 0.5 * (3 / Math.sqrt(600));
    t.ok(Math.abs(importance! - expected) < error + noise, `${importance} of ${expected}`);
    t.equal(members[0], members[1], 'equal members say the same');
  }
  t.equal(report.columns[3]!.importance, 0, 'a column without a coefficient does nothing');
});

t.test('out of bag it is the same closed form, each row by members that never saw it', async (t) => {
  const dataset = Dataset.fromArrays(linearRows(800, BETA, 0));
  const ensemble = await linearMembers(dataset, Array(12).fill(BETA));
  const report = await permutationImportance(ensemble, dataset, {
    ...{ metric: 'squaredError', repeats: 30, clip: false },
  });
  t.equal(report.rowsFrom, 'outOfBag');
  t.ok(report.score < 1e-8, 'nothing is wrong before');
  for (const [at, { importance, repeatSpread }] of report.columns.entries()) {
    const expected = 2 * BETA[at]! ** 2 * columnVariance(dataset.x as Float64Array, 4, at);
    // A donor is drawn, and those of few members seldom, which adds a standard error of its own.
    const error = 5 * (repeatSpread! / Math.sqrt(30)) + 0.05 * expected + 1e-9;
    t.ok(Math.abs(importance! - expected) < error, `${importance} of ${expected}`);
  }
});

t.test('members that differ have their own importance, and the spread is theirs', async (t) => {
  const dataset = Dataset.fromArrays(linearRows(300, [1, 1], 0));
  const ensemble = await linearMembers(dataset, [
    [1, 1],
    [1, 0],
  ]);
  const { columns } = await permutationImportance(ensemble, dataset, {
    ...{ rowsFrom: 'heldOut', metric: 'squaredError', clip: false, columns: ['x[1]'] },
  });
  t.equal(columns.length, 1);
  const [own] = columns;
  t.equal(own!.members[1], 0, 'the member that does not read the column');
  t.ok(own!.members[0]! > 1.5);
  t.ok(Math.abs(own!.memberMean! - own!.members[0]! / 2) < 1e-12);
  t.ok(Math.abs(own!.memberSpread! - own!.members[0]! / Math.SQRT2) < 1e-12);
});

t.test('columns of a group are permuted together: two halves of one difference say it', async (t) => {
  // y = a − b with b = a: together they say nothing, each by itself a lot.
  const rows = 400;
  const { x: one } = linearRows(rows, [1], 0);
  const x = Float64Array.from({ length: 2 * rows }, (_, at) => one[at >> 1]!);
  const targets = Float64Array.from({ length: rows }, (_, row) => row % 2);
  const dataset = Dataset.fromArrays({ x, rows, features: 2, targets });
  const ensemble = await linearMembers(dataset, [[1, -1]]);
  const settings = { rowsFrom: 'heldOut', clip: false, metric: 'squaredError' } as const;
  const apart = await permutationImportance(ensemble, dataset, settings);
  t.ok(apart.columns.every(({ importance }) => importance! > 1));
  const together = await permutationImportance(ensemble, dataset, {
    ...settings,
    groups: [['x[0]', 'x[1]']],
  });
  t.equal(together.columns.length, 1);
  t.equal(together.columns[0]!.name, 'x[0], x[1]');
  t.ok(Math.abs(together.columns[0]!.importance!) < 1e-6);
});

t.test('the one-hot features of a column of the table are one column', async (t) => {
  const records = Array.from({ length: 120 }, (_, row) => ({
    city: ['Berlin', 'Paris', 'Rome'][row % 3]!,
    size: row % 7,
    price: 10 * (row % 3) + (row % 7),
  }));
  const { train } = loadTraining(tableFromRecords(records), { target: 'price', task: 'regression' });
  const ensemble = await trainEnsemble(train, { members: 4, hidden: [16], epochs: 60, seed: 1 });
  const { columns, metric } = await permutationImportance(ensemble, train);
  t.equal(metric, 'rmse');
  t.strictSame(
    columns.map(({ name }) => name),
    ['city', 'size'],
  );
  t.ok(columns[0]!.importance! > 2 * columns[1]!.importance!);
});

t.test('weights of rows count: rows of weight 0 do not', async (t) => {
  // The column matters in the first half of the rows only.
  const rows = 400;
  const { x } = linearRows(rows, [1], 0);
  const half = (row: number) => (row < rows / 2 ? 1 : 0);
  const targets = Float64Array.from({ length: rows }, (_, row) => x[row]!);
  const weighted = (of: (row: number) => number) =>
    Dataset.fromArrays({
      ...{ x, rows, features: 1, targets },
      rowWeights: Float64Array.from({ length: rows }, (_, row) => of(row)),
    });
  const settings = { rowsFrom: 'heldOut', metric: 'squaredError', clip: false, repeats: 20 } as const;
  const dataset = weighted((row) => 2 * half(row));
  const ensemble = await linearMembers(dataset, [[1]]);
  const first = x.subarray(0, rows / 2);
  const all = variance(x);
  // E (x_i − x_j)² over i of the first half and j of all.
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const expected = variance(first) + all + (mean(first) - mean(x)) ** 2;
  const { columns } = await permutationImportance(ensemble, dataset, settings);
  const { importance, repeatSpread } = columns[0]!;
  t.ok(
    Math.abs(importance! - expected) < (4 * repeatSpread!) / Math.sqrt(20) + 0.01,
    `${importance} ${expected}`,
  );
});

t.test('the same bytes on any number of threads, and other rows with another seed', async (t) => {
  const dataset = clusters(900, 12, 3);
  const ensemble = await trainEnsemble(dataset, {
    ...{ members: 4, hidden: [160, 160], resample: 'bootstrap', epochs: 1, seed: 1 },
  });
  // Enough that threads are worth it.
  const settings = { repeats: 3, maxRows: 480 };
  const here = await permutationImportance(ensemble, dataset, settings);
  for (const threads of [1, 3]) {
    const runner = createPool({ threads });
    t.strictSame(await permutationImportance(ensemble, dataset, { ...settings, runner }), here, `${threads}`);
    await runner.close();
  }
  t.equal(here.rows, 480);
  t.equal(here.metric, 'logLoss');
  const other = await permutationImportance(ensemble, dataset, { ...settings, seed: 1 });
  t.not(other.columns[0]!.importance, here.columns[0]!.importance);
});

t.test('progress is told, and the signal stops it', async (t) => {
  const dataset = clusters(300, 4, 3);
  const ensemble = await trainEnsemble(dataset, { members: 3, hidden: [8], epochs: 2, seed: 1 });
  const seen: number[] = [];
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    seen.push(done);
    t.equal(total, seen[0]! * (1 + 4 * 3));
  };
  await permutationImportance(ensemble, dataset, { repeats: 3, onProgress });
  t.equal(seen.at(-1), seen[0]! * 13);
  t.strictSame(
    [...seen].sort((a, b) => a - b),
    seen,
  );
  const controller = new AbortController();
  const stopped = permutationImportance(ensemble, dataset, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await t.rejects(stopped, { message: 'enough' });
});

t.test('what cannot be is refused by name', async (t) => {
  const dataset = clusters(60, 3, 3);
  const ensemble = await trainEnsemble(dataset, { members: 2, hidden: [4], epochs: 1, seed: 1 });
  const refused = (options: object, message: RegExp) =>
    t.rejects(permutationImportance(ensemble, dataset, options), { message });
  await refused(
    { columns: ['x[3]'] },
    /Expected `columns` to name columns .*x\[0\], x\[1\], x\[2\].*got "x\[3\]"/,
  );
  await refused(
    { groups: [['x[0]'], ['x[0]', 'x[1]']] },
    /Expected `groups` to be lists that share no column, got "x\[0\]"/,
  );
  await refused({ groups: [[]] }, /Expected `groups` to be lists of at least one column each/);
  await refused(
    { metric: 'rmse' },
    /Expected `metric` to be one of .*logLoss.* for classification, got "rmse"/,
  );
  await refused({ metric: 'logLoss', aggregator: 'majorityVote' }, /needs no probabilities/);
  await refused({ maxRows: 1 }, /Expected `maxRows` to be an integer ≥ 2/);
  await refused({ rowsFrom: 'inBag' }, /heldOut or outOfBag/);
  const all = await trainEnsemble(dataset, { members: 2, hidden: [4], epochs: 1, seed: 1, resample: 'none' });
  await t.rejects(permutationImportance(all, dataset), {
    code: 'ERR_DATA',
    message: /Expected rows that are out of bag for some member, got none/,
  });
  const one = Dataset.fromArrays({ x: [1, 2, 3], labels: [0], rows: 1, features: 3, like: dataset });
  await t.rejects(permutationImportance(ensemble, one), { code: 'ERR_DATA', message: /at least 2 rows/ });
});

t.test('scores that need all rows at once are measured too, of the ensemble and of members', async (t) => {
  const dataset = clusters(400, 3, 2);
  const ensemble = await trainEnsemble(dataset, { members: 3, hidden: [8], epochs: 20, seed: 1 });
  for (const metric of ['auroc', 'mcc', 'ece'] as const) {
    const report = await permutationImportance(ensemble, dataset, {
      metric,
      repeats: 3,
      rowsFrom: 'heldOut',
    });
    const { scores } = scoreKnownRows((await predictKnownRows(ensemble, dataset, 'heldOut'))!, {
      replicates: 0,
      metrics: [metric],
    });
    t.ok(Math.abs(report.score - scores[0]!.value!) < 1e-12, `${metric} is what evaluating gives`);
    if (metric === 'auroc')
      t.ok(report.columns[0]!.importance! > 0.05 && report.columns[0]!.memberMean! > 0.05);
  }
});

t.test('variances are asked of members that have none', async (t) => {
  const dataset = Dataset.fromArrays(linearRows(60, [1], 0.1));
  const ensemble = await trainEnsemble(dataset, { members: 2, hidden: [4], epochs: 1, seed: 1 });
  await t.rejects(permutationImportance(ensemble, dataset, { metric: 'nll' }), {
    message: /Expected `metric` to be one that needs no variances/,
  });
  const heads = await trainEnsemble(dataset, {
    members: 2,
    hidden: [4],
    epochs: 5,
    loss: 'gaussianNll',
    seed: 1,
  });
  const { columns } = await permutationImportance(heads, dataset, { metric: 'nll', repeats: 1 });
  t.ok(Number.isFinite(columns[0]!.importance));
});

t.test('out of bag a column by which members remember rows does not matter', async (t) => {
  // An id is the only thing that the nearest neighbour sees of a row beside noise: in bag it finds the row itself.
  const rows = 300;
  const draw = new RandomStream(streamKey(4, 'noise'));
  const x = Float64Array.from({ length: rows }, (_, row) => row);
  const labels = Int32Array.from({ length: rows }, () => draw.below(2));
  const dataset = Dataset.fromArrays({ x, rows, features: 1, labels });
  const ensemble = await trainEnsemble(dataset, {
    members: 20,
    engine: 'neighbours',
    neighbours: 1,
    seed: 1,
  });
  const settings = { metric: 'errorRate', repeats: 10, maxRows: 300 } as const;
  const inBag = await permutationImportance(ensemble, dataset, { ...settings, rowsFrom: 'heldOut' });
  t.ok(inBag.columns[0]!.importance! > 0.3, `as if held out: ${inBag.columns[0]!.importance}`);
  const { columns } = await permutationImportance(ensemble, dataset, settings);
  t.ok(Math.abs(columns[0]!.importance!) < 0.06, `out of bag: ${columns[0]!.importance}`);
});

t.test('a calibrated ensemble is measured as it predicts', async (t) => {
  const dataset = clusters(300, 3, 3);
  const raw = await trainEnsemble(dataset, { members: 4, hidden: [16], epochs: 60, seed: 1 });
  const { calibration } = await calibrateEnsemble(raw, dataset, { method: 'temperature' });
  // Fitted on so few rows it may change nothing.
  const ensemble = { ...raw, calibration: { ...calibration!, parameters: [2] } };
  const settings = { repeats: 2 } as const;
  const calibrated = await permutationImportance(ensemble, dataset, settings);
  const without = await permutationImportance(ensemble, dataset, { ...settings, calibrated: false });
  t.strictSame(without, await permutationImportance(raw, dataset, settings));
  t.not(calibrated.score, without.score);
  t.ok(Number.isFinite(calibrated.columns[0]!.importance));
});

t.test('one member is enough', async (t) => {
  const dataset = clusters(200, 3, 2);
  const ensemble = await trainEnsemble(dataset, { members: 1, hidden: [8], epochs: 20, seed: 1 });
  const { columns } = await permutationImportance(ensemble, dataset, { repeats: 1 });
  for (const column of columns) {
    t.equal(column.memberSpread, null);
    t.equal(column.repeatSpread, null);
    t.ok(Math.abs(column.importance! - column.members[0]!) < 1e-6);
  }
});

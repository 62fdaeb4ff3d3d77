// Slices: the test against scipy, what is found where something is wrong, and how often something is found where nothing is.

import t from 'tap';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { loadTraining } from '../../src/data/load.js';
import { tableFromRecords } from '../../src/data/table/record-table.js';
import { chanceAbove, holm, marginOf, meanOf, sliceSums } from '../../src/explain/slice-sums.js';
import { worstSlices } from '../../src/explain/worst-slices.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { knownClasses, knownValues } from './known.js';

const ONE = [1.2, 3.4, 2.2, 5.1, 0.3, 4.4];
const OTHER = [0.2, 1.1, 0.9, 2.0, 1.7, 0.4, 1.5];

function sumsOf(values: readonly number[], weights: Float32Array | null = null) {
  return sliceSums(new Int32Array(values.length), 1, Float64Array.from(values), weights)[0]!;
}

t.test('the chance is that of Welch’s t in scipy', async (t) => {
  // scipy 1.17.1: ttest_ind(one, other, equal_var=False, alternative='greater').pvalue
  const chance = chanceAbove(meanOf(sumsOf(ONE))!, meanOf(sumsOf(OTHER))!);
  t.ok(Math.abs(chance - 0.04208703410168715) < 1e-12, `${chance}`);
  const { mean, variance, count } = meanOf(sumsOf(ONE))!;
  t.ok(Math.abs(mean - 16.6 / 6) < 1e-12);
  t.ok(Math.abs(count - 6) < 1e-12);
  const sd2 = ONE.reduce((sum, value) => sum + (value - 16.6 / 6) ** 2, 0) / 5;
  t.ok(Math.abs(variance - sd2 / 6) < 1e-12);
  // scipy: t.isf(0.025, 5) = 2.5705818356363146
  t.ok(Math.abs(marginOf({ mean, variance, count }, 0.95) / Math.sqrt(variance) - 2.5705818356363146) < 1e-8);
});

t.test('equal weights change nothing, and a row of weight 0 is none', async (t) => {
  const plain = meanOf(sumsOf(ONE))!;
  const weighted = meanOf(sumsOf(ONE, new Float32Array(6).fill(3)))!;
  for (const field of ['mean', 'variance', 'count'] as const) {
    t.ok(Math.abs(weighted[field] - plain[field]) < 1e-12, field);
  }
  const without = meanOf(sumsOf([...ONE, 1000], Float32Array.of(1, 1, 1, 1, 1, 1, 0)))!;
  t.ok(Math.abs(without.mean - plain.mean) < 1e-12);
  t.equal(sumsOf([...ONE, 1000], Float32Array.of(1, 1, 1, 1, 1, 1, 0)).rows, 6);
});

t.test('Holm’s correction by hand', async (t) => {
  t.strictSame(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
  t.strictSame(holm([0.5, 0.9]), [1, 1]);
  t.strictSame(holm([]), []);
});

const random = (seed: number) => new RandomStream(streamKey(seed, 'noise'));

t.test('where nothing is wrong, something is found no more often than 1 − level', async (t) => {
  const draw = random(1);
  let found = 0;
  for (let run = 0; run < 300; run++) {
    const rows = 240;
    const x = Float64Array.from({ length: rows * 3 }, () => draw.normal());
    const targets = Float64Array.from({ length: rows }, () => draw.normal());
    const dataset = Dataset.fromArrays({ x, rows, features: 3, targets });
    const slices = worstSlices(knownValues(new Float64Array(rows), targets), dataset);
    t.equal(slices.lookedAt, 12);
    if (slices.slices.length > 0) found++;
  }
  t.ok(found <= 30, `${found} of 300 at a level of 0.95`);
});

t.test('a slice that is worse is found, with its score, its rows and the rest', async (t) => {
  const draw = random(2);
  const records = Array.from({ length: 600 }, (_, row) => {
    const city = ['Berlin', 'Paris', 'Rome'][row % 3]!;
    return { city, size: draw.normal(), age: row % 11 === 0 ? 'NA' : draw.normal(), price: draw.normal() };
  });
  const table = tableFromRecords(records.map((own) => ({ ...own, age: String(own.age) })));
  const { train } = loadTraining(table, { target: 'price', impute: 'mean' });
  // Rome is noisier, and so are rows without an age.
  const noise = (row: number) => (row % 3 === 2 ? 2 : row % 11 === 0 ? 3 : 1);
  const mean = train.targets.map((value, row) => value + noise(row) * draw.normal());
  const known = knownValues(mean, train.targets);
  const found = worstSlices(known, train, { raw: { table, rows: null } });
  t.equal(found.metric, 'rmse');
  t.strictSame(
    found.slices.map(({ label }) => label),
    ['age is missing', 'city = Rome'],
  );
  const [, rome] = found.slices;
  t.equal(rome!.rows, 200);
  const rms = (of: (row: number) => boolean) => {
    const rows = [...known.index].filter(of);
    const squares = rows.reduce((sum, row) => sum + (mean[row]! - train.targets[row]!) ** 2, 0);
    return Math.sqrt(squares / rows.length);
  };
  t.ok(Math.abs(rome!.score - rms((row) => row % 3 === 2)) < 1e-9);
  t.ok(Math.abs(rome!.rest - rms((row) => row % 3 !== 2)) < 1e-9);
  t.ok(Math.abs(found.score - rms(() => true)) < 1e-9);
  t.ok(rome!.interval.low < rome!.score && rome!.score < rome!.interval.high);
  t.ok(rome!.chanceOfAny < 0.05 && rome!.chanceOfAny >= rome!.chance);
  t.equal(rome!.errorRate, null);
  const without = worstSlices(known, train);
  t.notOk(
    without.slices.some(({ label }) => label.includes('missing')),
    'what is missing is not known without the table',
  );
});

t.test('of classes the loss is the log-loss, with the share of wrong rows beside it', async (t) => {
  const rows = 400;
  const draw = random(3);
  const x = Float64Array.from({ length: rows }, (_, row) => row);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 2);
  // In the last quarter the prediction is a guess.
  const mean = Float64Array.from({ length: 2 * rows }, () => 0);
  for (let row = 0; row < rows; row++) {
    const right = row < 300 ? 0.9 : 0.2 + 0.6 * draw.uniform();
    mean[2 * row + labels[row]!] = right;
    mean[2 * row + 1 - labels[row]!] = 1 - right;
  }
  const known = knownClasses(mean, labels);
  const found = worstSlices(known, Dataset.fromArrays({ x, rows, features: 1, labels }));
  t.equal(found.metric, 'logLoss');
  t.equal(found.slices.length, 1);
  t.equal(found.slices[0]!.label, 'x[0] > 299.3');
  t.equal(found.slices[0]!.rows, 100);
  const wrong = [...labels.keys()].filter((row) => known.combined.labels![row] !== labels[row]).length;
  t.ok(Math.abs(found.slices[0]!.errorRate! - wrong / 100) < 1e-12);
});

t.test('a pair is found where only the two together are worse', async (t) => {
  const rows = 800;
  const draw = random(4);
  const x = Float64Array.from({ length: 2 * rows }, (_, at) =>
    at % 2 === 0 ? (at >> 1) % 2 : (at >> 2) % 2,
  );
  const targets = Float64Array.from({ length: rows }, () => draw.normal());
  const together = (row: number) => x[2 * row] === 1 && x[2 * row + 1] === 1;
  const mean = targets.map((value, row) => value + (together(row) ? 3 : 1) * draw.normal());
  const dataset = Dataset.fromArrays({ x, rows, features: 2, targets });
  const known = knownValues(mean, targets);
  const single = worstSlices(known, dataset);
  const pairs = worstSlices(known, dataset, { pairs: true });
  t.equal(single.lookedAt, 4);
  t.equal(pairs.lookedAt, 8);
  t.equal(pairs.slices[0]!.label, 'x[0] = 1 and x[1] = 1');
  t.strictSame(pairs.slices[0]!.columns, ['x[0]', 'x[1]']);
  t.equal(pairs.slices[0]!.rows, 200);
});

t.test('slices that are too small are not looked at, and bad options are refused', async (t) => {
  const targets = Float64Array.from({ length: 40 }, (_, row) => row);
  const dataset = Dataset.fromArrays({ x: targets, rows: 40, features: 1, targets });
  const known = knownValues(new Float64Array(40), targets);
  t.equal(worstSlices(known, dataset).lookedAt, 0, 'ten rows each');
  t.strictSame(worstSlices(known, dataset).slices, []);
  t.equal(worstSlices(known, dataset, { minRows: 10 }).lookedAt, 4);
  t.equal(worstSlices(known, dataset, { minRows: 10, bins: 2 }).lookedAt, 2);
  t.throws(() => worstSlices(known, dataset, { columns: ['age'] }), {
    message: /Expected `columns` to name columns that the ensemble learned from \(x\[0\]\), got "age"/,
  });
  t.throws(() => worstSlices(known, dataset, { bins: 1 }), { message: /`bins` to be an integer ≥ 2, got 1/ });
});

t.test('most of the rows are no slice, however little is wrong with the others', async (t) => {
  const rows = 400;
  const draw = random(6);
  const x = Float64Array.from({ length: rows }, (_, row) => (row < 320 ? 0 : 1));
  const targets = Float64Array.from({ length: rows }, () => draw.normal());
  const mean = targets.map((value, row) => value + (row < 320 ? draw.normal() : 0));
  const dataset = Dataset.fromArrays({ x, rows, features: 1, targets });
  const found = worstSlices(knownValues(mean, targets), dataset);
  t.equal(found.lookedAt, 1, 'the fifth that is better');
  t.strictSame(found.slices, []);
});

t.test('what the rest scores does not drown in huge errors of a slice', async (t) => {
  const stream = random(11);
  const records = Array.from({ length: 400 }, (_, row) => ({ site: 'abcd'[row % 4]!, y: row }));
  const { train } = loadTraining(tableFromRecords(records), { target: 'y', task: 'regression' });
  const errors = Float64Array.from({ length: 400 }, () => stream.uniform() - 0.5);
  const rest = errors.filter((_, row) => row % 4 !== 0);
  const expected = Math.sqrt(rest.reduce((sum, error) => sum + error * error, 0) / rest.length);
  for (const size of [1e3, 1e8, 1e12]) {
    // Half of one site has what stands for missing.
    const targets = errors.map((error, row) => (row % 8 === 0 ? size * (1 + error / 10) : error));
    const [worst] = worstSlices(knownValues(new Float64Array(400), targets), train, {
      columns: ['site'],
    }).slices;
    t.equal(worst?.label, 'site = a');
    t.ok(Math.abs(worst!.rest / expected - 1) < 1e-9, `${size}: ${worst!.rest} for ${expected}`);
  }
});

t.test('rows of weight 0 are in no slice', async (t) => {
  const draw = random(5);
  const rows = 200;
  const x = Float64Array.from({ length: rows }, (_, row) => (row < 100 ? 0 : 1));
  const targets = Float64Array.from({ length: rows }, () => draw.normal());
  const mean = targets.map((value, row) => value + (row < 50 ? 50 : draw.normal()));
  const weights = Float32Array.from({ length: rows }, (_, row) => (row < 50 ? 0 : 1));
  const dataset = Dataset.fromArrays({ x, rows, features: 1, targets });
  t.equal(worstSlices(knownValues(mean, targets), dataset).slices.length, 1);
  t.equal(worstSlices(knownValues(mean, targets, 1, { weights }), dataset).slices.length, 0);
});

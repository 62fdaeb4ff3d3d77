import t from 'tap';
import { hardRows } from '../../src/explain/hard-rows.js';
import { knownClasses, knownValues, predictions } from './known.js';

t.test('rows are listed by their loss, and by what members disagree on', async (t) => {
  const one = predictions(Float64Array.of(0.9, 0.1, 0.5, 0.5, 0.9, 0.1, 0.4, 0.6), 4, 2);
  const other = predictions(Float64Array.of(0.9, 0.1, 0.5, 0.5, 0.1, 0.9, 0.2, 0.8), 4, 2);
  const mean = one.mean.map((value, at) => (value + other.mean[at]!) / 2) as Float64Array;
  const known = knownClasses(mean, [1, 0, 0, 1], {
    ...{ members: [one, other], names: ['no', 'yes'], index: Uint32Array.of(3, 5, 7, 9) },
  });
  const { highestLoss, mostDisagreement } = hardRows(known, { most: 2 });
  t.strictSame(
    highestLoss.map(({ row }) => row),
    [3, 5],
    'ties go to the earlier row',
  );
  t.match(highestLoss[0], { at: 0, truth: 'yes', predicted: 'no' });
  t.ok(Math.abs(highestLoss[0]!.loss + Math.log(0.1)) < 1e-12);
  t.ok(Math.abs(highestLoss[0]!.probability! - 0.1) < 1e-12);
  t.equal(mostDisagreement![0]!.row, 7);
  const entropy = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  t.ok(Math.abs(mostDisagreement![0]!.disagreement! - (Math.log(2) - entropy(0.1))) < 1e-9);
  t.equal(mostDisagreement!.length, 2);
});

t.test(
  'numbers: squared errors and the variance of members, of several targets in their units',
  async (t) => {
    const targets = Float64Array.of(0, 0, 2, 200, 4, 400);
    const mean = Float64Array.of(0, 100, 2, 200, 4, 400);
    const members = [predictions(mean, 3, 2), predictions(mean.map((v) => v + 2) as Float64Array, 3, 2)];
    const { highestLoss, mostDisagreement } = hardRows(knownValues(mean, targets, 2, { members }));
    const variance = 8 / 3; // of 0, 2, 4; of the other target 10⁴ times that
    t.equal(highestLoss[0]!.row, 0);
    t.ok(Math.abs(highestLoss[0]!.loss - 10_000 / (variance * 10_000)) < 1e-12);
    t.strictSame(highestLoss[0]!.truth, [0, 0]);
    t.strictSame(highestLoss[0]!.predicted, [0, 100]);
    t.ok(Math.abs(mostDisagreement![0]!.disagreement! - (1 / variance + 1 / (variance * 10_000))) < 1e-12);
  },
);

t.test('members disagree as they are averaged: one of weight 0 says nothing', async (t) => {
  const members = [
    predictions(Float64Array.of(1, 2, 3), 3, 1),
    predictions(Float64Array.of(1, 4, 3), 3, 1),
    predictions(Float64Array.of(1, 2, 9), 3, 1),
  ];
  const known = knownValues(Float64Array.of(1, 2.5, 3), Float64Array.of(1, 2, 3), 1, { members });
  const listed = (weights: readonly number[] | null) =>
    hardRows(known, { weights }).mostDisagreement!.map(({ row, disagreement }) => [row, disagreement]);
  t.strictSame(listed([3, 1, 0]), [[1, 0.75]]);
  t.strictSame(
    listed(null).map(([row]) => row),
    [2, 1],
  );
});

t.test('without members there is nothing to disagree', async (t) => {
  const known = knownValues(Float64Array.of(1, 2), Float64Array.of(1, 3));
  const { highestLoss, mostDisagreement } = hardRows(known);
  t.equal(mostDisagreement, null);
  t.strictSame(
    highestLoss.map(({ row }) => row),
    [1],
    'a row without a loss is no hard one',
  );
});

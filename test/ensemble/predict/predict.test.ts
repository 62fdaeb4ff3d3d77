// Predictions of whole ensembles against the double-precision reference and the definitions of the means.

import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear, seen } from '../../support/datasets.js';
import { referenceOutputs, rowOf, softmax, softplus } from '../../support/reference-predict.js';

const BASE: TrainingOptions = { members: 3, hidden: [11, 5], epochs: 3, seed: 2 };
// More rows than one block of prediction holds.
const classes = clusters(300, 7, 3);
const values = linear(120, 6, 2);

/** [member][row][output] of the reference. */
function membersBy<T>(
  ensemble: TrainedEnsemble,
  { x, rows, features }: Dataset,
  of: (raw: number[]) => T,
): T[][] {
  return ensemble.members.map((_, member) =>
    Array.from({ length: rows }, (_, row) => of(referenceOutputs(ensemble, member, rowOf(x, features, row)))),
  );
}

function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(actual[at]! - value)), 0);
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

t.test('the arithmetic mean of classes is the mean of the softmax outputs', async (t) => {
  const ensemble = await trainEnsemble(classes, { ...BASE, featureShare: 0.7, activation: 'tanh' });
  const predicted = await predictEnsemble(ensemble, classes.x);
  const members = membersBy(ensemble, classes, softmax);
  const expected = members[0]!.flatMap((row, r) => row.map((_, o) => mean(members.map((m) => m[r]![o]!))));
  t.ok(largestDifference(predicted.mean, expected) < 1e-5);
  const labels = Array.from({ length: classes.rows }, (_, row) => {
    const own = rowOf(predicted.mean, 3, row);
    return own.indexOf(Math.max(...own));
  });
  t.same([...predicted.labels!], labels);
});

t.test('the geometric mean is the renormalised product', async (t) => {
  const ensemble = await trainEnsemble(classes, { ...BASE, hidden: [6], activation: 'gelu' });
  const predicted = await predictEnsemble(ensemble, classes.x, { aggregator: 'geometricMean' });
  const members = membersBy(ensemble, classes, softmax);
  const expected = members[0]!.flatMap((row, r) => {
    const logs = row.map((_, o) => mean(members.map((m) => Math.log(m[r]![o]!))));
    return softmax(logs);
  });
  t.ok(largestDifference(predicted.mean, expected) < 1e-5);
  t.equal(predicted.flooredCount, 0, 'log-probabilities come from the logits');
});

t.test('a binary head predicts two classes', async (t) => {
  const dataset = clusters(80, 4, 2);
  const ensemble = await trainEnsemble(dataset, { ...BASE, loss: 'binaryCrossEntropy' });
  const predicted = await predictEnsemble(ensemble, dataset.x);
  const members = membersBy(ensemble, dataset, ([z]) => 1 / (1 + Math.exp(-z!)));
  const second = members[0]!.map((_, row) => mean(members.map((m) => m[row]!)));
  t.ok(
    largestDifference(
      predicted.mean,
      second.flatMap((p) => [1 - p, p]),
    ) < 1e-5,
  );
});

t.test('regression comes back in the units of the targets', async (t) => {
  const ensemble = await trainEnsemble(values, { ...BASE, activation: 'softplus' });
  const predicted = await predictEnsemble(ensemble, values.x, { clip: false });
  const { mean: centres, std } = values.encoding.targets;
  const members = membersBy(ensemble, values, (raw) => raw.map((z, o) => centres[o]! + std[o]! * z));
  const expected = members[0]!.flatMap((row, r) => row.map((_, o) => mean(members.map((m) => m[r]![o]!))));
  t.ok(largestDifference(predicted.mean, expected) < 1e-4);
});

t.test('Gaussian heads: the moments of the mixture, and the normalised product', async (t) => {
  const ensemble = await trainEnsemble(values, { ...BASE, loss: 'gaussianNll' });
  const { mean: centres, std } = values.encoding.targets;
  const members = membersBy(ensemble, values, (raw) =>
    [0, 1].map((o) => ({
      mu: centres[o]! + std[o]! * raw[o]!,
      variance: std[o]! ** 2 * (softplus(raw[2 + o]!) + 1e-6),
    })),
  );
  const each = (combine: (own: { mu: number; variance: number }[]) => number) =>
    members[0]!.flatMap((row, r) => row.map((_, o) => combine(members.map((m) => m[r]![o]!))));
  const mixture = await predictEnsemble(ensemble, values.x, { clip: false });
  const centre = (own: { mu: number }[]) => mean(own.map(({ mu }) => mu));
  t.ok(largestDifference(mixture.mean, each(centre)) < 1e-4);
  const spread = each((own) => mean(own.map(({ mu, variance }) => variance + mu ** 2)) - centre(own) ** 2);
  t.ok(largestDifference(mixture.variance!, spread) < 1e-3);
  const product = await predictEnsemble(ensemble, values.x, { aggregator: 'geometricMean', clip: false });
  const precision = (own: { variance: number }[]) => mean(own.map(({ variance }) => 1 / variance));
  t.ok(
    largestDifference(
      product.variance!,
      each((own) => 1 / precision(own)),
    ) < 1e-3,
  );
  const weighted = each((own) => mean(own.map(({ mu, variance }) => mu / variance)) / precision(own));
  t.ok(largestDifference(product.mean, weighted) < 1e-4);
});

t.test('weights choose among members', async (t) => {
  const ensemble = await trainEnsemble(classes, BASE);
  const only = await predictEnsemble(ensemble, classes.x, { weights: [0, 5, 0] });
  const alone = await predictEnsemble({ ...ensemble, members: [ensemble.members[1]!] }, classes.x);
  t.ok(largestDifference(only.mean, [...alone.mean]) < 1e-6);
  for (const weights of [
    [1, 1],
    [1, 1, -1],
    [0, 0, 0],
  ]) {
    await t.rejects(predictEnsemble(ensemble, classes.x, { weights }), { code: 'ERR_OPTION' });
  }
});

t.test('members too large to be loaded together predict as they do alone', async (t) => {
  const wide = { members: 5, hidden: [1200, 1200], epochs: 1, batchSize: 128, seed: 2 };
  const ensemble = await trainEnsemble(values, wide);
  const together = await predictEnsemble(ensemble, values.x);
  const alone = await Promise.all(
    ensemble.members.map((member) => predictEnsemble({ ...ensemble, members: [member] }, values.x)),
  );
  const expected = Array.from(together.mean, (_, at) => mean(alone.map((own) => own.mean[at]!)));
  t.ok(largestDifference(together.mean, expected) < 1e-4);
});

t.test('an ensemble of standardised arrays takes raw ones', async (t) => {
  const raw = Float32Array.from(classes.x, (value, at) => 100 + (1 + (at % 7)) * value);
  const { rows, features, labels } = classes;
  const scaled = Dataset.fromArrays({ x: raw, rows, features, labels, standardise: true });
  const ensemble = await trainEnsemble(scaled, BASE);
  const predicted = await predictEnsemble(ensemble, raw);
  const members = membersBy(ensemble, { ...scaled, x: seen(scaled) }, softmax);
  const expected = members[0]!.flatMap((row, r) => row.map((_, o) => mean(members.map((m) => m[r]![o]!))));
  t.ok(largestDifference(predicted.mean, expected) < 1e-4);
});

t.test('rows that are no whole rows, or none, are refused', async (t) => {
  const ensemble = await trainEnsemble(classes, BASE);
  await t.rejects(predictEnsemble(ensemble, new Float32Array(15)), {
    code: 'ERR_SHAPE',
    message: /7 features/,
  });
  await t.rejects(predictEnsemble(ensemble, new Float32Array(0)), { code: 'ERR_SHAPE' });
});

t.test('a point regression has no geometric mean and no vote', async (t) => {
  const ensemble = await trainEnsemble(values, { ...BASE, epochs: 1 });
  for (const aggregator of ['geometricMean', 'majorityVote'] as const) {
    await t.rejects(predictEnsemble(ensemble, values.x, { aggregator }), { code: 'ERR_OPTION' });
  }
});

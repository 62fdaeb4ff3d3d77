// Examples that say what an ensemble says: their weighted losses add up to the divergence from it.

import t from 'tap';
import { joinTargets, softTargets } from '../../src/distillation/soft-targets.js';
import type { CombinedPredictions } from '../../src/predictions/combined-predictions.js';

const classes = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const numbers = { kind: 'regression', targets: ['y', 'z'] } as const;

function predictions(
  outputs: number,
  mean: number[],
  variance: number[] | null = null,
  varianceKind: CombinedPredictions['varianceKind'] = null,
): CombinedPredictions {
  return {
    ...{ rows: mean.length / outputs, outputs, mean: Float64Array.from(mean), logProbabilities: null },
    variance: variance && Float64Array.from(variance),
    ...{ labels: null, flooredCount: 0, varianceKind },
  };
}

t.test('cross-entropies of a row’s examples add up to that of its probabilities', async (t) => {
  const p = [0.5, 0.3, 0.2, 0.9, 0.0999, 0.0001];
  const { index, labels, weights } = softTargets(classes, predictions(3, p));
  const q = [0.2, 0.5, 0.3];
  for (const row of [0, 1]) {
    const examples = [...index.keys()].filter((at) => index[at] === row);
    const sum = examples.reduce((all, at) => all - weights[at]! * Math.log(q[labels[at]!]!), 0);
    const own = p.slice(3 * row, 3 * row + 3).map((value) => (value < 1e-3 ? 0 : value));
    const total = own.reduce((all, value) => all + value);
    const expected = own.reduce((all, value, k) => all - (value / total) * Math.log(q[k]!), 0);
    t.ok(Math.abs(sum - expected) < 1e-6, `row ${row}: ${sum}, ${expected}`);
  }
  t.same([...index], [0, 0, 0, 1, 1], 'what is improbable is no example');
});

t.test('where no class is probable the likeliest are kept', async (t) => {
  const many = { kind: 'classification', classes: Array.from({ length: 2000 }, (_, k) => `${k}`) } as const;
  const mean = new Array<number>(2000).fill(0.0005);
  mean[7] = 0.0006;
  const { labels, weights } = softTargets(many, predictions(2000, mean));
  t.same([...labels], [7]);
  t.same([...weights], [1]);
});

t.test('two points say of a Gaussian what all of it says', async (t) => {
  const [means, variances] = [
    [3, -2],
    [4, 0.25],
  ];
  const both = predictions(2, means!, variances, 'mixture');
  const { index, targets, weights } = softTargets(numbers, both);
  t.same([...index], [0, 0]);
  t.same([...targets], [1, -2.5, 5, -1.5]);
  for (const [target, [m, w]] of [
    [2, 3],
    [-1, 0.5],
  ].entries()) {
    // E over y ~ N(μ, v) of ½ (ln w + (y − m)²/w) is ½ (ln w + (v + (μ − m)²)/w).
    const expected = 0.5 * (Math.log(w!) + (variances![target]! + (means![target]! - m!) ** 2) / w!);
    let sum = 0;
    for (const example of [0, 1]) {
      const y = targets[2 * example + target]!;
      sum += weights[example]! * 0.5 * (Math.log(w!) + (y - m!) ** 2 / w!);
    }
    t.ok(Math.abs(sum - expected) < 1e-12, `${sum}, ${expected}`);
  }
});

t.test('the spread of members is no variance that a net learns', async (t) => {
  const { targets } = softTargets(numbers, predictions(2, [3, -2], [4, 1], 'spread'));
  t.same([...targets], [3, -2]);
});

t.test('passes follow each other, each over rows of its own', async (t) => {
  const first = softTargets(classes, predictions(3, [1, 0, 0, 0, 0.5, 0.5]));
  const second = softTargets(classes, predictions(3, [0, 1, 0, 0, 0, 1]));
  const all = joinTargets(classes, [first, second], 2);
  t.same([...all.index], [0, 1, 1, 2, 3]);
  t.same([...all.labels], [0, 1, 2, 1, 2]);
  t.same([...all.weights], [1, 0.5, 0.5, 1, 1]);
  const values = softTargets(numbers, predictions(2, [1, 2]));
  t.same([...joinTargets(numbers, [values, values], 1).targets], [1, 2, 1, 2]);
});

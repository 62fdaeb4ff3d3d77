import t from 'tap';
import { type AggregateOptions, aggregate } from '../../../src/predictions/aggregate/aggregate.js';
import type { Aggregator } from '../../../src/predictions/aggregate/aggregators.js';
import type { Predictions } from '../../../src/predictions/predictions.js';
import { randomProbabilities, randomStream } from '../../measure/synthetic.js';

const three = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const two = { kind: 'classification', classes: ['a', 'b'] } as const;
const values = { kind: 'regression', targets: ['y'] } as const;

function member(mean: readonly number[], outputs: number, more: Partial<Predictions> = {}): Predictions {
  return {
    ...{ rows: mean.length / outputs, outputs, mean: Float32Array.from(mean) },
    ...{ logProbabilities: null, variance: null },
    ...more,
  };
}

function gaussian(mean: readonly number[], variance: readonly number[]): Predictions {
  return member(mean, 1, { variance: Float32Array.from(variance) });
}

function near(a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-6): boolean {
  return a.length === b.length && Array.from(a).every((value, at) => Math.abs(value - b[at]!) <= tolerance);
}

t.test('arithmetic mean: weighted, normalised, rows independent of each other', async (t) => {
  const members = [member([0.2, 0.8, 0.6, 0.4], 2), member([0.4, 0.6, 0, 1], 2)];
  t.ok(near(aggregate('arithmeticMean', members, two).mean, [0.3, 0.7, 0.3, 0.7]));
  const weighted = aggregate('arithmeticMean', members, two, { weights: [3, 1] });
  t.ok(near(weighted.mean, [0.25, 0.75, 0.45, 0.55]));
  t.same([...weighted.labels!], [1, 1]);
  t.equal(weighted.varianceKind, null);
});

t.test('geometric mean: p ∝ exp Σ wᵢ log pᵢ', async (t) => {
  const members = [member([0.5, 0.3, 0.2], 3), member([0.1, 0.6, 0.3], 3)];
  const result = aggregate('geometricMean', members, three, { weights: [1, 3] });
  const raw = [0, 1, 2].map((at) => members[0]!.mean[at]! ** 0.25 * members[1]!.mean[at]! ** 0.75);
  const total = raw.reduce((sum, value) => sum + value, 0);
  t.ok(
    near(
      result.mean,
      raw.map((value) => value / total),
    ),
  );
  t.ok(
    near(
      result.logProbabilities!,
      raw.map((value) => Math.log(value / total)),
    ),
  );
  t.equal(result.flooredCount, 0);
});

t.test('the geometric mean of equal members is the member', async (t) => {
  const own = member([0.5, 0.3, 0.2], 3);
  t.ok(near(aggregate('geometricMean', [own, own, own], three).mean, own.mean));
});

t.test('known log-probabilities are used where the probability has rounded to zero', async (t) => {
  const logs = [-200, 0, -250];
  const exact = member([0, 1, 0], 3, { logProbabilities: Float32Array.from(logs) });
  const other = member([0, 0, 1], 3, { logProbabilities: Float32Array.from([-100, -300, 0]) });
  const result = aggregate('geometricMean', [exact, other], three);
  t.equal(result.flooredCount, 0);
  const halves = [-150, -150, -125];
  t.ok(
    near(
      result.logProbabilities!,
      halves.map((value) => value + 125),
      1e-4,
    ),
  );
});

t.test('probabilities without logarithms are floored at the tolerance and counted', async (t) => {
  const members = [member([1, 0], 2), member([0.5, 0.5], 2)];
  const result = aggregate('geometricMean', members, two, { tolerance: 1e-4 });
  t.equal(result.flooredCount, 1);
  t.ok(near(result.mean, [100 / 101, 1 / 101]));
  t.throws(() => aggregate('geometricMean', members, two, { tolerance: 0 }), { code: 'ERR_OPTION' });
});

t.test('a probability that is no number is named', async (t) => {
  const bad = member([0.5, 0.5, Number.NaN, 1], 2);
  t.throws(() => aggregate('geometricMean', [bad], two), { code: 'ERR_DATA', message: /member 0, row 1/ });
});

t.test('majority vote: shares of votes, and the winner by count', async (t) => {
  const members = [member([0.4, 0.35, 0.25], 3), member([0.1, 0.6, 0.3], 3), member([0.5, 0.4, 0.1], 3)];
  const result = aggregate('majorityVote', members, three);
  t.ok(near(result.mean, [2 / 3, 1 / 3, 0]));
  t.same([...result.labels!], [0]);
  const weighted = aggregate('majorityVote', members, three, { weights: [1, 5, 1] });
  t.same([...weighted.labels!], [1]);
});

t.test('tied votes go to the higher mean probability, then to the lower class', async (t) => {
  const probability = [member([0.6, 0.4], 2), member([0.1, 0.9], 2)];
  const won = aggregate('majorityVote', probability, two);
  t.same([...won.mean], [0.5, 0.5]);
  t.same([...won.labels!], [1]);
  const equal = [member([0.75, 0.25], 2), member([0.25, 0.75], 2)];
  t.same([...aggregate('majorityVote', equal, two).labels!], [0]);
  t.same([...aggregate('majorityVote', [member([0.5, 0.5], 2)], two).labels!], [0], 'a member’s own tie');
  const ten = Array.from({ length: 10 }, (_, at) => member(at % 2 ? [0.9, 0.1] : [0.45, 0.55], 2));
  const uneven = aggregate('majorityVote', ten, two, { weights: [1, 7, 2, 6, 3, 5, 7, 1, 6, 0] });
  t.same([...uneven.labels!], [0], 'equal sums of unequal weights tie whatever their rounding');
});

t.test('Gaussian heads: the arithmetic mean has the moments of the mixture', async (t) => {
  const result = aggregate('arithmeticMean', [gaussian([1], [4]), gaussian([5], [1])], values, {
    weights: [1, 3],
  });
  t.equal(result.mean[0], 4);
  t.equal(result.variance![0], 0.25 * 4 + 0.75 * 1 + 0.25 * 9 + 0.75 * 1);
  t.equal(result.varianceKind, 'mixture');
});

t.test('Gaussian heads: the geometric mean is the normalised product', async (t) => {
  const result = aggregate('geometricMean', [gaussian([1], [4]), gaussian([5], [1])], values, {
    weights: [1, 3],
  });
  const precision = 0.25 / 4 + 0.75;
  t.ok(near(result.variance!, [1 / precision]));
  t.ok(near(result.mean, [(0.25 / 4 + 0.75 * 5) / precision]));
  t.equal(result.varianceKind, 'product');
});

t.test('point regression: the mean with the members’ spread; no geometric mean, no vote', async (t) => {
  const members = [member([1, 10], 1), member([5, 10], 1)];
  const result = aggregate('arithmeticMean', members, values);
  t.same([...result.mean], [3, 10]);
  t.same([...result.variance!], [4, 0]);
  t.equal(result.varianceKind, 'spread');
  t.equal(result.labels, null);
  t.throws(() => aggregate('geometricMean', members, values), { code: 'ERR_OPTION' });
  t.throws(() => aggregate('majorityVote', members, values), { code: 'ERR_OPTION' });
  const mixed = [members[0]!, gaussian([1, 1], [1, 1])];
  t.equal(aggregate('arithmeticMean', mixed, values).varianceKind, 'spread');
  t.throws(() => aggregate('geometricMean', mixed, values), { code: 'ERR_OPTION' });
});

t.test('weights are checked', async (t) => {
  const members = [member([0.5, 0.5], 2), member([0.2, 0.8], 2)];
  for (const weights of [[1], [1, -1], [0, 0], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]]) {
    t.throws(() => aggregate('arithmeticMean', members, two, { weights }), { code: 'ERR_OPTION' });
  }
  const zero = aggregate('arithmeticMean', members, two, { weights: [0, 2] });
  t.same([...zero.mean], [...members[1]!.mean]);
});

t.test('members that do not fit together are refused', async (t) => {
  t.throws(() => aggregate('arithmeticMean', [], two), { code: 'ERR_SHAPE' });
  const members = [member([0.5, 0.5], 2), member([0.5, 0.5, 0.1, 0.9], 2)];
  t.throws(() => aggregate('arithmeticMean', members, two), { code: 'ERR_SHAPE', message: /member 1/ });
  const good = [member([0.5, 0.5], 2)];
  t.throws(() => aggregate('arithmeticMean', good, two, { mask: new Uint8Array(2) }), { code: 'ERR_SHAPE' });
  t.throws(() => aggregate('median' as Aggregator, good, two), { code: 'ERR_OPTION' });
});

t.test('a mask gives each row its own members, and rows without any NaN and label −1', async (t) => {
  const stream = randomStream(6);
  const rows = 300;
  const members = Array.from({ length: 5 }, () => member([...randomProbabilities(rows, 3, stream)], 3));
  const weights = [1, 2, 3, 4, 5];
  const mask = Uint8Array.from({ length: 5 * rows }, () => (stream.uniform() < 0.3 ? 1 : 0));
  for (const kind of ['arithmeticMean', 'geometricMean', 'majorityVote'] as const) {
    const masked = aggregate(kind, members, three, { weights, mask });
    for (let row = 0; row < rows; row++) {
      const counted = [0, 1, 2, 3, 4].filter((at) => mask[at * rows + row] === 1);
      const got = masked.mean.subarray(row * 3, row * 3 + 3);
      if (counted.length === 0) {
        if (!got.every(Number.isNaN) || masked.labels![row] !== -1) t.fail(`${kind}, row ${row}`);
        continue;
      }
      const own = counted.map((at) => member([...members[at]!.mean.subarray(row * 3, row * 3 + 3)], 3));
      const alone = aggregate(kind, own, three, { weights: counted.map((at) => weights[at]!) });
      if (!near(got, alone.mean) || masked.labels![row] !== alone.labels![0]) t.fail(`${kind}, row ${row}`);
    }
  }
});

t.test('masked-out predictions are not read', async (t) => {
  const members = [gaussian([1, 2], [1, 1]), gaussian([Number.NaN, 4], [Number.NaN, 1])];
  const options: AggregateOptions = { mask: Uint8Array.from([1, 1, 0, 1]) };
  for (const kind of ['arithmeticMean', 'geometricMean'] as const) {
    t.same([...aggregate(kind, members, values, options).mean], [1, 3]);
  }
});

t.test('splitting rows changes no bit', async (t) => {
  const stream = randomStream(7);
  const rows = 600;
  const whole = Array.from({ length: 4 }, () => randomProbabilities(rows, 3, stream));
  const cut = (start: number, end: number) =>
    whole.map((mean) => member([...mean.subarray(start * 3, end * 3)], 3));
  for (const kind of ['arithmeticMean', 'geometricMean', 'majorityVote'] as const) {
    const all = aggregate(kind, cut(0, rows), three);
    const parts = [cut(0, 101), cut(101, 599), cut(599, 600)].map((part) => aggregate(kind, part, three));
    t.same(
      parts.flatMap((part) => [...part.mean]),
      [...all.mean],
    );
    t.same(
      parts.flatMap((part) => [...part.labels!]),
      [...all.labels!],
    );
  }
});

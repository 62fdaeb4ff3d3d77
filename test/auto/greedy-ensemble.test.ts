// Greedy selection by the loss of a mean, against a plain reference, and how much it promises too much.

import t from 'tap';
import { chooseGreedily, lossOf, measureOptimism } from '../../src/auto/greedy-ensemble.js';
import { termsOf } from '../../src/auto/terms.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

const classes = termsOf({ task: { kind: 'classification', classes: ['a', 'b'] } });
const numbers = termsOf({ task: { kind: 'regression', targets: ['y', 'z'] } });

function rowsOf(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row);
}

/** Standard normal errors of which each candidate shares half the variance with the others. */
function noise(candidates: number, length: number, seed = 1): Float32Array[] {
  const stream = new RandomStream(streamKey(seed, 'split'));
  const common = Array.from({ length }, () => stream.normal());
  return Array.from({ length: candidates }, () =>
    Float32Array.from(common, (shared) => (shared + stream.normal()) / Math.SQRT2),
  );
}

/** Mean squared error over rows and targets of the mean of candidates, written out. */
function squaredError(candidates: readonly Float32Array[], picks: readonly number[]): number {
  const length = candidates[0]!.length;
  let sum = 0;
  for (let at = 0; at < length; at++) {
    sum += (picks.reduce((total, pick) => total + candidates[pick]![at]!, 0) / picks.length) ** 2;
  }
  return sum / length;
}

t.test(
  'each step adds the candidate that makes the mean best, and the best start of the path is taken',
  async (t) => {
    const candidates = noise(7, 60);
    const size = 9;
    const picks: number[] = [];
    const losses: number[] = [];
    for (let step = 0; step < size; step++) {
      const trials = candidates.map((_, candidate) => squaredError(candidates, [...picks, candidate]));
      const best = trials.indexOf(Math.min(...trials));
      picks.push(best);
      losses.push(trials[best]!);
    }
    const length = losses.indexOf(Math.min(...losses)) + 1;
    const { counts, loss } = chooseGreedily(candidates, numbers, rowsOf(30), size);
    const expected = candidates.map(
      (_, candidate) => picks.slice(0, length).filter((pick) => pick === candidate).length,
    );
    t.same(counts, expected);
    t.ok(Math.abs(loss - Math.min(...losses)) < 1e-12);
    t.ok(Math.abs(lossOf(candidates, counts, numbers, rowsOf(30)) - loss) < 1e-12);
  },
);

t.test(
  'of classes the loss is the log-loss of mean probabilities, of weighted rows their weighted mean',
  async (t) => {
    const one = Float32Array.from([0.5, 0.25, 0]);
    const other = Float32Array.from([0.25, 0.75, 1]);
    const rows = rowsOf(3);
    const mean = -(Math.log(0.375) + Math.log(0.5) + Math.log(0.5)) / 3;
    t.ok(Math.abs(lossOf([one, other], [1, 1], classes, rows) - mean) < 1e-9);
    const weights = Float32Array.from([2, 0, 1]);
    const weighted = -(2 * Math.log(0.375) + Math.log(0.5)) / 3;
    t.ok(Math.abs(lossOf([one, other], [1, 1], classes, rows, weights) - weighted) < 1e-9);
    t.ok(Math.abs(lossOf([one], [1], classes, Uint32Array.of(2)) + Math.log(1e-6)) < 1e-9, 'a 0 is bounded');
  },
);

t.test('choosing among noise promises too much, and the rows that did not choose say so', async (t) => {
  const rows = 200;
  const weak = Array.from({ length: 40 }, (_, seed) => noise(1, 2 * rows, seed + 1)[0]!);
  const { loss } = chooseGreedily(weak, numbers, rowsOf(rows), 1);
  const { naive, nested, optimism } = measureOptimism(weak, numbers, rows, 1, loss, 5)!;
  t.equal(naive, loss);
  t.ok(naive < 0.93, `the best of 40 candidates of loss 1 says ${naive}`);
  t.ok(nested > 0.93 && nested < 1.1, `and is worth ${nested}`);
  t.equal(optimism, nested - naive);
  t.equal(measureOptimism(weak, numbers, 15, 1, loss, 5), null, 'too few rows say nothing');
});

import t from 'tap';
import { createBiasVariance } from '../../src/measure/bias-variance.js';
import type { Predictions } from '../../src/predictions/predictions.js';
import { close, randomProbabilities, randomStream } from './synthetic.js';

const NUMBERS = { kind: 'regression', targets: ['y'] } as const;
const CLASSES = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;

function values(mean: ArrayLike<number>): Predictions {
  return {
    rows: mean.length,
    outputs: 1,
    mean: Float64Array.from(mean),
    logProbabilities: null,
    variance: null,
  };
}

const truthOf = (targets: ArrayLike<number>) => ({
  ...{ rows: targets.length, labels: new Int32Array(0), targets: Float64Array.from(targets) },
});

t.test(
  'a linear-Gaussian problem: σ² h of each training set, τ² of each member’s chance, σ² of noise',
  async (t) => {
    // y = 2x + N(0, σ²) at n fixed points, fitted by least squares through 0: predictions at x₀ have variance σ² x₀²/Σx².
    // A member adds N(0, τ²) of its own, and all predict 0.5 too much.
    const [sigma, tau, bias, sets, k] = [1.5, 0.8, 0.5, 3000, 4];
    const points = [-2, -1, 0.5, 1, 3];
    const squares = points.reduce((sum, x) => sum + x * x, 0);
    const random = randomStream(21);
    const grid = [-3, -1, 0, 2, 4];
    const tests = Array.from({ length: 200 }, () => grid).flat();
    const truth = tests.map((x) => 2 * x + sigma * random.normal());
    const accumulator = createBiasVariance(NUMBERS, truthOf(truth));
    for (let set = 0; set < sets; set++) {
      const slope = points.reduce((sum, x) => sum + x * (2 * x + sigma * random.normal()), 0) / squares;
      const own = Array.from({ length: k }, () => grid.map((x) => slope * x + bias + tau * random.normal()));
      accumulator.addTrainingSet(
        own.map((mean) => values(tests.map((_, row) => mean[row % grid.length]!))),
        null,
      );
    }
    const found = accumulator.finish()!;
    const ofSet = (sigma ** 2 * (grid.reduce((sum, x) => sum + x * x, 0) / grid.length)) / squares;
    const near = (value: number, expected: number) => Math.abs(value / expected - 1) < 0.06;
    t.ok(near(found.variance!.trainingSet, ofSet), `${found.variance!.trainingSet} ${ofSet}`);
    t.ok(near(found.variance!.chance, tau ** 2));
    t.ok(near(found.member.variance, ofSet + tau ** 2));
    t.ok(near(found.ensemble.variance, ofSet + tau ** 2 / k));
    const noise = truth.reduce((sum, y, row) => sum + (2 * tests[row]! + bias - y) ** 2, 0) / truth.length;
    t.ok(
      near(found.member.noiseAndBias, noise) && near(found.ensemble.noiseAndBias, noise),
      'the same for both',
    );
    t.ok(near(noise, sigma ** 2 + bias ** 2) || Math.abs(noise - sigma ** 2 - bias ** 2) < 0.3);
    t.ok(close(found.ensemble.error, found.ensemble.noiseAndBias + found.ensemble.variance));
  },
);

t.test('few training sets, exactly: means, deviations with S − 1, and row weights', async (t) => {
  const weights = [1, 0, 2];
  const accumulator = createBiasVariance(NUMBERS, truthOf([1, 9, 0]), weights);
  const [first, second] = [
    [3, 5, 1],
    [1, 5, 4],
  ];
  accumulator.addTrainingSet([values(first!)], null);
  accumulator.addTrainingSet([values(second!)], null);
  // Errors (4 + 2·1)/3 and (0 + 2·16)/3; variances (9−… with S − 1 = 1): ((3−1)²/2 + 2·(1−4)²/2)/3.
  const error = (6 / 3 + 32 / 3) / 2;
  const variance = (2 + 9) / 3;
  t.strictSame(accumulator.finish(), {
    ...{ trainingSets: 2, memberCount: 1, rows: 3, variance: null, wrong: null },
    member: { error, noiseAndBias: error - variance, variance },
    ensemble: { error, noiseAndBias: error - variance, variance },
  });
});

t.test('classes: the Brier score, and wrong rows by the main prediction, as enumerated', async (t) => {
  const random = randomStream(3);
  const [rows, sets, k] = [40, 7, 3];
  const labels = Int32Array.from({ length: rows }, () => random.below(3));
  const accumulator = createBiasVariance(CLASSES, { rows, labels, targets: new Float64Array(0) });
  const all = Array.from({ length: sets }, () =>
    Array.from({ length: k }, (): Predictions => {
      const mean = randomProbabilities(rows, 3, random);
      return { rows, outputs: 3, mean, logProbabilities: null, variance: null };
    }),
  );
  const chosen = all.map(() => Int32Array.from({ length: rows }, () => random.below(3)));
  for (const [set, members] of all.entries()) accumulator.addTrainingSet(members, chosen[set]!);
  const { wrong, member, ensemble } = accumulator.finish()!;
  let [error, bias, variance, net, brier] = [0, 0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const counts = [0, 1, 2].map((label) => chosen.filter((own) => own[row] === label).length);
    const main = counts.indexOf(Math.max(...counts));
    const isWrong = main !== labels[row];
    error += chosen.filter((own) => own[row] !== labels[row]).length / sets / rows;
    bias += Number(isWrong) / rows;
    variance += (sets - counts[main]!) / sets / rows;
    net += (isWrong ? -counts[labels[row]!]! : sets - counts[main]!) / sets / rows;
    for (const members of all) {
      for (let c = 0; c < 3; c++) {
        const mean = members.reduce((sum, own) => sum + own.mean[3 * row + c]!, 0) / k;
        brier += (mean - Number(labels[row] === c)) ** 2 / sets / rows;
      }
    }
  }
  t.ok(close(wrong!.ensemble.error, error, 1e-9) && close(wrong!.ensemble.bias, bias, 1e-9));
  t.ok(close(wrong!.ensemble.variance, variance, 1e-9) && close(wrong!.ensemble.netVariance, net, 1e-9));
  t.ok(close(wrong!.ensemble.error, wrong!.ensemble.bias + wrong!.ensemble.netVariance, 1e-9));
  t.ok(close(wrong!.member.error, wrong!.member.bias + wrong!.member.netVariance, 1e-9));
  t.ok(close(ensemble.error, brier, 1e-9));
  t.ok(member.error > ensemble.error && member.variance > ensemble.variance);
});

t.test('training sets that change nothing leave no variance; one alone says nothing', async (t) => {
  const accumulator = createBiasVariance(NUMBERS, truthOf([1, 2]));
  accumulator.addTrainingSet([values([1, 1]), values([1, 1])], null);
  t.equal(accumulator.finish(), null);
  accumulator.addTrainingSet([values([1, 1]), values([1, 1])], null);
  const found = accumulator.finish()!;
  t.same([found.member.variance, found.ensemble.variance, found.member.noiseAndBias], [0, 0, 0.5]);
  t.strictSame(found.variance, { trainingSet: 0, chance: 0 });
});

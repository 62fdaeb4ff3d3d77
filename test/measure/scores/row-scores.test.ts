// Every score against scikit-learn's, NumPy's or SciPy's, with weights, ties and absent classes; their intervals against a
// closed form; what has no value.

import t from 'tap';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { metrics, streamedMetrics } from '../../../src/measure/metrics/metrics.js';
import {
  countedRows,
  dealUnits,
  eachReplicate,
  type ScorableRows,
} from '../../../src/measure/scores/resampled-rows.js';
import {
  type RowScore,
  scoreDifferences,
  scoreKnownRows,
  scoreWithDraws,
} from '../../../src/measure/scores/row-scores.js';
import { createScoreAccumulator } from '../../../src/measure/scores/scores.js';
import { CLASSES, VALUES } from './scikit-learn-figures.js';
import { classRows, near, scoreOf, valueRows } from './scored-rows.js';

/** Probabilities whose logarithms are taken, and means far from 0, are known to singles. */
const TOLERANCE = 1e-7;

for (const [name, figures] of Object.entries(CLASSES)) {
  t.test(`classes, ${name}: every score is scikit-learn’s`, async (t) => {
    const scores = scoreKnownRows(classRows(figures), { replicates: 0 });
    t.equal(scores.rows, figures.w === null ? figures.y.length : figures.w.filter((w) => w > 0).length);
    t.equal(scores.weighted, figures.w !== null);
    for (const [metric, expected] of Object.entries(figures.scores)) {
      if (metric === 'squaredErrorByHalf') continue;
      t.ok(
        near(scoreOf(scores, metric).value, expected, TOLERANCE),
        `${metric} ${scoreOf(scores, metric).value}`,
      );
    }
    for (const metric of ['auroc', 'averagePrecision'] as const) {
      const { perClass } = scoreOf(scores, metric);
      for (const [label, expected] of figures[metric].entries()) {
        const own = perClass![label];
        t.ok(
          expected === null ? own === null : near(own, expected, TOLERANCE),
          `${metric} of class ${label}`,
        );
      }
    }
    const cells = figures.confusion.flat();
    t.ok(scores.confusion!.flat().every((own, at) => near(own, cells[at]!, TOLERANCE)));
    const half = figures.scores.squaredErrorByHalf;
    t.ok(half === undefined || near(scoreOf(scores, 'squaredError').value, 2 * half, TOLERANCE));
  });

  t.test(`classes, ${name}: the parts of the Brier score are the whole of it`, async (t) => {
    const scores = scoreKnownRows(classRows(figures), { replicates: 0 });
    const [brier, reliability, resolution, uncertainty, rest] = [
      ...['squaredError', 'reliability', 'resolution', 'uncertainty', 'binningResidual'],
    ].map((metric) => scoreOf(scores, metric).value!);
    t.ok(near(brier, reliability! - resolution! + uncertainty! + rest!, 1e-12));
    t.ok(Math.abs(rest!) < 0.02);
  });
}

for (const [name, figures] of Object.entries(VALUES)) {
  t.test(`numbers, ${name}: every score is scikit-learn’s or SciPy’s`, async (t) => {
    const scores = scoreKnownRows(valueRows(figures), { replicates: 0 });
    for (const [metric, expected] of Object.entries(figures.scores)) {
      t.ok(
        near(scoreOf(scores, metric).value, expected, TOLERANCE),
        `${metric} ${scoreOf(scores, metric).value}`,
      );
    }
    for (const [metric, expected] of Object.entries(figures.per)) {
      const { perTarget } = scoreOf(scores, metric);
      t.ok(
        expected.every((value, at) => near(perTarget![at], value, TOLERANCE)),
        `${metric} of each target`,
      );
    }
  });
}

/** Three classes, many rows. */
function manyRows(rows: number, seed: number, weighted = false): ScorableRows {
  const random = new RandomStream(streamKey(seed, 'noise'));
  const y = Array.from({ length: rows }, () => random.below(3));
  const p = y.flatMap((label) => {
    const own = [0, 1, 2].map((at) => 0.05 + random.uniform() + (at === label ? 0.6 : 0));
    const sum = own.reduce((all, one) => all + one, 0);
    return own.map((one) => one / sum);
  });
  const w = weighted ? y.map(() => random.below(4) / 2) : null;
  return classRows({ classes: 3, p, y, w });
}

t.test('sums streamed in blocks and sums of all rows are the same scores', async (t) => {
  const known = manyRows(700, 1, true);
  const streamed = createScoreAccumulator(known.task);
  for (let start = 0; start < 700; start += 256) {
    const end = Math.min(700, start + 256);
    const rows = end - start;
    const mean = known.combined.mean.subarray(3 * start, 3 * end);
    streamed.addBlock(
      { rows, outputs: 3, mean, logProbabilities: null, variance: null },
      { rows, labels: known.truth.labels.subarray(start, end), targets: new Float64Array(0) },
      known.weights!.subarray(start, end),
    );
  }
  const expected = streamed.finish()! as unknown as Record<string, number>;
  const names = streamedMetrics().map(({ name }) => name);
  const scores = scoreKnownRows(known, { replicates: 0, metrics: names });
  t.same(
    scores.scores.map(({ name }) => name),
    ['accuracy', 'logLoss', 'errorRate', 'squaredError'],
  );
  for (const { name, value } of scores.scores) t.ok(near(value, expected[name]!, 1e-12), name);
});

t.test('in every replicate a score is that of the rows drawn, each as often as it was', async (t) => {
  for (const [rows, weighted] of [
    [40, true],
    [1500, false],
  ] as const) {
    const known = manyRows(rows, 2, weighted);
    const { draws } = scoreWithDraws(known, { replicates: 3, seed: 5 });
    // The same draws, as rows repeated.
    const units = dealUnits(countedRows(known), 5);
    eachReplicate(units, 3, 5, (counts, replicate) => {
      const repeated: number[] = [];
      counts.forEach((count, unit) => {
        for (let draw = 0; draw < count; draw++) {
          repeated.push(...units.order.subarray(units.starts[unit]!, units.starts[unit + 1]!));
        }
      });
      const own = classRows({
        classes: 3,
        p: repeated.flatMap((row) => Array.from(known.combined.mean.subarray(3 * row, 3 * row + 3))),
        y: repeated.map((row) => known.truth.labels[row]!),
        w: known.weights && repeated.map((row) => known.weights![row]!),
      });
      const scores = scoreKnownRows(own, { replicates: 0 });
      for (const { name, value } of scores.scores) {
        // Rows stay in the bins of equal mass that they had.
        if (name === 'adaptiveEce') continue;
        t.ok(
          near(draws.get(name)![replicate], value!, 1e-9),
          `${name} of ${rows} rows, replicate ${replicate}`,
        );
      }
    });
  }
});

t.test('the interval of a mean is the normal one', async (t) => {
  const known = manyRows(900, 3);
  const accuracy = scoreOf(scoreKnownRows(known, { level: 0.9, replicates: 4000 }), 'accuracy');
  const share = accuracy.value!;
  const half = 1.6449 * Math.sqrt((share * (1 - share)) / 900);
  t.ok(Math.abs(accuracy.interval!.low - (share - half)) < 0.15 * half);
  t.ok(Math.abs(accuracy.interval!.high - (share + half)) < 0.15 * half);
});

t.test('the interval of an AUROC is that of Hanley and McNeil’s standard error', async (t) => {
  // Scores of two normal classes one standard deviation apart, as probabilities in their order.
  const random = new RandomStream(streamKey(4, 'noise'));
  const y = Array.from({ length: 600 }, (_, row) => row % 2);
  const p = y.flatMap((label) => {
    const odds = Math.exp(random.normal() + label);
    return [1 / (1 + odds), odds / (1 + odds)];
  });
  const auroc = scoreOf(scoreKnownRows(classRows({ classes: 2, p, y, w: null })), 'auroc');
  const a = auroc.value!;
  t.ok(Math.abs(a - 0.7602) < 0.05, 'Φ(1/√2)');
  const [q1, q2] = [a / (2 - a), (2 * a * a) / (1 + a)];
  const error = Math.sqrt((a * (1 - a) + 299 * (q1 + q2 - 2 * a * a)) / 300 ** 2);
  const width = auroc.interval!.high - auroc.interval!.low;
  t.ok(Math.abs(width / (2 * 1.96 * error) - 1) < 0.15, `${width} against ${2 * 1.96 * error}`);
});

t.test('95 % intervals hold the true figures about as often', async (t) => {
  const truth = scoreKnownRows(manyRows(200_000, 6), { replicates: 0 });
  const names = ['accuracy', 'auroc', 'averagePrecision', 'mcc', 'f1Macro', 'logLoss', 'aurc', 'ece'];
  const held = new Map(names.map((name) => [name, 0]));
  const trials = 60;
  for (let trial = 0; trial < trials; trial++) {
    const scores = scoreKnownRows(manyRows(300, 100 + trial), {
      replicates: 200,
      seed: trial,
      metrics: names,
    });
    for (const { name, interval } of scores.scores) {
      const figure = scoreOf(truth, name).value!;
      if (interval!.low <= figure && figure <= interval!.high) held.set(name, held.get(name)! + 1);
    }
  }
  // Of 60 trials of chance 0.95, fewer than 50 come once in a thousand times.
  for (const [name, count] of held) t.ok(count >= 50, `${name}: ${count} of ${trials}`);
});

t.test('what resampling makes larger has an interval about it all the same', async (t) => {
  const { scores } = scoreKnownRows(manyRows(400, 8));
  for (const { name, value, interval } of scores) {
    t.ok(interval!.low <= value! && value! <= interval!.high, name);
    t.ok(interval!.low < interval!.high, name);
  }
});

t.test('what resampling makes smaller has an interval that holds it, and no more than can be', async (t) => {
  // Even classes: the value is the greatest there is, and every resampling is below.
  const known = classRows({
    ...{ classes: 3, w: null },
    y: Array.from({ length: 150 }, (_, row) => row % 3),
    p: Array.from({ length: 450 }, (_, at) => (at % 3 === 0 ? 0.5 : 0.25)),
  });
  const { value, interval } = scoreOf(scoreKnownRows(known), 'uncertainty');
  t.ok(near(value, 2 / 3));
  t.ok(interval!.low < value! && near(interval!.high, 2 / 3) && value! <= interval!.high);
  // Rows drawn of even classes, and of uneven ones: held at least as often as is said. The percentiles alone hold 2/3 never.
  for (const [first, second] of [
    [1 / 3, 2 / 3],
    [0.45, 0.8],
  ] as const) {
    const shares = [first, second - first, 1 - second];
    const truth = 1 - shares.reduce((sum, share) => sum + share * share, 0);
    const stream = new RandomStream(streamKey(1, 'noise'));
    let held = 0;
    for (let repeat = 0; repeat < 100; repeat++) {
      const y = Array.from({ length: 120 }, () => {
        const u = stream.uniform();
        return u < first ? 0 : u < second ? 1 : 2;
      });
      const own = classRows({ classes: 3, w: null, y, p: new Array(360).fill(1 / 3) });
      const drawn = scoreKnownRows(own, { replicates: 200, metrics: ['uncertainty'] });
      const { interval } = scoreOf(drawn, 'uncertainty');
      if (interval!.low <= truth + 1e-12 && truth - 1e-12 <= interval!.high) held++;
    }
    t.ok(held >= 90, `${held} of 100 of ${shares}`);
  }
});

t.test('scores of choices among very many classes need no table of classes × classes', async (t) => {
  // 60 000² cells of eight bytes would be 27 GiB.
  const classes = 60_000;
  const labels = Int32Array.of(5, 59_999, 5, 30_000);
  const mean = new Float32Array(4 * classes);
  for (const [row, chosen] of [5, 59_999, 7, 5].entries()) mean[row * classes + chosen] = 1;
  const known = classRows({ classes, p: [], y: [...labels], w: [1, 2, 1, 4] });
  const whole = { ...known, combined: { ...known.combined, mean } };
  const metrics = ['accuracy', 'balancedAccuracy', 'f1Macro', 'f1Weighted', 'mcc'];
  const scores = scoreKnownRows(whole, { replicates: 2, metrics });
  // Classes 5, 7, 30 000 and 59 999: truths 2, 0, 4, 2, choices 5, 1, 0, 2, right 1, 0, 0, 2 of 8.
  const f1 = [2 / 7, 0, 0, 1];
  const [truth, choice, both] = [4 + 16 + 4, 25 + 1 + 4, 10 + 4];
  for (const [name, expected] of [
    ['accuracy', 3 / 8],
    ['balancedAccuracy', (1 / 2 + 0 + 1) / 3],
    ['f1Macro', (f1[0]! + f1[3]!) / 4],
    ['f1Weighted', (2 * f1[0]! + 2 * f1[3]!) / 8],
    ['mcc', (3 * 8 - both) / Math.sqrt((64 - choice) * (64 - truth))],
  ] as const) {
    t.ok(near(scoreOf(scores, name).value, expected), name);
  }
});

t.test('the same seed gives the same intervals, another seed others', async (t) => {
  const known = manyRows(1200, 9);
  const first = scoreKnownRows(known, { replicates: 50 });
  t.same(scoreKnownRows(known, { replicates: 50 }), first);
  t.not(
    scoreOf(scoreKnownRows(known, { replicates: 50, seed: 1 }), 'mcc').interval!.low,
    scoreOf(first, 'mcc').interval!.low,
  );
});

t.test('differences of the same rows are paired', async (t) => {
  const known = manyRows(500, 10);
  const worse = { ...known.combined, mean: known.combined.mean.slice() };
  // Two rows are answered the other way round.
  for (let row = 0; row < 2; row++) worse.mean.subarray(3 * row, 3 * row + 3).reverse();
  const [one, other] = [scoreWithDraws(known), scoreWithDraws({ ...known, combined: worse })];
  const paired = scoreDifferences(one, other, 0.95).find(({ metric }) => metric === 'logLoss')!;
  const own = scoreOf(one.scores, 'logLoss').interval!;
  t.ok(
    paired.interval!.high - paired.interval!.low < 0.5 * (own.high - own.low),
    'most rows are alike in both',
  );
  t.equal(
    scoreDifferences(one, one, 0.95).every(
      ({ difference, interval, better }) => difference === 0 && interval === null && better === null,
    ),
    true,
  );
});

t.test('one class, one row, no row of a weight: no value and why, never NaN', async (t) => {
  const one = scoreKnownRows(classRows({ classes: 2, p: [0.25, 0.75, 0.5, 0.5], y: [1, 1], w: null }));
  for (const name of ['auroc', 'mcc']) {
    t.match(scoreOf(one, name), { value: null, interval: null, lacks: 'these rows are all of one class' });
  }
  t.equal(scoreOf(one, 'accuracy').value, 0.5);
  t.equal(scoreOf(one, 'averagePrecision').value, 1);
  const first = scoreKnownRows(classRows({ classes: 2, p: [0.75, 0.25], y: [0], w: null }));
  t.match(scoreOf(first, 'averagePrecision'), { value: null, lacks: 'no row is of the second class' });
  t.match(scoreOf(first, 'f1'), {
    value: null,
    lacks: 'no row is of the second class, and none is taken for it',
  });
  t.match(first, { rows: 1, replicates: 0, level: null });
  t.ok(
    first.scores.every(
      ({ value, interval }) => (value === null || Number.isFinite(value)) && interval === null,
    ),
  );
  const none = scoreKnownRows(classRows({ classes: 2, p: [0.75, 0.25], y: [0], w: [0] }));
  t.ok(none.scores.every(({ value, lacks }) => value === null && lacks === 'no row has a weight'));
  const constant = scoreKnownRows(
    valueRows({ targets: 1, y: [5, 5, 5], mu: [5, 6, 7], var: [1, 1, 1], w: null }),
  );
  t.match(scoreOf(constant, 'r2'), { value: null, lacks: 'the targets are all alike in these rows' });
  t.equal(scoreOf(constant, 'mae').value, 1);
});

t.test('votes have no probabilities, numbers without variances no densities', async (t) => {
  const votes = scoreKnownRows(manyRows(50, 11), { replicates: 0, probabilities: false });
  for (const name of ['logLoss', 'ece', 'adaptiveEce']) {
    t.match(scoreOf(votes, name), { value: null, lacks: 'shares of votes are no probabilities' });
  }
  t.ok(scoreOf(votes, 'auroc').value! > 0.5);
  const known = valueRows(VALUES.one!);
  const points = { ...known, combined: { ...known.combined, variance: null, varianceKind: null } };
  const scores = scoreKnownRows(points, { replicates: 0 });
  for (const name of ['nll', 'crps', 'pinball', 'intervalCoverage', 'intervalWidth']) {
    t.match(scoreOf(scores, name), { value: null, lacks: 'members predict no variances' });
  }
  t.match(scoreOf(scores, 'aurc'), { value: null, lacks: 'there are no variances to rank by' });
  t.ok(near(scoreOf(scores, 'rmse').value, VALUES.one!.scores.rmse!, TOLERANCE));
});

t.test('of two classes F1 is asked of the second, of others not at all', async (t) => {
  const names = scoreKnownRows(classRows(CLASSES.three!), { replicates: 0 }).scores.map(({ name }) => name);
  t.notOk(names.includes('f1'));
  t.ok(scoreKnownRows(classRows(CLASSES.two!), { replicates: 0 }).scores.some(({ name }) => name === 'f1'));
  for (const name of names) t.ok(metrics.has(name));
});

t.test(
  'of very many rows fewer replicates are drawn, and the interval is the normal one of their spread',
  async (t) => {
    const known = manyRows(120_000, 12);
    const { scores, draws } = scoreWithDraws(known, {
      replicates: 600,
      metrics: ['accuracy', 'balancedAccuracy'],
    });
    const drawn = (name: string) => draws.get(name)!.filter((draw) => !Number.isNaN(draw)).length;
    t.same([drawn('accuracy'), drawn('balancedAccuracy')], [600, 277]);
    const [one, other] = ['accuracy', 'balancedAccuracy'].map((name) => scoreOf(scores, name));
    const width = ({ interval }: RowScore) => interval!.high - interval!.low;
    t.ok(
      Math.abs(width(other!) / width(one!) - 1) < 0.25,
      'of classes that are as many the two are nearly one',
    );
  },
);

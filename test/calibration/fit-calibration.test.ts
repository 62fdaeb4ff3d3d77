// What is fitted is judged on rows that it was not fitted on, by folds, and left out where it is no better.

import t from 'tap';
import { applyCalibration } from '../../src/calibration/apply-calibration.js';
import type { Calibration } from '../../src/calibration/calibration.js';
import { fitCalibration } from '../../src/calibration/fit-calibration.js';
import { fitTemperature } from '../../src/calibration/fit-temperature.js';
import { foldsOf, othersOf } from '../../src/calibration/fold-rows.js';
import { pick } from '../../src/calibration/rows.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { scoreKnownRows } from '../../src/measure/scores/row-scores.js';
import type { KnownRows } from '../../src/predictions/known-rows.js';
import { knownRows, madeRows } from './support.js';

const BY_TEMPERATURE = { method: 'temperature', threshold: null } as const;

/** Rows whose labels are drawn from probabilities whose logarithms `factor` times those stated are. */
function drawnRows(rows: number, classes: number, factor: number): KnownRows {
  const made = madeRows(rows, classes);
  const random = new RandomStream(streamKey(5, 'init'));
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const shares = Array.from(made.logits.subarray(row * classes, (row + 1) * classes), (z) =>
      Math.exp(factor * z),
    );
    let left = random.uniform() * shares.reduce((sum, share) => sum + share);
    while (labels[row]! < classes - 1 && left >= shares[labels[row]!]!) left -= shares[labels[row]!++]!;
  }
  return knownRows({ ...made, labels });
}

function scoreOf(known: KnownRows, name: string): number {
  return scoreKnownRows(known, { replicates: 0 }).scores.find((score) => score.name === name)!.value!;
}

t.test('folds hold every row once, as many as can be, whatever the rows say', (t) => {
  for (const rows of [20, 101, 1000]) {
    const folds = foldsOf(rows);
    t.same(
      folds.map(({ length }) => length).toSorted(),
      Array.from({ length: 5 }, (_, fold) => Math.ceil((rows - 4 + fold) / 5)),
    );
    t.same(
      folds.flatMap((fold) => [...fold]).toSorted((a, b) => a - b),
      Array.from({ length: rows }, (_, row) => row),
    );
    t.same([...othersOf(rows, folds[0]!), ...folds[0]!].toSorted((a, b) => a - b).length, rows);
    t.strictSame(foldsOf(rows), folds);
  }
  t.end();
});

t.test('groups stay whole, in folds of as many rows as can be', (t) => {
  const groups = Int32Array.from({ length: 103 }, (_, row) => (row < 20 ? 7 : Math.floor(row / 4)));
  const folds = foldsOf(103, groups);
  t.same(
    folds.flatMap((fold) => [...fold]).toSorted((a, b) => a - b),
    Array.from({ length: 103 }, (_, row) => row),
  );
  const foldsOfGroup = new Map<number, Set<number>>();
  for (const [at, fold] of folds.entries()) {
    for (const row of fold)
      foldsOfGroup.set(groups[row]!, (foldsOfGroup.get(groups[row]!) ?? new Set()).add(at));
  }
  t.ok([...foldsOfGroup.values()].every(({ size }) => size === 1));
  t.ok(folds.every(({ length }) => length >= 19 && length <= 24));
  t.same(
    foldsOf(8, Int32Array.of(1, 1, 1, 2, 2, 2, 2, 2)).map(({ length }) => length),
    [5, 3, 0, 0, 0],
  );
  t.end();
});

t.test('rows of a group are no proof of what was fitted on others of it', (t) => {
  // Each patient ten times, as healthy or ill as the probability says: there is nothing to calibrate.
  const random = new RandomStream(streamKey(3, 'noise'));
  const patients = Array.from({ length: 60 }, () => {
    const ill = 0.2 + 0.6 * random.uniform();
    return { ill, label: random.uniform() < ill ? 1 : 0 };
  });
  const own = patients.flatMap((patient) => new Array<(typeof patients)[number]>(10).fill(patient));
  const logits = Float64Array.from(own.flatMap(({ ill }) => [Math.log(1 - ill), Math.log(ill)]));
  const labels = Int32Array.from(own, ({ label }) => label);
  const weights = new Float64Array(600).fill(1);
  const known = knownRows({ rows: 600, classes: 2, logits, labels, weights, fewer: null });
  const groups = labels.map((_, row) => Math.floor(row / 10));
  const isotonic = { method: 'isotonic', threshold: null } as const;
  const byRows = fitCalibration(known, 'arithmeticMean', isotonic);
  const byGroups = fitCalibration({ ...known, groups }, 'arithmeticMean', isotonic);
  t.ok(byRows.figures!.after.logLoss < byRows.figures!.before.logLoss - 0.02, 'as other rows of them say');
  t.ok(byRows.parameters.length > 4);
  t.ok(byGroups.figures!.after.logLoss > byRows.figures!.after.logLoss + 0.02);
  t.same(byGroups.parameters, [0, 1, 0, 1]);
  // The same patients once each are judged alike.
  const once = known.index.filter((row) => row % 10 === 0);
  const few = knownRows({
    ...pick({ rows: 600, classes: 2, logits, labels, weights, fewer: null }, once),
  });
  t.same(fitCalibration(few, 'arithmeticMean', isotonic).parameters, [0, 1, 0, 1]);
  t.throws(() => fitCalibration({ ...known, groups: labels.map(() => 4) }, 'arithmeticMean', isotonic), {
    code: 'ERR_DATA',
    message: 'Expected rows of at least two groups to calibrate on, got 600 of one',
  });
  t.end();
});

t.test('figures are of each fold by a fit on the others', (t) => {
  const known = drawnRows(300, 3, 0.4);
  const { figures, parameters, rows, rowsFrom } = fitCalibration(known, 'arithmeticMean', BY_TEMPERATURE);
  t.same([rows, rowsFrom, figures!.folds], [300, 'heldOut', 5]);
  const { labels } = known.truth;
  const logits = Float64Array.from(known.combined.logProbabilities!);
  const all = { rows: 300, classes: 3, logits, labels, weights: new Float64Array(300).fill(1), fewer: null };
  let loss = 0;
  for (const fold of foldsOf(300)) {
    const [degrees] = fitTemperature(pick(all, othersOf(300, fold)))!;
    for (const row of fold) {
      const own = Array.from(logits.subarray(3 * row, 3 * row + 3), (z) => z / degrees!);
      loss -= own[labels[row]!]! - Math.log(own.reduce((sum, z) => sum + Math.exp(z), 0));
    }
  }
  t.ok(Math.abs(figures!.after.logLoss - loss / 300) < 1e-9);
  t.ok(Math.abs(parameters[0]! - fitTemperature(all)![0]!) < 1e-12, 'the fit that is kept is on all rows');
  t.ok(figures!.after.logLoss < figures!.before.logLoss && figures!.after.ece < figures!.before.ece);
  t.end();
});

t.test('the figures before are the scores of the predictions as they are', (t) => {
  const known = drawnRows(300, 3, 0.4);
  const weights = Float32Array.from({ length: 300 }, (_, row) => row % 4);
  for (const own of [known, { ...known, weights }]) {
    const { before } = fitCalibration(own, 'arithmeticMean', BY_TEMPERATURE).figures!;
    t.ok(Math.abs(before.logLoss - scoreOf(own, 'logLoss')) < 1e-6);
    t.ok(Math.abs(before.ece - scoreOf(own, 'ece')) < 1e-6);
  }
  t.end();
});

t.test('rows of weight 0 say nothing', (t) => {
  const known = drawnRows(300, 3, 0.4);
  const weights = Float32Array.from({ length: 300 }, (_, row) => (row < 200 ? 1 : 0));
  const head = madeRows(200, 3);
  const fewer = {
    ...knownRows(head),
    truth: { ...known.truth, rows: 200, labels: known.truth.labels.slice(0, 200) },
  };
  t.strictSame(
    fitCalibration({ ...known, weights }, 'arithmeticMean', BY_TEMPERATURE),
    fitCalibration(fewer, 'arithmeticMean', BY_TEMPERATURE),
  );
  t.end();
});

t.test(
  'calibrated predictions are left as they are, by every method, and what is fitted lowers the log-loss of new rows',
  (t) => {
    for (const method of ['temperature', 'vector', 'isotonic'] as const) {
      const request = { method, threshold: null };
      const [far, true_] = [0.3, 1].map((factor) => drawnRows(4000, 2, factor));
      const head = (known: KnownRows, from: number, to: number) => slice(known, from, to);
      const fitted = fitCalibration(head(far!, 0, 2000), 'arithmeticMean', request);
      const rest = head(far!, 2000, 4000);
      const calibrated = { ...rest, combined: applyCalibration(fitted, rest.combined) };
      t.ok(scoreOf(calibrated, 'logLoss') < scoreOf(rest, 'logLoss') - 0.02, method);
      t.ok(scoreOf(calibrated, 'ece') < scoreOf(rest, 'ece') / 2, method);
      const kept = fitCalibration(head(true_!, 0, 2000), 'arithmeticMean', request);
      const { before, after } = kept.figures!;
      if (after.logLoss < before.logLoss) t.ok(before.logLoss - after.logLoss < 0.002, method);
      else {
        const [one, other] = [true_!.combined, applyCalibration(kept, true_!.combined)];
        t.ok(
          one.mean.every((value, at) => Math.abs(value - other.mean[at]!) < 1e-6),
          `${method} leaves them`,
        );
      }
    }
    t.end();
  },
);

/** Rows from one on and before another. */
function slice(known: KnownRows, from: number, to: number): KnownRows {
  const { outputs, combined, truth } = known;
  const rows = to - from;
  return {
    ...{ ...known, rows, index: known.index.slice(from, to) },
    truth: { ...truth, rows, labels: truth.labels.slice(from, to) },
    combined: {
      ...{ ...combined, rows, labels: combined.labels!.slice(from, to) },
      mean: combined.mean.slice(from * outputs, to * outputs),
      logProbabilities: combined.logProbabilities!.slice(from * outputs, to * outputs),
    },
  };
}

t.test('where every row is right no temperature is best, and none is taken', (t) => {
  const made = madeRows(100, 3);
  const known = knownRows(made);
  const labels = known.combined.labels!;
  const calibration = fitCalibration(
    { ...known, truth: { ...known.truth, labels } },
    'arithmeticMean',
    BY_TEMPERATURE,
  );
  t.same(calibration.parameters, [1]);
  t.equal(calibration.figures!.after.logLoss, calibration.figures!.before.logLoss);
  t.end();
});

t.test('what cannot be calibrated is refused in a line', (t) => {
  const known = drawnRows(40, 3, 1);
  const two = drawnRows(40, 2, 1);
  const values = { ...known, task: { kind: 'regression', targets: ['y'] } } as const;
  const refused = (call: () => unknown, code: string, message: RegExp) => t.throws(call, { code, message });
  const fit =
    (...given: Parameters<typeof fitCalibration>) =>
    () =>
      fitCalibration(...given);
  const isotonic = { method: 'isotonic', threshold: null } as const;
  const f1 = { method: null, threshold: 'f1' } as const;
  refused(
    fit(values, 'arithmeticMean', BY_TEMPERATURE),
    'ERR_OPTION',
    /^Expected `method` to be absent for regression/,
  );
  refused(
    fit(known, 'majorityVote', BY_TEMPERATURE),
    'ERR_OPTION',
    /absent for the majority vote, whose shares are no/,
  );
  refused(
    fit(known, 'arithmeticMean', isotonic),
    'ERR_OPTION',
    /temperature or vector for 3 classes, got "isotonic"/,
  );
  refused(fit(known, 'arithmeticMean', f1), 'ERR_OPTION', /^Expected `threshold` to be absent for 3 classes/);
  const few = slice(two, 0, 19);
  refused(
    fit(few, 'arithmeticMean', BY_TEMPERATURE),
    'ERR_DATA',
    /at least 20 rows that count to calibrate on, got 19$/,
  );
  refused(fit(slice(two, 0, 1), 'arithmeticMean', f1), 'ERR_DATA', /at least 20 rows .*, got 1$/);
  const one = { ...two, truth: { ...two.truth, labels: new Int32Array(40).fill(1) } };
  refused(
    fit(one, 'arithmeticMean', BY_TEMPERATURE),
    'ERR_DATA',
    /at least two classes to calibrate on, got 40 of class c1$/,
  );
  t.end();
});

const IDENTITY: Pick<Calibration, 'method' | 'parameters' | 'threshold'> = {
  ...{ method: 'temperature', parameters: [1], threshold: null },
};

t.test('calibrated predictions keep what is not there and know their logarithms', (t) => {
  const { combined } = knownRows(madeRows(4, 2));
  const mean = combined.mean.slice();
  mean.fill(Number.NaN, 2, 4);
  const logProbabilities = combined.logProbabilities!.slice();
  logProbabilities.fill(Number.NaN, 2, 4);
  const calibrated = applyCalibration(
    { ...IDENTITY, parameters: [2] },
    { ...combined, mean, logProbabilities },
  );
  t.ok(Number.isNaN(calibrated.mean[2]!) && Number.isNaN(calibrated.mean[3]!));
  t.equal(calibrated.labels![1], -1);
  t.same(
    [0, 2, 3].map((row) => calibrated.labels![row]),
    [0, 2, 3].map((row) => combined.labels![row]),
  );
  // Of the two roots of 1e-60 and 1 − 1e-60 the lesser is 1e-30 of their sum; rounded first, it would be none.
  const rare = { ...combined, rows: 1, mean: Float32Array.of(1, 0), labels: Int32Array.of(0) };
  const logs = Float32Array.of(0, -60 * Math.LN10);
  const known = applyCalibration({ ...IDENTITY, parameters: [2] }, { ...rare, logProbabilities: logs });
  t.ok(Math.abs(known.logProbabilities![1]! + 30 * Math.LN10) < 1e-5);
  t.ok(Math.abs(known.mean[1]! * 1e30 - 1) < 1e-5);
  const unknown = applyCalibration({ ...IDENTITY, parameters: [2] }, { ...rare, logProbabilities: null });
  t.ok(unknown.logProbabilities!.every(Number.isFinite), 'a rounded zero counts as 1e-15');
  t.end();
});

t.test('a decision threshold moves labels and no probabilities', (t) => {
  const { combined } = knownRows(madeRows(50, 2));
  const value = combined.mean[2 * 7 + 1]!;
  const threshold = { value, criterion: null, figures: null };
  const decided = applyCalibration({ method: null, parameters: [], threshold }, combined);
  t.equal(decided.mean, combined.mean);
  t.same(
    [...decided.labels!],
    Array.from({ length: 50 }, (_, row) => (combined.mean[2 * row + 1]! >= value ? 1 : 0)),
  );
  t.equal(decided.labels![7], 1, 'at the threshold the positive class');
  t.end();
});

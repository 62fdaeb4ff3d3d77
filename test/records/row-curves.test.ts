// The curves that DVC draws of two classes, beside those of scikit-learn.

import t from 'tap';
import type { CombinedPredictions } from '../../src/predictions/combined-predictions.js';
import { rowCurves } from '../../src/records/row-curves.js';

const TRUTH = [0, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0];
const SECOND = [0.05, 0.95, 0.4, 0.4, 0.8, 0.35, 0.62, 0.62, 0.9, 0.33, 0.1, 0.7];

function known(labels: readonly number[], second: readonly number[], classes = ['no', 'yes']) {
  const rows = labels.length;
  const mean = Float64Array.from({ length: rows * classes.length }, (_, at) => {
    const place = at % classes.length;
    const own = second[Math.floor(at / classes.length)]!;
    return place === 1 ? own : (1 - own) / (classes.length - 1);
  });
  const combined = {
    rows,
    outputs: classes.length,
    mean,
    logProbabilities: null,
    variance: null,
    flooredCount: 0,
  };
  return {
    task: { kind: 'classification', classes } as const,
    ...{ rows, outputs: classes.length, weights: null },
    truth: { rows, outputs: classes.length, labels: Int32Array.from(labels), targets: new Float64Array(0) },
    combined: combined as unknown as CombinedPredictions,
  };
}

/** To six decimals. */
const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(6)));

t.test('they are those of scikit-learn', async (t) => {
  const { roc, calibration } = rowCurves(known(TRUTH, SECOND) as never);
  // roc_curve(y, p, drop_intermediate=False) and calibration_curve(y, p, n_bins=10) of scikit-learn 1.9.1.
  t.same(
    rounded(roc!.map(({ falsePositiveRate }) => falsePositiveRate)),
    [0, 0, 0, 0, 0.166667, 0.333333, 0.5, 0.666667, 0.666667, 0.833333, 1],
  );
  t.same(
    rounded(roc!.map(({ truePositiveRate }) => truePositiveRate)),
    [0, 0.166667, 0.333333, 0.5, 0.5, 0.666667, 0.833333, 0.833333, 1, 1, 1],
  );
  t.same(
    roc!.map(({ threshold }) => threshold),
    [null, 0.95, 0.9, 0.8, 0.7, 0.62, 0.4, 0.35, 0.33, 0.1, 0.05],
  );
  t.same(
    rounded(calibration!.map(({ predicted }) => predicted)),
    rounded([0.075, 0.37, 0.646667, 0.8, 0.9, 0.95]),
  );
  t.same(rounded(calibration!.map(({ observed }) => observed)), [0, 0.5, 0.333333, 1, 1, 1]);
});

t.test('there are none of other tasks, and of rows of one class', async (t) => {
  const none = { roc: null, calibration: null };
  t.same(rowCurves(known(TRUTH, SECOND, ['a', 'b', 'c']) as never), none);
  t.same(rowCurves(known([1, 1, 1], [0.2, 0.5, 0.9]) as never), none);
});

t.test('of many rows there are points enough to draw, the first and the last among them', async (t) => {
  const rows = 30_000;
  const second = Array.from({ length: rows }, (_, row) => (row + 0.5) / rows);
  const { roc } = rowCurves(
    known(
      second.map((own, row) => (own > (row % 7) / 7 ? 1 : 0)),
      second,
    ) as never,
  );
  t.ok(roc!.length <= 2002);
  t.same(roc!.at(-1), { falsePositiveRate: 1, truePositiveRate: 1, threshold: second[0] });
});

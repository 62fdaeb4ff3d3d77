// The fits against scikit-learn and SciPy. Figures: numpy 2, scipy 1, scikit-learn 1.9 on the rows of support.ts,
//     brentq of the derivative of the log-loss by 1/T, and sklearn.calibration._TemperatureScaling (which stops at 1e-8);
//     scipy.optimize.minimize(method='BFGS', gtol=1e-11) of the penalised log-loss;
//     LogisticRegression(C=inf, tol=1e-12) of two logarithms of probabilities;
//     IsotonicRegression(y_min=1/202, y_max=1-1/202, out_of_bounds='clip').

import t, { type Test } from 'tap';
import { fitIsotonic } from '../../src/calibration/fit-isotonic.js';
import { fitTemperature, HIGHEST_TEMPERATURE } from '../../src/calibration/fit-temperature.js';
import { fitVector } from '../../src/calibration/fit-vector.js';
import { FITS } from '../../src/calibration/fits.js';
import { isotonic } from '../../src/calibration/isotonic.js';
import { calibrationMethods } from '../../src/calibration/methods.js';
import type { CalibrationRows } from '../../src/calibration/rows.js';
import { temperature } from '../../src/calibration/temperature.js';
import { vector } from '../../src/calibration/vector.js';
import { madeRows } from './support.js';

const near = (t: Test, got: readonly number[], expected: readonly number[], tolerance: number) => {
  t.equal(got.length, expected.length);
  for (const [at, value] of expected.entries())
    t.ok(Math.abs(got[at]! - value) <= tolerance, `${at}: ${got[at]} for ${value}`);
};

t.test('temperature scaling finds the temperature of the least log-loss', (t) => {
  near(t, fitTemperature(madeRows(200, 3))!, [6.069852254573019], 1e-11);
  near(t, fitTemperature(madeRows(200, 2))!, [4.117531197199143], 1e-11);
  t.end();
});

t.test('of two probabilities the temperature has a closed form', (t) => {
  // All rows say 0.9 of the first class, which a share s are of: 1/T = logit(s) / logit(0.9).
  for (const right of [60, 75, 95, 99]) {
    const rows: CalibrationRows = {
      ...{ rows: 100, classes: 2, weights: new Float64Array(100).fill(1), fewer: null },
      logits: Float64Array.from({ length: 200 }, (_, at) => Math.log(at % 2 === 0 ? 0.9 : 0.1)),
      labels: Int32Array.from({ length: 100 }, (_, row) => (row < right ? 0 : 1)),
    };
    const degrees = Math.log(9) / Math.log(right / (100 - right));
    near(t, fitTemperature(rows)!, [degrees], 1e-12 * degrees);
  }
  t.end();
});

t.test('temperatures without end are held, and where none is best there is none', (t) => {
  const rows = madeRows(90, 3);
  const best = Int32Array.from(rows.labels, (_, row) => {
    const own = rows.logits.subarray(3 * row, 3 * row + 3);
    return own.indexOf(Math.max(...own));
  });
  t.equal(fitTemperature({ ...rows, labels: best }), null, 'all right: the colder the better');
  const worst = Int32Array.from(rows.labels, (_, row) => {
    const own = rows.logits.subarray(3 * row, 3 * row + 3);
    return own.indexOf(Math.min(...own));
  });
  t.same(
    fitTemperature({ ...rows, labels: worst }),
    [HIGHEST_TEMPERATURE],
    'all wrong: the hotter the better',
  );
  t.end();
});

t.test('vector scaling finds the least penalised log-loss', (t) => {
  const three = [
    0.10883898543499437, 0.2197728341743978, 0.21489363253556262, -0.1200141168922424, 0.07789115342980411,
    0.04212296346243593,
  ];
  near(t, fitVector(madeRows(200, 3)), three, 1e-7);
  const two = [0.22006947142010577, 0.2712116661097344, -0.01644698292391019, 0.016446982923912456];
  near(t, fitVector(madeRows(200, 2)), two, 1e-7);
  t.end();
});

t.test('of many classes too, every other scale and bias is worse', (t) => {
  const rows = madeRows(300, 30);
  const fitted = fitVector(rows);
  const penalised = (parameters: readonly number[]): number => {
    let value = 0;
    for (let row = 0; row < 300; row++) {
      const own = Array.from(
        { length: 30 },
        (_, k) => parameters[k]! * rows.logits[30 * row + k]! + parameters[30 + k]!,
      );
      value -=
        rows.weights[row]! *
        (own[rows.labels[row]!]! - Math.log(own.reduce((sum, z) => sum + Math.exp(z), 0)));
    }
    return parameters.reduce((sum, own, at) => sum + (own - (at < 30 ? 1 : 0)) ** 2 / 2, value);
  };
  const least = penalised(fitted);
  for (let at = 0; at < 60; at++) {
    for (const step of [-1e-3, 1e-3]) {
      t.ok(penalised(fitted.map((own, other) => (other === at ? own + step : own))) > least, `${at} ${step}`);
    }
  }
  t.end();
});

t.test('vector scaling of two classes without a penalty is logistic regression', (t) => {
  const rows = madeRows(200, 2);
  const logits = rows.logits.slice();
  vector.apply(fitVector(rows, 1e-9), logits, 2);
  const expected = [
    0.5076296930796524, 0.21063191337754203, 0.1938062051099879, 0.45869325624035756, 0.7424603577744732,
  ];
  near(
    t,
    expected.map((_, row) => Math.exp(logits[2 * row + 1]!)),
    expected,
    1e-6,
  );
  t.end();
});

t.test('isotonic regression is that of scikit-learn, between its knots too', (t) => {
  const parameters = fitIsotonic(madeRows(200, 2));
  const at = [0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1];
  const logits = Float64Array.from(at.flatMap((p) => [Math.log(1 - p), Math.log(p)]));
  isotonic.apply(parameters, logits);
  const expected = [
    0.0049504950495049506, 0.25, 0.25, 0.2608695652173913, 0.6060393823714084, 0.7324840764331211,
    0.7324840764331211, 0.995049504950495,
  ];
  near(
    t,
    at.map((_, row) => Math.exp(logits[2 * row + 1]!)),
    expected,
    1e-12,
  );
  t.equal(parameters.length / 2, 18, 'as many knots');
  t.end();
});

t.test('rows of the same probability are one to isotonic regression', (t) => {
  const rows = madeRows(200, 2);
  const logits = rows.logits.map((_, at) => {
    const p = Math.round(10 * Math.exp(rows.logits[2 * (at >> 1) + 1]!)) / 10;
    return Math.log(at % 2 === 0 ? 1 - p : p);
  });
  const knots = [0, 0.1, 0.4, 0.5, 0.7, 0.8, 1];
  const values = [
    0.2272727272727272, 0.2307692307692308, 0.2307692307692308, 0.7142857142857143, 0.7142857142857143,
    0.7413793103448275, 0.7413793103448275,
  ];
  near(t, fitIsotonic({ ...rows, logits }), [...knots, ...values], 1e-12);
  t.end();
});

t.test(
  'every method leaves probabilities as they are by its identity, and gives probabilities by what it fits',
  (t) => {
    const rows = madeRows(60, 2);
    for (const { name, identity, fits, apply } of calibrationMethods.entries) {
      t.ok(fits(identity(2), 2), name);
      t.notOk(fits([...identity(2), 1], 2), name);
      const same = rows.logits.slice();
      apply(identity(2), same, 2);
      near(t, Array.from(same), Array.from(rows.logits), 1e-12);
      const fitted = FITS[name](rows)!;
      t.ok(fits(fitted, 2), name);
      const moved = rows.logits.slice();
      apply(fitted, moved, 2);
      for (let row = 0; row < 60; row++) {
        near(t, [Math.exp(moved[2 * row]!) + Math.exp(moved[2 * row + 1]!)], [1], 1e-12);
      }
    }
    t.end();
  },
);

t.test('weights count as rows that are there so often', (t) => {
  const rows = madeRows(30, 2);
  const often = Array.from({ length: 30 }, (_, row) => Array<number>(1 + (row % 3)).fill(row)).flat();
  const repeated: CalibrationRows = {
    ...{ rows: often.length, classes: 2, weights: new Float64Array(often.length).fill(1), fewer: null },
    logits: Float64Array.from(often.flatMap((row) => [rows.logits[2 * row]!, rows.logits[2 * row + 1]!])),
    labels: Int32Array.from(often, (row) => rows.labels[row]!),
  };
  near(t, fitTemperature(rows)!, fitTemperature(repeated)!, 1e-11);
  const [weighted, plain] = [fitIsotonic(rows), fitIsotonic(repeated)];
  const inner = (values: number[]) => values.filter((value) => value > 0.05 && value < 0.95);
  near(t, inner(weighted), inner(plain), 1e-12);
  t.end();
});

t.test('logarithms of what rounds to zero are cooled and heated without losing order', (t) => {
  const logits = Float64Array.of(-0.001, -300, -500, -1e-9, -600, -40);
  temperature.apply([10], logits, 3);
  t.ok(logits.every(Number.isFinite));
  t.ok(logits[1]! > logits[2]! && logits[5]! > logits[4]!);
  near(t, [logits[0]! - logits[1]!], [29.9999], 1e-9);
  t.end();
});

// Baselines against scikit-learn 1.9's LogisticRegression(C=1) and Ridge(alpha=1), with sample weights, some of them 0.

import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { fitBaseline } from '../../../src/measure/baseline/fit-baseline.js';
import { fitLogistic } from '../../../src/measure/baseline/logistic.js';
import { outOfFoldPredictions } from '../../../src/measure/baseline/out-of-fold.js';
import { baselinePredictions } from '../../../src/measure/baseline/predict-baseline.js';
import { fitRidge } from '../../../src/measure/baseline/ridge.js';
import { clusters, linear } from '../../support/datasets.js';

/**
 * rng = RandomState(7); X = round(rng.randn(24, 3), 2); y = rng.randint(0, 3, 24); w = round(rng.rand(24) * 2, 1);
 * Y = round(X @ [[1, 2], [0.5, -1], [0, 3]] + rng.randn(24, 2), 2);
 * LogisticRegression(C=1, tol=1e-12, max_iter=10000).fit(X, y, w); Ridge(alpha=1).fit(X, Y, w); coef_.T, intercept_
 */
const X = [
  1.69, -0.47, 0.03, 0.41, -0.79, 0, 0, -1.75, 1.02, 0.6, -0.63, -0.17, 0.51, -0.26, -0.24, -1.45, 0.55, 0.12,
  0.27, -1.53, 1.65, 0.15, -0.39, 2.03, -0.05, -1.45, -0.41, -2.29, 1.05, -0.42, -0.74, 1.07, -1.65, 0.54,
  -2.06, -0.66, -1.2, 1.46, 1.77, -0.33, 0.84, -0.18, 0.57, -0.75, -1.71, -1.8, 0.38, 2.25, 0.27, -0.52, 1.91,
  0.24, 0.1, 0.25, -0.13, -0.31, -1.43, 0.5, -0.09, 1.19, -0.37, -1.91, -0.1, 1.7, -0.38, -0.89, -1.19, -1.05,
  -0.3, -1.18, 1.5, -0.28,
];
const LABELS = [2, 2, 0, 2, 0, 2, 2, 2, 0, 1, 1, 2, 2, 1, 1, 1, 2, 0, 1, 0, 0, 2, 1, 1];
const WEIGHTS = [
  1.7, 1.6, 1.3, 1, 0.9, 0.9, 1.9, 1.5, 0.1, 1.5, 1, 0.4, 0.8, 1.9, 0.4, 1.6, 0.8, 1.2, 0.4, 1.6, 1.2, 0.9,
  1.6, 1.1,
];
const TARGETS = [
  1.14, 3.89, -0.11, 3.6, -0.61, 3.33, -1.38, 4.34, 0.58, -1.15, -1.17, -3.07, 0.25, 7.25, 0.04, 7.27, -1.14,
  -1.01, -1.93, -6.43, -0.54, -5.66, 0.1, -1.18, 0, 2.55, 0.45, -1.1, 0.2, -3.18, -2.29, 2.48, -1.42, 7.12,
  -0.47, 1.22, -1.49, -4.99, 0.7, 4.3, -2.42, 0.35, 2.53, -1.12, 0.14, -2.71, -1.09, -5.77,
];
const LOGISTIC = [
  0.283165407686, -1.05853394626, 0.775368538571, -0.395215818383, 0.418657753558, -0.0234419351753,
  0.158705053165, -0.629635909951, 0.470930856786,
];
const LOGISTIC_BIAS = [-0.245260668578, -0.0481117490917, 0.29337241767];
const RIDGE = [
  0.856897662134, 1.97063741931, 0.280965412653, -0.717224294076, -0.0502169709585, 2.9198417962,
];
const RIDGE_BIAS = [-0.0993984397471, 0.18409885543];

const ROWS = 24;
const FITTED = {
  ...{ rows: ROWS, features: 3, x: Float64Array.from(X), weights: Float64Array.from(WEIGHTS) },
  index: Uint32Array.from({ length: ROWS }, (_, row) => row),
};

const near = (own: ArrayLike<number>, expected: readonly number[], tolerance: number) =>
  expected.length === own.length && expected.every((value, at) => Math.abs(value - own[at]!) < tolerance);

t.test('a logistic regression is scikit-learn’s', async (t) => {
  const options = { tolerance: 1e-10, iterations: 1000 };
  const { weights, bias } = fitLogistic(FITTED, Int32Array.from(LABELS), 3, options);
  t.ok(near(weights, LOGISTIC, 1e-6));
  t.ok(near(bias, LOGISTIC_BIAS, 1e-6));
});

t.test('a ridge regression is scikit-learn’s', async (t) => {
  const { weights, bias } = fitRidge(FITTED, Float64Array.from(TARGETS), 2)!;
  t.ok(near(weights, RIDGE, 1e-10));
  t.ok(near(bias, RIDGE_BIAS, 1e-10));
});

t.test('a dataset’s baseline is of its weighted rows, as members see them', async (t) => {
  const arrays = { x: X, rows: ROWS, features: 3, rowWeights: WEIGHTS, standardise: false };
  const all = WEIGHTS.reduce((sum, weight) => sum + weight, 0);
  const weightOf = (label: number) =>
    WEIGHTS.reduce((sum, weight, row) => sum + (LABELS[row] === label ? weight : 0), 0);
  const classes = fitBaseline(Dataset.fromArrays({ ...arrays, labels: LABELS }));
  t.ok(
    near(
      classes.constant,
      [0, 1, 2].map((label) => weightOf(label) / all),
      1e-7,
    ),
  );
  t.equal(classes.linear!.rows, WEIGHTS.filter((weight) => weight > 0).length);
  const numbers = fitBaseline(Dataset.fromArrays({ ...arrays, targets: TARGETS }));
  const means = [0, 1].map(
    (target) => WEIGHTS.reduce((sum, weight, row) => sum + weight * TARGETS[2 * row + target]!, 0) / all,
  );
  t.ok(near(numbers.constant, means, 1e-7));
  // Weights are scaled to mean 1 over the rows, which scales the penalty.
  const scaled = { ...FITTED, weights: FITTED.weights.map((weight) => (weight * ROWS) / all) };
  const model = fitRidge(scaled, Float64Array.from(TARGETS), 2)!;
  t.ok(near(numbers.linear!.weights, Array.from(model.weights), 1e-5), 'features were rounded to singles');
});

t.test('it predicts shares or means, and what the linear model says', async (t) => {
  const train = clusters(300, 4, 3);
  const baseline = fitBaseline(train);
  const index = Uint32Array.from({ length: 300 }, (_, row) => row);
  const inputs = { task: train.task, x: train.x, features: 4, scale: train.encoding.features, index };
  const [constant, model] = baselinePredictions(baseline, inputs);
  t.same([constant!.name, model!.name], ['constant', 'linear']);
  t.same(Array.from(constant!.predictions.mean.subarray(0, 3)), baseline.constant);
  const { mean, labels } = model!.predictions;
  for (let row = 0; row < 300; row += 50) {
    const logits = [0, 1, 2].map((label) =>
      [0, 1, 2, 3].reduce(
        (sum, i) => sum + train.x[row * 4 + i]! * baseline.linear!.weights[i * 3 + label]!,
        baseline.linear!.bias[label]!,
      ),
    );
    const sum = logits.reduce((all, logit) => all + Math.exp(logit), 0);
    t.ok(
      near(
        mean.subarray(row * 3, row * 3 + 3),
        logits.map((logit) => Math.exp(logit) / sum),
        1e-12,
      ),
    );
  }
  const right = labels!.filter((label, row) => label === train.labels[row]).length;
  t.ok(right > 200, 'clusters are nearly linear');
});

t.test('a linear model of numbers finds the line', async (t) => {
  const train = linear(200, 3, 2);
  const baseline = fitBaseline(train);
  const index = Uint32Array.from({ length: 200 }, (_, row) => row);
  const inputs = { task: train.task, x: train.x, features: 3, scale: null, index };
  const { mean } = baselinePredictions(baseline, inputs)[1]!.predictions;
  const square = train.targets.reduce((sum, value, at) => sum + (value - mean[at]!) ** 2, 0) / 400;
  t.ok(square < 0.12, 'noise of variance 0.09 is left');
});

t.test('one class, and more coefficients than a file takes, have no linear model', async (t) => {
  const x = Float64Array.from({ length: 20 }, (_, at) => at);
  const one = Dataset.fromArrays({
    x,
    rows: 20,
    features: 1,
    labels: new Int32Array(20),
    classes: ['a', 'b'],
  });
  t.same(fitBaseline(one), { constant: [1, 0], linear: null });
  t.equal(fitBaseline(linear(3, 1025)).linear, null);
  t.throws(() => fitBaseline({} as Dataset), { code: 'ERR_OPTION' });
  const none = fitBaseline(Dataset.fromArrays({ x, rows: 20, features: 1, targets: x }));
  t.equal(none.linear!.rows, 20);
});

t.test('out of fold no row has a part in what is said of it or of its group', async (t) => {
  const plain = linear(90, 3, 2);
  const groups = Int32Array.from({ length: 90 }, (_, row) => (row % 20) * 1_000_000);
  const index = Uint32Array.from({ length: 90 }, (_, row) => row);
  for (const own of [null, groups]) {
    const dataset = (targets: Float64Array) =>
      Dataset.fromArrays({ x: plain.x, rows: 90, features: 3, targets, like: plain });
    const before = outOfFoldPredictions({ ...dataset(plain.targets), groups: own }, index)!.mean;
    const changed = plain.targets.slice();
    changed[2 * 41] = 1000;
    const after = outOfFoldPredictions({ ...dataset(changed), groups: own }, index)!.mean;
    const moved = Array.from(index).filter((row) => before[2 * row] !== after[2 * row]);
    t.notOk(moved.includes(41));
    t.notOk(own !== null && moved.some((row) => row % 20 === 1));
    t.ok(moved.length >= 40, 'two thirds of the rows are predicted by models that it is in');
  }
  const classes = clusters(300, 4, 3);
  const some = Uint32Array.from({ length: 150 }, (_, at) => 2 * at);
  const { rows, labels } = outOfFoldPredictions(classes, some)!;
  t.equal(rows, 150);
  t.ok(labels!.filter((label, at) => label === classes.labels[2 * at]).length > 100);
  const one = Dataset.fromArrays({
    x: plain.x,
    rows: 90,
    features: 3,
    labels: new Int32Array(90),
    classes: ['a', 'b'],
  });
  t.equal(outOfFoldPredictions(one, index), null);
});

t.test('of many rows a drawn part is fitted on, the same each time', async (t) => {
  const train = clusters(6000, 1000, 2);
  const { linear: model } = fitBaseline(train);
  t.equal(model!.rows, 5000);
  t.same(fitBaseline(train).linear, model);
});

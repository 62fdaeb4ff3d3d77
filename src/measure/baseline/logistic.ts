// Multinomial logistic regression with an L2 penalty.

import { exp, log } from '../../math/functions.js';
import { type MinimiseOptions, minimise } from '../../math/lbfgs.js';
import type { LinearModel } from './ridge.js';
import type { RowsToFit } from './rows-to-fit.js';

/** The gradient of the mean loss at which a fit ends, and steps at most. */
const FIT: MinimiseOptions = { tolerance: 1e-4, iterations: 100 };

/** Rows that go through together. */
const TOGETHER = 4;

/**
 * Minimises Σ wᵢ (−ln softmax(Wᵀ xᵢ + b)[yᵢ]) + ½ penalty · ‖W‖², the intercepts b unpenalised and centred at 0, from W = 0 and b
 * the logarithms of the classes' shares.
 *
 * @param labels class of each row, i32[rows]
 *
 * **Source:** Hastie, Tibshirani and Friedman 2009, The elements of statistical learning, section 4.4.
 */
export function fitLogistic(
  fitted: RowsToFit,
  labels: Int32Array,
  classes: number,
  options: Partial<MinimiseOptions> & { readonly penalty?: number } = {},
): LinearModel {
  const { features } = fitted;
  const { penalty = 1, ...until } = options;
  // Class by class: features' weights, then the intercept.
  const parameters = new Float64Array(classes * (features + 1));
  const shares = new Float64Array(classes);
  for (let row = 0; row < fitted.rows; row++) shares[labels[row]!]! += fitted.weights[row]!;
  const all = shares.reduce((sum, own) => sum + own, 0);
  for (let label = 0; label < classes; label++) {
    // A class without rows is as rare as half a row.
    parameters[label * (features + 1) + features] = log(Math.max(shares[label]!, 0.5) / all);
  }
  minimise(lossOf(fitted, labels, classes, penalty, all), parameters, { ...FIT, ...until });
  return modelOf(parameters, features, classes);
}

function modelOf(parameters: Float64Array, features: number, classes: number): LinearModel {
  const weights = new Float64Array(features * classes);
  const bias = new Float64Array(classes);
  let mean = 0;
  for (let label = 0; label < classes; label++) {
    const from = label * (features + 1);
    for (let i = 0; i < features; i++) weights[i * classes + label] = parameters[from + i]!;
    bias[label] = parameters[from + features]!;
    mean += bias[label]! / classes;
  }
  return { weights, bias: bias.map((own) => own - mean) };
}

/** The objective divided by the weight of all rows, so that its gradient does not grow with them. */
function lossOf(
  { rows, features, x, weights }: RowsToFit,
  labels: Int32Array,
  classes: number,
  penalty: number,
  all: number,
) {
  const stride = features + 1;
  // Rows that are missing from the last four are of weight 0.
  const padded = TOGETHER * Math.ceil(rows / TOGETHER);
  const ones = new Float64Array(padded * features);
  ones.set(x);
  const logits = new Float64Array(TOGETHER * classes);
  return (parameters: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < padded; row += TOGETHER) {
      writeLogits(parameters, ones, row, features, classes, logits);
      for (let own = 0; own < TOGETHER; own++) {
        const weight = row + own < rows ? weights[row + own]! / all : 0;
        loss += toSlopes(logits, own * classes, classes, labels[row + own] ?? 0, weight);
      }
      addSlopes(logits, ones, row, features, classes, gradient);
    }
    for (let label = 0; label < classes; label++) {
      for (let at = label * stride; at < label * stride + features; at++) {
        loss += ((penalty / all) * parameters[at]! * parameters[at]!) / 2;
        gradient[at]! += (penalty / all) * parameters[at]!;
      }
    }
    return loss;
  };
}

function writeLogits(
  parameters: Float64Array,
  x: Float64Array,
  row: number,
  features: number,
  classes: number,
  logits: Float64Array,
): void {
  const [first, second] = [row * features, (row + 1) * features];
  const [third, fourth] = [(row + 2) * features, (row + 3) * features];
  for (let label = 0, at = 0; label < classes; label++, at++) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < features; i++, at++) {
      const weight = parameters[at]!;
      a += weight * x[first + i]!;
      b += weight * x[second + i]!;
      c += weight * x[third + i]!;
      d += weight * x[fourth + i]!;
    }
    const bias = parameters[at]!;
    logits[label] = a + bias;
    logits[classes + label] = b + bias;
    logits[2 * classes + label] = c + bias;
    logits[3 * classes + label] = d + bias;
  }
}

/** Makes a row's logits the slopes of its loss, weight · (p − 1 for its class); its loss times the weight. */
function toSlopes(
  logits: Float64Array,
  from: number,
  classes: number,
  label: number,
  weight: number,
): number {
  const own = logits[from + label]!;
  let most = own;
  for (let at = from; at < from + classes; at++) most = Math.max(most, logits[at]!);
  let sum = 0;
  for (let at = from; at < from + classes; at++) {
    logits[at] = exp(logits[at]! - most);
    sum += logits[at]!;
  }
  for (let at = from; at < from + classes; at++) logits[at]! *= weight / sum;
  logits[from + label]! -= weight;
  return weight * (log(sum) + most - own);
}

function addSlopes(
  slopes: Float64Array,
  x: Float64Array,
  row: number,
  features: number,
  classes: number,
  gradient: Float64Array,
): void {
  const [first, second] = [row * features, (row + 1) * features];
  const [third, fourth] = [(row + 2) * features, (row + 3) * features];
  for (let label = 0, at = 0; label < classes; label++, at++) {
    const a = slopes[label]!;
    const b = slopes[classes + label]!;
    const c = slopes[2 * classes + label]!;
    const d = slopes[3 * classes + label]!;
    for (let i = 0; i < features; i++, at++) {
      gradient[at]! += a * x[first + i]! + b * x[second + i]! + c * x[third + i]! + d * x[fourth + i]!;
    }
    gradient[at]! += a + b + c + d;
  }
}

// The loss an attack climbs, as the weights it gives to each raw output of each member: for one member, or for
// the mean prediction of several, whose loss goes through the mean of the probabilities. In double precision
// and up to a positive factor per example, which no attack depends on, so that confident members do not hide
// behind gradients too small for their number format.

import type { Task } from '../../data/dataset/dataset.js';
import { outputCount } from '../../data/dataset/dataset.js';
import { exp, log } from '../../math/functions.js';
import { type Loss, lossOf } from '../../model/losses.js';

/** Raw outputs of one member: f32[rows, units of its head]. */
export interface RawOutputs {
  readonly loss: Loss;
  readonly values: Float32Array;
}

/** What is to be predicted, for the rows of a block. */
export interface Truth {
  readonly task: Task;
  /** Classification: i32[rows]. */
  readonly labels: Int32Array;
  /** Regression: f32[rows, targets], standardised. */
  readonly targets: Float32Array;
}

/**
 * What multiplies the gradient of each member's raw outputs: one f32[rows, units] per member.
 * Classes: J = −log p̄_y, p̄ the mean of the members' probabilities, so ∂J/∂z_m ∝ p_my (p_m − onehot(y)).
 * Numbers: J = ‖mean of μ_m − y‖², the same weights for every member.
 */
export function attackWeights(members: readonly RawOutputs[], truth: Truth): Float32Array[] {
  const weights = members.map(({ values }) => new Float32Array(values.length));
  const rows = truth.task.kind === 'classification' ? truth.labels.length : rowsOf(truth);
  for (let row = 0; row < rows; row++) {
    if (truth.task.kind === 'classification') weighClasses(members, truth, row, weights);
    else weighTargets(members, truth, row, weights);
  }
  return weights;
}

function rowsOf({ targets, task }: Truth): number {
  return targets.length / outputCount(task);
}

function weighClasses(
  members: readonly RawOutputs[],
  truth: Truth,
  row: number,
  weights: Float32Array[],
): void {
  const label = truth.labels[row]!;
  const classes = outputCount(truth.task);
  // log p_y + log p_c of each member, up to what the largest of all makes 1.
  const products = members.map((member) => {
    const logs = logProbabilities(member, classes, row);
    return logs.map((value) => value + logs[label]!);
  });
  let largest = Number.NEGATIVE_INFINITY;
  for (const product of products) {
    product.forEach((value, c) => {
      if (c !== label) largest = Math.max(largest, value);
    });
  }
  products.forEach((product, m) => {
    const own = product.map((value, c) => (c === label ? 0 : exp(value - largest)));
    own[label] = -own.reduce((sum, value) => sum + value, 0);
    if (unitsOf(members[m]!, classes) === 1) weights[m]![row] = own[1]!;
    else weights[m]!.set(own, row * classes);
  });
}

/** Log-probabilities of one row: f64[classes]. */
export function logProbabilities({ loss, values }: RawOutputs, classes: number, row: number): Float64Array {
  const z =
    lossOf(loss).units(classes) === 1
      ? Float64Array.of(0, values[row]!)
      : Float64Array.from(values.subarray(row * classes, (row + 1) * classes));
  const highest = z.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const total = z.reduce((sum, value) => sum + exp(value - highest), 0);
  return z.map((value) => value - highest - log(total));
}

function weighTargets(
  members: readonly RawOutputs[],
  truth: Truth,
  row: number,
  weights: Float32Array[],
): void {
  const targets = outputCount(truth.task);
  const errors = meanPrediction(members, targets, row).map(
    (value, t) => value - truth.targets[row * targets + t]!,
  );
  const largest = errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0);
  members.forEach((member, m) => {
    const units = unitsOf(member, targets);
    if (largest > 0)
      weights[m]!.set(
        errors.map((error) => error / largest),
        row * units,
      );
  });
}

/** The mean of the members' predictions of one row, standardised: f64[targets]. */
export function meanPrediction(members: readonly RawOutputs[], targets: number, row: number): Float64Array {
  const mean = new Float64Array(targets);
  for (const member of members) {
    const units = unitsOf(member, targets);
    for (let t = 0; t < targets; t++) mean[t]! += member.values[row * units + t]! / members.length;
  }
  return mean;
}

/** Units of a head: the Gaussian's variances follow its means; one logit is the difference of two. */
function unitsOf({ loss }: RawOutputs, targets: number): number {
  return lossOf(loss).units(targets);
}

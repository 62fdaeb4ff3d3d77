// Raw outputs of regressions that are not the targets themselves: rates of counts by their logarithms, quantiles that
// add up, probabilities of labels. In double precision, row by row, for whatever engine put them out.

import type { Scale } from '../../data/dataset/dataset.js';
import { decodeTarget, type TargetScale } from '../../data/dataset/encoding.js';
import { exp, log } from '../../math/functions.js';
import { type LossSpec, lossOf, rateUnits } from '../../model/losses.js';
import type { Predictions } from '../../predictions/predictions.js';
import { medianPlaces, type Quantiles } from '../../predictions/quantiles.js';

/** What the Poisson loss makes counts of standardised targets by: slopes, then offsets, of each target. */
export function rateFactors(scale: Scale): Float32Array {
  const units = rateUnits(scale);
  return Float32Array.from([
    ...units.map((unit, target) => scale.std[target]! / unit),
    ...units.map((unit, target) => scale.mean[target]! / unit),
  ]);
}

/** Room for predictions of so many rows. */
export function linkedRoom({ quantiles: levels }: LossSpec, rows: number, outputs: number): Predictions {
  const room = {
    ...{ rows, outputs, mean: new Float64Array(rows * outputs) },
    ...{ logProbabilities: null, variance: null },
  };
  if (levels === undefined) return room;
  return { ...room, quantiles: { levels, values: new Float64Array(rows * outputs * levels.length) } };
}

/** Writes what raw outputs z, [rows, units], say. */
export function writeLinked(
  { loss }: LossSpec,
  z: ArrayLike<number>,
  scale: TargetScale,
  into: Predictions,
): void {
  const { rows, outputs, mean, quantiles } = into;
  switch (lossOf(loss).link) {
    case 'log': {
      const units = rateUnits(scale);
      for (let at = 0; at < rows * outputs; at++) mean[at] = units[at % outputs]! * exp(z[at]!);
      return;
    }
    case 'logistic':
      for (let at = 0; at < rows * outputs; at++) mean[at] = 1 / (1 + exp(-z[at]!));
      return;
    case 'levels':
      writeQuantiles(z, scale, outputs, mean, quantiles!);
      return;
    case 'identity':
      return;
  }
}

/** z: [rows, levels, targets]: the lowest quantile, then what softplus makes steps to the next. */
function writeQuantiles(
  z: ArrayLike<number>,
  scale: TargetScale,
  outputs: number,
  mean: Predictions['mean'],
  { levels, values }: Quantiles,
): void {
  const count = levels.length;
  const [low, high, share] = medianPlaces(levels);
  for (let at = 0; at < mean.length; at++) {
    const target = at % outputs;
    const from = (at - target) * count + target;
    let quantile = 0;
    for (let level = 0; level < count; level++) {
      const raw = z[from + level * outputs]!;
      quantile = level === 0 ? raw : quantile + softplus(raw);
      values[at * count + level] = decodeTarget(scale, target, quantile);
    }
    const [below, above] = [values[at * count + low]!, values[at * count + high]!];
    mean[at] = below + share * (above - below);
  }
}

/** ln(1 + eᶻ), without overflow; the rounding of 1 + u is put back to first order. */
export function softplus(z: number): number {
  const u = exp(-Math.abs(z));
  const sum = 1 + u;
  return Math.max(z, 0) + log(sum) + (u - (sum - 1)) / sum;
}

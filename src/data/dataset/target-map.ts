// What targets are bent by before they are standardised, and back: logarithms, or the place among quantiles. Formulas on numbers;
// encoding.ts and whatever predicts use them.

import { TuttiError } from '../../errors.js';
import { exp, log } from '../../math/functions.js';
import { scaleOf } from './arrays.js';
import { normalFromQuantiles, quantilesOf, valueFromNormal } from './quantile-map.js';
import type { Scale } from './scale.js';

/** How the numbers to predict are encoded: see `targetScaling` of the options of loading. */
export type TargetScaling = 'standard' | 'log' | 'quantile';

/**
 * How each target is bent. `log`: members learn (log(y + shift) − mean) / std. `quantile`: the standard normal deviate of the place of
 * y among ascending quantiles of the training rows at equidistant levels.
 */
export type TargetMap =
  | {
      readonly kind: 'log';
      readonly shift: readonly number[];
      readonly mean: readonly number[];
      readonly std: readonly number[];
    }
  | { readonly kind: 'quantile'; readonly quantiles: readonly (readonly number[])[] };

/** The scale of each target; `mean` and `std` are in the user's units whatever bends it. */
export interface TargetScale extends Scale {
  /** Absent: members learn (y − mean) / std. */
  readonly map?: TargetMap | undefined;
}

/** Values at and below −shift, which rows to be tested on may have, are taken for the least that has a logarithm. */
const LEAST = 2 ** -1022;

/** A target's value as members are taught it. */
export function encodeTarget({ mean, std, map }: TargetScale, t: number, value: number): number {
  if (map === undefined) return (value - mean[t]!) / std[t]!;
  if (map.kind === 'quantile') return normalFromQuantiles(value, map.quantiles[t]!);
  return (log(Math.max(LEAST, value + map.shift[t]!)) - map.mean[t]!) / map.std[t]!;
}

/** What a member's output says of a target, in the user's units. */
export function decodeTarget({ mean, std, map }: TargetScale, t: number, z: number): number {
  if (map === undefined) return z * std[t]! + mean[t]!;
  if (map.kind === 'quantile') return valueFromNormal(z, map.quantiles[t]!);
  // What would be beyond every double is none the less a number.
  return exp(Math.min(709, map.mean[t]! + map.std[t]! * z)) - map.shift[t]!;
}

/**
 * Fits the map of targets; undefined for `standard`. Logarithms are of y where all of the rows' values are above 0, and of y + 1
 * where some are 0, as counts are.
 *
 * @param columns the training rows' values of each target
 * @throws ERR_DATA for `log` of a target with a value below 0
 */
export function fitTargetMap(
  scaling: TargetScaling,
  columns: readonly Float64Array[],
  names: readonly string[],
): TargetMap | undefined {
  if (scaling === 'standard') return undefined;
  if (scaling === 'quantile') return { kind: 'quantile', quantiles: columns.map(quantilesOf) };
  const shift = columns.map((column, t) => shiftOf(column, names[t]!));
  const scales = columns.map((column, t) =>
    scaleOf(
      column.map((value) => log(value + shift[t]!)),
      names[t]!,
    ),
  );
  return { kind: 'log', shift, mean: scales.map(({ mean }) => mean), std: scales.map(({ std }) => std) };
}

function shiftOf(column: Float64Array, name: string): number {
  const least = column.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  if (least >= 0) return least === 0 ? 1 : 0;
  const message = `Expected \`${name}\` to be ≥ 0 in all rows for \`targetScaling\` log, got ${least}`;
  throw new TuttiError('ERR_DATA', message, { column: name });
}

// Predicted quantiles as they travel beside the means of numbers: levels that all rows share, and a value for each. What is
// done to the rows of predictions is done to theirs.

import { joined } from '../math/joined.js';

/** Quantiles of each target of n rows. Those of a row ascend with the levels. */
export interface Quantiles {
  /** In (0, 1), ascending. */
  readonly levels: readonly number[];
  /** In the user's units: f64[n, targets, levels]. */
  readonly values: Float64Array;
}

/** The same of other rows. @param width numbers of a row among `values`. */
export function withValues(
  { levels, values }: Quantiles,
  rows: number,
  made: (values: Float64Array, width: number) => Float64Array,
): Quantiles {
  return { levels, values: made(values, values.length / rows) };
}

/** Rows of these places. */
export function pickQuantiles(own: Quantiles, rows: number, places: ArrayLike<number>): Quantiles {
  return withValues(own, rows, (values, width) => {
    const picked = new Float64Array(places.length * width);
    for (let at = 0; at < places.length; at++) {
      picked.set(values.subarray(places[at]! * width, (places[at]! + 1) * width), at * width);
    }
    return picked;
  });
}

/** Consecutive blocks as one; undefined unless all have quantiles of the same levels. */
export function joinQuantiles(parts: readonly (Quantiles | undefined)[]): Quantiles | undefined {
  const levels = commonLevels(parts);
  return levels && { levels, values: joined(parts.map((part) => part!.values)) };
}

/** The part of predictions that has them: no field where there are none. */
export function quantilesPart(quantiles: Quantiles | undefined): { readonly quantiles?: Quantiles } {
  return quantiles === undefined ? {} : { quantiles };
}

/** The levels that all have; undefined where they differ, or one has none. */
export function commonLevels(all: readonly (Quantiles | undefined)[]): readonly number[] | undefined {
  const levels = all[0]?.levels;
  if (levels === undefined) return undefined;
  const isSame = (own: Quantiles | undefined) =>
    own !== undefined &&
    (own.levels === levels ||
      (own.levels.length === levels.length && own.levels.every((level, at) => level === levels[at])));
  return all.every(isSame) ? levels : undefined;
}

/**
 * What stands for the median: the quantile of level 0.5, else the line between those around it, else the nearest.
 * @returns places of two levels, and the share of the second.
 */
export function medianPlaces(levels: readonly number[]): readonly [low: number, high: number, share: number] {
  const high = levels.findIndex((level) => level >= 0.5);
  if (high < 0) return [levels.length - 1, levels.length - 1, 0];
  if (high === 0 || levels[high] === 0.5) return [high, high, 0];
  const [below, above] = [levels[high - 1]!, levels[high]!];
  return [high - 1, high, (0.5 - below) / (above - below)];
}

/** `q0.05`: what columns and fields of a level are called. */
export function levelName(level: number): string {
  return `q${level}`;
}

// How values in the user's units become what members see: standardised, where asked softly clipped, and rounded
// once to single precision. A dataset owns its encoding and an ensemble keeps that of its training rows.
// Formulas on numbers; knows nothing of files, datasets or members.

import { TuttiError } from '../../errors.js';
import { option } from '../../option-names.js';
import { normalFromQuantiles, slopeOfNormal, valueFromNormal } from './quantile-map.js';
import type { Scale } from './scale.js';
import { type ClipShape, clippedChange, softClip, unclipped } from './soft-clip.js';
import { encodeTarget, type TargetScale } from './target-map.js';

export type { Scale } from './scale.js';
export { type ClipShape, softClip } from './soft-clip.js';
export {
  decodeTarget,
  encodeTarget,
  type TargetMap,
  type TargetScale,
  type TargetScaling,
} from './target-map.js';

/** What numeric columns are made of: see `scaling` of the options of loading. */
export type FeatureScaling = 'columns' | 'together' | 'robust' | 'quantile';

/** Those that a dataset has to say of itself, since its numbers do not. */
export type OwnScaling = Extract<FeatureScaling, 'robust' | 'quantile'>;

/** The scale of each feature. The 0/1 columns of categories are as they are: mean 0, std 1, no clip. */
export interface FeatureScale extends Scale {
  /** Absent: by mean and standard deviation. `robust`: `mean` is the median and `std` the interquartile range. */
  readonly scaling?: OwnScaling | undefined;
  /**
   * Per feature the c of the soft clip of its standardised value, or null for none; null where no feature has one. See
   * {@link ClipShape}.
   */
  readonly softClip: readonly (number | null)[] | null;
  /** The shape of all soft clips; absent: `kneed`. */
  readonly clipShape?: 'smooth' | undefined;
  /**
   * Per feature its ascending quantiles over the training rows at equidistant levels from 0 to 1, whose place a value is
   * encoded by, as a standard normal deviate; null for a feature that is standardised, as all are where this is absent.
   */
  readonly quantiles?: readonly (readonly number[] | null)[] | undefined;
}

export interface Encoding {
  /** Null where members see the features as they are. */
  readonly features: FeatureScale | null;
  /** The scale of each target; empty for classification. */
  readonly targets: TargetScale;
}

/** Features or targets in the user's units, row-major. */
export type Values = Float32Array | Float64Array;

/** Rows start … end. */
interface Rows {
  readonly start: number;
  readonly end: number;
}

/** What the option `softClip` must be. */
export const SOFT_CLIP = option.orNull(option.number('a number > 0', (c) => c > 0));

/** What the option `targetScaling` must be. */
export const TARGET_SCALING = option.oneOf('standard', 'log', 'quantile');

/** What the option `clipShape` must be. */
export const CLIP_SHAPE = option.oneOf('kneed', 'smooth');

export const NO_SCALE: Scale = { mean: [], std: [] };

/**
 * Rows as members see them, f32[rows, features]; a view of `x` where that is what they are.
 *
 * @param x [n, features] in the user's units
 * @param index rows that positions start … end stand for, or null for themselves
 * @throws ERR_DATA naming the row and column, from 0, of a value that is not finite or beyond single precision
 */
export function encodeRows(
  x: Values,
  features: number,
  scale: FeatureScale | null,
  rows: Rows,
  index: ArrayLike<number> | null = null,
): Float32Array {
  const count = rows.end - rows.start;
  if (scale === null && index === null && x instanceof Float32Array) {
    const view = x.subarray(rows.start * features, rows.end * features);
    for (let at = 0; at < view.length; at++) if (!Number.isFinite(view[at])) failValue(x, features, rows, at);
    return view;
  }
  const encoded = new Float32Array(count * features);
  writeEncoded(x, features, scale, rows, index, encoded, features);
  return encoded;
}

/**
 * As {@link encodeRows}, into rows of `stride` floats.
 * @throws ERR_DATA
 */
export function writeEncoded(
  x: Values,
  features: number,
  scale: FeatureScale | null,
  rows: Rows,
  index: ArrayLike<number> | null,
  into: Float32Array,
  stride: number,
): void {
  const clips = scale?.softClip ?? null;
  const quantiles = scale?.quantiles ?? null;
  if (scale !== null && clips === null && quantiles === null) {
    writeStandardised(x, features, scale, rows, index, into, stride);
    return;
  }
  for (let row = rows.start, to = 0; row < rows.end; row++, to += stride) {
    const from = (index === null ? row : index[row]!) * features;
    for (let i = 0; i < features; i++) {
      const value = x[from + i]!;
      let encoded = value;
      if (quantiles !== null) encoded = encodeValue(scale!, i, value);
      else if (scale !== null)
        encoded = softClip((value - scale.mean[i]!) / scale.std[i]!, clips![i]!, scale.clipShape);
      into[to + i] = encoded;
      // The value itself too: a soft clip and quantiles make a number of infinity.
      if (!Number.isFinite(into[to + i]) || !Number.isFinite(value)) failValue(x, features, null, from + i);
    }
  }
}

/** As {@link writeEncoded} without clips, in half the time: what a value becomes is finite only where the value is. */
function writeStandardised(
  x: Values,
  features: number,
  { mean, std }: Scale,
  rows: Rows,
  index: ArrayLike<number> | null,
  into: Float32Array,
  stride: number,
): void {
  for (let row = rows.start, to = 0; row < rows.end; row++, to += stride) {
    const from = (index === null ? row : index[row]!) * features;
    for (let i = 0; i < features; i++) into[to + i] = (x[from + i]! - mean[i]!) / std[i]!;
    for (let i = 0; i < features; i++) {
      if (!Number.isFinite(into[to + i])) failValue(x, features, null, from + i);
    }
  }
}

/** A value of feature `i` as members see it, before it is rounded to single precision. */
export function encodeValue(scale: FeatureScale, i: number, value: number): number {
  const quantiles = scale.quantiles?.[i] ?? null;
  const own =
    quantiles === null ? (value - scale.mean[i]!) / scale.std[i]! : normalFromQuantiles(value, quantiles);
  return softClip(own, clipOf(scale, i), scale.clipShape);
}

/** The same of a value in units of the feature's `std` from its `mean`. */
export function encodeStandardised(scale: FeatureScale, i: number, z: number): number {
  if ((scale.quantiles?.[i] ?? null) !== null)
    return encodeValue(scale, i, scale.mean[i]! + scale.std[i]! * z);
  return softClip(z, clipOf(scale, i), scale.clipShape);
}

/** Encoded features back in the user's units, f64[rows, features]; exact but for the rounding to single precision. */
export function decodeRows(encoded: Float32Array, scale: Scale | FeatureScale | null): Values {
  if (scale === null) return encoded;
  const { mean, std } = scale;
  const shape = shapeOf(scale);
  return Float64Array.from(encoded, (value, at) => {
    const i = at % mean.length;
    const quantiles = quantilesOf(scale, i);
    const own = unclipped(value, clipOf(scale, i), shape);
    return quantiles === null ? mean[i]! + std[i]! * own : valueFromNormal(own, quantiles);
  });
}

/** A small change of feature `i` in the user's units, as it changes the encoded value `encoded`: times the slope there. */
export function encodeChange(
  scale: Scale | FeatureScale | null,
  i: number,
  change: number,
  encoded: number,
): number {
  if (scale === null) return change;
  const [clip, shape, quantiles] = [clipOf(scale, i), shapeOf(scale), quantilesOf(scale, i)];
  const own =
    quantiles === null
      ? change / scale.std[i]!
      : change * slopeOfNormal(unclipped(encoded, clip, shape), quantiles);
  return clippedChange(own, encoded, clip, shape);
}

function clipOf(scale: Scale | FeatureScale, i: number): number | null {
  return 'softClip' in scale ? (scale.softClip?.[i] ?? null) : null;
}

function shapeOf(scale: Scale | FeatureScale): ClipShape {
  return 'softClip' in scale ? (scale.clipShape ?? 'kneed') : 'kneed';
}

function quantilesOf(scale: Scale | FeatureScale, i: number): readonly number[] | null {
  return 'softClip' in scale ? (scale.quantiles?.[i] ?? null) : null;
}

/** Targets as members are taught them, f32[rows, targets]. */
export function encodeTargets(targets: Float64Array, scale: TargetScale): Float32Array {
  const count = scale.mean.length;
  return Float32Array.from(targets, (value, at) => encodeTarget(scale, at % count, value));
}

function failValue(x: Values, features: number, rows: Rows | null, at: number): never {
  const place = (rows === null ? 0 : rows.start * features) + at;
  const [row, column] = [Math.floor(place / features), place % features];
  const expected = 'Expected `x` to hold finite numbers within reach of single precision once standardised';
  const message = `${expected}, got ${x[place]} in row ${row}, column ${column}`;
  throw new TuttiError('ERR_DATA', message, { array: 'x', row, column });
}

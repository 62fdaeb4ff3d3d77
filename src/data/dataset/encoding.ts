// How values in the user's units become what members see: standardised, where asked softly clipped, and rounded
// once to single precision. A dataset owns its encoding and an ensemble keeps that of its training rows.
// Formulas on numbers; knows nothing of files, datasets or members.

import { TuttiError } from '../../errors.js';
import { option } from '../../option-names.js';

/** One mean and one standard deviation per column: value in the user's units = mean + std × standardised. */
export interface Scale {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The scale of each feature. The 0/1 columns of categories are as they are: mean 0, std 1, no clip. */
export interface FeatureScale extends Scale {
  /**
   * Per feature the c of its soft clip of the standardised value z, or null for none; null where no feature has one:
   * z itself within ±c, and beyond, of what exceeds c by d, only d/√(1 + (d/c)²). It is monotone and smooth, and never
   * beyond ±2c.
   */
  readonly softClip: readonly (number | null)[] | null;
}

export interface Encoding {
  /** Null where members see the features as they are. */
  readonly features: FeatureScale | null;
  /** The scale of each target; empty for classification. */
  readonly targets: Scale;
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
  if (scale !== null && clips === null) {
    writeStandardised(x, features, scale, rows, index, into, stride);
    return;
  }
  for (let row = rows.start, to = 0; row < rows.end; row++, to += stride) {
    const from = (index === null ? row : index[row]!) * features;
    for (let i = 0; i < features; i++) {
      const value = x[from + i]!;
      let encoded = scale === null ? value : (value - scale.mean[i]!) / scale.std[i]!;
      if (clips !== null) encoded = softClip(encoded, clips[i]!);
      into[to + i] = encoded;
      // The value itself too: a soft clip makes a number of infinity.
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

/** A standardised value, softly clipped: see {@link FeatureScale}. */
export function softClip(z: number, c: number | null): number {
  const excess = c === null ? 0 : (Math.abs(z) - c) / c;
  if (!(excess > 0)) return z;
  // Beyond this the square has outgrown the 1, and may outgrow a double.
  const kept = excess > 1e9 ? 1 : excess / Math.sqrt(1 + excess * excess);
  return Math.sign(z) * c! * (1 + kept);
}

/** Encoded features back in the user's units, f64[rows, features]; exact but for the rounding to single precision. */
export function decodeRows(encoded: Float32Array, scale: Scale | FeatureScale | null): Values {
  if (scale === null) return encoded;
  const { mean, std } = scale;
  return Float64Array.from(encoded, (value, at) => {
    const i = at % mean.length;
    return mean[i]! + std[i]! * unclipped(value, clipOf(scale, i));
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
  const root = rootOfRest(encoded, clipOf(scale, i));
  return (change / scale.std[i]!) * root * root * root;
}

function clipOf(scale: Scale | FeatureScale, i: number): number | null {
  return 'softClip' in scale ? (scale.softClip?.[i] ?? null) : null;
}

/** The standardised value whose soft clip is y. */
function unclipped(y: number, c: number | null): number {
  if (c === null || Math.abs(y) <= c) return y;
  return Math.sign(y) * (c + (Math.abs(y) - c) / rootOfRest(y, c));
}

/** 1/√(1 + (d/c)²), from the clipped value y alone: √(1 − ((|y| − c)/c)²); 1 where nothing is clipped. */
function rootOfRest(y: number, c: number | null): number {
  const kept = c === null ? 0 : (Math.abs(y) - c) / c;
  // Never 0: a value rounded to 2c itself was finite before.
  return kept > 0 ? Math.sqrt(Math.max(2 ** -24, 1 - kept * kept)) : 1;
}

/** Standardised targets, f32[rows, targets]. */
export function encodeTargets(targets: Float64Array, { mean, std }: Scale): Float32Array {
  return Float32Array.from(targets, (value, at) => {
    const t = at % mean.length;
    return (value - mean[t]!) / std[t]!;
  });
}

function failValue(x: Values, features: number, rows: Rows | null, at: number): never {
  const place = (rows === null ? 0 : rows.start * features) + at;
  const [row, column] = [Math.floor(place / features), place % features];
  const expected = 'Expected `x` to hold finite numbers within reach of single precision once standardised';
  const message = `${expected}, got ${x[place]} in row ${row}, column ${column}`;
  throw new TuttiError('ERR_DATA', message, { array: 'x', row, column });
}

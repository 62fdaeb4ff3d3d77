// Tangent vectors of images: how the pixels change when an image is moved, turned, stretched or thickened a
// little. Tangent propagation and tangent distance use them; knows nothing of members or networks.

import {
  decodeRows,
  encodeChange,
  type FeatureScale,
  type Scale,
  type Values,
} from '../data/dataset/encoding.js';
import { describe, failOption, TuttiError } from '../errors.js';
import { exp } from '../math/functions.js';
import { type ImageShape, imageFeatures, TANGENT_KINDS, type TangentKind } from '../model/image.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';

/**
 * Width of the Gaussian in pixels: the paper's 0.9 is for digits about twice as large as the 8 × 8 ones of
 * data/digits.csv, where 0.5 has fewer leave-one-out errors.
 */
export const DEFAULT_SIGMA = 0.5;

export interface TangentOptions {
  /** @default all seven */
  readonly kinds?: readonly TangentKind[];
  /** Standard deviation of the Gaussian the image is smoothed with, in pixels; 0: central differences. @default 0.5 */
  readonly sigma?: number;
  /** What lies around the image: nothing (a background of zeros), or its outermost pixels repeated. @default 'zero' */
  readonly border?: 'zero' | 'replicate';
  /**
   * The scale by which `x` was standardised per feature, or null when it was not. Tangents are those of the
   * images in their own units, mean + std × x, divided by std: the change that `x` undergoes. @default null
   */
  readonly scale?: Scale | FeatureScale | null;
}

/** What the options must be; see src/option-names.ts. */
export const TANGENT_OPTIONS = {
  kinds: option.texts,
  sigma: option.number('a number ≥ 0', (sigma) => sigma >= 0),
  border: option.oneOf('zero', 'replicate'),
  scale: option.orNull(option.object),
} satisfies OptionTable<TangentOptions>;

/** One-dimensional weights at the offsets −radius … radius. */
type Stencil = Float64Array;

/**
 * The tangent vectors ∂x(α)/∂α at α = 0 of images under seven transformations: f32[rows, kinds, features].
 *
 * The image is the smooth function f = Σ pixels · Gaussian, in coordinates (u, v) = (columns to the right,
 * rows downward) from its centre, divided by half its longer side, r. Content moves by α · d(u, v) pixels, so the
 * tangent is −d · ∇f: d = (1, 0) translateX, (0, 1) translateY, (−v, u) rotation (clockwise as seen), (u, v)
 * scaling, (u, −v) hyperbolicParallel, (v, u) hyperbolicDiagonal. A coefficient α = 1 thus moves the content
 * by one pixel, at the image's edge for the last four. Thickness is ‖∇f‖², divided by the image's largest ‖∇f‖,
 * so that α = 1 moves its steepest edge outward by one pixel too.
 *
 * @param x f32[rows, channels · height · width]
 * @throws ERR_SHAPE when `x` or the scale does not fit the image; ERR_OPTION for unknown kinds or a negative sigma
 *
 * **Source:** Simard, LeCun, Denker, Victorri, "Transformation invariance in pattern recognition: tangent
 * distance and tangent propagation", 1998, section 4 (the fields) and 2.4 (smoothing).
 */
export function imageTangents(
  x: Float32Array,
  shape: ImageShape,
  options: TangentOptions = {},
): Float32Array<ArrayBuffer> {
  checkOptions('imageTangents', options, TANGENT_OPTIONS);
  const { kinds = TANGENT_KINDS, sigma = DEFAULT_SIGMA, border = 'zero', scale = null } = options;
  const features = checkImages(x, shape, scale);
  checkKinds(kinds);
  const rows = x.length / features;
  const tangents = new Float32Array(rows * kinds.length * features);
  const gradient = createGradient(shape, sigma, border === 'replicate');
  const fields = kinds.map((kind) => fieldOf(kind, shape));
  for (let row = 0; row < rows; row++) {
    const seen = x.subarray(row * features, (row + 1) * features);
    gradient.of(decodeRows(seen, scale));
    fields.forEach((field, k) => {
      const at = (row * kinds.length + k) * features;
      writeTangent(field, gradient, tangents.subarray(at, at + features), scale, seen);
    });
  }
  return tangents;
}

/** The displacement (du, dv) of each pixel's place, f64[height · width, 2], or null for thickness. */
type Field = Float64Array | null;

function fieldOf(kind: TangentKind, { height, width }: ImageShape): Field {
  if (kind === 'thickness') return null;
  const field = new Float64Array(height * width * 2);
  const radius = Math.max(height, width) / 2;
  for (let at = 0; at < height * width; at++) {
    const u = ((at % width) - (width - 1) / 2) / radius;
    const v = (Math.floor(at / width) - (height - 1) / 2) / radius;
    field.set(displacement(kind, u, v), at * 2);
  }
  return field;
}

function displacement(kind: Exclude<TangentKind, 'thickness'>, u: number, v: number): [number, number] {
  switch (kind) {
    case 'translateX':
      return [1, 0];
    case 'translateY':
      return [0, 1];
    case 'rotation':
      return [-v, u];
    case 'scaling':
      return [u, v];
    case 'hyperbolicParallel':
      return [u, -v];
    case 'hyperbolicDiagonal':
      return [v, u];
    default:
      return kind satisfies never;
  }
}

function writeTangent(
  field: Field,
  gradient: Gradient,
  tangent: Float32Array,
  scale: Scale | FeatureScale | null,
  seen: Float32Array,
): void {
  const { across, down } = gradient;
  const steepest = field === null ? largestNorm(gradient) : 1;
  const pixels = field === null ? tangent.length : field.length / 2;
  for (let i = 0; i < tangent.length; i++) {
    const a = across[i]!;
    const d = down[i]!;
    const at = (i % pixels) * 2;
    const change = field === null ? (a * a + d * d) / steepest : -(field[at]! * a + field[at + 1]! * d);
    tangent[i] = encodeChange(scale, i, change, seen[i]!);
  }
}

/** The largest ‖∇f‖ of an image; 1 where it is flat, so that its thickness tangent is zero. */
function largestNorm({ across, down }: Gradient): number {
  let square = 0;
  for (let i = 0; i < across.length; i++) square = Math.max(square, across[i]! ** 2 + down[i]! ** 2);
  return square === 0 ? 1 : Math.sqrt(square);
}

/** The gradient of one smoothed image at a time, in units per pixel. */
interface Gradient {
  /** f64[features]: ∂f/∂column and ∂f/∂row of the image last given. */
  readonly across: Float64Array;
  readonly down: Float64Array;
  of(image: Values): void;
}

/** Both derivatives are separable: the Gaussian's derivative along one axis, the Gaussian along the other. */
function createGradient(shape: ImageShape, sigma: number, replicate: boolean): Gradient {
  const { channels, height, width } = shape;
  const smooth = smoothing(sigma);
  const slope = derivative(sigma);
  const across = new Float64Array(imageFeatures(shape));
  const down = new Float64Array(across.length);
  const between = new Float64Array(across.length);
  const alongRows = (from: Values, to: Float64Array, stencil: Stencil) =>
    correlate(
      from,
      to,
      stencil,
      { length: width, step: 1, lines: channels * height, pitch: width },
      replicate,
    );
  const alongColumns = (from: Values, to: Float64Array, stencil: Stencil) => {
    for (let channel = 0; channel < channels; channel++) {
      const start = channel * height * width;
      const part = <Array extends Values>(array: Array) =>
        array.subarray(start, start + height * width) as Array;
      correlate(
        part(from),
        part(to),
        stencil,
        { length: height, step: width, lines: width, pitch: 1 },
        replicate,
      );
    }
  };
  return {
    across,
    down,
    of(image) {
      alongRows(image, between, slope);
      alongColumns(between, across, smooth);
      alongRows(image, between, smooth);
      alongColumns(between, down, slope);
    },
  };
}

/** Equally long lines of an array: `lines` of them, `pitch` apart, their `length` elements `step` apart. */
interface Lines {
  readonly length: number;
  readonly step: number;
  readonly lines: number;
  readonly pitch: number;
}

/** to[i] = Σₖ stencil[k] · from[i + k] along each line. */
function correlate(
  from: Values,
  to: Float64Array,
  stencil: Stencil,
  { length, step, lines, pitch }: Lines,
  replicate: boolean,
): void {
  const radius = (stencil.length - 1) / 2;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        const inside = Math.min(Math.max(i + k, 0), length - 1);
        if (inside !== i + k && !replicate) continue;
        sum += stencil[k + radius]! * from[line * pitch + inside * step]!;
      }
      to[line * pitch + i * step] = sum;
    }
  }
}

/** Beyond four standard deviations a Gaussian is below 4e-4 of its peak. */
function radiusOf(sigma: number): number {
  return Math.max(1, Math.ceil(4 * sigma));
}

/** Samples of the Gaussian, with sum 1. */
function smoothing(sigma: number): Stencil {
  if (sigma === 0) return Float64Array.of(1);
  const radius = radiusOf(sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Samples of the Gaussian's derivative, scaled so that the slope of a ramp is exact. */
function derivative(sigma: number): Stencil {
  if (sigma === 0) return Float64Array.of(-0.5, 0, 0.5);
  const radius = radiusOf(sigma);
  // Relative to the value at ±1, so that a narrow Gaussian does not vanish altogether.
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => {
    const k = i - radius;
    return k === 0 ? 0 : k * exp((1 - k * k) / (2 * sigma * sigma));
  });
  const slope = weights.reduce((total, weight, i) => total + weight * (i - radius), 0);
  return weights.map((weight) => weight / slope);
}

function checkImages(x: Float32Array, shape: ImageShape, scale: Scale | FeatureScale | null): number {
  const { channels, height, width } = shape;
  for (const [name, length] of Object.entries({ channels, height, width })) {
    if (!Number.isInteger(length) || length < 1) failOption(`image.${name}`, 'an integer ≥ 1', length);
  }
  const features = imageFeatures(shape);
  const text = `${channels} × ${height} × ${width}`;
  if (x.length % features !== 0) {
    const message = `Expected \`x\` to be whole images of ${text} = ${features} numbers, got ${x.length}`;
    throw new TuttiError('ERR_SHAPE', message, { features, length: x.length });
  }
  if (scale !== null && (scale.mean.length !== features || scale.std.length !== features)) {
    const got = `${scale.mean.length} means and ${scale.std.length} deviations`;
    throw new TuttiError('ERR_SHAPE', `Expected \`scale\` to have ${features} of each (${text}), got ${got}`);
  }
  return features;
}

function checkKinds(kinds: readonly TangentKind[]): void {
  if (kinds.length === 0) failOption('kinds', 'a non-empty list', kinds);
  const unknown = kinds.find((kind) => !TANGENT_KINDS.includes(kind));
  if (unknown !== undefined) failOption('kinds', `a list of ${TANGENT_KINDS.join(', ')}`, unknown);
  if (new Set(kinds).size !== kinds.length)
    failOption('kinds', 'a list without repetitions', describe(kinds));
}

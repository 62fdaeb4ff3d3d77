// Tangent distance: how far two examples are apart once each may move a little along its tangent vectors.
// Works on any tangent vectors; for images those of image-tangents.ts. Knows nothing of members.

import { failOption, TuttiError } from '../errors.js';
import { factorCholesky, solveLower } from '../math/cholesky.js';
import type { ImageShape } from '../model/image.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { imageTangents, TANGENT_OPTIONS, type TangentOptions } from './image-tangents.js';

/** Examples with an orthonormal basis of their tangent planes, ready to be measured against others. */
export interface TangentPlanes {
  readonly rows: number;
  readonly features: number;
  /** Tangent vectors per example. */
  readonly directions: number;
  /** f32[rows, features]. */
  readonly x: Float32Array;
  /**
   * f64[rows, directions, features], W with (T Tᵀ + κI)⁻¹ = MᵀM and W = M T for the tangents T; its rows are
   * orthonormal when κ = 0. A direction that the ones before it span is a row of zeros.
   */
  readonly basis: Float64Array;
}

export interface TangentDistanceOptions extends TangentOptions {
  /** `two`: both examples may move, which is symmetric; `one`: only the second. @default 'two' */
  readonly sides?: 'one' | 'two';
  /**
   * A spring that holds moved examples back: κ‖a‖² is added to what is minimised over the coefficients a, with κ
   * this share of the example's mean squared tangent length. 0 lets them move freely, but planes are good
   * approximations only nearby. @default 0.01
   */
  readonly stiffness?: number;
}

const DISTANCE_OPTIONS = {
  ...TANGENT_OPTIONS,
  sides: option.oneOf('one', 'two'),
  stiffness: option.number('a number ≥ 0', (stiffness) => stiffness >= 0),
} satisfies OptionTable<TangentDistanceOptions>;

/** Chosen by leave-one-out error on training rows of data/digits.csv; see docs/techniques/tangent-distance.md. */
export const DEFAULT_STIFFNESS = 0.01;

/** A direction is spanned by others when less than this share of its squared length is its own (f32 rounding). */
const DEPENDENT = 1e-10;

/**
 * The tangent distance between two images, not squared.
 *
 * Two-sided: min over a, b of ‖(x + Tₓᵀa) − (y + T_yᵀb)‖² + κₓ‖a‖² + κ_y‖b‖², its root. One-sided: a = 0.
 * Never more than the Euclidean distance; 0 for images that differ by a move along the planes when stiffness is 0.
 *
 * @param x f32[channels · height · width]
 * @param y the same
 * @throws ERR_SHAPE, ERR_OPTION as {@link imageTangents}, and for a negative stiffness
 *
 * **Source:** Simard, LeCun, Denker, Victorri, "Transformation invariance in pattern recognition: tangent
 * distance and tangent propagation", 1998, section 2.
 */
export function tangentDistance(
  x: Float32Array,
  y: Float32Array,
  image: ImageShape,
  options: TangentDistanceOptions = {},
): number {
  checkOptions('tangentDistance', options, DISTANCE_OPTIONS);
  const { sides = 'two', stiffness = DEFAULT_STIFFNESS, ...tangents } = options;
  if (x.length !== y.length) {
    throw new TuttiError(
      'ERR_SHAPE',
      `Expected \`y\` to have ${x.length} numbers, as \`x\`, got ${y.length}`,
    );
  }
  const planesOf = (of: Float32Array) =>
    tangentPlanes(of, of.length, imageTangents(of, image, tangents), stiffness);
  const square = new Float64Array(1);
  if (sides === 'two') createTwoSided(planesOf(y))(planesOf(x), 0, square);
  else createOneSided(planesOf(y))(x, square);
  return Math.sqrt(square[0]!);
}

/**
 * Prepares examples for {@link createOneSided} and {@link createTwoSided}: a basis of each tangent plane.
 *
 * @param x f32[rows, features]
 * @param tangents f32[rows, directions, features]
 * @throws ERR_SHAPE when the tangents are not whole planes; ERR_OPTION for a negative stiffness
 */
export function tangentPlanes(
  x: Float32Array,
  features: number,
  tangents: Float32Array,
  stiffness = DEFAULT_STIFFNESS,
): TangentPlanes {
  if (!(stiffness >= 0 && Number.isFinite(stiffness))) failOption('stiffness', 'a number ≥ 0', stiffness);
  const rows = x.length / features;
  const directions = tangents.length / x.length;
  if (!Number.isInteger(rows) || !Number.isInteger(directions)) {
    const expected = `Expected \`tangents\` to be whole vectors for ${rows} rows of ${features} features`;
    throw new TuttiError('ERR_SHAPE', `${expected}, got ${tangents.length} numbers`);
  }
  const basis = new Float64Array(tangents.length);
  const plane = directions * features;
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * plane, (row + 1) * plane];
    writeBasis(tangents.subarray(from, to), directions, features, stiffness, basis.subarray(from, to));
  }
  return { rows, features, directions, x, basis };
}

/**
 * Orthonormalises the tangents, each with √κ eᵢ appended, by Gram and Schmidt (twice, against rounding); the
 * appended part is dropped again. That is Cholesky's L⁻¹T for T Tᵀ + κI = L Lᵀ, without squaring its condition.
 */
function writeBasis(
  tangents: Float32Array,
  directions: number,
  features: number,
  stiffness: number,
  basis: Float64Array,
): void {
  const squares = tangents.reduce((sum, value) => sum + value * value, 0);
  const spring = Math.sqrt((stiffness * squares) / directions);
  const done: Float64Array[] = [];
  for (let i = 0; i < directions; i++) {
    const vector = new Float64Array(features + directions);
    vector.set(tangents.subarray(i * features, (i + 1) * features));
    vector[features + i] = spring;
    const before = dot(vector, vector);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) {
        const along = dot(vector, other);
        for (let f = 0; f < vector.length; f++) vector[f]! -= along * other[f]!;
      }
    }
    const own = dot(vector, vector);
    if (!(own > DEPENDENT * before)) continue;
    const length = Math.sqrt(own);
    const unit = vector.map((value) => value / length);
    done.push(unit);
    for (let f = 0; f < features; f++) basis[i * features + f] = unit[f]!;
  }
}

/**
 * Squared one-sided distances of one example to all stored ones, of which only the stored may move:
 * ‖d‖² − ‖W d‖² with d the difference.
 *
 * @returns a function that writes f64[stored rows] for `x`, f32[features]
 */
export function createOneSided(stored: TangentPlanes): (x: Float32Array, squares: Float64Array) => void {
  const { rows, features, directions, basis } = stored;
  const difference = new Float64Array(features);
  return (x, squares) => {
    for (let row = 0; row < rows; row++) {
      let square = 0;
      for (let f = 0; f < features; f++) {
        const d = x[f]! - stored.x[row * features + f]!;
        difference[f] = d;
        square += d * d;
      }
      for (let i = 0, at = row * directions * features; i < directions; i++, at += features) {
        let along = 0;
        for (let f = 0; f < features; f++) along += basis[at + f]! * difference[f]!;
        square -= along * along;
      }
      squares[row] = Math.max(0, square);
    }
  };
}

/**
 * Squared two-sided distances of one example to all stored ones. With u = W d of the stored one, z = V d − C u of
 * the other, V its basis and C = V Wᵀ: ‖d‖² − ‖u‖² − zᵀ(I − C Cᵀ)⁻¹z.
 *
 * @returns a function that writes f64[stored rows] for example `row` of `planes`
 */
export function createTwoSided(
  stored: TangentPlanes,
): (planes: TangentPlanes, row: number, squares: Float64Array) => void {
  const { rows, features, directions } = stored;
  const difference = new Float64Array(features);
  const u = new Float64Array(directions);
  return (planes, query, squares) => {
    const columns = columnsOf(planes, query);
    const { stride, values } = columns;
    // Rows are computed in pairs, so an odd number of them overwrites one more.
    const c = new Float64Array((directions + 1) * stride);
    const z = new Float64Array(stride);
    const gram = new Float64Array(stride * stride);
    for (let row = 0; row < rows; row++) {
      let square = 0;
      z.fill(0);
      for (let f = 0, k = 0; f < features; f++) {
        const d = planes.x[query * features + f]! - stored.x[row * features + f]!;
        difference[f] = d;
        square += d * d;
        for (let j = 0; j < stride; j++, k++) z[j]! += values[k]! * d;
      }
      writeProducts(stored, row, columns, c);
      square -= alongStored(stored, row, difference, c, u, z);
      squares[row] = Math.max(0, square - alongBoth(c, directions, gram, z));
    }
  };
}

/** An example's basis, feature by feature: f64[features, stride], the stride a multiple of 4, padded with zeros. */
interface Columns {
  readonly stride: number;
  readonly values: Float64Array;
}

function columnsOf({ features, directions, basis }: TangentPlanes, row: number): Columns {
  const stride = 4 * Math.ceil(directions / 4);
  const values = new Float64Array(features * stride);
  for (let i = 0; i < directions; i++) {
    for (let f = 0; f < features; f++) values[f * stride + i] = basis[(row * directions + i) * features + f]!;
  }
  return { stride, values };
}

/**
 * Inner products of one stored basis with the other's: f64[directions, stride]. Nearly all of the time of a
 * two-sided distance: eight sums at a time stay in registers, which is 1.8 times as fast as four.
 */
function writeProducts(
  { features, directions, basis }: TangentPlanes,
  row: number,
  { stride, values }: Columns,
  c: Float64Array,
): void {
  for (let i = 0; i < directions; i += 2) {
    const upper = (row * directions + i) * features;
    const lower = i + 1 < directions ? upper + features : upper;
    for (let j = 0; j < stride; j += 4) {
      let [u0, u1, u2, u3] = [0, 0, 0, 0];
      let [l0, l1, l2, l3] = [0, 0, 0, 0];
      for (let f = 0, k = j; f < features; f++, k += stride) {
        const a = basis[upper + f]!;
        const b = basis[lower + f]!;
        u0 += a * values[k]!;
        u1 += a * values[k + 1]!;
        u2 += a * values[k + 2]!;
        u3 += a * values[k + 3]!;
        l0 += b * values[k]!;
        l1 += b * values[k + 1]!;
        l2 += b * values[k + 2]!;
        l3 += b * values[k + 3]!;
      }
      const at = i * stride + j;
      c[at] = u0;
      c[at + 1] = u1;
      c[at + 2] = u2;
      c[at + 3] = u3;
      c[at + stride] = l0;
      c[at + stride + 1] = l1;
      c[at + stride + 2] = l2;
      c[at + stride + 3] = l3;
    }
  }
}

/** ‖u‖², what moving the stored example alone explains, and z − C u in z's place. */
function alongStored(
  { features, directions, basis }: TangentPlanes,
  row: number,
  difference: Float64Array,
  c: Float64Array,
  u: Float64Array,
  z: Float64Array,
): number {
  let square = 0;
  for (let i = 0; i < directions; i++) {
    const at = (row * directions + i) * features;
    let along = 0;
    for (let f = 0; f < features; f++) along += basis[at + f]! * difference[f]!;
    u[i] = along;
    square += along * along;
  }
  for (let i = 0; i < directions; i++) {
    for (let j = 0; j < z.length; j++) z[j]! -= c[i * z.length + j]! * u[i]!;
  }
  return square;
}

/** zᵀ(I − C Cᵀ)⁻¹z, what moving the other example explains besides; padding adds ones to the diagonal alone. */
function alongBoth(c: Float64Array, directions: number, gram: Float64Array, z: Float64Array): number {
  const n = z.length;
  for (let j = 0; j < n; j++) {
    for (let l = 0; l <= j; l++) {
      let sum = 0;
      for (let i = 0; i < directions; i++) sum += c[i * n + j]! * c[i * n + l]!;
      gram[j * n + l] = (j === l ? 1 + SHARED : 0) - sum;
    }
  }
  // Not positive definite only by rounding, where both planes are one: then nothing is left to explain.
  if (!factorCholesky(gram, n)) return 0;
  solveLower(gram, n, z);
  return dot(z, z);
}

/** Keeps directions that both planes share, which leave I − C Cᵀ singular, from dividing rounding by rounding. */
const SHARED = 1e-10;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

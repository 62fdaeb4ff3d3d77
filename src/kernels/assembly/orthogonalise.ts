// Of whole matrices: their length, and Muon's direction, a matrix whose singular values are drawn towards 1.
import { madd, PANEL_UNITS, roundUp4, splat, zero } from './vector';

// The quintic of Newton and Schulz; see operations.ts.
const LINEAR: f32 = 3.4445;
const CUBIC: f32 = -4.775;
const QUINTIC: f32 = 2.0315;
const ITERATIONS: i32 = 5;
const TOLERANCE: f64 = 1e-7;

// @ts-ignore: decorator
@inline
function roundUp16(count: i32): i32 {
  return (count + 15) & ~15;
}

/** The squares of both halves of a vector of floats, in double precision. */
// @ts-ignore: decorator
@inline
function addSquares(sum: v128, a: v128): v128 {
  const wide = f64x2.promote_low_f32x4(a);
  return f64x2.add(sum, f64x2.mul(wide, wide));
}

// @ts-ignore: decorator
@inline
function upper(a: v128): v128 {
  return v128.shuffle<f32>(a, a, 2, 3, 2, 3);
}

/** Σ v² in double precision, in eight sums of every eighth number; count a multiple of 4. */
function sumOfSquares(values: usize, count: i32): f64 {
  let s01 = f64x2.splat(0), s23 = f64x2.splat(0), s45 = f64x2.splat(0), s67 = f64x2.splat(0);
  const end = values + (<usize>count << 2);
  for (; values + 32 <= end; values += 32) {
    const a = v128.load(values), b = v128.load(values, 16);
    s01 = addSquares(s01, a);
    s23 = addSquares(s23, upper(a));
    s45 = addSquares(s45, b);
    s67 = addSquares(s67, upper(b));
  }
  if (values < end) {
    const a = v128.load(values);
    s01 = addSquares(s01, a);
    s23 = addSquares(s23, upper(a));
  }
  const s = f64x2.add(f64x2.add(s01, s45), f64x2.add(s23, s67));
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** values ⊗= factor. */
function scale(values: usize, count: i32, factor: f32): void {
  const by = splat(factor);
  for (const end = values + (<usize>count << 2); values < end; values += 16) {
    v128.store(values, f32x4.mul(v128.load(values), by));
  }
}

export function limitNorm(values: usize, count: i32, limit: f32): void {
  const norm = sqrt<f64>(sumOfSquares(values, count));
  if (norm > <f64>limit) scale(values, count, <f32>(<f64>limit / norm));
}

/** c = a b, row-major: c[rows][columns], rows and columns multiples of 16, strides in bytes; `terms` columns of a. */
function multiplyMatrices(
  a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  rows: i32, terms: i32, columns: i32,
): void {
  for (let row = 0; row < rows; row += 4) {
    for (let column = 0; column < columns; column += 8) {
      let c00 = zero(), c01 = zero(), c10 = zero(), c11 = zero();
      let c20 = zero(), c21 = zero(), c30 = zero(), c31 = zero();
      let atA = a + <usize>row * aStride, atB = b + (<usize>column << 2);
      for (let term = 0; term < terms; term++, atA += 4, atB += bStride) {
        const b0 = v128.load(atB), b1 = v128.load(atB, 16);
        const a0 = v128.load32_splat(atA);
        c00 = madd(a0, b0, c00);
        c01 = madd(a0, b1, c01);
        const a1 = v128.load32_splat(atA + aStride);
        c10 = madd(a1, b0, c10);
        c11 = madd(a1, b1, c11);
        const a2 = v128.load32_splat(atA + 2 * aStride);
        c20 = madd(a2, b0, c20);
        c21 = madd(a2, b1, c21);
        const a3 = v128.load32_splat(atA + 3 * aStride);
        c30 = madd(a3, b0, c30);
        c31 = madd(a3, b1, c31);
      }
      let to = c + <usize>row * cStride + (<usize>column << 2);
      v128.store(to, c00);
      v128.store(to, c01, 16);
      to += cStride;
      v128.store(to, c10);
      v128.store(to, c11, 16);
      to += cStride;
      v128.store(to, c20);
      v128.store(to, c21, 16);
      to += cStride;
      v128.store(to, c30);
      v128.store(to, c31, 16);
    }
  }
}

/** Between weights as layers have them and rows as long as the longer side; `into` the rows, or back, times a factor. */
function convert(matrix: usize, inputs: i32, units: i32, x: usize, stride: usize, into: bool, factor: f32): void {
  const wide = inputs <= units;
  const padded = roundUp4(units);
  for (let first = 0; first < units; first += PANEL_UNITS) {
    const width = min(PANEL_UNITS, padded - first);
    for (let i = 0; i < inputs; i++) {
      let at = matrix + (<usize>(first * inputs + i * width) << 2);
      for (let o = first; o < first + width; o++, at += 4) {
        const place = wide ? <usize>i * stride + (<usize>o << 2) : <usize>o * stride + (<usize>i << 2);
        if (into) {
          if (o < units) store<f32>(x + place, load<f32>(at));
        } else store<f32>(at, o < units ? load<f32>(x + place) * factor : 0);
      }
    }
  }
}

export function orthogonalise(matrix: usize, inputs: i32, units: i32, scratch: usize): void {
  const short = min(inputs, units), long = max(inputs, units);
  const rows = roundUp16(short), columns = roundUp16(long);
  const stride = <usize>columns << 2, square = <usize>rows << 2;
  const x = scratch, transposed = x + <usize>rows * stride, y = transposed + <usize>rows * stride;
  const gram = y + <usize>rows * stride, power = gram + <usize>rows * square;
  const count = rows * columns;
  memory.fill(x, 0, (<usize>count << 2) * 2);
  convert(matrix, inputs, units, x, stride, true, 1);
  scale(x, count, <f32>(1 / (sqrt<f64>(sumOfSquares(x, count)) + TOLERANCE)));
  const linear = splat(LINEAR), cubic = splat(CUBIC), quintic = splat(QUINTIC);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    for (let row = 0; row < short; row++) {
      for (let column = 0; column < long; column++) {
        const value = load<f32>(x + <usize>row * stride + (<usize>column << 2));
        store<f32>(transposed + <usize>column * square + (<usize>row << 2), value);
      }
    }
    multiplyMatrices(x, stride, transposed, square, gram, square, rows, long, rows);
    multiplyMatrices(gram, square, gram, square, power, square, rows, short, rows);
    for (let at: usize = 0; at < <usize>rows * square; at += 16) {
      v128.store(power + at, madd(quintic, v128.load(power + at), f32x4.mul(cubic, v128.load(gram + at))));
    }
    multiplyMatrices(power, square, x, stride, y, stride, rows, short, columns);
    for (let at: usize = 0; at < <usize>rows * stride; at += 16) {
      v128.store(x + at, madd(linear, v128.load(x + at), v128.load(y + at)));
    }
  }
  const shape: f32 = <f32>sqrt<f64>(max<f64>(1, <f64>units / <f64>inputs));
  convert(matrix, inputs, units, x, stride, false, shape);
}

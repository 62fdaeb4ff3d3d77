// What docs/ARITHMETIC.md is written in: single precision in plain numbers, and a multiply-add that rounds twice (strict)
// or once (fused), exactly, without any instruction for it. The oracle-*.ts files beside it are that document as code.
import type { Arithmetic } from '../../src/model/spec.js';

/** Rounds to single precision: of +, −, ×, ÷ and √ of single-precision numbers it gives what one rounding gives. */
export const f32 = Math.fround;

/** a·b + c in single precision. */
export type MultiplyAdd = (a: number, b: number, c: number) => number;

export function multiplyAdd(arithmetic: Arithmetic): MultiplyAdd {
  return arithmetic === 'strict' ? (a, b, c) => f32(f32(a * b) + c) : fusedMultiplyAdd;
}

/**
 * The product of two single-precision numbers is exact in double precision; its sum with a third is rounded to odd,
 * which leaves 53 bits from which single precision is rounded as from the exact sum.
 * **Source:** Boldo and Melquiond (2008), Emulation of a FMA and correctly rounded sums: proved algorithms using
 * rounding to odd.
 */
function fusedMultiplyAdd(a: number, b: number, c: number): number {
  return f32(addToOdd(a * b, c));
}

const double = new Float64Array(1);
const [LOW, HIGH] = [0, 1];
const words = new Uint32Array(double.buffer);

/** a + b in double precision; where that is not exact, of its two neighbours the one with an odd last bit. */
function addToOdd(a: number, b: number): number {
  const sum = a + b;
  const fromB = sum - a;
  const lost = a - (sum - fromB) + (b - fromB);
  if (lost === 0 || !Number.isFinite(sum)) return sum;
  double[0] = sum;
  if ((words[LOW]! & 1) === 1) return sum;
  if (lost > 0 === sum > 0) words[LOW]! += 1;
  else {
    if (words[LOW] === 0) words[HIGH]! -= 1;
    words[LOW]! -= 1;
  }
  return double[0];
}

/** The larger of two: the first where they are equal or one is no number. */
export function pmax(a: number, b: number): number {
  return lies(a, b) ? b : a;
}

/** The smaller of two: the first where they are equal or one is no number. */
export function pmin(a: number, b: number): number {
  return lies(b, a) ? b : a;
}

const lies = (below: number, above: number) => below < above;

/** start, then one term after the other. */
export function chain(count: number, start: number, add: (sum: number, index: number) => number): number {
  let sum = start;
  for (let index = 0; index < count; index++) sum = add(sum, index);
  return sum;
}

/** The sum of the eight lanes of an octet: t[l] = c[l] + c[l+4], then (t0 + t2) + (t1 + t3). */
export function octetTree(c: ArrayLike<number>): number {
  const [t0, t1, t2, t3] = [0, 1, 2, 3].map((l) => f32(c[l]! + c[l + 4]!)) as [
    number,
    number,
    number,
    number,
  ];
  return f32(f32(t0 + t2) + f32(t1 + t3));
}

/** A matrix by its formula, row-major. */
export function table(
  rows: number,
  columns: number,
  at: (row: number, column: number) => number,
): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, index) =>
    at(Math.floor(index / columns), index % columns),
  );
}

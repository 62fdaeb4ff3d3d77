// Members with known v and c, and the naive formulas the fast ones are compared with.

import { RandomStream, streamKey } from '../../src/math/random.js';

export function randomStream(seed: number): RandomStream {
  return new RandomStream(streamKey(seed, 'noise'));
}

/** k of f64[rows]: errors of variance v and covariance c ≥ 0 between any two members. */
export function correlatedErrors(
  members: number,
  rows: number,
  { v, c, seed }: { v: number; c: number; seed: number },
): Float64Array[] {
  const stream = randomStream(seed);
  const all = Array.from({ length: members }, () => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    const shared = Math.sqrt(c) * stream.normal();
    for (const own of all) own[row] = shared + Math.sqrt(v - c) * stream.normal();
  }
  return all;
}

/** f32[rows, classes] of random probabilities. */
export function randomProbabilities(rows: number, classes: number, stream: RandomStream): Float32Array {
  const values = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const own = Array.from({ length: classes }, () => stream.uniform() + 1e-3);
    const total = own.reduce((sum, value) => sum + value, 0);
    own.forEach((value, at) => {
      values[row * classes + at] = value / total;
    });
  }
  return values;
}

/** Σ over outputs of εᵢ εⱼ, by rows: naive[i][j][row]. */
export function naiveProducts(errors: readonly ArrayLike<number>[], rows: number): number[][][] {
  return errors.map((a) =>
    errors.map((b) => {
      const columns = a.length / rows;
      return Array.from({ length: rows }, (_, row) => {
        let sum = 0;
        for (let at = row * columns; at < (row + 1) * columns; at++) sum += a[at]! * b[at]!;
        return sum;
      });
    }),
  );
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Whether two numbers agree to a relative tolerance. */
export function close(a: number | null, b: number | null, tolerance = 1e-12): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(1e-300, Math.abs(a), Math.abs(b));
}

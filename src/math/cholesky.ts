// The Cholesky factorisation of small symmetric positive definite matrices, in double precision.
// Used where a handful of coefficients is fitted by least squares; nothing here pivots or blocks.

/**
 * Replaces the lower triangle of A by its factor L, A = L Lᵀ; the upper triangle is neither read nor written.
 *
 * @param a f64[n, n] row-major
 * @returns false when a pivot is not above `tolerance` × its diagonal element, A then being singular to
 * rounding; `a` is left half factored.
 */
export function factorCholesky(a: Float64Array, n: number, tolerance = 0): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i > j) {
        a[i * n + j] = sum / a[j * n + j]!;
        continue;
      }
      if (!(sum > tolerance * a[i * n + i]!)) return false;
      a[i * n + i] = Math.sqrt(sum);
    }
  }
  return true;
}

/** Solves L z = b in place, with L the lower triangle of `factor`, f64[n, n]. */
export function solveLower(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * n + k]! * b[k]!;
    b[i] = sum / factor[i * n + i]!;
  }
}

/** Solves L Lᵀ x = b in place. */
export function solveCholesky(factor: Float64Array, n: number, b: Float64Array): void {
  solveLower(factor, n, b);
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i]! * b[k]!;
    b[i] = sum / factor[i * n + i]!;
  }
}

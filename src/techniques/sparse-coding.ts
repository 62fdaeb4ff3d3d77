// Sparse coding: writes an input as a combination of few atoms of a dictionary, y ≈ B h with most of h zero.
// Plain double precision for dictionaries of moderate size; knows nothing of members or networks.

import { describe, failOption, TuttiError } from '../errors.js';
import { factorCholesky, solveCholesky } from '../math/cholesky.js';
import { checkNames, checkOptions, type OptionTable, option } from '../option-names.js';

/** A dictionary B whose columns are the atoms. */
export interface Dictionary {
  /** f64[rows, atoms], row-major. */
  readonly values: ArrayLike<number>;
  /** Length of an input. */
  readonly rows: number;
  readonly atoms: number;
}

/** How to look for h. */
export type SparseCodingOptions =
  | {
      /** Orthogonal matching pursuit: greedily at most `nonZeros` atoms, refitted by least squares each time. */
      readonly method: 'orthogonalMatchingPursuit';
      /** An integer from 1 to min(rows, atoms). */
      readonly nonZeros: number;
      /** Stop once ‖y − B h‖ ≤ tolerance · ‖y‖. @default 1e-10 */
      readonly tolerance?: number;
    }
  | {
      /** The L1 form, min ½‖y − B h‖² + penalty · ‖h‖₁, by proximal gradient steps, plain or accelerated. */
      readonly method: 'ista' | 'fista';
      /** λ > 0; from ‖Bᵀy‖∞ on, h = 0. */
      readonly penalty: number;
      /** Fit the atoms found again without the penalty, which shrinks every coefficient. @default false */
      readonly refit?: boolean;
      /** Stop once the duality gap is ≤ tolerance · ½‖y‖². @default 1e-12 */
      readonly tolerance?: number;
      /** @default 100000 */
      readonly iterations?: number;
    };

type PursuitOptions = Extract<SparseCodingOptions, { readonly nonZeros: number }>;
type ShrinkageOptions = Extract<SparseCodingOptions, { readonly penalty: number }>;

const METHOD = {
  method: option.oneOf('orthogonalMatchingPursuit', 'ista', 'fista'),
  tolerance: option.number('a number ≥ 0', (tolerance) => tolerance >= 0),
};

const PURSUIT_OPTIONS = {
  ...METHOD,
  nonZeros: option.required(option.integer(1)),
} satisfies OptionTable<PursuitOptions>;

const SHRINKAGE_OPTIONS = {
  ...METHOD,
  penalty: option.required(option.number('a number > 0', (penalty) => penalty > 0)),
  refit: option.flag,
  iterations: option.integer(0),
} satisfies OptionTable<ShrinkageOptions>;

export interface SparseCode {
  /** f64[atoms]. */
  readonly h: Float64Array;
  /** Atoms whose coefficient is not zero, ascending. */
  readonly support: readonly number[];
  /** ‖y − B h‖₂. */
  readonly residual: number;
  /** Atoms tried, or gradient steps taken. */
  readonly iterations: number;
  /** The tolerance was reached: for the L1 form, a certificate that h is optimal to it. */
  readonly converged: boolean;
}

/**
 * The sparse code of one input over a dictionary.
 *
 * @param y f64[rows]
 * @throws ERR_SHAPE when the dictionary or input has another length; ERR_DATA for values that are not finite;
 * ERR_OPTION for `nonZeros` or `penalty` out of range
 *
 * **Source:** Goodfellow, Bengio, Courville, Deep Learning, 7.10; Pati, Rezaiifar, Krishnaprasad, "Orthogonal
 * matching pursuit", 1993; Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm", 2009.
 */
export function sparseCode(
  dictionary: Dictionary,
  y: ArrayLike<number>,
  options: SparseCodingOptions,
): SparseCode {
  checkMethod(options);
  const problem = problemOf(dictionary, y);
  return options.method === 'orthogonalMatchingPursuit'
    ? matchingPursuit(problem, options.nonZeros, options.tolerance ?? 1e-10)
    : shrinkage(problem, options);
}

/** Each method has options of its own. */
function checkMethod(options: unknown): void {
  const names = { ...PURSUIT_OPTIONS, ...SHRINKAGE_OPTIONS };
  checkNames('sparseCode', options, Object.keys(names));
  const { method } = options;
  if (!METHOD.method.holds(method)) failOption('method', METHOD.method.expected, method);
  const pursues = method === 'orthogonalMatchingPursuit';
  checkOptions(`sparseCode\` by \`${method}`, options, pursues ? PURSUIT_OPTIONS : SHRINKAGE_OPTIONS);
}

interface Problem {
  /** Bᵀ, f64[atoms, rows]: an atom's numbers lie together. */
  readonly atoms: Float64Array[];
  readonly y: Float64Array;
}

function problemOf({ values, rows, atoms }: Dictionary, y: ArrayLike<number>): Problem {
  for (const [name, count] of Object.entries({ rows, atoms })) {
    if (!Number.isInteger(count) || count < 1) failOption(`dictionary.${name}`, 'an integer ≥ 1', count);
  }
  if (values.length !== rows * atoms) {
    const expected = `${rows * atoms} values (${rows} × ${atoms})`;
    throw new TuttiError('ERR_SHAPE', `Expected \`dictionary\` to have ${expected}, got ${values.length}`);
  }
  if (y.length !== rows) {
    throw new TuttiError(
      'ERR_SHAPE',
      `Expected \`y\` to have ${rows} values, as the dictionary's rows, got ${y.length}`,
    );
  }
  for (const [name, list] of Object.entries({ dictionary: values, y })) {
    const bad = Array.prototype.find.call(list, (value: number) => !Number.isFinite(value));
    if (bad !== undefined)
      throw new TuttiError('ERR_DATA', `Expected \`${name}\` to hold finite numbers, got ${describe(bad)}`);
  }
  return {
    atoms: Array.from({ length: atoms }, (_, atom) =>
      Float64Array.from({ length: rows }, (_, row) => values[row * atoms + atom]!),
    ),
    y: Float64Array.from(y),
  };
}

function matchingPursuit(problem: Problem, nonZeros: number, tolerance: number): SparseCode {
  const { atoms, y } = problem;
  const most = Math.min(y.length, atoms.length);
  if (!Number.isInteger(nonZeros) || nonZeros < 1 || nonZeros > most) {
    failOption('nonZeros', `an integer from 1 to ${most}`, nonZeros);
  }
  const limit = tolerance * norm(y);
  const norms = atoms.map(norm);
  let h = new Float64Array(atoms.length);
  let residual = residualOf(problem, h);
  const support: number[] = [];
  while (support.length < nonZeros && norm(residual) > limit) {
    let best = -1;
    let bestScore = 0;
    for (const [atom, column] of atoms.entries()) {
      if (norms[atom] === 0 || support.includes(atom)) continue;
      const score = Math.abs(dot(column, residual)) / norms[atom]!;
      if (score > bestScore) [best, bestScore] = [atom, score];
    }
    const next = best === -1 ? null : fitOn(problem, [...support, best]);
    // An atom that the chosen ones already span explains nothing more; neither would any other.
    if (next === null) break;
    support.push(best);
    h = next;
    residual = residualOf(problem, h);
  }
  return resultOf(problem, h, support.length, norm(residual) <= limit);
}

/** The least-squares coefficients of y on some atoms, zero elsewhere; null when those atoms are dependent. */
function fitOn({ atoms, y }: Problem, support: readonly number[]): Float64Array<ArrayBuffer> | null {
  const n = support.length;
  const gram = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (const [i, a] of support.entries()) {
    right[i] = dot(atoms[a]!, y);
    for (let j = 0; j <= i; j++) gram[i * n + j] = dot(atoms[a]!, atoms[support[j]!]!);
  }
  if (!factorCholesky(gram, n, 1e-12)) return null;
  solveCholesky(gram, n, right);
  const h = new Float64Array(atoms.length);
  for (const [i, atom] of support.entries()) h[atom] = right[i]!;
  return h;
}

/**
 * h ← S(z + Bᵀ(y − B z)/L, λ/L), S the soft threshold; z = h for ISTA, extrapolated for FISTA, whose momentum
 * starts anew whenever it points uphill (O'Donoghue and Candès 2015), so that both converge linearly.
 */
function shrinkage(problem: Problem, options: ShrinkageOptions): SparseCode {
  const { method, penalty, refit = false, tolerance = 1e-12, iterations = 100_000 } = options;
  const { atoms, y } = problem;
  const step = 1 / lipschitzBound(atoms);
  const limit = (tolerance * dot(y, y)) / 2;
  let h = new Float64Array(atoms.length);
  let z = h;
  let t = 1;
  let done = 0;
  let converged = dualityGap(problem, h, penalty) <= limit;
  for (; done < iterations && !converged; done++) {
    const residual = residualOf(problem, z);
    const next = z.map((value, i) => softThreshold(value + step * dot(atoms[i]!, residual), penalty * step));
    const uphill = next.reduce((sum, value, i) => sum + (z[i]! - value) * (value - h[i]!), 0) > 0;
    const momentum = method === 'fista' && !uphill;
    const nextT = momentum ? (1 + Math.sqrt(1 + 4 * t * t)) / 2 : 1;
    const weight = momentum ? (t - 1) / nextT : 0;
    z = weight === 0 ? next : next.map((value, i) => value + weight * (value - h[i]!));
    h = next;
    t = nextT;
    converged = dualityGap(problem, h, penalty) <= limit;
  }
  const support = supportOf(h);
  const refitted = refit && support.length > 0 ? fitOn(problem, support) : null;
  return resultOf(problem, refitted ?? h, done, converged);
}

/** No smaller than the largest eigenvalue of BᵀB: its Frobenius norm, or its largest row sum if that is less. */
function lipschitzBound(atoms: readonly Float64Array[]): number {
  let squares = 0;
  let largest = 0;
  for (const a of atoms) {
    let row = 0;
    for (const b of atoms) {
      const product = dot(a, b);
      squares += product * product;
      row += Math.abs(product);
    }
    largest = Math.max(largest, row);
  }
  return Math.min(Math.sqrt(squares), largest) || 1;
}

/** P(h) − D(θ) with θ the residual, scaled to be feasible: ‖Bᵀθ‖∞ ≤ λ; an upper bound on how far h is from optimal. */
function dualityGap(problem: Problem, h: Float64Array, penalty: number): number {
  const { atoms, y } = problem;
  const residual = residualOf(problem, h);
  const correlation = atoms.reduce((most, atom) => Math.max(most, Math.abs(dot(atom, residual))), 0);
  const scale = Math.min(1, penalty / correlation);
  const sum = h.reduce((total, value) => total + Math.abs(value), 0);
  // P − D, with D = ½‖y‖² − ½‖y − θ‖² = θᵀy − ½‖θ‖², written for θ = scale · residual.
  const square = dot(residual, residual);
  return (square * (1 + scale * scale)) / 2 + penalty * sum - scale * dot(residual, y);
}

function resultOf(problem: Problem, h: Float64Array, iterations: number, converged: boolean): SparseCode {
  return { h, support: supportOf(h), residual: norm(residualOf(problem, h)), iterations, converged };
}

function supportOf(h: Float64Array): number[] {
  return [...h.keys()].filter((atom) => h[atom] !== 0);
}

function residualOf({ atoms, y }: Problem, h: Float64Array): Float64Array<ArrayBuffer> {
  const residual = Float64Array.from(y);
  for (const [atom, column] of atoms.entries()) {
    const factor = h[atom]!;
    if (factor === 0) continue;
    for (let row = 0; row < residual.length; row++) residual[row]! -= factor * column[row]!;
  }
  return residual;
}

function softThreshold(value: number, threshold: number): number {
  const size = Math.abs(value) - threshold;
  return size <= 0 ? 0 : value > 0 ? size : -size;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

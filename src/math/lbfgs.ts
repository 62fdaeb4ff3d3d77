// Limited-memory BFGS: the minimum of a smooth convex function of many variables, in double precision and in one order
// of operations, so that it ends at the same bytes everywhere.

/** The value of a function at `x`, writing its gradient. */
export type WithGradient = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Ends once no partial derivative is larger. */
  readonly tolerance: number;
  /** Ends after as many steps, wherever it is then. */
  readonly iterations: number;
}

/** Pairs of steps and of what they changed of the gradient that are kept. */
const MEMORY = 10;
/** Share of the fall foretold by the slope that a step must bring. */
const SUFFICIENT = 1e-4;
/** Halvings of a step before the search gives up: rounding is all that is left. */
const MOST_HALVINGS = 30;

/**
 * Minimises from `x` on, in place.
 * @returns steps taken.
 *
 * **Source:** Nocedal and Wright 2006, Numerical optimization, algorithms 7.4 and 7.5; steps by halving (3.1).
 */
export function minimise(evaluate: WithGradient, x: Float64Array, options: MinimiseOptions): number {
  const size = x.length;
  let gradient = new Float64Array(size);
  let value = evaluate(x, gradient);
  const pairs: { step: Float64Array; change: Float64Array; product: number }[] = [];
  for (let iteration = 0; iteration < options.iterations; iteration++) {
    if (largestSize(gradient) <= options.tolerance) return iteration;
    const direction = directionOf(gradient, pairs);
    const slope = dot(direction, gradient);
    if (!(slope < 0)) return iteration;
    const before = x.slice();
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const next = new Float64Array(size);
    let reached = Number.NaN;
    for (let halving = 0; ; halving++, length /= 2) {
      for (let i = 0; i < size; i++) x[i] = before[i]! + length * direction[i]!;
      reached = evaluate(x, next);
      if (reached <= value + SUFFICIENT * length * slope) break;
      if (halving < MOST_HALVINGS) continue;
      x.set(before);
      return iteration;
    }
    const step = x.map((own, i) => own - before[i]!);
    const change = next.map((own, i) => own - gradient[i]!);
    const product = dot(step, change);
    if (product > 1e-10 * dot(change, change)) pairs.push({ step, change, product });
    if (pairs.length > MEMORY) pairs.shift();
    gradient = next;
    value = reached;
  }
  return options.iterations;
}

/** −H g by the two loops over the pairs. */
function directionOf(
  gradient: Float64Array,
  pairs: readonly { step: Float64Array; change: Float64Array; product: number }[],
): Float64Array {
  const direction = gradient.map((own) => -own);
  const shares: number[] = [];
  for (let at = pairs.length - 1; at >= 0; at--) {
    const { step, change, product } = pairs[at]!;
    shares[at] = dot(step, direction) / product;
    addTimes(direction, -shares[at]!, change);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = last.product / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (let at = 0; at < pairs.length; at++) {
    const { step, change, product } = pairs[at]!;
    addTimes(direction, shares[at]! - dot(change, direction) / product, step);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addTimes(to: Float64Array, factor: number, what: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * what[i]!;
}

function largestSize(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

// Isotonic regression for two classes: the probability of the second becomes what its rows show, by the best map that never
// falls. Between knots it is interpolated.

import { exp, log } from '../math/functions.js';
import type { CalibrationMethodDefinition } from './method.js';
import type { CalibrationRows } from './rows.js';

export const isotonic = {
  name: 'isotonic',
  title: 'isotonic regression',
  says: 'the best rising map of the second class’s probability',
  binary: true,
  identity: () => [0, 1, 0, 1],
  fits: areKnots,
  fit: (rows) => fitIsotonic(rows),
  apply: (parameters, logits) => {
    const knots = parameters.length / 2;
    for (let from = 0; from < logits.length; from += 2) {
      const value = interpolate(parameters, knots, exp(logits[from + 1]!));
      logits[from] = log(1 - value);
      logits[from + 1] = log(value);
    }
  },
} as const satisfies CalibrationMethodDefinition;

/** Knots ascending, and what they become ascending too, all from 0 to 1. */
function areKnots(parameters: readonly number[]): boolean {
  const knots = parameters.length / 2;
  if (!Number.isInteger(knots) || knots < 1) return false;
  return parameters.every((value, at) => {
    if (!(value >= 0 && value <= 1)) return false;
    if (at === 0 || at === knots) return true;
    return at < knots ? value > parameters[at - 1]! : value >= parameters[at - 1]!;
  });
}

/** The value at a place between the knots; beyond them that of the last. */
function interpolate(parameters: readonly number[], knots: number, place: number): number {
  if (!(place > parameters[0]!)) return Number.isNaN(place) ? place : parameters[knots]!;
  if (place >= parameters[knots - 1]!) return parameters[2 * knots - 1]!;
  let low = 0;
  let high = knots - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (parameters[middle]! <= place) low = middle;
    else high = middle;
  }
  const share = (place - parameters[low]!) / (parameters[high]! - parameters[low]!);
  const below = parameters[knots + low]!;
  return below + share * (parameters[knots + high]! - below);
}

/** Rows that say the same, or were found to: their mean truth, and the places that they lie between. */
interface Pool {
  weight: number;
  value: number;
  readonly first: number;
  last: number;
}

/**
 * [knots, values] by the pool of adjacent violators: least weighted squares among maps that never fall. The values stay
 * 1/(rows + 2) away from 0 and 1 (Laplace's rule of succession), so that no surprise costs an infinite log-loss.
 *
 * **Source:** Zadrozny and Elkan 2002, Transforming classifier scores into accurate multiclass probability estimates;
 * Barlow, Bartholomew, Bremner and Brunk 1972, Statistical inference under order restrictions.
 */
export function fitIsotonic({ rows, logits, labels, weights }: CalibrationRows): number[] {
  const places = Float64Array.from({ length: rows }, (_, row) => exp(logits[2 * row + 1]!));
  const order = Uint32Array.from(places, (_, row) => row);
  order.sort((a, b) => places[a]! - places[b]! || a - b);
  const pools: Pool[] = [];
  for (const row of order) {
    const place = places[row]!;
    const last = pools.at(-1);
    // Rows of the same probability are one, before anything is compared.
    if (last !== undefined && last.first === place) add(last, weights[row]!, labels[row]!, place);
    else pools.push({ weight: weights[row]!, value: labels[row]!, first: place, last: place });
  }
  const rising: Pool[] = [];
  for (const pool of pools) {
    let whole = pool;
    for (let last = rising.at(-1); last !== undefined && last.value >= whole.value; last = rising.at(-1)) {
      rising.pop();
      add(last, whole.weight, whole.value, whole.last);
      whole = last;
    }
    rising.push(whole);
  }
  const least = 1 / (rows + 2);
  const knots: number[] = [];
  const values: number[] = [];
  for (const { first, last, value } of rising) {
    const held = Math.min(1 - least, Math.max(least, value));
    knots.push(...(first === last ? [first] : [first, last]));
    values.push(...(first === last ? [held] : [held, held]));
  }
  return [...knots, ...values];
}

function add(pool: Pool, weight: number, value: number, place: number): void {
  const whole = pool.weight + weight;
  pool.value += (weight / whole) * (value - pool.value);
  pool.weight = whole;
  pool.last = place;
}

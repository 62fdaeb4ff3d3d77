// The rising map that suits rows best.

import { exp } from '../math/functions.js';
import type { CalibrationRows } from './rows.js';

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

// Isotonic regression for two classes: the probability of the second becomes what its rows show, by the best map that never
// falls. Between knots it is interpolated.

import { exp, log } from '../math/functions.js';
import type { CalibrationMethodDefinition } from './method.js';

export const isotonic = {
  name: 'isotonic',
  title: 'isotonic regression',
  says: 'the best rising map of the second class’s probability',
  binary: true,
  identity: () => [0, 1, 0, 1],
  fits: areKnots,
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

// The tail of a fair coin, from the deterministic functions of functions.ts.

import { exp, log } from './functions.js';
import { CompensatedSum } from './statistics.js';

/**
 * How often a fair coin that is tossed heads + tails times falls at least as unevenly as this, in either direction: the
 * exact sign test. 1 for no toss. Within 1e-11 relative for up to a million tosses; time grows with the rarer side.
 */
export function twoSidedCoin(heads: number, tails: number): number {
  const tosses = heads + tails;
  const rarer = Math.min(heads, tails);
  if (2 * rarer === tosses) return 1;
  // ln C(n, m) − n ln 2, as a sum of logarithms: factorials would overflow.
  const logTerm = new CompensatedSum();
  for (let i = 1; i <= rarer; i++) logTerm.add(log((tosses - rarer + i) / i));
  logTerm.add(-tosses * Math.LN2);
  let sum = 0;
  // Terms beside the likeliest, so that none underflows while others matter.
  let term = 1;
  for (let i = rarer; i >= 0 && term > sum * 1e-17; i--) {
    sum += term;
    term *= i / (tosses - i + 1);
  }
  return Math.min(1, 2 * sum * exp(logTerm.value));
}

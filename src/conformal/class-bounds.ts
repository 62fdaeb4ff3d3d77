// Which classes are in a row's set, or are not, whoever left a training row out: what any members say together lies between
// what each of them says, and that alone decides for most classes of most rows.

import type { ScoreOrder } from './score-order.js';
import { type ConformalMethod, FREE_CLASSES, RANK_PENALTY } from './scores.js';

/** Between what the probability of each class lies, f64[classes] each. */
export interface ClassBounds {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Sums of the same numbers in another order differ by less. */
const ROUNDING = 1e-9;

export interface BoundSettings {
  readonly method: ConformalMethod;
  /** All rows' scores. */
  readonly order: ScoreOrder;
  /** What rows outside must count for a class to be out. */
  readonly limit: number;
  /** By how much scores must differ to differ. */
  readonly tie: number;
}

/** Fills `set` in where the bounds decide. @returns how many classes are left, which `undecided` holds first */
export type Decide = (bounds: ClassBounds, u: number, set: Uint8Array, undecided: Int32Array) => number;

export function decideByBounds({ method, order, limit, tie }: BoundSettings): Decide {
  const penalty = method === 'raps' ? RANK_PENALTY : 0;
  const penaltyOf = (before: number) => penalty * Math.max(0, before + 1 - FREE_CLASSES);
  const range = { least: 0, most: 0 };
  const scoreRange = ({ low, high }: ClassBounds, u: number, own: number): void => {
    if (method === 'lac') {
      range.least = 1 - high[own]!;
      range.most = 1 - low[own]!;
      return;
    }
    // Classes that are surely before it, and those that may be.
    let sure = 0;
    let may = 0;
    let sureLow = 0;
    let mayHigh = 0;
    let notSureHigh = 0;
    let belowLow = 0;
    for (let other = 0; other < low.length; other++) {
      if (other === own) continue;
      if (low[other]! > high[own]!) {
        sure++;
        sureLow += low[other]!;
      } else notSureHigh += high[other]!;
      if (high[other]! >= low[own]!) {
        may++;
        mayHigh += high[other]!;
      } else belowLow += low[other]!;
    }
    // Probabilities sum to one, so what is not before it tells of what is.
    range.least = Math.max(sureLow + u * low[own]!, 1 - notSureHigh - (1 - u) * high[own]!) + penaltyOf(sure);
    range.most = Math.min(mayHigh + u * high[own]!, 1 - belowLow - (1 - u) * low[own]!) + penaltyOf(may);
  };
  return (bounds, u, set, undecided) => {
    let left = 0;
    for (let own = 0; own < set.length; own++) {
      scoreRange(bounds, u, own);
      if (order.below(range.least - tie - ROUNDING) >= limit) set[own] = 0;
      else if (order.below(range.most - tie + ROUNDING) < limit) set[own] = 1;
      else undecided[left++] = own;
    }
    return left;
  };
}

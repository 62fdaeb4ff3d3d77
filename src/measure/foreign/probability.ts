// Which numbers of other programs are probabilities: those from 0 to 1, but for rounding.

/** How far a probability may miss 0 or 1: single precision and rounding to a few digits stay well within. */
const PROBABILITY_SLACK = 1e-4;

/** A probability that misses 0 or 1 by rounding is that; any other number is itself. */
export function clampProbability(number: number): number {
  if (number < 0 && number >= -PROBABILITY_SLACK) return 0;
  return number > 1 && number <= 1 + PROBABILITY_SLACK ? 1 : number;
}

/** Whether a number is a probability, rounding allowed for; NaN is none. */
export function isShare(number: number): boolean {
  return number >= -PROBABILITY_SLACK && number <= 1 + PROBABILITY_SLACK;
}

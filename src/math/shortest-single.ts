// Numbers in single precision as people write them.

/** Enough for every one of them. */
const MOST_DIGITS = 9;

/** The shortest decimal that is rounded to this number in single precision: 0.1, not 0.10000000149011612. */
export function shortestSingle(single: number): number {
  if (Number.isInteger(single) && Math.abs(single) < 2 ** 24) return single;
  for (let digits = 1; digits < MOST_DIGITS; digits++) {
    const number = Number(single.toPrecision(digits));
    if (Math.fround(number) === single) return number;
  }
  return Number(single.toPrecision(MOST_DIGITS));
}

// From a coverage to the rank that gives it, and the refusal where there are too few rows for one.

import { TuttiError } from '../errors.js';
import type { Conformity } from './conformity.js';

/** (1 − α)(n + 1) is an integer for many round figures, and comes out a rounding above it. */
const ROUNDING = 1e-9;

/** coverage · (count + 1), what rows below a bound must count together: {@link coverageRank} where each counts one. */
export function coverageMass(coverage: number, count: number): number {
  return coverage * (count + 1) - ROUNDING;
}

/**
 * How many of `count` rows a bound must hold: ⌈coverage · (count + 1)⌉. Above `count` only everything is wide enough.
 *
 * **Source:** Vovk, Gammerman and Shafer 2005, Algorithmic learning in a random world, section 2.2.
 */
export function coverageRank(coverage: number, count: number): number {
  return Math.ceil(coverageMass(coverage, count));
}

/** The fewest rows that a coverage can be guaranteed from: the least n with ⌈coverage · (n + 1)⌉ ≤ n. */
export function rowsNeeded(coverage: number): number {
  // c / (1 − c), which is rounded too far where c is near 1.
  let rows = Math.max(1, Math.floor(coverage / (1 - coverage)) - 1);
  while (coverageRank(coverage, rows) > rows) rows++;
  return rows;
}

/** @throws ERR_DATA naming the rows, or groups, that it takes. */
export function requireRows({ rows, groups, method }: Conformity, coverage: number): void {
  const count = groups ?? rows;
  const needed = rowsNeeded(coverage);
  if (count >= needed) return;
  const what = groups === null ? 'row' : 'group';
  const of = method === 'split' ? 'held out' : 'out of bag';
  const most = Math.floor((count / (count + 1)) * 1e4) / 1e4;
  const message =
    `A coverage of ${coverage} needs at least ${needed} ${what}s ${of}, got ${count}` +
    `; from ${count} at most ${most} can be guaranteed`;
  throw new TuttiError('ERR_DATA', message, { option: 'coverage', needed, count });
}

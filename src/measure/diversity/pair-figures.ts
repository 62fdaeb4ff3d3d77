// The figures of two members, from how often which of them is right. Pure arithmetic.

import type { PairCounts } from './pair-counts.js';

export const FIGURES_OF_PAIRS = ['disagreement', 'oneRight', 'doubleFault', 'q', 'kappa'] as const;

export type PairFigureName = (typeof FIGURES_OF_PAIRS)[number];

/** Null where a figure does not exist: of no rows; Q and κ where a member, or both, are right or wrong throughout. */
export interface PairFigures {
  /** Share of rows for which they predict different classes, in [0, 1]. */
  readonly disagreement: number | null;
  /** Share of rows for which one of them alone is right, in [0, 1]: the disagreement measure of the source. */
  readonly oneRight: number | null;
  /** Share of rows that both get wrong, in [0, 1]. */
  readonly doubleFault: number | null;
  /** Yule's Q of being right, in [−1, 1]: 0 of independent members, less where each is right where the other is wrong. */
  readonly q: number | null;
  /** Cohen's κ of being right, in [−1, 1]: agreement beyond what chance alone would give them; 1 of equal ones. */
  readonly kappa: number | null;
}

/**
 * Figures of a pair.
 *
 * **Source:** Kuncheva and Whitaker 2003, section 3: equations 4 (Q), 6 (disagreement), 7 (double fault), and for two
 * classifiers the interrater agreement κ (Kuncheva 2004, Combining Pattern Classifiers, section 10.2.1).
 */
export function pairFigures(counts: PairCounts): PairFigures {
  const { rows, bothRight: a, firstRight: b, secondRight: c, bothWrong: d, alike } = counts;
  const ratio = (of: number, to: number) => (to === 0 ? null : of / to);
  return {
    disagreement: ratio(rows - alike, rows),
    oneRight: ratio(b + c, rows),
    doubleFault: ratio(d, rows),
    q: ratio(a * d - b * c, a * d + b * c),
    kappa: ratio(2 * (a * d - b * c), (a + b) * (b + d) + (a + c) * (c + d)),
  };
}

// Conformal scores of classes: how little a class conforms to probabilities, the more the less. One rule a row.

export type ConformalMethod = 'lac' | 'aps' | 'raps';

export const CONFORMAL_METHODS: readonly ConformalMethod[] = ['lac', 'aps', 'raps'];

/** RAPS: what each class beyond the first {@link FREE_CLASSES} adds to the score. */
export const RANK_PENALTY = 0.05;
export const FREE_CLASSES = 1;

/**
 * - `lac`: 1 − p. The smallest sets on average, which are empty where no class is probable enough.
 * - `aps`: the probabilities of the classes before it, and a share u, uniform in [0, 1), of its own: sets adapt to how hard
 *   a row is.
 * - `raps`: the same, and {@link RANK_PENALTY} for each class before it but the first {@link FREE_CLASSES}: no long tails.
 *
 * @param probability of the class @param above the sum of those before it @param rank how many those are
 * @param u the row's own, the same for all classes
 *
 * **Source:** Sadinle, Lei and Wasserman 2019, Least ambiguous set-valued classifiers with bounded error levels (LAC);
 * Romano, Sesia and Candès 2020, Classification with valid and adaptive coverage (APS); Angelopoulos, Bates, Malik and
 * Jordan 2021, Uncertainty sets for image classifiers using conformal prediction (RAPS).
 */
export function conformalScore(
  method: ConformalMethod,
  probability: number,
  above: number,
  rank: number,
  u: number,
): number {
  if (method === 'lac') return 1 - probability;
  const score = above + u * probability;
  return method === 'aps' ? score : score + RANK_PENALTY * Math.max(0, rank + 1 - FREE_CLASSES);
}

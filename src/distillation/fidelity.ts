// How near one net's answers are to an ensemble's, whatever the truth is.

import type { Task } from '../data/dataset/dataset.js';
import { log } from '../math/functions.js';
import type { CombinedPredictions } from '../predictions/combined-predictions.js';
import { hasOwnVariance } from './soft-targets.js';

/** Of rows that the net was not trained on. */
export interface Fidelity {
  /**
   * KL(ensemble ‖ single) in nats, mean over rows: of their probabilities, or of their Gaussians, there mean over targets
   * too. Null for numbers without variances.
   */
  readonly divergence: number | null;
  /** Share of the rows in which both predict the same class; null for numbers. */
  readonly agreement: number | null;
  /** Of each target, in the user's units; none for classes. */
  readonly targets: readonly TargetFidelity[];
}

export interface TargetFidelity {
  readonly target: string;
  /** Root mean square of single − ensemble. */
  readonly rmse: number;
  /** Share of the variance of the ensemble's answers that the net's follow, at most 1; null where they do not vary. */
  readonly explained: number | null;
}

export function fidelityOf(task: Task, ensemble: CombinedPredictions, single: CombinedPredictions): Fidelity {
  if (task.kind === 'classification') {
    return {
      divergence: classDivergence(ensemble, single),
      agreement: sameLabels(ensemble, single),
      targets: [],
    };
  }
  const bothVary = hasOwnVariance(ensemble) && single.variance !== null;
  return {
    divergence: bothVary ? gaussianDivergence(ensemble, single) : null,
    agreement: null,
    targets: task.targets.map((target, at) => ({ target, ...targetFidelity(ensemble, single, at) })),
  };
}

function classDivergence(ensemble: CombinedPredictions, single: CombinedPredictions): number {
  let sum = 0;
  for (let at = 0; at < ensemble.mean.length; at++) {
    const p = ensemble.mean[at]!;
    if (p > 0) sum += p * (logOf(ensemble, at) - logOf(single, at));
  }
  return sum / ensemble.rows;
}

/** From logits where they are known, so that a rounded zero does not make it infinite. */
function logOf({ logProbabilities, mean }: CombinedPredictions, at: number): number {
  return logProbabilities === null ? log(mean[at]!) : logProbabilities[at]!;
}

function sameLabels(ensemble: CombinedPredictions, single: CombinedPredictions): number {
  let same = 0;
  for (let row = 0; row < ensemble.rows; row++) {
    if (ensemble.labels![row] === single.labels![row]) same++;
  }
  return same / ensemble.rows;
}

/** KL(N(μ, v) ‖ N(m, w)) = ½ (ln(w/v) + (v + (μ − m)²)/w − 1). */
function gaussianDivergence(ensemble: CombinedPredictions, single: CombinedPredictions): number {
  let sum = 0;
  for (let at = 0; at < ensemble.mean.length; at++) {
    const [v, w] = [ensemble.variance![at]!, single.variance![at]!];
    const distance = ensemble.mean[at]! - single.mean[at]!;
    sum += 0.5 * (log(w / v) + (v + distance * distance) / w - 1);
  }
  return sum / ensemble.mean.length;
}

function targetFidelity(ensemble: CombinedPredictions, single: CombinedPredictions, target: number) {
  const { rows, outputs, mean } = ensemble;
  let center = 0;
  for (let row = 0; row < rows; row++) center += mean[row * outputs + target]! / rows;
  let [squares, spread] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const at = row * outputs + target;
    squares += (single.mean[at]! - mean[at]!) ** 2;
    spread += (mean[at]! - center) ** 2;
  }
  return { rmse: Math.sqrt(squares / rows), explained: spread === 0 ? null : 1 - squares / spread };
}

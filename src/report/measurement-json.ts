// What was measured, for programs: the scores that apply at the top, the rest by its own names.

import type { Measurement } from '../measure/measurement.js';
import type { Scores } from '../measure/scores/scores.js';

/** A measurement as `--json` prints it; scores that do not apply to the task are left out. */
export function measurementJson(
  measurement: Measurement,
  targets: readonly string[],
): Record<string, unknown> {
  const { errorCorrelation, ensemble, meanMember, members, kinds, ...rest } = measurement;
  return {
    ...(ensemble === null ? {} : scoresJson(ensemble, targets)),
    members: members.length,
    ...rest,
    meanMember: scoresJson(meanMember, targets),
    memberScores: members.map((scores) => (scores === null ? null : scoresJson(scores, targets))),
    errorCorrelation,
    kinds: kinds.map((kind) => ({
      ...kind,
      meanMember: kind.meanMember && scoresJson(kind.meanMember, targets),
    })),
  };
}

/** `rmse` is one number: over all targets where there are several, with each in `rmseByTarget`. */
function scoresJson(scores: Scores, targets: readonly string[]): Record<string, unknown> {
  const { rmse, squaredError, rows, accuracy, errorRate, logLoss } = scores;
  if (rmse === null) return { rows, accuracy, errorRate, logLoss, squaredError };
  const overall = Math.sqrt(squaredError / rmse.length);
  if (rmse.length === 1) return { rows, rmse: overall, squaredError };
  const rmseByTarget = Object.fromEntries(rmse.map((value, i) => [targets[i]!, value]));
  return { rows, rmse: overall, rmseByTarget, squaredError };
}

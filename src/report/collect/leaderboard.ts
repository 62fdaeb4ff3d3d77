// Members beside the rest, as the leaderboard has them.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { type MetricName, metrics } from '../../measure/metrics/metrics.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { leaderboardOf } from '../../studies/leaderboard/leaderboard.js';
import type { LeaderboardData } from '../page/page-data.js';

/** Null for one member, who has no rest. */
export function leaderboardData(
  ensemble: TrainedEnsemble,
  known: KnownRows,
  aggregator: Aggregator,
  weights: readonly number[] | null,
): LeaderboardData | null {
  if (known.members.length < 2) return null;
  const settings = { aggregator, ...(weights === null ? {} : { weights }) };
  const { metric, better, members } = leaderboardOf(ensemble, known, settings);
  const { title, written } = metrics.get(metric as MetricName);
  return {
    ...{ metric, title, better, written: written === 'share' ? 'share' : 'number' },
    members: members.map(({ index, score, squaredError, rho, contribution, standardError }) => ({
      ...{ index, score, squaredError, rho, contribution, standardError },
    })),
  };
}

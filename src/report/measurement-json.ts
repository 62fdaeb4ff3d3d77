// What was measured, for programs: the scores that apply at the top, the rest by its own names.

import { mean } from '../math/statistics.js';
import type { Measurement } from '../measure/measurement.js';
import type { MetricValue, SummedMetric } from '../measure/metrics/metric.js';
import { type Scores, scoreBy, streamedMetrics } from '../measure/metrics/metrics.js';
import type { RowScores, ScoreDifference } from '../measure/scores/row-scores.js';
import { taskOf } from './score-columns.js';

/** A measurement as `--json` prints it; scores that do not apply to the task are left out. */
export function measurementJson(
  measurement: Measurement,
  targets: readonly string[],
): Record<string, unknown> {
  const { errorCorrelation, ensemble, meanMember, memberScores, kinds, scores, baselines, ...rest } =
    measurement;
  return {
    ...(ensemble === null ? {} : scoresJson(ensemble, targets)),
    members: memberScores.length,
    ...rest,
    ...(scores === null ? {} : rowScoresJson(scores)),
    baselines: Object.fromEntries(
      baselines.map((baseline) => [
        baseline.name,
        { ...rowScoresJson(baseline.scores), differences: differencesJson(baseline.differences) },
      ]),
    ),
    meanMember: scoresJson(meanMember, targets),
    memberScores: memberScores.map((scores) => (scores === null ? null : scoresJson(scores, targets))),
    errorCorrelation,
    kinds: kinds.map((kind) => ({
      ...kind,
      meanMember: kind.meanMember && scoresJson(kind.meanMember, targets),
    })),
  };
}

/** Every score by its name, with how its interval was made, and the confusion of classes. */
function rowScoresJson({
  scores,
  confusion,
  weighted,
  level,
  replicates,
}: RowScores): Record<string, unknown> {
  return {
    scores: Object.fromEntries(scores.map(({ name, title: _, ...own }) => [name, own])),
    ...(level === null ? {} : { intervals: { level, replicates } }),
    ...(weighted ? { rowWeights: true } : {}),
    ...(confusion === null ? {} : { confusion }),
  };
}

function differencesJson(differences: readonly ScoreDifference[]): Record<string, unknown> {
  return Object.fromEntries(differences.map(({ metric, ...own }) => [metric, own]));
}

function scoresJson(scores: Scores, targets: readonly string[]): Record<string, unknown> {
  const task = taskOf(targets);
  const applying = streamedMetrics().filter(({ tasks }) => tasks.includes(task));
  const entries = applying.flatMap((metric) => valueEntries(metric, scoreBy(scores, metric), targets));
  return { rows: scores.rows, ...Object.fromEntries(entries) };
}

/** What a metric says of each target is one number too: over all of them, with each in `rmseByTarget` where there are several. */
function valueEntries(
  { name, average = mean }: SummedMetric,
  value: MetricValue | null,
  targets: readonly string[],
): [string, unknown][] {
  if (value === null || typeof value === 'number') return [[name, value]];
  if (value.length === 1) return [[name, value[0]]];
  const each = Object.fromEntries(value.map((own, at) => [targets[at]!, own]));
  return [
    [name, average(value)],
    [`${name}ByTarget`, each],
  ];
}

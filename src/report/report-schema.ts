// A report that was kept in a file, read again. Files are believed nothing: what is no report of this version is none.

import type { ErrorCorrelation } from '../measure/correlation/error-report.js';
import type { HonestTest } from '../measure/honest-test.js';
import type { Measurement } from '../measure/measurement.js';
import { metrics, type Scores, streamedMetrics } from '../measure/metrics/metrics.js';
import type { BaselineMeasurement } from '../measure/scores/against-baselines.js';
import type { RowScores } from '../measure/scores/row-scores.js';
import { isPlainObject } from '../option-names.js';
import { AGGREGATORS } from '../predictions/aggregate/aggregators.js';
import { check } from '../schema-check.js';
import * as z from '../zod.js';
import type { EnsembleReport } from './ensemble-report.js';

/** The report, or null for anything else that may stand in a file's place for it. */
export function parseReport(stored: unknown): EnsembleReport | null {
  return check(reportSchema, stored).data;
}

const count = z.int().min(0);
const number = z.number();
const maybe = number.nullable();

const figures = z.object({
  v: maybe,
  c: maybe,
  rho: maybe,
  vMinusC: maybe,
  measured: maybe,
  estimate: maybe,
});

const interval = z.object({ low: number, high: number }).nullable();

const intervals = z.object({
  level: number,
  replicates: count,
  v: interval,
  c: interval,
  rho: interval,
  vMinusC: interval,
  measured: interval,
  estimate: interval,
  percentile: z.array(z.enum(['v', 'c', 'rho', 'vMinusC', 'measured', 'estimate'])),
});

const errorCorrelation = z.object({
  rowsFrom: z.enum(['heldOut', 'outOfBag']),
  task: z.enum(['classification', 'regression']),
  memberCount: count,
  rows: count,
  v: number,
  c: maybe,
  rho: maybe,
  vMinusC: maybe,
  predicted: number,
  measured: number,
  meanMember: number,
  ambiguity: number,
  memberErrors: z.array(maybe),
  effectiveMembers: maybe,
  nextMemberGain: maybe,
  curve: z.array(z.object({ memberCount: count, squaredError: number })),
  // Reports of former versions have none.
  forecasts: z
    .array(
      z.object({ memberCount: count, v: number, c: number, predicted: number, relativeDifference: maybe }),
    )
    .default([]),
  standardErrors: figures,
  intervals: intervals.nullable(),
  covariance: z.array(z.array(maybe)).nullable(),
  outOfBag: z
    .object({
      totalRows: count,
      neverOutOfBag: count,
      coverage: number,
      singleMemberRows: count,
      meanMembersPerRow: number,
      estimateForAllMembers: maybe,
    })
    .nullable(),
}) satisfies z.ZodType<ErrorCorrelation>;

/** By the metrics there are. One that came after the file was written is missing there, and does not count. */
const scores = z.custom<Scores>((value) => {
  if (!isPlainObject(value) || !count.safeParse(value.rows).success) return false;
  return streamedMetrics().every(({ name, values }) => {
    const own = values === 'one' ? number : z.array(number);
    return (name === 'squaredError' ? own : own.nullish()).safeParse(value[name]).success;
  });
});

const pairFigures = z.object({
  disagreement: maybe,
  oneRight: maybe,
  doubleFault: maybe,
  q: maybe,
  kappa: maybe,
});

/** Of a metric that there is: texts ask it for its title. */
const metricName = z.string().refine((name) => metrics.has(name));

const score = z.object({
  name: metricName,
  title: z.string(),
  value: maybe,
  interval,
  perClass: z.array(maybe).exactOptional(),
  perTarget: z.array(maybe).exactOptional(),
  lacks: z.string().exactOptional(),
});

const rowScores = z.object({
  rows: count,
  weighted: z.boolean(),
  level: maybe,
  replicates: count,
  scores: z.array(score),
  confusion: z.array(z.array(number)).nullable(),
}) satisfies z.ZodType<RowScores>;

const baseline = z.object({
  name: z.enum(['constant', 'linear']),
  scores: rowScores,
  differences: z.array(
    z.object({ metric: metricName, difference: number, interval, better: z.boolean().nullable() }),
  ),
}) satisfies z.ZodType<BaselineMeasurement>;

const measurement = z.object({
  errorCorrelation,
  aggregator: z.enum(AGGREGATORS),
  weighted: z.boolean(),
  ensemble: scores.nullable(),
  meanMember: scores,
  memberScores: z.array(scores.nullable()),
  flooredCount: count,
  flooredShare: number,
  targetVariance: maybe,
  disagreement: maybe,
  // Reports of former versions have none.
  diversity: pairFigures.nullable().default(null),
  // No training samples subsets.
  curves: z.null(),
  // Of files from before there were any.
  scores: rowScores.nullable().default(null),
  baselines: z.array(baseline).default([]),
  kinds: z.array(
    z.object({
      kind: z.string(),
      memberIndices: z.array(count),
      errorCorrelation: errorCorrelation.nullable(),
      meanMember: scores.nullable(),
      covarianceWith: z.array(maybe),
    }),
  ),
}) satisfies z.ZodType<Measurement>;

const honestTest = z.object({
  memberCount: count,
  predicted: number,
  predictedStandardError: maybe,
  predictedInterval: interval,
  outOfBagRows: count,
  measured: number,
  measuredStandardError: maybe,
  measuredInterval: interval,
  testRows: count,
  difference: number,
  relativeDifference: maybe,
  standardError: maybe,
  z: maybe,
  pValue: maybe,
  level: number,
  consistent: z.boolean().nullable(),
}) satisfies z.ZodType<HonestTest>;

const reportSchema = z.object({
  version: z.literal(1),
  targets: z.array(z.string()),
  classes: z.array(z.string()).default([]),
  outOfBag: measurement.nullable(),
  test: measurement.nullable(),
  testName: z.string(),
  honestTest: honestTest.nullable(),
  activeUnits: z.array(z.array(number).nullable()).nullable(),
}) satisfies z.ZodType<EnsembleReport>;

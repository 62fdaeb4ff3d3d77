// All metrics, and the scores they make up. To add one: its file, and its place in this list (of one that members have
// too, in this interface as well). Texts have their columns and lines in this order; selection makes the first small
// that fits.

import type { TaskKind } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { createRegistry } from '../../registry.js';
import { accuracy } from './accuracy.js';
import { adaptiveCalibrationError } from './adaptive-calibration-error.js';
import { auroc } from './auroc.js';
import { averagePrecision } from './average-precision.js';
import { balancedAccuracy } from './balanced-accuracy.js';
import { reliability } from './brier-reliability.js';
import { binningResidual } from './brier-residual.js';
import { resolution } from './brier-resolution.js';
import { uncertainty } from './brier-uncertainty.js';
import { expectedCalibrationError } from './calibration-error.js';
import { crps } from './crps.js';
import { errorRate } from './error-rate.js';
import { excessRiskCoverageArea } from './excess-risk-coverage-area.js';
import { f1 } from './f1.js';
import { f1Macro } from './f1-macro.js';
import { f1Weighted } from './f1-weighted.js';
import { intervalCoverage } from './interval-coverage.js';
import { intervalWidth } from './interval-width.js';
import { labelAccuracy, labelF1, labelLogLoss } from './label-heads.js';
import { logLoss } from './log-loss.js';
import { mae } from './mae.js';
import { mcc } from './mcc.js';
import type { Metric, MetricValue, ScalarMetric, SummedMetric } from './metric.js';
import { nll } from './nll.js';
import { pinball } from './pinball.js';
import { quantileCoverage, quantileLoss, quantileWidth } from './quantile-heads.js';
import { r2 } from './r2.js';
import { riskCoverageArea } from './risk-coverage-area.js';
import { rmse } from './rmse.js';
import { squaredError } from './squared-error.js';

const BUILT_IN = [
  ...[accuracy, balancedAccuracy, f1, f1Macro, f1Weighted, mcc, auroc, averagePrecision, logLoss, errorRate],
  ...[rmse, mae, r2, nll, crps, pinball, intervalCoverage, intervalWidth],
  ...[quantileLoss, quantileCoverage, quantileWidth, labelLogLoss, labelAccuracy, labelF1],
  ...[squaredError, reliability, resolution, uncertainty, binningResidual],
  ...[expectedCalibrationError, adaptiveCalibrationError],
  ...[riskCoverageArea, excessRiskCoverageArea],
] as const;

export type MetricName = (typeof BUILT_IN)[number]['name'];

/** The names of an ensemble's scores, by its task; of a task that is not known, all of them. */
export type ScoreName<Kind extends TaskKind = TaskKind> = {
  [Entry in (typeof BUILT_IN)[number] as Entry['name']]: [Extract<Kind, Entry['listed'][number]>] extends [
    never,
  ]
    ? never
    : Entry['name'];
}[(typeof BUILT_IN)[number]['name']];

export const metrics = createRegistry<Metric, MetricName>('metric', BUILT_IN);

/** The metrics that members have too, streamed. */
export function streamedMetrics(): readonly SummedMetric[] {
  return metrics.entries.filter(
    (metric): metric is SummedMetric => metric.from === 'sums' && metric.of === 'everyone',
  );
}

/** Means over rows; `null` where a score does not apply to the task. */
export interface Scores {
  readonly rows: number;
  readonly accuracy: number | null;
  /** Mean of −ln p(true class), p floored at 1e-15; null for votes, which are no probabilities. */
  readonly logLoss: number | null;
  /** Share of rows whose predicted class is wrong: 1 − accuracy. */
  readonly errorRate: number | null;
  /** Per target, in the user's units: √ of the mean squared error, of mean scores too. */
  readonly rmse: readonly number[] | null;
  /** Summed over outputs: the Brier score over classes, or the squared error over targets. */
  readonly squaredError: number;
}

/** One number for each score; null where the score is. */
export type ScoreSpread = Omit<Scores, 'rows'>;

/** What there is of each metric, and null of the others. */
export function byMetric(value: (metric: SummedMetric) => MetricValue | null): ScoreSpread {
  const values = Object.fromEntries(streamedMetrics().map((metric) => [metric.name, value(metric)]));
  if (hasScores(values)) return values;
  throw new TuttiError('ERR_INTERNAL', 'Expected a squared error of every prediction, got none');
}

/** Every task has squared errors; what else is there is as its metric says. */
function hasScores<T extends object>(values: T): values is T & ScoreSpread {
  return 'squaredError' in values && values.squaredError !== null;
}

/** A metric's own part of some scores; null where it has none. */
export function scoreBy(scores: ScoreSpread, { name }: { readonly name: string }): MetricValue | null {
  const values: Readonly<Record<string, MetricValue | null>> = { ...scores };
  return values[name] ?? null;
}

/** Metrics of one number that is better small: those that selecting members can make small. */
export type SelectionMetric = Extract<
  (typeof BUILT_IN)[number],
  { better: 'less'; values: 'one'; of: 'everyone' }
>['name'];

/** A metric that a selection can make small. */
export type Selecting = ScalarMetric & { readonly name: SelectionMetric };

export const selectionMetrics = {
  get entries(): readonly Selecting[] {
    return streamedMetrics().filter(
      (metric): metric is Selecting => metric.values === 'one' && metric.better === 'less',
    );
  },
  get names(): readonly SelectionMetric[] {
    return this.entries.map(({ name }) => name);
  },
};

// All metrics, and the scores they make up. To add one: its file, and its place in this list and this interface. Texts
// have their columns in this order; selection makes the first small that fits.

import { TuttiError } from '../../errors.js';
import { createRegistry } from '../../registry.js';
import { accuracy } from './accuracy.js';
import { errorRate } from './error-rate.js';
import { logLoss } from './log-loss.js';
import type { Metric, MetricValue, ScalarMetric } from './metric.js';
import { rmse } from './rmse.js';
import { squaredError } from './squared-error.js';

const BUILT_IN = [accuracy, logLoss, errorRate, rmse, squaredError] as const;

export type MetricName = (typeof BUILT_IN)[number]['name'];

export const metrics = createRegistry<Metric, MetricName>('metric', BUILT_IN);

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
export function byMetric(value: (metric: Metric) => MetricValue | null): ScoreSpread {
  const values = Object.fromEntries(metrics.entries.map((metric) => [metric.name, value(metric)]));
  if (hasScores(values)) return values;
  throw new TuttiError('ERR_INTERNAL', 'Expected a squared error of every prediction, got none');
}

/** Every task has squared errors; what else is there is as its metric says. */
function hasScores<T extends object>(values: T): values is T & ScoreSpread {
  return 'squaredError' in values && values.squaredError !== null;
}

/** A metric's own part of some scores; null where it has none. */
export function scoreBy(scores: ScoreSpread, { name }: Metric): MetricValue | null {
  const values: Readonly<Record<string, MetricValue | null>> = { ...scores };
  return values[name] ?? null;
}

/** Metrics of one number that is better small: those that selecting members can make small. */
export type SelectionMetric = Extract<(typeof BUILT_IN)[number], { better: 'less'; values: 'one' }>['name'];

type Selecting = ScalarMetric & { readonly name: SelectionMetric };

export const selectionMetrics = {
  get entries(): readonly Selecting[] {
    return metrics.entries.filter(
      (metric): metric is Selecting => metric.values === 'one' && metric.better === 'less',
    );
  },
  get names(): readonly SelectionMetric[] {
    return this.entries.map(({ name }) => name);
  },
};

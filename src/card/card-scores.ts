// The scores of a card: each with its interval where there is one.

import { mean } from '../math/statistics.js';
import type { Interval } from '../measure/correlation/intervals.js';
import type { Measurement } from '../measure/measurement.js';
import { metrics, scoreBy, streamedMetrics } from '../measure/metrics/metrics.js';
import type { RowScores } from '../measure/scores/row-scores.js';
import { taskOf } from '../report/score-columns.js';
import { figure, percent } from '../report/words.js';

export interface CardScore {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  readonly interval: Interval | null;
  readonly written: 'share' | 'figure';
}

/** Scores of an ensemble on some rows, in the order of all lists of them. */
export function cardScores(measurement: Measurement, targets: readonly string[]): CardScore[] {
  // Files of former versions have no others.
  return measurement.scores === null ? streamed(measurement, targets) : listed(measurement.scores);
}

/** Those of a list that have a value. */
export function listed({ scores }: RowScores): CardScore[] {
  return scores.flatMap(({ name, title, value, interval }) => {
    if (value === null || !Number.isFinite(value)) return [];
    const written = metrics.has(name) ? metrics.get(name).written : 'figure';
    return [{ name, title, value, interval, written }];
  });
}

function streamed({ ensemble }: Measurement, targets: readonly string[]): CardScore[] {
  if (ensemble === null) return [];
  const task = taskOf(targets);
  return streamedMetrics()
    .filter(({ tasks }) => tasks.includes(task))
    .flatMap((metric) => {
      const { name, title, written, average = mean } = metric;
      const value = scoreBy(ensemble, metric);
      if (value === null) return [];
      const own = typeof value === 'number' ? value : average(value);
      return Number.isFinite(own) ? [{ name, title, value: own, interval: null, written }] : [];
    });
}

/** `97.6 % [96.1, 98.9]` */
export function scoreText({ value, interval, written }: CardScore): string {
  const text = written === 'share' ? percent(value) : figure(value);
  if (interval === null) return text;
  const end = (own: number) => (written === 'share' ? (100 * own).toFixed(2) : figure(own));
  return `${text} [${end(interval.low)}, ${end(interval.high)}]`;
}

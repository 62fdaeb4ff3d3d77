// The columns that metrics have in tables: which of them, under which heads, and their values as texts.

import type { Task } from '../data/dataset/dataset.js';
import type { Metric, SummedMetric } from '../measure/metrics/metric.js';
import { type ScoreSpread, scoreBy, streamedMetrics } from '../measure/metrics/metrics.js';
import { figure, percent } from './words.js';

/** The task of a report on these targets; classes have none. */
export function taskOf(targets: readonly string[]): Task['kind'] {
  return targets.length === 0 ? 'classification' : 'regression';
}

/** The metrics of a table. */
export function columnsOf(table: 'scores' | 'curves', task: Task['kind']): readonly SummedMetric[] {
  return streamedMetrics().filter(({ columns }) => columns[table].includes(task));
}

/** A metric's values in some scores as texts: one, or one for each target; a dash where there is none. */
export function valueTexts(metric: Metric, scores: ScoreSpread): readonly string[] {
  const value = scoreBy(scores, metric);
  if (value === null) return ['–'];
  return (typeof value === 'number' ? [value] : value).map((own) => metricText(metric, own));
}

export function metricText({ written }: Pick<Metric, 'written'>, value: number): string {
  return written === 'share' ? percent(value) : figure(value);
}

/** A metric of one number beside its spread over several ensembles. */
export function textWithSpread(metric: Metric, scores: ScoreSpread, spread: ScoreSpread | null): string {
  const values = valueTexts(metric, scores);
  // Of several targets there is not one number.
  if (values.length > 1) return '–';
  return (
    [values, spread === null ? [] : valueTexts(metric, spread)]
      .flat()
      .filter((text) => text !== '–')
      .join(' ± ') || '–'
  );
}

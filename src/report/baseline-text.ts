// An ensemble beside what it should beat, as lines, and a plain sentence where it does not.

import { metrics } from '../measure/metrics/metrics.js';
import { type BaselineMeasurement, lostTo } from '../measure/scores/against-baselines.js';
import type { RowScores, ScoreDifference } from '../measure/scores/row-scores.js';
import type { NamedMeasurement } from './named-measurement.js';
import type { Palette } from './palette.js';
import { metricText } from './score-columns.js';
import { alignColumns, type TextRow } from './text-table.js';
import { figure } from './words.js';

/** What texts call a baseline. */
export function baselineTitle(
  name: BaselineMeasurement['name'],
  task: 'classification' | 'regression',
): string {
  if (name === 'linear') return task === 'classification' ? 'logistic regression' : 'linear regression';
  return task === 'classification' ? 'majority class' : 'mean';
}

/** A line for each baseline on each set of rows, then sentences; nothing where no baseline is known. */
export function baselineLines(
  all: readonly NamedMeasurement[],
  task: 'classification' | 'regression',
  palette: Palette,
): string[] {
  const rows = all.flatMap(({ name, measurement }) =>
    measurement.baselines.map((baseline) => ({ name, baseline })),
  );
  if (rows.length === 0) return [];
  const names = rows[0]!.baseline.differences.map(({ metric }) => metric);
  const table: TextRow[] = [
    ['Baselines', ...names.flatMap((metric) => [metrics.get(metric).title, 'ensemble − baseline'])],
    ...rows.map(
      ({ name, baseline }): TextRow => [
        `${baselineTitle(baseline.name, task)}, ${name}`,
        ...names.flatMap((metric) => [
          valueText(baseline.scores, metric),
          differenceText(baseline.differences.find((own) => own.metric === metric)),
        ]),
      ],
    ),
  ];
  const [head, ...lines] = alignColumns(table);
  return [palette.bold(head!), ...lines, ...all.flatMap((named) => lossLines(named, task))];
}

function valueText(scores: RowScores, metric: string): string {
  const value = scoreValue(scores, metric);
  return value === null ? '–' : metricText(metrics.get(metric), value);
}

function scoreValue({ scores }: RowScores, metric: string): number | null {
  return scores.find(({ name }) => name === metric)?.value ?? null;
}

function differenceText(difference: ScoreDifference | undefined): string {
  if (difference === undefined) return '–';
  const { interval } = difference;
  const ends =
    interval === null
      ? ''
      : ` [${signed(interval.low, difference, 3)}, ${signed(interval.high, difference, 3)}]`;
  return `${signed(difference.difference, difference)}${ends}`;
}

/** `+0.12`, `−3.4 %`. */
function signed(value: number, { metric }: ScoreDifference, digits = 4): string {
  const sign = value < 0 ? '−' : value > 0 ? '+' : '';
  const share = metrics.get(metric).written === 'share';
  return `${sign}${share ? `${(100 * Math.abs(value)).toFixed(1)} %` : figure(Math.abs(value), digits)}`;
}

/**
 * Where the ensemble is worse than a baseline, a sentence each: `The ensemble is worse than a logistic regression (test): log-loss
 * 0.31 against 0.15, +0.16 [+0.11, +0.22].` Where the interval holds 0 it is no better.
 */
export function lossLines(
  { name: rows, measurement: { scores, baselines } }: NamedMeasurement,
  task: 'classification' | 'regression',
): string[] {
  return lostTo(baselines).map(({ name, difference }) => {
    const { metric, interval } = difference;
    const baseline = baselines.find((own) => own.name === name)!;
    const article = name === 'linear' ? 'a' : 'the';
    const values = [scores, baseline.scores].map((own) => (own === null ? '–' : valueText(own, metric)));
    const chance = interval === null || (interval.low <= 0 && interval.high >= 0);
    return (
      `The ensemble is ${chance ? 'no better' : 'worse'} than ${article} ${baselineTitle(name, task)} (${rows}): ` +
      `${metrics.get(metric).title} ${values.join(' against ')}, ${differenceText(difference)}` +
      `${chance ? ', which may be chance in the rows' : ''}.`
    );
  });
}

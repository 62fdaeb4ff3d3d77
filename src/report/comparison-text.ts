// Ensembles side by side, as lines for people: a table for each one beside the first, with what is shown to be better.

import type { Metric } from '../measure/metrics/metric.js';
import { metrics } from '../measure/metrics/metrics.js';
import type { McNemar } from '../measure/scores/mcnemar.js';
import type {
  EnsembleComparison,
  PairedComparison,
  PairedScore,
} from '../studies/comparison/compare-ensembles.js';
import type { Palette } from './palette.js';
import { metricText } from './score-columns.js';
import { alignColumns, type TextRow } from './text-table.js';
import { counted, figure, levelText } from './words.js';

/** Parts of the Brier score say nothing alone of which is better. */
const PARTS = ['reliability', 'resolution', 'uncertainty', 'binningResidual'];

/** @param rows what the rows are called. */
export function comparisonLines(comparison: EnsembleComparison, rows: string, palette: Palette): string[] {
  const weights = comparison.weighted ? ' by their weights' : '';
  const heading = `${rows}, ${counted(comparison.rows, 'row')}${weights}; differences are paired, row by row`;
  return [
    palette.bold(heading),
    ...comparison.comparisons.flatMap((own) => ['', ...pairLines(comparison, own, palette)]),
  ];
}

function pairLines(comparison: EnsembleComparison, own: PairedComparison, palette: Palette): string[] {
  const [first, second] = [own.first, own.second].map((place) => comparison.ensembles[place]!.name);
  const names = { first: first!, second: second! };
  const { level } = comparison;
  const shown = own.scores.filter(({ metric }) => metrics.has(metric) && !PARTS.includes(metric));
  const interval = level === null ? '' : ` [${levelText(level)}]`;
  const rows: TextRow[] = [
    ['', names.first, names.second, `difference${interval}`, ...(level === null ? [] : ['better'])],
    ...shown.map((score): TextRow => {
      const metric = metrics.get(score.metric);
      const cells = [score.title, metricText(metric, score.first), metricText(metric, score.second)];
      const verdict = score.better === null ? 'no difference shown' : names[score.better];
      return [...cells, differenceText(metric, score), ...(level === null ? [] : [verdict])];
    }),
  ];
  const [head, ...lines] = alignColumns(rows, '   ');
  return [
    palette.dim(head!),
    ...lines,
    ...(own.mcNemar === null ? [] : [mcNemarLine(own.mcNemar, names, level ?? 0.95)]),
  ];
}

/** A paired difference with its sign and interval. */
export function differenceText(metric: Metric, { difference, interval }: PairedScore): string {
  const signed = (value: number, text: string) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${text}`;
  const value = signed(difference, metricText(metric, Math.abs(difference)));
  if (interval === null) return value;
  const ends = [interval.low, interval.high].map((end) => {
    const size = Math.abs(end);
    return signed(end, metric.written === 'share' ? (100 * size).toFixed(2) : figure(size, 3));
  });
  return `${value} [${ends.join(', ')}]`;
}

function mcNemarLine(
  { firstAlone, secondAlone, pValue, exact }: McNemar,
  { first, second }: { readonly first: string; readonly second: string },
  level: number,
): string {
  const counts = `${first} alone is right in ${counted(firstAlone, 'row')}, ${second} in ${counted(secondAlone, 'row')}`;
  const p = `p = ${figure(pValue, 2)}${exact ? '' : ', by weights'}`;
  const verdict =
    pValue >= 1 - level
      ? 'no difference shown'
      : `${firstAlone > secondAlone ? first : second} is right more often`;
  return `McNemar's test of the classes: ${counts} (${p}): ${verdict}`;
}

// Scores by number of members as lines: what the mean of so many members scores, over sampled subsets.

import type { Task } from '../data/dataset/dataset.js';
import type { Measurement } from '../measure/measurement.js';
import type { SubsetPoint } from '../measure/scores/subset-curves.js';
import { aggregators } from '../predictions/aggregate/aggregators.js';
import type { Palette } from './palette.js';
import { columnsOf, textWithSpread } from './score-columns.js';
import { alignColumns, type TextRow } from './text-table.js';
import { figure, percent } from './words.js';

/** A table for each aggregator, and what few members foretell for all; nothing where no curves were measured. */
export function curveLines(measurement: Measurement, task: Task['kind'], palette: Palette): string[] {
  const { curves, errorCorrelation } = measurement;
  if (curves === null) return [];
  const tables = Object.entries(curves).flatMap(([aggregator, points]) => {
    const { title, linear } = aggregators.get(aggregator);
    const foretold = linear ? errorCorrelation : null;
    const [head, ...lines] = alignColumns(curveRows(points, task, foretold));
    const caption = `Scores by number of members, ${title} (± over subsets)`;
    return ['', palette.bold(caption), palette.dim(`  ${head}`), ...lines.map((line) => `  ${line}`)];
  });
  return [...tables, ...forecastLines(measurement, palette)];
}

/** What the first members foretell for all; nothing where that is not known. */
function forecastLines({ errorCorrelation }: Measurement, palette: Palette): string[] {
  const { forecasts, memberCount, measured } = errorCorrelation;
  if (forecasts.length === 0) return [];
  const rows: TextRow[] = [
    ['first members', 'v', 'c', `foretold for ${memberCount}`, `off the ${figure(measured)} measured`],
    ...forecasts.map(({ memberCount: count, v, c, predicted, relativeDifference }): TextRow => {
      const off = relativeDifference ?? 0;
      const sign = off < 0 ? '−' : '+';
      const text = relativeDifference === null ? '–' : `${sign}${percent(Math.abs(off), 1)}`;
      return [`${count}`, figure(v), figure(c), figure(predicted), text];
    }),
  ];
  const [head, ...lines] = alignColumns(rows);
  const caption = 'Squared error of all members, foretold from the first few by v/k + (k−1)c/k';
  return ['', palette.bold(caption), palette.dim(`  ${head}`), ...lines.map((line) => `  ${line}`)];
}

function curveRows(
  points: readonly SubsetPoint[],
  task: Task['kind'],
  foretold: Measurement['errorCorrelation'] | null,
): TextRow[] {
  const columns = columnsOf('curves', task);
  const heads = columns.map(({ title }) => title);
  return [
    ['members', 'subsets', ...heads, ...(foretold === null ? [] : ['v/j + (j−1)c/j'])],
    ...points.map(({ memberCount, subsets, scores, spread }): TextRow => {
      const cells = columns.map((metric) => textWithSpread(metric, scores, spread));
      const formula = foretold === null ? [] : [foretoldText(memberCount, foretold)];
      return [`${memberCount}`, `${subsets}`, ...cells, ...formula];
    }),
  ];
}

/** What v and c foretell for `members` members. */
function foretoldText(members: number, { v, c }: Measurement['errorCorrelation']): string {
  return figure(c === null ? v : v / members + ((members - 1) * c) / members);
}

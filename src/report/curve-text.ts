// Scores by number of members as lines: what the mean of so many members scores, over sampled subsets.

import type { Task } from '../data/dataset/dataset.js';
import type { Measurement } from '../measure/measurement.js';
import type { SubsetPoint } from '../measure/scores/subset-curves.js';
import { aggregators } from '../predictions/aggregate/aggregators.js';
import type { Palette } from './palette.js';
import { columnsOf, textWithSpread } from './score-columns.js';
import { alignColumns, type TextRow } from './text-table.js';
import { figure } from './words.js';

/** A table for each aggregator; nothing where no curves were measured. */
export function curveLines(
  { curves, errorCorrelation }: Measurement,
  task: Task['kind'],
  palette: Palette,
): string[] {
  return Object.entries(curves ?? {}).flatMap(([aggregator, points]) => {
    const { title, linear } = aggregators.get(aggregator);
    const foretold = linear ? errorCorrelation : null;
    const [head, ...lines] = alignColumns(curveRows(points, task, foretold));
    const caption = `Scores by number of members, ${title} (± over subsets)`;
    return ['', palette.bold(caption), palette.dim(`  ${head}`), ...lines.map((line) => `  ${line}`)];
  });
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

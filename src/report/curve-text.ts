// Scores by number of members as lines: what the mean of so many members scores, over sampled subsets.

import type { Measurement } from '../measure/measurement.js';
import type { SubsetPoint } from '../measure/scores/subset-curves.js';
import { aggregators } from '../predictions/aggregate/aggregators.js';
import type { Palette } from './palette.js';
import { alignColumns, type TextRow } from './text-table.js';
import { figure, percent } from './words.js';

/** A table for each aggregator; nothing where no curves were measured. */
export function curveLines({ curves, errorCorrelation }: Measurement, palette: Palette): string[] {
  return Object.entries(curves ?? {}).flatMap(([aggregator, points]) => {
    const { title, linear } = aggregators.get(aggregator);
    const foretold = linear ? errorCorrelation : null;
    const [head, ...lines] = alignColumns(curveRows(points, foretold));
    const caption = `Scores by number of members, ${title} (± over subsets)`;
    return ['', palette.bold(caption), palette.dim(`  ${head}`), ...lines.map((line) => `  ${line}`)];
  });
}

function curveRows(
  points: readonly SubsetPoint[],
  foretold: Measurement['errorCorrelation'] | null,
): TextRow[] {
  const classes = points[0]!.scores.accuracy !== null;
  const heads = classes ? ['accuracy', 'log-loss', 'squared error'] : ['RMSE', 'squared error'];
  return [
    ['members', 'subsets', ...heads, ...(foretold === null ? [] : ['v/j + (j−1)c/j'])],
    ...points.map(({ members, subsets, scores, spread }): TextRow => {
      const cells = classes
        ? [
            withSpread(scores.accuracy, spread?.accuracy, percent),
            withSpread(scores.logLoss, spread?.logLoss, figure),
          ]
        : // Of several targets the squared error alone is one number.
          [scores.rmse!.length === 1 ? withSpread(scores.rmse![0]!, spread?.rmse?.[0], figure) : '–'];
      const squared = withSpread(scores.squaredError, spread?.squaredError, figure);
      const formula = foretold === null ? [] : [foretoldText(members, foretold)];
      return [`${members}`, `${subsets}`, ...cells, squared, ...formula];
    }),
  ];
}

/** What v and c foretell for `members` members. */
function foretoldText(members: number, { v, c }: Measurement['errorCorrelation']): string {
  return figure(c === null ? v : v / members + ((members - 1) * c) / members);
}

function withSpread(
  value: number | null,
  spread: number | null | undefined,
  text: (value: number) => string,
): string {
  if (value === null) return '–';
  return spread === null || spread === undefined ? text(value) : `${text(value)} ± ${text(spread)}`;
}

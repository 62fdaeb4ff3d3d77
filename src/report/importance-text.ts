// What matters, for people: the columns by how much worse the score becomes without them.

import type { ColumnImportance, PermutationImportance } from '../explain/permutation-importance.js';
import { metrics } from '../measure/metrics/metrics.js';
import type { Palette } from './palette.js';
import { alignColumns } from './text-table.js';
import { counted, figure, grouped } from './words.js';

/** Columns that are printed; a file has them all. */
const MOST_COLUMNS = 25;

export function importanceLines(report: PermutationImportance, name: string, palette: Palette): string[] {
  const { metric, rowsFrom, rows, of, repeats, score, columns } = report;
  const { title } = metrics.get(metric);
  const whose = rowsFrom === 'outOfBag' ? 'out of bag' : 'held out';
  const drawn = rows === of ? counted(rows, 'row') : `${grouped(rows)} of ${counted(of, 'row')}`;
  const [head, ...lines] = alignColumns([
    ['column', `${title} worse by`, '± repeats', 'of a member', '± members'],
    ...columns.slice(0, MOST_COLUMNS).map(cells),
  ]);
  const more = columns.length - MOST_COLUMNS;
  return [
    palette.bold(
      `${name}: ${drawn} ${whose}, ${title} ${figure(score)}; each column permuted ${times(repeats)}`,
    ),
    palette.dim(head!),
    ...lines,
    ...(more > 0 ? [palette.dim(`… and ${counted(more, 'more column')} that matter less`)] : []),
  ];
}

function cells(column: ColumnImportance): string[] {
  const { name, importance, repeatSpread, memberMean, memberSpread } = column;
  return [name, figure(importance), figure(repeatSpread, 2), figure(memberMean), figure(memberSpread, 2)];
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

// What refitting came to, in lines.

import type { RefitReport } from '../refitting/options.js';
import { comparisonLines } from './comparison-text.js';
import type { Palette } from './palette.js';
import { alignColumns } from './text-table.js';
import { counted } from './words.js';

export function refitLines(report: RefitReport, palette: Palette): string[] {
  const { rows, members, onAllRows, epochs, heldOut, check } = report;
  const [least, most] = [Math.min(...epochs), Math.max(...epochs)];
  const own = members - onAllRows;
  const which =
    own === 0
      ? `on all ${counted(rows, 'row')}`
      : onAllRows === 0
        ? `on rows that each drew from ${rows}`
        : `${onAllRows} on all ${counted(rows, 'row')}, ${own} on rows that each drew from them`;
  const how =
    most === 0
      ? []
      : [['epochs', least === most ? String(least) : `${least} to ${most}, as each was trained before`]];
  return [
    palette.bold(`Refitted ${counted(members, 'member')}`),
    ...alignColumns([['rows', which], ...how]).map((line) => `  ${line}`),
    ...(heldOut === null ? [] : ['', ...comparisonLines(heldOut, 'held-out rows', palette)]),
    ...(check === null
      ? []
      : [
          '',
          ...comparisonLines(
            check,
            `Both ways on ${counted(check.trainedOn, 'row')}, and judged on the others`,
            palette,
          ),
        ]),
    ...(heldOut === null && check === null
      ? ['', 'What it is worth is not known: no row is left that it has not seen.']
      : []),
  ];
}

// The options that say which figures a measurement has: its intervals, and curves over the number of members.

import { failOption } from '../../errors.js';
import {
  INTERVAL_OPTIONS,
  INTERVAL_USES,
  type IntervalOptions,
} from '../../measure/correlation/intervals.js';
import { requireUses } from '../../option-names.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const figures = rowsIn('figures');

/** For every command that prints intervals. */
export const INTERVAL_ROWS: readonly OptionRow[] = [
  figures.of(INTERVAL_OPTIONS, 'level', { argument: 'share' }),
  figures.of(INTERVAL_OPTIONS, 'replicates', { argument: 'n' }),
];

/** For the commands that measure what is already there. */
export const CURVES_ROW = figures.flag(
  'curves',
  'scores by number of members, over sampled subsets of them (takes the longest)',
);

/** The intervals asked for. @param levels whether a level says something without them too. @throws ERR_OPTION */
export function intervalsOf(
  given: { readonly level?: unknown; readonly replicates?: unknown },
  levels = false,
): Pick<IntervalOptions, 'level' | 'replicates'> {
  const names = (['level', 'replicates'] as const).filter((name) => given[name] !== undefined);
  for (const name of names) {
    const { expected, holds } = INTERVAL_OPTIONS[name];
    if (!holds(given[name])) failOption(name, expected, given[name]);
  }
  if (!levels) requireUses<IntervalOptions>(given as IntervalOptions, { level: INTERVAL_USES.level });
  return Object.fromEntries(names.map((name) => [name, given[name] as number]));
}

// What each column of a table is for, as options name them: target, weight, group, left out; all others are features.
// Knows names only, and nothing of what the columns hold.

import { failOption, TuttiError } from '../../errors.js';
import type { Column } from '../table/column.js';
import { type ColumnNote, delimiterHint, otherColumns, requireColumn, type Table } from '../table/table.js';
import type { ColumnOptions } from './column-options.js';

export interface ColumnRoles {
  readonly features: readonly Column[];
  readonly targets: readonly Column[];
  readonly weight: Column | null;
  readonly group: Column | null;
  readonly time: Column | null;
  /** Left out as the user says, by `drop` or by not being among `only`. */
  readonly dropped: readonly Column[];
  /** What the reader found to be no data, and why. */
  readonly unread: readonly ColumnNote[];
}

/** Column options before a target is chosen. */
export type RoleOptions = Omit<ColumnOptions, 'target'> & {
  readonly target?: ColumnOptions['target'] | undefined;
};

/**
 * Finds the columns that options name; all others are features, but for those that the table's notes say are no data.
 * Without a target none is one.
 *
 * @throws ERR_OPTION for a name that is no column or has two uses; ERR_DATA when no feature is left, and for
 * a column without a name among the features
 */
export function assignRoles(table: Table, options: RoleOptions): ColumnRoles {
  const { target = [] } = options;
  const names = typeof target === 'string' ? [target] : target;
  if (options.target !== undefined && names.length === 0)
    throw new TuttiError('ERR_OPTION', 'Expected `target` to name a column, got none');
  const { weightColumn, groupColumn, timeColumn } = options;
  const targets = names.map((name) => requireColumn(table, 'target', name));
  const weight = weightColumn === undefined ? null : requireColumn(table, 'weightColumn', weightColumn);
  const group = groupColumn === undefined ? null : requireColumn(table, 'groupColumn', groupColumn);
  const time = timeColumn === undefined ? null : requireColumn(table, 'timeColumn', timeColumn);
  if (time !== null && group !== null)
    failOption('groupColumn', 'absent with `timeColumn`, whose stretches may divide groups', groupColumn);
  const dropped = (options.drop ?? []).map((name) => requireColumn(table, 'drop', name));
  const only = options.only?.map((name) => requireColumn(table, 'only', name));
  const used = [...targets, weight, group, time].filter((column) => column !== null);
  refuseTwice('target, weight, group and time columns', used);
  refuseTwice('dropped columns and those in use', [...new Set(dropped), ...used]);
  if (only !== undefined && dropped.length > 0)
    failOption('drop', 'absent when `only` is given', options.drop);
  const taken = new Set([...used, ...dropped]);
  const wanted = only === undefined ? null : new Set(only);
  const features =
    wanted === null
      ? otherColumns(table, taken)
      : table.columns.filter((column) => wanted.has(column) && !taken.has(column));
  if (features.length === 0) {
    const message = `Expected ${table.source} to have a column beside the target, got none to learn from${delimiterHint(table)}`;
    throw new TuttiError('ERR_DATA', message, { file: table.source });
  }
  const kept = new Set([...features, ...used]);
  requireKept(
    table,
    options.categorical ?? [],
    new Set([...features, ...targets, ...(group === null ? [] : [group])]),
  );
  const left = table.columns.filter((column) => !kept.has(column));
  const stated = wanted === null ? left.filter((column) => taken.has(column)) : left;
  const gone = new Set([...kept, ...stated].map(({ name }) => name));
  const unread = (table.notes ?? []).filter(({ column }) => !gone.has(column));
  return { features, targets, weight, group, time, dropped: stated, unread };
}

/** What is said of a column that nothing is read from has no effect. */
function requireKept(table: Table, categorical: readonly string[], read: ReadonlySet<Column>): void {
  for (const name of categorical) {
    if (read.has(requireColumn(table, 'categorical', name))) continue;
    failOption('categorical', 'columns of features, targets or groups', name);
  }
}

function refuseTwice(what: string, columns: readonly Column[]): void {
  const seen = new Set<Column>();
  for (const column of columns) {
    if (seen.has(column)) {
      const message = `Expected ${what} to differ, got \`${column.name}\` twice`;
      throw new TuttiError('ERR_OPTION', message, { column: column.name });
    }
    seen.add(column);
  }
}

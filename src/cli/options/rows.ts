// Rows of a group, made in a call each: what the option is, and then whatever else there is to say of it.

import type { OptionRecord } from '../../option-names.js';
import type { Group } from './groups.js';
import type { OptionKind, OptionRow } from './option-row.js';

type More = Omit<OptionRow, 'name' | 'kind' | 'group' | 'description' | 'choices'>;

/** What the command line adds to an option's record, or says otherwise. */
type Added = Partial<Omit<OptionRow, 'name' | 'group' | 'choices'>>;

type MakeRow = (name: string, description: string, more?: More) => OptionRow;

/** Makers of the rows of one group, by the kind of their values. */
export type RowMakers = Readonly<Record<Exclude<OptionKind, 'choice'>, MakeRow>> & {
  choice(name: string, choices: readonly string[], description: string, more?: More): OptionRow;
  /** The row of an option that a function has too, from its record there: `of(ATTACK_OPTIONS, 'steps', { argument: 'n' })`. */
  of<Name extends string>(table: Readonly<Record<Name, OptionRecord>>, name: Name, added?: Added): OptionRow;
};

/** The makers for a group: `rowsIn('figures').number('level', 'how often …', { argument: 'share' })`. */
export function rowsIn(group: Group): RowMakers {
  const of =
    (kind: OptionKind): MakeRow =>
    (name, description, more = {}) => ({ name, kind, group, description, ...more });
  return {
    flag: of('flag'),
    number: of('number'),
    numbers: of('numbers'),
    text: of('text'),
    texts: of('texts'),
    columns: of('columns'),
    path: of('path'),
    paths: of('paths'),
    choice: (name, choices, description, more) => ({ ...of('choice')(name, description, more), choices }),
    of: (table, name, added) => ({ ...rowOf(name, group, table[name]), ...added }),
  };
}

function rowOf(name: string, group: Group, record: OptionRecord): OptionRow {
  const { kind, says, choices } = record;
  const range = rangeOf(record);
  const defaultText = record.defaultSays ?? textOf(record.default);
  return {
    name,
    kind,
    group,
    description: says,
    ...(choices === undefined ? {} : { choices }),
    ...(range === undefined ? {} : { range }),
    ...(defaultText === undefined ? {} : { defaultText }),
  };
}

/** Numbers say which they may be; other values what their record says of them. */
function rangeOf({ kind, expected, range }: OptionRecord): string | undefined {
  if (range !== undefined) return range ?? undefined;
  return kind === 'number' || kind === 'numbers' ? expected : undefined;
}

/** A default as a flag is given it; none for what is off. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === false) return undefined;
  return Array.isArray(value) ? value.join(',') : String(value);
}

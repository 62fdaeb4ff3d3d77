// Rows of a group, made in a call each: what the option is, and then whatever else there is to say of it.

import type { Group } from './groups.js';
import type { OptionKind, OptionRow } from './option-row.js';

type More = Omit<OptionRow, 'name' | 'kind' | 'group' | 'description' | 'choices'>;

type MakeRow = (name: string, description: string, more?: More) => OptionRow;

/** Makers of the rows of one group, by the kind of their values. */
export type RowMakers = Readonly<Record<Exclude<OptionKind, 'choice'>, MakeRow>> & {
  choice(name: string, choices: readonly string[], description: string, more?: More): OptionRow;
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
  };
}

// Options in tables of Markdown, from the rows that the command line itself is made of. It knows no option.

import { GROUPS, type Group } from '../../src/cli/options/groups.js';
import type { OptionRow } from '../../src/cli/options/option-row.js';

/** What its value may be. */
export function valuesOf({ configOnly, kind, choices, range }: OptionRow): string {
  if (configOnly === true) return 'a map';
  const words = choices?.map((choice) => `\`${choice}\``).join(', ');
  if (words !== undefined) return range === undefined ? words : `${words}, or ${range}`;
  return range ?? KINDS[kind];
}

const KINDS: Readonly<Record<OptionRow['kind'], string>> = {
  flag: 'true, false',
  number: 'a number',
  numbers: 'numbers',
  text: 'a text',
  texts: 'texts',
  choice: 'a word',
  columns: 'columns',
  path: 'a path',
  paths: 'paths',
};

/** As text; the number of cores is another on every machine. */
export function defaultOf({ kind, defaultText }: OptionRow): string {
  return defaultText?.replace(/^\d+, (?=this machine)/, '') ?? (kind === 'flag' ? 'off' : '');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellOf).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A text in a table, where a bar would end the cell and, outside of code, a word in angle brackets be a tag. */
function cellOf(text: string): string {
  return text.replaceAll('|', '\\|').replace(/`[^`]*`|<(?=\w)/g, (part) => (part === '<' ? '&lt;' : part));
}

/** The rows of each group with its heading, in the order of the help. */
export function grouped(rows: readonly OptionRow[]): readonly (readonly [string, readonly OptionRow[]])[] {
  const groups = new Map<Group, OptionRow[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return [...groups].map(([group, own]) => [GROUPS[group], own]);
}

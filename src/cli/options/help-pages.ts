// The help of a command in two lengths: a first page with the options that most people use, where there are many, and
// the others by their groups. Knows no command and no parser.

import { describe, TuttiError } from '../../errors.js';
import { suggest } from '../../option-names.js';
import { GROUPS, type Group } from './groups.js';
import type { OptionRow } from './option-row.js';

/** What a help shows: its first page, all options, or those of one group. */
export type HelpPage = 'first' | 'all' | Group;

/** With no more options than this all are on the first page. */
const MOST_ON_FIRST_PAGE = 25;

/** The options that a page shows. */
export function rowsOnPage(rows: readonly OptionRow[], page: HelpPage): readonly OptionRow[] {
  if (page === 'all' || (page === 'first' && rows.length <= MOST_ON_FIRST_PAGE)) return rows;
  return rows.filter((row) => (page === 'first' ? row.common === true : row.group === page));
}

/**
 * The page that a word after the command's name asks for; the first without one.
 * @throws ERR_OPTION for a word that is no group of its options
 */
export function pageOf(command: string, rows: readonly OptionRow[], word: string | undefined): HelpPage {
  if (word === undefined) return 'first';
  const groups = groupsOf(rows);
  const found = ['all' as const, ...groups].find((page) => page === word.toLowerCase());
  if (found !== undefined) return found;
  const hint = suggest(word, ['all', ...groups]) || `; it has ${groups.join(', ')}, or all`;
  throw new TuttiError(
    'ERR_OPTION',
    `Expected a group of the options of tutti ${command}, got ${describe(word)}${hint}`,
  );
}

/** The groups of some options, in the order in which the help has them. */
export function groupsOf(rows: readonly OptionRow[]): readonly Group[] {
  return [...new Set(rows.map(({ group }) => group))];
}

/** What stands under a first page that does not show everything: where the rest is. */
export function morePages(command: string, rows: readonly OptionRow[]): string {
  const shown = rowsOnPage(rows, 'first');
  const hidden = rows.filter((row) => !shown.includes(row));
  if (hidden.length === 0) return '';
  const groups = groupsOf(hidden);
  const width = Math.max(...groups.map((group) => group.length));
  const lines = groups.map((group) => {
    const count = hidden.filter((row) => row.group === group).length;
    return `  ${group.padEnd(width)}  ${GROUPS[group]} (${count} more)`;
  });
  const title = `More options: tutti help ${command} all, or by group, as tutti help ${command} ${groups[0]}:`;
  return ['', title, ...lines].join('\n');
}

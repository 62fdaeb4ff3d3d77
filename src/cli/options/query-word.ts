// `--sql` in the place of a command's file of rows: a word that stands for the query, so that whatever a command does with a
// file's name, such as to keep it in a checkpoint, it does with a query.

import { queryWord } from '../../data/readers/query-source.js';
import { failOption } from '../../errors.js';
import type { CommandArgument, GivenOptions } from './command.js';

/**
 * The words with the query among them, and the options without it.
 * @param missing what is thrown for a word that is not there
 * @throws ERR_OPTION for a file beside a query, and for a database without one
 */
export function withQuery(
  places: readonly CommandArgument[],
  words: readonly string[],
  { sql, db, ...given }: GivenOptions,
  missing: (word: string) => never,
): { readonly words: readonly string[]; readonly given: GivenOptions } {
  const at = places.findIndex(({ rows }) => rows === true);
  const rest = places.some((place) => place.rest === true);
  if (typeof sql !== 'string') {
    if (db !== undefined) failOption('db', 'absent without `sql`', db);
    if (at >= 0 && words[at] === undefined) missing(places[at]!.name);
    return { words, given };
  }
  const extra = rest ? undefined : words[places.length - 1];
  if (extra !== undefined) failOption('sql', `absent beside the file ${extra}`, sql);
  const query = queryWord(db === undefined ? { sql } : { sql, database: String(db) });
  return { words: words.toSpliced(at, 0, query), given };
}

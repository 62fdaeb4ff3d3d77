// What the columns of a file that has types are called in its table, by the rules of a CSV file's header.

import { TuttiError } from '../../errors.js';
import { cleanText } from '../table/column-names.js';
import type { ColumnNote } from '../table/table.js';

/** What pandas calls an index that has no name, and writes among the columns. */
const PANDAS_INDEX = /^__index_level_\d+__$/;

/**
 * Names without white space around them, `column 3` for one without a name.
 * @throws ERR_DATA for equal names
 */
export function tableNames(
  file: string,
  given: readonly string[],
): { readonly names: readonly string[]; readonly notes: readonly ColumnNote[] } {
  const cleaned = given.map(cleanText);
  const places = new Map<string, number>();
  const notes: ColumnNote[] = [];
  cleaned.forEach((name, at) => {
    const before = places.get(name);
    if (name !== '' && before !== undefined) {
      const both = `columns ${before + 1} and ${at + 1}`;
      const message = `Expected column names to differ, got ${JSON.stringify(name)} for ${both} (${file})`;
      throw new TuttiError('ERR_DATA', message, { file, column: name });
    }
    places.set(name, at);
  });
  const names = cleaned.map((name, at) => {
    if (PANDAS_INDEX.test(name))
      notes.push({ kind: 'index', column: name, reason: 'is the index of a data frame' });
    if (name !== '') return name;
    let own = `column ${at + 1}`;
    while (places.has(own)) own += ' (without a name)';
    notes.push({ kind: 'nameless', column: own, reason: 'has values and no name' });
    return own;
  });
  return { names, notes };
}

// Which texts stand for no value, by what a column is taken for. Documented in docs/guide/data-files.md.

import { isMissingText } from './column.js';
import { parseNumber } from './parse-number.js';

/** Where a column holds numbers or dates, these say "none" too; among words they might be categories. */
const NUMBER_WORDS: ReadonlySet<string> = new Set([
  ...['N/A', 'n/a', '#N/A', '#NA', '<NA>', 'NAN', 'Null', 'None', 'NaT', '.', '?'],
]);

/**
 * `number`: the usual words and those that numbers can miss by; `text`: the usual words; `declared`: a column that is
 * declared to hold categories, where only the empty cell is missing.
 */
export type MissingKind = 'number' | 'text' | 'declared';

/** Whether a text is one of the words that are missing values in a column of numbers only. */
export function isNumberWord(text: string): boolean {
  return NUMBER_WORDS.has(text);
}

const USUAL: Readonly<Record<MissingKind, (text: string) => boolean>> = {
  number: (text) => isMissingText(text) || NUMBER_WORDS.has(text),
  text: isMissingText,
  declared: (text) => text === '',
};

const NO_NUMBERS: ReadonlySet<number> = new Set();

/**
 * Whether a text stands for no value in a column of that kind.
 *
 * @param words the user's own, in any column; a word that is a number also stands for equal ones (-999 for -999.0)
 */
export function missingTest(kind: MissingKind, words: readonly string[]): (text: string) => boolean {
  const usual = USUAL[kind];
  if (words.length === 0) return usual;
  const own = new Set(words);
  const numbers = numericWords(words);
  return (text) => own.has(text) || usual(text) || (numbers.size > 0 && numbers.has(parseNumber(text)));
}

/** The words that are numbers. */
export function numericWords(words: readonly string[]): ReadonlySet<number> {
  if (words.length === 0) return NO_NUMBERS; // as in nearly every file, and a server's record asks for each column
  return new Set(words.map(parseNumber).filter((number) => !Number.isNaN(number)));
}

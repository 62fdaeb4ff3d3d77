// One option of a command as plain data: the flag, the key in a config file and the line in the help all
// come from one row. What the values mean is the business of the command.

import { splitNames } from '../../data/table/column-names.js';
import { failOption, TuttiError } from '../../errors.js';
import { isRange } from '../../model/options/search-range.js';
import { failChoice } from '../../option-names.js';
import { findChoice } from './choices.js';
import { isFoldWord } from './fold-words.js';
import type { Group } from './groups.js';
import { parseRange, rangeWords } from './range-words.js';

/**
 * How the text of a flag becomes a value; a `path` is a text that shells complete to the name of a file. `texts` and `numbers` are separated by commas; `texts` and `paths`, which are
 * not, may repeat. So may `columns`, names of columns that are told apart once the table is known (data-flags.ts).
 */
export type OptionKind =
  | 'flag'
  | 'number'
  | 'text'
  | 'choice'
  | 'numbers'
  | 'texts'
  | 'columns'
  | 'path'
  | 'paths';

export interface OptionRow {
  /** camelCase: the key in a config file and in the API. */
  readonly name: string;
  /** What it is called in the API, where that is another name. */
  readonly apiName?: string;
  readonly kind: OptionKind;
  /** Where it stands in the help; groups.ts has the headings. */
  readonly group: Group;
  /** On the first page of the help, as one of those that most people use. */
  readonly common?: boolean;
  readonly description: string;
  /** What the help calls the value. */
  readonly argument?: string;
  /** A value as the flag takes it. */
  readonly example?: string;
  /** Can be said in a config file only. */
  readonly configOnly?: boolean;
  readonly choices?: readonly string[];
  /** Which numbers it may be, in words: `an integer ≥ 1`. */
  readonly range?: string;
  /** Shown in the help; the default itself is applied where the option is used. */
  readonly defaultText?: string;
  /** A config file may give a map instead, and a choice a list such as `yes=2,no=1`; checked where they are used. */
  readonly acceptsMap?: boolean;
  /** May be a range, `log:1e-4..1e-2`, from which each member draws its own value. */
  readonly searchable?: boolean;
  /** A choice that may say folds and repeats too, as `cv:8x3`: see fold-words.ts. */
  readonly acceptsFolds?: boolean;
  /** A number that may be `none`, which is null. */
  readonly acceptsNone?: boolean;
  /** A single letter. */
  readonly short?: string;
  /** Other names that people try: taken, and not shown in the help. */
  readonly aliases?: readonly string[];
}

/** camelCase → `--kebab-case`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z0-9]+/g, (part, at: number) => (/[A-Z]/.test(part) && at > 0 ? `-${part.toLowerCase()}` : part))}`;
}

/** kebab-case → camelCase, the inverse of {@link flagOf} without its dashes. */
export function nameOf(key: string): string {
  return key.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The value of a flag as given on the command line. Its errors name the option; option-origins.ts makes that a flag.
 * @throws ERR_OPTION when the text is not of the row's kind.
 */
export function parseFlag(row: OptionRow, given: unknown): unknown {
  const range = row.searchable === true ? rangeWords(given) : null;
  if (range !== null) return parseRange(row.name, range, (text) => parseFlag(row, valueIn(row, text)));
  switch (row.kind) {
    case 'flag':
      return given === true;
    case 'text':
    case 'columns':
    case 'path':
    case 'paths':
      return given;
    case 'choice':
      if (row.acceptsFolds === true && isFoldWord(row.name, given)) return given;
      return row.acceptsMap === true && String(given).includes('=')
        ? parseWeights(row.name, String(given))
        : checkChoice(row, given);
    case 'number':
      if (row.acceptsNone === true && given === 'none') return null;
      return parseNumber(row, String(given));
    case 'numbers':
      return parseNumbers(row, String(given));
    case 'texts':
      return (given as string[]).flatMap((text) => text.split(',')).map((text) => spelled(row, text));
    default:
      return row.kind satisfies never;
  }
}

/**
 * The value of a key of a config file, which may be written more loosely than JSON types would have it:
 * a single text for a list, a number or boolean for a text (a column may be called 1).
 * @throws ERR_OPTION when it is of another kind.
 */
export function checkConfigValue(row: OptionRow, value: unknown): unknown {
  if (row.acceptsMap === true && typeof value === 'object') return value;
  if (row.searchable === true && isRange(value)) return value;
  switch (row.kind) {
    case 'flag':
      return typeof value === 'boolean' ? value : failOption(row.name, 'true or false', value);
    case 'number':
      if (row.acceptsNone === true && (value === 'none' || value === null)) return null;
      return typeof value === 'number' ? value : failOption(row.name, 'a number', value);
    case 'text':
    case 'path':
      return isScalar(value) ? String(value) : failOption(row.name, 'text', value);
    case 'choice':
      return row.acceptsFolds === true && isFoldWord(row.name, value) ? value : checkChoice(row, value);
    case 'numbers':
      return typeof value === 'number' ? [value] : value;
    case 'texts':
    case 'columns':
    case 'paths':
      return checkTexts(row, Array.isArray(value) ? value : [value]);
    default:
      return row.kind satisfies never;
  }
}

/** A value of a choice as the flag would be given it. */
function valueIn({ kind }: OptionRow, text: string): unknown {
  if (kind === 'texts') return [text];
  return kind === 'flag' ? text === 'true' : text;
}

function checkChoice({ name, choices = [] }: OptionRow, value: unknown): unknown {
  return findChoice(choices, value) ?? failChoice(name, choices, value);
}

/** An entry of a list with choices as the API spells it; what is none of them is refused where it is used. */
function spelled({ choices = [] }: OptionRow, text: string): string {
  return findChoice(choices, text) ?? text;
}

/** A number, whole where the row's range says so; whatever else the range says is checked where the option is used. */
function parseNumber({ name, range = 'a number such as 16, 0.5 or 1e-3' }: OptionRow, text: string): number {
  const number = readNumber(text);
  const fits = number !== null && (Number.isInteger(number) || !range.startsWith('an integer'));
  return fits ? number : failOption(name, range, number ?? text);
}

/** Decimal digits and nothing else: no hexadecimal, no separators, no white space, nothing too large for a number. */
function readNumber(text: string): number | null {
  const number = Number(text);
  return NUMBER.test(text) && Number.isFinite(number) ? number : null;
}

function checkTexts(row: OptionRow, values: readonly unknown[]): string[] {
  if (!values.every(isScalar)) failOption(row.name, 'a list of texts', values);
  return values.map(String);
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** `64,32` → [64, 32]; `none` → []. */
function parseNumbers({ name, argument = '' }: OptionRow, text: string): number[] {
  if (text.trim() === 'none') return [];
  const numbers = text.split(',').map((part) => readNumber(part.trim()));
  return numbers.every((number) => number !== null)
    ? numbers
    : failOption(
        name,
        `numbers separated by commas, such as ${/^[\d.,]+$/.test(argument) ? argument : '64,32'}`,
        text,
      );
}

/** `yes=2,no=1` → { yes: 2, no: 1 }; a name with a comma stands in double quotes, as in CSV: `"a, b=2"`. */
function parseWeights(name: string, text: string): Record<string, number> {
  const expected = 'names with numbers, such as yes=2,no=1';
  const entries = splitNames(text).map((part) => {
    const at = part.lastIndexOf('=');
    return [part.slice(0, at).trim(), at < 1 ? null : readNumber(part.slice(at + 1).trim())] as const;
  });
  const names = new Set(entries.map(([key]) => key));
  if (names.size < entries.length || entries.some(([, value]) => value === null))
    failOption(name, expected, text);
  return Object.fromEntries(entries) as Record<string, number>;
}

/** Throws ERR_OPTION for what a config file says, with a message of its own where the house form does not fit. */
export function failUsage(message: string, option: string): never {
  throw new TuttiError('ERR_OPTION', message, { option, config: true });
}

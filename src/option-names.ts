// Options at the public doors: which names a function knows, and what each value must be. Every layer may import
// this, as it may errors.ts; it knows no option itself. The options of a training have a schema of their own
// (src/training/options/training-schema.ts), which says more than these tables can.

import { describe, failOption, TuttiError } from './errors.js';

/** What the value of one option must be. */
export interface OptionCheck {
  /** Ends the sentence "Expected `name` to be …". */
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
  /** All values there are, to suggest one from. */
  readonly choices?: readonly string[];
  /** Whether the option must be given. @default false */
  readonly required?: boolean;
}

/** How an option is written where it is a flag of the command line too. */
export type FlagKind = 'flag' | 'number' | 'numbers' | 'text' | 'texts' | 'columns' | 'choice';

/** What an option says of itself where the command line has it too, and in the reference. */
export interface OptionText {
  readonly kind: FlagKind;
  /** What it is or does: no capital, no full stop, names of options in backticks. */
  readonly says: string;
  readonly default?: unknown;
  /** The default in words, where it depends on other options or on the data. */
  readonly defaultSays?: string;
  /** What values it takes, where `expected` says too little of it; null: `says` tells. */
  readonly range?: string | null;
}

/** The record of one option of a function: its check and its text. */
export type OptionRecord = OptionCheck & OptionText;

/** A check and a text as one record: `described(option.integer(1), { kind: 'number', says: 'steps up …', default: 1 })`. */
// @__NO_SIDE_EFFECTS__
export function described<Check extends OptionCheck, const Text extends OptionText>(
  check: Check,
  text: Text,
): Check & Text {
  // What a registry holds is asked for when it is needed.
  return Object.defineProperties({ ...check, ...text }, Object.getOwnPropertyDescriptors(check));
}

/** The options of an interface, all of them: a name that is forgotten here does not compile. */
export type OptionTable<Options> = Readonly<Record<NamesOf<Options>, OptionCheck>>;

/** Of a union the names of every alternative. */
type NamesOf<Options> = Options extends unknown ? keyof Options & string : never;

/** Above this many names a message does not list them. */
const MOST_LISTED = 24;

/**
 * Checks the options given to a public function: a plain object, no unknown name, every value of its kind. Call it
 * first; whatever depends on several options or on the data is checked where it is used.
 *
 * @param where the function's name, as its callers write it
 * @param table `{ … } satisfies OptionTable<Options>`, so that it names every option of the interface
 * @throws ERR_OPTION
 */
export function checkOptions(
  where: string,
  options: unknown,
  table: Readonly<Record<string, OptionCheck>>,
): void {
  checkNames(where, options, Object.keys(table));
  for (const [name, { expected, holds, required = false, choices }] of Object.entries(table)) {
    const value = Object.hasOwn(options, name) ? options[name] : undefined;
    if (value === undefined ? !required : holds(value)) continue;
    if (choices === undefined) failOption(name, expected, value);
    failChoice(name, choices, value);
  }
}

/** The names alone, for options whose values have checks of their own. @throws ERR_OPTION */
export function checkNames(
  where: string,
  options: unknown,
  names: readonly string[],
): asserts options is Readonly<Record<string, unknown>> {
  if (!isPlainObject(options)) {
    const message = `Expected the options of \`${where}\` to be an object, got ${describe(options)}`;
    throw new TuttiError('ERR_OPTION', message, { function: where });
  }
  const stray = Object.keys(options).find((name) => !names.includes(name));
  if (stray === undefined) return;
  const hint = suggest(stray, names) || (names.length > MOST_LISTED ? '' : `; it has ${names.join(', ')}`);
  throw new TuttiError('ERR_OPTION', `Unknown option \`${stray}\` of \`${where}\`${hint}`, { option: stray });
}

/** What else must hold for an option to have an effect. */
export interface Condition<Options> {
  /** Ends the sentence "absent unless …". */
  readonly says: string;
  holds(options: Options): boolean;
}

/** The conditions of those options that do not always have an effect. */
export type OptionUses<Options> = { readonly [Name in NamesOf<Options>]?: Condition<Options> };

/**
 * Refuses an option without effect, because whoever gave it expects something of it.
 * @throws ERR_OPTION
 */
export function requireUses<Options extends object>(options: Options, uses: OptionUses<Options>): void {
  for (const [name, condition] of Object.entries(uses) as [string, Condition<Options>][]) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined && !condition.holds(options))
      failOption(name, `absent unless ${condition.says}`, value);
  }
}

/** Those of some options that another function takes, to be handed on to it. */
export function pickOptions<Options extends object, Name extends string>(
  options: Options,
  table: Readonly<Record<Name, OptionCheck>>,
): Pick<Options, Name & keyof Options> {
  const own = Object.entries(options).filter(([name]) => Object.hasOwn(table, name));
  return Object.fromEntries(own) as Pick<Options, Name & keyof Options>;
}

/** Those of some options that are of these names and have a value. */
export function statedOptions<Options extends object, Name extends keyof Options>(
  options: Options,
  names: readonly Name[],
): Partial<Pick<Options, Name>> {
  const own = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return Object.fromEntries(own) as Partial<Pick<Options, Name>>;
}

/** An object literal, of this realm or another; no array, no class instance. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The kinds of values that options have. */
export const option = {
  integer: (least: number): OptionCheck => ({
    expected: `an integer ≥ ${least}`,
    holds: (value) => Number.isSafeInteger(value) && (value as number) >= least,
  }),
  /** A finite number; `expected` names the range that `within` tests. */
  number: (expected: string, within: (value: number) => boolean): OptionCheck => ({
    expected,
    holds: (value) => Number.isFinite(value) && within(value as number),
  }),
  seed: {
    expected: 'an integer ≥ 0',
    holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  },
  flag: { expected: 'true or false', holds: (value) => typeof value === 'boolean' },
  text: { expected: 'a text', holds: (value) => typeof value === 'string' },
  texts: {
    expected: 'a list of texts',
    holds: (value) => Array.isArray(value) && value.every((text) => typeof text === 'string'),
  },
  function: { expected: 'a function', holds: (value) => typeof value === 'function' },
  object: { expected: 'an object', holds: (value) => typeof value === 'object' && value !== null },
  /** An array or typed array. */
  numbers: { expected: 'an array of numbers', holds: isArrayLike },
  lists: {
    expected: 'a list of arrays',
    holds: (value) => Array.isArray(value) && value.every(isArrayLike),
  },
  signal: { expected: 'an AbortSignal', holds: isAbortSignal },
  oneOf: (...choices: readonly string[]): OptionCheck => ({
    expected: oneOf(choices),
    choices,
    holds: (value) => typeof value === 'string' && choices.includes(value),
  }),
  /** One of the names of a registry, which may grow. */
  named: (registry: { readonly names: readonly string[] }): OptionCheck => ({
    get expected() {
      return oneOf(registry.names);
    },
    get choices() {
      return registry.names;
    },
    holds: (value) => typeof value === 'string' && registry.names.includes(value),
  }),
  /** Checked where it is used, with a message that says more. */
  any: { expected: 'given', holds: () => true },
  /** A check that an option must pass which has to be there. */
  required: (check: OptionCheck): OptionCheck => ({ ...check, required: true }),
  orNull: (check: OptionCheck): OptionCheck => ({
    expected: `${check.expected}, or null`,
    holds: (value) => value === null || check.holds(value),
    ...(check.choices === undefined ? {} : { choices: check.choices }),
  }),
  /** Either of two; `expected` joins both. */
  either: (one: OptionCheck, other: OptionCheck): OptionCheck => ({
    expected: `${one.expected} or ${other.expected}`,
    holds: (value) => one.holds(value) || other.holds(value),
  }),
} as const satisfies Record<string, OptionCheck | ((...args: never[]) => OptionCheck)>;

/** Throws ERR_OPTION for a value that is none of the choices, naming them and the nearest. */
export function failChoice(name: string, choices: readonly string[], value: unknown): never {
  const got = `${describe(value)}${suggestValue(value, choices)}`;
  const message = `Expected \`${name}\` to be ${oneOf(choices)}, got ${got}`;
  throw new TuttiError('ERR_OPTION', message, { option: name });
}

/** ` (did you mean "x"?)` for the nearest of an option's values, or nothing when none is near. */
export function suggestValue(value: unknown, choices: readonly string[]): string {
  const near = typeof value === 'string' ? nearest(value, choices) : undefined;
  return near === undefined ? '' : ` (did you mean ${JSON.stringify(near)}?)`;
}

function oneOf(choices: readonly string[]): string {
  return choices.length > 2 ? `one of ${choices.join(', ')}` : choices.join(' or ');
}

/** ` (did you mean \`x\`?)` for the nearest of the known names, or nothing when none is near. */
export function suggest(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? '' : ` (did you mean \`${near}\`?)`;
}

/** Names of columns can be of any length and number, and the work grows with the product of two lengths. */
const LONGEST_COMPARED = 100;
const MOST_COMPARED = 10_000;

function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST_COMPARED || known.length > MOST_COMPARED) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (candidate.length > LONGEST_COMPARED) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function isArrayLike(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

/** By its shape: test runners give their modules an AbortSignal of another realm. */
function isAbortSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const signal = value as Partial<Record<keyof AbortSignal, unknown>>;
  return typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function';
}

/** Levenshtein's; names beyond any option's length are not worth comparing. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > Math.max(a.length, b.length) / 2 + 2) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length]!;
}

/**
 * Options as they are now, for functions that read them later: a caller may fill the same object in for its next call.
 * Plain objects and lists are copied, all else is what it is.
 */
export function asGiven<T>(options: T, depth = 0): T {
  // What is nested deeper, or in itself, is for the checks to refuse.
  if (depth > MOST_NESTED) return options;
  const copy = (value: unknown) => asGiven(value, depth + 1);
  if (Array.isArray(options)) return options.map(copy) as T;
  if (!isPlainObject(options)) return options;
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, copy(value)])) as T;
}

const MOST_NESTED = 64;

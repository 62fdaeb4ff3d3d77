// An option that is given as a range, from which each member draws a value of its own. Knows no option: which values an
// option may have is its schema's business, and whose ranges there are that of src/training/options/search-options.ts.

import { failOption } from '../../errors.js';
import { exp, log } from '../../math/functions.js';
import type { RandomStream } from '../../math/random.js';
import { isPlainObject } from '../../option-names.js';

/** Numbers to draw from. */
export type NumberRange =
  /** From a to b, 0 < a ≤ b: its logarithm is uniform. */
  | { readonly log: readonly [number, number] }
  /** From a to b, a ≤ b. */
  | { readonly uniform: readonly [number, number] }
  /** Whole numbers from a to b, both of them too. */
  | { readonly integer: readonly [number, number] };

/** Values to draw from, each as likely as another; one that is a range itself is drawn from in its turn. */
export interface Choice<Value> {
  readonly choice: readonly Value[];
}

/** What an option of these values may be given as in the place of one. */
export type OptionRange<Value> = [Extract<Value, number>] extends [never]
  ? Choice<Value>
  : NumberRange | Choice<Value | NumberRange>;

/** Options that describe what is the same for all members of an ensemble, or name files. */
export const FIXED_OPTIONS = ['model', 'learner', 'learnerOptions', 'image', 'loss', 'vary'] as const;

/** Options each of which may be a range, but for those that all members of an ensemble share. */
export type Ranged<Options> = {
  readonly [Name in keyof Options]: Name extends (typeof FIXED_OPTIONS)[number]
    ? Options[Name]
    : Options[Name] | OptionRange<Exclude<Options[Name], undefined>>;
};

/** A range of whatever values. */
export type AnyRange = NumberRange | Choice<unknown>;

const WORDS = ['log', 'uniform', 'integer', 'choice'] as const;

/** Whether a value is meant as a range: an object of one of its words and a list. */
export function isRange(value: unknown): value is AnyRange {
  if (!isPlainObject(value)) return false;
  const names = Object.keys(value);
  return (
    names.length === 1 && (WORDS as readonly string[]).includes(names[0]!) && Array.isArray(value[names[0]!])
  );
}

/**
 * Refuses bounds that are none.
 * @param name of the option, for messages. @throws ERR_OPTION
 */
export function requireRange(name: string, range: AnyRange): void {
  if ('choice' in range) {
    if (range.choice.length === 0) failOption(`${name}.choice`, 'a non-empty list', range.choice);
    for (const value of range.choice) if (isRange(value)) requireRange(name, value);
    return;
  }
  const [word, bounds] = Object.entries(range)[0]! as [string, readonly unknown[]];
  const [least, most] = bounds;
  const fits = (value: unknown) =>
    word === 'integer' ? Number.isSafeInteger(value) : typeof value === 'number' && Number.isFinite(value);
  const lowest = word === 'log' ? ' above 0' : '';
  const kind = word === 'integer' ? 'integers' : 'numbers';
  const holds =
    bounds.length === 2 &&
    bounds.every(fits) &&
    Number(least) <= Number(most) &&
    (lowest === '' || Number(least) > 0);
  if (!holds) failOption(`${name}.${word}`, `two ${kind}${lowest}, the smaller first`, bounds);
}

/** The values at the ends of a range, and all of a choice: where they are right, all that is drawn is. */
export function endsOf(range: AnyRange): readonly unknown[] {
  if ('choice' in range) return range.choice.flatMap((value) => (isRange(value) ? endsOf(value) : [value]));
  return Object.values(range)[0]! as readonly number[];
}

/** What is drawn is written with so many digits: nobody searches finer, and people read it. */
const DIGITS = 4;

/** A value of a range. */
export function drawFrom(range: AnyRange, stream: RandomStream): unknown {
  if ('choice' in range) {
    const value = range.choice[stream.below(range.choice.length)];
    return isRange(value) ? drawFrom(value, stream) : value;
  }
  if ('integer' in range) {
    const [least, most] = range.integer;
    return least + stream.below(most - least + 1);
  }
  const [least, most] = 'log' in range ? range.log : range.uniform;
  const share = stream.uniform();
  const drawn =
    'log' in range ? exp(log(least) + share * (log(most) - log(least))) : least + share * (most - least);
  return Math.min(most, Math.max(least, Number(drawn.toPrecision(DIGITS))));
}

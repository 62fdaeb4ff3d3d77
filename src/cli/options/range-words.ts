// Ranges as flags are given them: `log:1e-4..1e-2`, `uniform:0..0.5`, `integer:1..4`, `choice:relu|gelu`.

import { failOption } from '../../errors.js';

/** What a range is made of: its word, and what stands behind the colon. */
export interface RangeWords {
  readonly word: 'log' | 'uniform' | 'integer' | 'choice';
  readonly text: string;
}

/** Null for a value that is no range. */
export function rangeWords(given: unknown): RangeWords | null {
  const text = Array.isArray(given) ? given.join(',') : given;
  const found = typeof text === 'string' ? /^(log|uniform|integer|choice):(.*)$/s.exec(text) : null;
  return found === null ? null : { word: found[1] as RangeWords['word'], text: found[2]! };
}

const EXAMPLES = { log: 'log:1e-4..1e-2', uniform: 'uniform:0..0.5', integer: 'integer:1..4' } as const;

/**
 * A range as the API has it.
 * @param name of the option. @param toValue a text as a value of the option, or as a range. @throws ERR_OPTION
 */
export function parseRange(
  name: string,
  { word, text }: RangeWords,
  toValue: (text: string) => unknown,
): Readonly<Record<string, readonly unknown[]>> {
  if (word === 'choice') return { choice: text.split('|').map((value) => toValue(value.trim())) };
  const bounds = text.split('..');
  if (bounds.length !== 2 || bounds.some((bound) => bound.trim() === '' || Number.isNaN(Number(bound)))) {
    failOption(name, `a range such as ${EXAMPLES[word]}`, `${word}:${text}`);
  }
  return { [word]: bounds.map(Number) };
}

// Which numbers an option of training may be, in words, as its schema has it: for the help of the command line, the
// documentation that editors show, and docs/OPTIONS.md.

import { z } from 'zod';

/** What a JSON schema says of numbers. */
interface NumberSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: NumberSchema;
  readonly anyOf?: readonly NumberSchema[];
}

/** `an integer ≥ 1`, `each a number > 0 and ≤ 1`; null where numbers have no bounds, and for what is no number. */
export function rangeOf(schema: z.ZodType): string | null {
  return inWords(z.toJSONSchema(schema, { unrepresentable: 'any' }) as NumberSchema);
}

function inWords(schema: NumberSchema): string | null {
  const { type, items, anyOf } = schema;
  if (anyOf !== undefined) return anyOf.map(inWords).find((words) => words !== null) ?? null;
  if (type === 'array') {
    const each = items === undefined ? null : inWords(items);
    return each === null ? null : `each ${each}`;
  }
  if (type !== 'number' && type !== 'integer') return null;
  const bounds = boundsOf(schema).join(' and ');
  if (type === 'integer') return bounds === '' ? 'an integer' : `an integer ${bounds}`;
  return bounds === '' ? null : `a number ${bounds}`;
}

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberSchema): string[] {
  const bounds: readonly [string, number | undefined][] = [
    ['≥', minimum],
    ['>', exclusiveMinimum],
    ['≤', maximum],
    ['<', exclusiveMaximum],
  ];
  // Integers are bounded by what doubles hold anyway.
  const stated = bounds.filter(([, bound]) => Math.abs(bound ?? Infinity) < Number.MAX_SAFE_INTEGER);
  return stated.map(([sign, bound]) => `${sign} ${bound}`);
}

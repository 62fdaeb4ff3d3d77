// Which numbers an option of training may be, in words, as its schema has it: for the help of the command line, the
// documentation that editors show, and docs/reference/options.md. Read off the schemas' definitions, for every
// `tutti train` asks.

import type * as z from '../../zod.js';

/** The parts of zod's definitions that matter here. */
interface Definition {
  readonly type: string;
  readonly format?: string;
  readonly checks?: readonly { readonly _zod: { readonly def: BoundDefinition } }[];
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

interface BoundDefinition {
  readonly check: string;
  readonly value?: number;
  readonly inclusive?: boolean;
}

/**
 * `an integer ≥ 1`, `each a number > 0 and ≤ 1`, `a number > 0, in seconds`; null where numbers have neither bounds nor a
 * unit, and for what is no number.
 */
export function rangeOf(schema: z.ZodType, unit?: string): string | null {
  const words = numbersOf(schema);
  if (words === null) return null;
  if (unit !== undefined) return `${words}, in ${unit}`;
  return words.endsWith('a number') ? null : words;
}

/** Which numbers a schema allows, or null when it is not about numbers. */
function numbersOf(schema: z.ZodType): string | null {
  const { type, format, checks = [], innerType, element, options } = schema.def as unknown as Definition;
  switch (type) {
    case 'optional':
      return numbersOf(innerType!);
    case 'union':
      return options!.map(numbersOf).find((words) => words !== null) ?? null;
    case 'array': {
      const each = numbersOf(element!);
      return each === null ? null : `each ${each}`;
    }
    case 'number': {
      const kind = format === undefined ? 'a number' : 'an integer';
      const bounds = checks.flatMap((check) => boundOf(check._zod.def)).join(' and ');
      return bounds === '' ? kind : `${kind} ${bounds}`;
    }
    default:
      return null;
  }
}

function boundOf({ check, value, inclusive }: BoundDefinition): string[] {
  if (check === 'greater_than') return [`${inclusive ? '≥' : '>'} ${value}`];
  if (check === 'less_than') return [`${inclusive ? '≤' : '<'} ${value}`];
  return [];
}

// A value held against a schema, up to the first thing that is wrong. Import it where values from files are checked, not
// where tutti is loaded: zod takes as long to load as all the rest.

import type * as z from './zod.js';

/** What a value is by a schema, or the first thing that is wrong with it. */
export type Checked<Schema extends z.ZodType> =
  | { readonly data: z.output<Schema>; readonly issue: null }
  | { readonly data: null; readonly issue: z.core.$ZodIssue };

/** zod would write down every fault of a list, and a megabyte can hold millions. Its types keep this to themselves. */
const STOP_AT_FIRST: z.core.ParseContext<z.core.$ZodIssue> & { readonly abortEarly: true } = {
  abortEarly: true,
};

/** Holds a value against a schema. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): Checked<Schema> {
  const parsed = schema.safeParse(value, STOP_AT_FIRST);
  return parsed.success ? { data: parsed.data, issue: null } : { data: null, issue: parsed.error.issues[0]! };
}

/** Where an issue is and what it says: `members.0.index (Invalid input: …)`. */
export function issueText({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.') || 'the top'} (${message})`;
}

/**
 * The schema of a list that is not to be changed, by its type alone. zod's own `readonly()` freezes whatever it is given, right or
 * wrong, and throws where that is a typed array.
 */
export function readonlyList<Item extends z.ZodType>(
  list: z.ZodArray<Item>,
): z.ZodType<readonly z.output<Item>[]> {
  return list;
}

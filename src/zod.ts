// What tutti uses of zod, so that a bundle holds that and no more. Loaded where something is checked, not where tutti is.

export type { core, infer, output, ZodArray, ZodObject, ZodRawShape, ZodType } from 'zod';
export {
  array,
  boolean,
  custom,
  discriminatedUnion,
  enum,
  int,
  iso,
  json,
  literal,
  null,
  number,
  object,
  record,
  strictObject,
  string,
  toJSONSchema,
  tuple,
  union,
} from 'zod';

// What a scale of features says beside its numbers, in the schemas of saved ensembles and of datasets as bytes.

import { readonlyList } from '../../schema-check.js';
import * as z from '../../zod.js';

/** What the type's docstrings say, in encoding.ts: quantiles never fall, and there are no more than are ever fitted. */
export const quantilesSchema = z
  .array(z.number())
  .min(2)
  .max(1000)
  .refine((list) => list.every((value, at) => at === 0 || value >= list[at - 1]!), {
    message: 'quantiles that never fall',
  });

export const scalingSchema = z.enum(['robust', 'quantile']);
export const clipShapeSchema = z.literal('smooth');

const numbers = readonlyList(z.array(z.number()));

export const targetMapSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('log'),
    shift: numbers,
    mean: numbers,
    std: readonlyList(z.array(z.number().positive())),
  }),
  z.strictObject({
    kind: z.literal('quantile'),
    quantiles: readonlyList(z.array(readonlyList(quantilesSchema))),
  }),
]);

/** Fields of the features' scale that are absent where they say nothing. */
export const ownScaleFields = {
  scaling: scalingSchema.optional(),
  clipShape: clipShapeSchema.optional(),
  quantiles: z.array(quantilesSchema.nullable()).optional(),
};

// What the metadata of a dataset's bytes must say: every field, no other. How it fits the numbers is looked at where they are
// read. Import it where bytes are read, not where tutti is loaded.

import { readonlyList } from '../schema-check.js';
import * as z from '../zod.js';
import { ownScaleFields, targetMapSchema } from './dataset/scale-schema.js';
import { preprocessingSchema } from './preprocessing/preprocessing-schema.js';

const count = z.int().min(1);
const natural = z.int().min(0);
const positive = z.number().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const doubles = z.custom<Float64Array>((value) => value instanceof Float64Array);

const arraySchema = z.strictObject({ type: z.enum(['f32', 'f64', 'i32']), length: natural });

const scale = z.strictObject({ mean: doubles, std: doubles });

export const datasetSchema = z.strictObject({
  task: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('classification'), classes: readonlyList(z.array(z.string())) }),
    z.strictObject({ kind: z.literal('regression'), targets: readonlyList(z.array(z.string())) }),
  ]),
  rows: count,
  features: count,
  preprocessing: preprocessingSchema.nullable(),
  split: z
    .strictObject({
      testShare: z.number().gt(0).lt(1),
      seed: natural,
      rows: count,
      timeGap: natural.optional(),
    })
    .nullable(),
  encoding: z.strictObject({
    features: scale
      .extend({ softClip: z.array(positive.nullable()).nullable(), ...ownScaleFields })
      .nullable(),
    targets: scale.extend({ map: targetMapSchema.optional() }),
  }),
  hash: sha256,
  rowsHash: sha256,
  groupsHash: sha256.nullable(),
  timeGap: natural.optional(),
  arrays: z.strictObject({
    x: arraySchema,
    labels: arraySchema,
    targets: arraySchema,
    rowWeights: arraySchema.nullable(),
    groups: arraySchema.nullable(),
    tangents: arraySchema.nullable(),
    times: arraySchema.optional(),
  }),
});

export type DatasetMetadata = z.infer<typeof datasetSchema>;
export type ArrayMetadata = z.infer<typeof arraySchema>;

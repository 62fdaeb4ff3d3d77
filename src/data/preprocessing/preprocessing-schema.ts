// The schema of the fitted preprocessing: checks what comes back from a file. What the fields mean is said at their
// types, which it is held against: preprocessing-types.ts.

import { readonlyList } from '../../schema-check.js';
import * as z from '../../zod.js';
import type { Preprocessing } from '../dataset/preprocessing-types.js';
import { clipShapeSchema, quantilesSchema, scalingSchema, targetMapSchema } from '../dataset/scale-schema.js';
import { DATE_ORDERS } from '../table/date-orders.js';

const names = readonlyList(z.array(z.string()));
const positive = z.number().positive();

const format = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('number'),
      decimal: z.enum(['.', ',']),
      group: z.enum([',', '.', ' ', "'"]).nullable(),
      unit: z.string().nullable(),
    }),
    z.strictObject({ kind: z.literal('date'), order: z.enum(DATE_ORDERS) }),
  ])
  .optional();

const declared = z.literal(true).optional();

const indicator = z.literal(true).optional();

const numericFeature = z.strictObject({
  kind: z.literal('numeric'),
  column: z.string(),
  mean: z.number(),
  std: positive,
  quantiles: readonlyList(quantilesSchema).optional(),
  fill: z.number().nullable(),
  indicator,
  format,
  constant: z.literal(true).optional(),
});

const categoricalFeature = z.strictObject({
  kind: z.literal('categorical'),
  column: z.string(),
  categories: names,
  fill: z.string().nullable(),
  others: z.int().positive().optional(),
  shares: readonlyList(z.array(z.number().min(0).max(1))).optional(),
  indicator,
  declared,
});

const classTarget = z.strictObject({
  kind: z.literal('classification'),
  column: z.string(),
  classes: names,
  declared,
});

const regressionTarget = z.strictObject({
  kind: z.literal('regression'),
  columns: names,
  mean: readonlyList(z.array(z.number())),
  std: readonlyList(z.array(positive)),
  map: targetMapSchema.optional(),
  formats: readonlyList(z.array(format.unwrap().nullable())).optional(),
});

export const preprocessingSchema = z.strictObject({
  features: readonlyList(z.array(z.discriminatedUnion('kind', [numericFeature, categoricalFeature]))),
  unseen: z.enum(['error', 'ignore', 'learned']),
  scaling: scalingSchema.optional(),
  softClip: positive.optional(),
  clipShape: clipShapeSchema.optional(),
  target: z.discriminatedUnion('kind', [classTarget, regressionTarget]),
  weightColumn: z.string().nullable(),
  groupColumn: z.string().nullable(),
  timeColumn: z.string().optional(),
  timeFormat: format,
  timeGap: z.int().positive().optional(),
  weightFormat: format,
  groupDeclared: declared,
  missing: names.optional(),
  missingTarget: z.literal('drop').optional(),
  leftOut: readonlyList(z.array(z.strictObject({ column: z.string(), reason: z.string() }))).optional(),
}) satisfies z.ZodType<Preprocessing>;

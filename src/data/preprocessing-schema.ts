// The fitted preprocessing as plain data: what a saved ensemble keeps so that prediction takes raw rows.
// One zod schema gives the type and checks what comes back from a file.

import { z } from 'zod';
import { DATE_ORDERS } from './date-format.js';

const names = z.array(z.string()).readonly();
const positive = z.number().positive();

/** How the cells of a column of numbers are written; absent: plain decimals. */
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

/** Only the empty cell is missing: NA and its like are categories, as the user said of the column. */
const declared = z.literal(true).optional();

const numericFeature = z.strictObject({
  kind: z.literal('numeric'),
  column: z.string(),
  /** The network sees (value − mean) / std; std is 1 for a constant column. */
  mean: z.number(),
  std: positive,
  /** What a missing cell becomes, in the column's units; null: a missing cell is an error. */
  fill: z.number().nullable(),
  format,
  /** One value in all training rows: nothing was learned of it, so it is 0 for the members whatever its cells say. */
  constant: z.literal(true).optional(),
});

const categoricalFeature = z.strictObject({
  kind: z.literal('categorical'),
  column: z.string(),
  /** One 0/1 column of x for each, in this order. */
  categories: names,
  fill: z.string().nullable(),
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
  mean: z.array(z.number()).readonly(),
  std: z.array(positive).readonly(),
  /** How the cells of each column are written, null for plain decimals; absent: all plain. */
  formats: z.array(format.unwrap().nullable()).readonly().optional(),
});

export const preprocessingSchema = z.strictObject({
  /** In the order of the columns of x. */
  features: z.array(z.discriminatedUnion('kind', [numericFeature, categoricalFeature])).readonly(),
  /** A category not seen in training: an error, or all of its 0/1 columns 0. */
  unseen: z.enum(['error', 'ignore']),
  /** The c of the soft clip of every numeric column once standardised; absent: none. */
  softClip: positive.optional(),
  target: z.discriminatedUnion('kind', [classTarget, regressionTarget]),
  weightColumn: z.string().nullable(),
  groupColumn: z.string().nullable(),
  weightFormat: format,
  groupDeclared: declared,
  /** The user's own words for missing values. */
  missing: names.optional(),
  /** Rows without a target are left out of evaluations too. */
  missingTarget: z.literal('drop').optional(),
  /** Columns of the training file that nothing was learned from, and why. */
  leftOut: z
    .array(z.strictObject({ column: z.string(), reason: z.string() }))
    .readonly()
    .optional(),
});

export type Preprocessing = Readonly<z.infer<typeof preprocessingSchema>>;
export type FeatureColumn = Preprocessing['features'][number];
export type TargetEncoding = Preprocessing['target'];

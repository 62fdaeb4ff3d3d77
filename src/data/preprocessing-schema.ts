// The fitted preprocessing as plain data: what a saved ensemble keeps so that prediction takes raw rows.
// One zod schema gives the type and checks what comes back from a file.

import { z } from 'zod';

const names = z.array(z.string()).readonly();
const positive = z.number().positive();

const numericFeature = z.strictObject({
  kind: z.literal('numeric'),
  column: z.string(),
  /** The network sees (value − mean) / std; std is 1 for a constant column. */
  mean: z.number(),
  std: positive,
  /** What a missing cell becomes, in the column's units; null: a missing cell is an error. */
  fill: z.number().nullable(),
});

const categoricalFeature = z.strictObject({
  kind: z.literal('categorical'),
  column: z.string(),
  /** One 0/1 column of x for each, in this order. */
  categories: names,
  fill: z.string().nullable(),
});

const classTarget = z.strictObject({
  kind: z.literal('classification'),
  column: z.string(),
  classes: names,
});

const regressionTarget = z.strictObject({
  kind: z.literal('regression'),
  columns: names,
  mean: z.array(z.number()).readonly(),
  std: z.array(positive).readonly(),
});

export const preprocessingSchema = z.strictObject({
  /** In the order of the columns of x. */
  features: z.array(z.discriminatedUnion('kind', [numericFeature, categoricalFeature])).readonly(),
  /** A category not seen in training: an error, or all of its 0/1 columns 0. */
  unseen: z.enum(['error', 'ignore']),
  target: z.discriminatedUnion('kind', [classTarget, regressionTarget]),
  weightColumn: z.string().nullable(),
  groupColumn: z.string().nullable(),
});

export type Preprocessing = Readonly<z.infer<typeof preprocessingSchema>>;
export type FeatureColumn = Preprocessing['features'][number];
export type TargetEncoding = Preprocessing['target'];

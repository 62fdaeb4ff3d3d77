// What the metadata of a saved ensemble must look like: every field, no other, in range. Loading holds
// each file against it, since a checksum says that bytes are as written, not that tutti wrote them.

import type { Task } from '../data/dataset/dataset.js';
import { ownScaleFields, targetMapSchema } from '../data/dataset/scale-schema.js';
import { preprocessingSchema } from '../data/preprocessing/preprocessing-schema.js';
import { storedEngines } from '../engines/stored-engines.js';
import type { ErrorDetails } from '../errors.js';
import type { EnsemblePlan, MemberSpec } from '../model/spec.js';
import { SPEC_PARTS } from '../model/spec-schema.js';
import { isPlainObject } from '../option-names.js';
import * as z from '../zod.js';
import type { Environment } from './environment.js';
import { trustFields } from './trust-schema.js';

const { count, natural, positive, sha256, json } = SPEC_PARTS;

/** Columns of members that have no weights to hold them against. */
export const MOST_FEATURES = 2 ** 24;

const [first, ...others] = storedEngines.entries.map(({ specSchema }) => specSchema(SPEC_PARTS));
export const memberSpecSchema = z.discriminatedUnion('engine', [
  first!,
  ...others,
]) satisfies z.ZodType<MemberSpec>;

export const planSchema = z.strictObject({
  seed: natural,
  arithmetic: z.enum(['fused', 'strict']),
  members: z.array(memberSpecSchema).min(1),
  validationShare: z.number().min(0).lt(1),
}) satisfies z.ZodType<EnsemblePlan>;

export const taskSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('classification'), classes: z.array(z.string()).min(2) }),
  z.strictObject({ kind: z.literal('regression'), targets: z.array(z.string()).min(1) }),
]) satisfies z.ZodType<Task>;

/** A member's history by columns, since a thousand members' epochs as objects would dwarf small weights. */
export const historySchema = z
  .strictObject({
    epoch: z.array(count),
    loss: z.array(z.number()),
    learningRate: z.array(z.number()),
    validationLoss: z.array(z.number().nullable()),
  })
  .refine(({ epoch, ...columns }) => Object.values(columns).every(({ length }) => length === epoch.length), {
    message: 'columns of several lengths',
  });

export const memberSchema = z.strictObject({
  index: natural,
  epoch: natural,
  inBagRows: natural,
  averagingWeight: z.number().min(0),
  parameters: natural,
  /** Bytes of its stored model; absent in files of version 1, which have none. */
  modelBytes: natural.nullable().default(null),
  history: historySchema,
});

/** Texts, numbers and the like by name, as details of errors are; looked at up to the first that is something else. */
const details = z.custom<ErrorDetails>((value) => {
  const isScalar = (inner: unknown) =>
    inner === null || ['string', 'number', 'boolean'].includes(typeof inner);
  return isPlainObject(value) && Object.values(value).every(isScalar);
});

export const failureSchema = z.strictObject({
  index: natural,
  code: z.string(),
  message: z.string(),
  details,
});

const environment = z.strictObject({
  tutti: z.string(),
  node: z.string(),
  v8: z.string(),
  platform: z.string(),
  arch: z.string(),
}) satisfies z.ZodType<Environment>;

const scale = z.strictObject({ mean: z.array(z.number()), std: z.array(positive) });

const encoding = z.strictObject({
  features: scale.extend({ softClip: z.array(positive.nullable()).nullable(), ...ownScaleFields }).nullable(),
  targets: scale.extend({ map: targetMapSchema.optional() }),
});

const ranges = z.strictObject({ low: z.array(z.number()), high: z.array(z.number()) });

export const trainedOnSchema = z.strictObject({
  rowsHash: sha256,
  groupsHash: sha256.nullable(),
  split: z
    .strictObject({
      testShare: z.number().gt(0).lt(1),
      seed: natural,
      rows: count,
      timeGap: natural.optional(),
    })
    .nullable(),
  featureRanges: ranges,
  targetRange: ranges.nullable(),
});

/** What all versions of the format have. */
const common = {
  plan: planSchema,
  task: taskSchema,
  features: count.max(MOST_FEATURES),
  preprocessing: preprocessingSchema.nullable(),
  datasetHash: sha256,
  members: z.array(memberSchema).min(1),
  failures: z.array(failureSchema),
  complete: z.boolean(),
  /** Absent in files from before it was kept. */
  executors: z.array(z.string()).default([]),
  environment,
  report: z.record(z.string(), json).nullable(),
};

const sinceFormat3 = { encoding, trainedOn: trainedOnSchema.nullable() };

/** What formats 1 to 3 said of time, so that no two files were alike. */
const times = {
  wallMs: z.number().min(0),
  environment: environment.extend({ savedAt: z.iso.datetime() }),
};

/** Of format 5. */
export const metadataSchema = z.strictObject({ ...common, ...sinceFormat3, ...trustFields });

/** Of format 4. */
export const untrustedMetadataSchema = z.strictObject({ ...common, ...sinceFormat3 });

/** Of format 3. */
export const timedMetadataSchema = z.strictObject({ ...common, ...times, ...sinceFormat3 });

/** Of formats 1 and 2: scales of arrays in two fields, those of files in the preprocessing alone. */
export const formerMetadataSchema = z.strictObject({
  ...common,
  ...times,
  targetScale: scale,
  featureScale: scale.nullable(),
});

/** The metadata of a saved ensemble: all of it but the weights and stored models. */
export type Metadata = z.infer<typeof metadataSchema>;
export type UntrustedMetadata = z.infer<typeof untrustedMetadataSchema>;
export type TimedMetadata = z.infer<typeof timedMetadataSchema>;
export type FormerMetadata = z.infer<typeof formerMetadataSchema>;
export type FailureMetadata = z.infer<typeof failureSchema>;
export type MemberMetadata = z.infer<typeof memberSchema>;

// What the files of a checkpoint must say: every field, no other, in range. A checksum says that bytes are as written, not
// that tutti wrote them.

import {
  failureSchema,
  historySchema,
  MOST_FEATURES,
  memberSchema,
  planSchema,
  taskSchema,
  trainedOnSchema,
} from '../bundle/schema.js';
import { SPEC_PARTS, streamsSchema } from '../model/spec-schema.js';
import * as z from '../zod.js';
import type { KeptTraining } from './kept-training.js';

const { count, natural, positive, sha256, json } = SPEC_PARTS;

export const keptTrainingSchema = z.strictObject({
  plan: planSchema,
  task: taskSchema,
  features: count.max(MOST_FEATURES),
  datasetHash: sha256,
  policy: z.strictObject({
    deadline: positive.nullable(),
    onDivergence: z.enum(['drop', 'fail', 'reseed']).nullable(),
    reseeds: count.nullable(),
  }),
  trainedOn: trainedOnSchema.nullable(),
  pace: z.strictObject({ epochs: count.optional(), seconds: positive.optional() }),
  note: json,
}) satisfies z.ZodType<KeptTraining>;

/** A record of the journal, beside weights and stored models. */
export const entrySchema = z.discriminatedUnion('kind', [
  memberSchema.extend({ kind: z.literal('member') }),
  failureSchema.extend({ kind: z.literal('failure') }),
  /** What ran kernels from here on. */
  z.strictObject({ kind: z.literal('executors'), names: z.array(z.string()) }),
  /** Where what follows was trained: in results that travel. */
  z.strictObject({ kind: z.literal('host'), name: z.string() }),
  /** A run has begun again, with these streams. */
  z.strictObject({ kind: z.literal('beginning'), members: z.array(natural).min(1), streams: streamsSchema }),
]);

/** Where a strand rests, beside its numbers. */
export const stateSchema = z.strictObject({
  /** The seal of the training. */
  training: sha256,
  strand: natural,
  runs: z
    .array(
      z.strictObject({
        first: natural,
        streams: streamsSchema,
        delivered: natural,
        epoch: natural,
        learningRate: positive,
        best: z.strictObject({ epoch: count, loss: z.number() }).nullable(),
        history: historySchema,
        numbers: natural,
      }),
    )
    .min(1),
});

export type StateMetadata = z.infer<typeof stateSchema>;
export type JournalEntry = z.infer<typeof entrySchema>;

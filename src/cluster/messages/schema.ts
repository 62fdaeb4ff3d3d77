// What hosts may say to each other: every field, no other, in range. A signature says who wrote a message, not that it can
// be. Loaded where one is read: zod takes as long to load as all the rest.

import { historySchema } from '../../bundle/schema.js';
import { type ErrorCode, type ErrorDetails, EXIT_STATUS } from '../../errors.js';
import { SPEC_PARTS, streamsSchema } from '../../model/spec-schema.js';
import { isPlainObject } from '../../option-names.js';
import * as z from '../../zod.js';

const { count, natural, positive, sha256: digest } = SPEC_PARTS;

/** Lengths, so that a task stays a few kilobytes. */
const host = z.string().min(1).max(128);
const address = z.string().max(1024);

const errorCode = z.enum(Object.keys(EXIT_STATUS) as [ErrorCode, ...ErrorCode[]]);

/** Of a member that is fitted at once it is 0. */
const progressFields = {
  epoch: natural,
  learningRate: z.number().min(0),
  best: z.strictObject({ epoch: count, loss: z.number() }).nullable(),
};

export const memberSchema = z.strictObject({
  member: natural,
  streams: streamsSchema,
  from: z.strictObject({ ...progressFields, parameters: digest }).nullable(),
  until: natural,
  anchor: z.strictObject({ values: digest, memberCount: count.min(2) }).nullable(),
  keepsState: z.boolean(),
  endsGroup: z.boolean(),
});

/** Those of a group in lockstep. */
export const membersSchema = z.array(memberSchema).min(1);

const taskSchema = z.strictObject({
  training: digest,
  kind: z.enum(['member', 'group']),
  members: z.union([membersSchema, digest]),
  handOvers: z.strictObject({ epochs: count.optional(), seconds: positive.optional() }).nullable(),
  copy: natural,
});

export const queuedSchema = z.strictObject({
  task: taskSchema,
  postage: z.strictObject({ store: address, notHosts: z.array(host) }),
});

export const resultSchema = z.strictObject({
  host,
  outcomes: digest,
  executors: z.array(z.string().max(64)).max(8),
});

export const taskProgressSchema = z.strictObject({
  host,
  member: natural,
  epoch: natural,
  epochs: natural,
  loss: z.number().nullable(),
  share: z.number().min(0).max(1),
  handed: digest.nullable(),
  refused: z.strictObject({ code: errorCode, message: z.string() }).nullable(),
});

export const controlSchema = z.strictObject({
  call: z.enum(['stop', 'pause']),
  training: digest,
  task: digest.nullable(),
});

export const sharedSchema = z.strictObject({
  version: z.string(),
  plan: digest,
  dataset: digest,
  datasetHash: digest,
  modules: z.array(digest),
  reseeds: natural,
});

/** Numbers that are none are what the error of a member that diverged tells. */
const details = z.custom<ErrorDetails>((value) => {
  const isScalar = (inner: unknown) =>
    inner === null || ['string', 'number', 'boolean'].includes(typeof inner);
  return isPlainObject(value) && Object.values(value).every(isScalar);
});

const error = z.strictObject({
  code: errorCode,
  message: z.string(),
  details,
});

const progress = z.strictObject(progressFields);

const outcome = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('advanced'),
    history: historySchema,
    progress,
    delivered: z.array(
      z.strictObject({
        epoch: natural,
        inBagRows: natural,
        /** Floats of its weights, bytes of its stored model. */
        parameters: natural,
        modelBytes: natural.nullable(),
      }),
    ),
    ended: z.boolean(),
    /** Floats of the state it rests in. */
    state: natural.nullable(),
  }),
  z.strictObject({ status: z.literal('paused'), history: historySchema, progress, state: natural }),
  z.strictObject({ status: z.literal('stopped') }),
  z.strictObject({ status: z.literal('failed'), error }),
]);

/** What a job came to, beside weights, stored models and states. */
export const answerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('outcomes'), outcomes: z.array(outcome).min(1) }),
  z.strictObject({ kind: z.literal('error'), error }),
]);

/** Members in training, beside their states. */
export const handedSchema = z.strictObject({
  members: z.array(z.strictObject({ history: historySchema, progress, state: natural }).nullable()).min(1),
});

export type SentAnswer = z.infer<typeof answerSchema>;
export type SentOutcome = z.infer<typeof outcome>;
export type SentHanded = z.infer<typeof handedSchema>;
export type SentMember = z.infer<typeof memberSchema>;

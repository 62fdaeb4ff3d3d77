// The parts that the schemas of members' specs have in common; each engine's own is in its definition. Import it where
// specs from files are checked, not where tutti is loaded: zod takes as long to load as all the rest.

import * as z from '../zod.js';
import { LOSS_NAMES } from './losses.js';

const count = z.int().min(1);
const natural = z.int().min(0);
const share = z.number().gt(0).max(1);
const decay = z.number().min(0).lt(1);
const positive = z.number().gt(0);

/** SHA-256, hexadecimal. */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Whatever JSON can say: the bytes were scanned for anything else before they were decoded. */
const json = z.custom<z.core.util.JSONType>(() => true);

const image = z.strictObject({ channels: count, height: count, width: count });

const optimizer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sgd'), learningRate: positive, momentum: decay, nesterov: z.boolean() }),
  z.strictObject({
    kind: z.enum(['adam', 'adamW']),
    learningRate: positive,
    beta1: decay,
    beta2: decay,
    tolerance: positive,
    weightDecay: z.number().min(0),
  }),
  z.strictObject({
    kind: z.literal('muon'),
    learningRate: positive,
    beta1: decay,
    beta2: decay,
    tolerance: positive,
    weightDecay: z.number().min(0),
    muonLearningRate: positive,
    muonMomentum: decay,
  }),
]);

const warmup = { warmupEpochs: natural };
const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), ...warmup }),
  z.strictObject({ kind: z.literal('step'), everyEpochs: count, factor: share, ...warmup }),
  z.strictObject({ kind: z.literal('cosine'), finalFactor: z.number().min(0).max(1), ...warmup }),
  z.strictObject({
    kind: z.literal('flatCos'),
    flatShare: decay,
    finalFactor: z.number().min(0).max(1),
    ...warmup,
  }),
  z.strictObject({ kind: z.literal('coslog4'), ...warmup }),
  z.strictObject({
    kind: z.literal('fastGeometric'),
    cycles: count,
    finalFactor: z.number().min(0).max(1),
    trajectoryStart: decay,
    ...warmup,
  }),
  z.strictObject({
    kind: z.literal('cyclicCosine'),
    cycles: count,
    finalFactor: z.number().min(0).max(1),
    ...warmup,
  }),
]);

const resample = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.enum(['bootstrap', 'subsample', 'stratified', 'grouped']),
    share,
    block: count.optional(),
  }),
  z.strictObject({ kind: z.literal('cv'), folds: z.int().min(2) }),
]);

/** The keys of a member's random streams. */
export const streamsSchema = z.strictObject({
  ...{ resample: natural, init: natural, order: natural, masks: natural },
  seed: natural.optional(),
  reseeds: count.optional(),
});

/** What every spec has; a member that has epochs states when it stops early. */
const common = {
  resample,
  featureShare: share,
  streams: streamsSchema,
};

const earlyStopping = z
  .strictObject({
    on: z.enum(['validation', 'outOfBag']),
    patience: count,
    optional: z.literal(true).optional(),
  })
  .nullable();

/** What every engine has whose members an optimizer trains. */
const optimisation = {
  loss: z.enum(LOSS_NAMES),
  huberDelta: positive.optional(),
  focalGamma: z.number().min(0).max(10).optional(),
  quantiles: z.array(z.number().gt(0).lt(1)).min(1).max(99).optional(),
  optimizer,
  schedule,
  epochs: count,
  batchSize: count,
  normPenalty: z.strictObject({ l1: z.number().min(0), l2: z.number().min(0) }),
  labelSmoothing: decay,
  inputNoise: z.number().min(0),
  earlyStopping,
};

/** A file of the user's. */
const userModule = z.strictObject({ path: z.string().min(1), hash: sha256 });

export const SPEC_PARTS = {
  ...{ z, count, natural, share, decay, positive, sha256, json, image, userModule },
  ...{ common, earlyStopping, optimisation },
};

export type SpecParts = typeof SPEC_PARTS;

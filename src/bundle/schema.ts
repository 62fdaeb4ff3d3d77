// What the metadata of a saved ensemble must look like: every field, no other, in range. Loading holds
// each file against it, since a checksum says that bytes are as written, not that tutti wrote them.

import { z } from 'zod';
import type { Task } from '../data/dataset/dataset.js';
import { preprocessingSchema } from '../data/preprocessing/preprocessing-schema.js';
import { TANGENT_KINDS } from '../model/image.js';
import { ACTIVATIONS } from '../model/options/layer-options.js';
import type {
  EnsemblePlan,
  LearnerMemberSpec,
  MemberSpec,
  NeighboursMemberSpec,
  NetworkMemberSpec,
  TfjsMemberSpec,
} from '../model/spec.js';
import type { Environment } from './surroundings.js';

const count = z.int().min(1);
const natural = z.int().min(0);
const share = z.number().gt(0).max(1);
const decay = z.number().min(0).lt(1);
const positive = z.number().gt(0);

/** Whatever JSON can say: the bytes were scanned for anything else before they were decoded. */
const json = z.custom<z.core.util.JSONType>(() => true);

/** Nobody trains deeper networks; each layer costs some work although pools without weights take no bytes. */
const MOST_LAYERS = 10_000;
/** Columns of members that have no weights to hold them against. */
const MOST_FEATURES = 2 ** 24;
/** Pixels; a wider blur of any image is a constant, and its work grows with it. */
const MOST_SIGMA = 1000;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const extent = z.tuple([count, count]);
const activation = z.enum(ACTIVATIONS);
const layer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dense'), units: count, activation }),
  z.strictObject({
    kind: z.literal('conv2d'),
    filters: count,
    kernel: extent,
    stride: extent,
    padding: z.enum(['valid', 'same']),
    activation,
  }),
  z.strictObject({ kind: z.enum(['maxPool', 'averagePool']), size: extent, stride: extent }),
]);
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
]);

const warmup = { warmupEpochs: natural };
const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), ...warmup }),
  z.strictObject({ kind: z.literal('step'), everyEpochs: count, factor: share, ...warmup }),
  z.strictObject({ kind: z.literal('cosine'), finalFactor: z.number().min(0).max(1), ...warmup }),
  z.strictObject({
    kind: z.literal('cyclicCosine'),
    cycles: count,
    finalFactor: z.number().min(0).max(1),
    ...warmup,
  }),
]);

const resample = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.enum(['bootstrap', 'subsample', 'stratified', 'grouped']), share }),
]);

const streams = z.strictObject({ resample: natural, init: natural, order: natural, masks: natural });

/** What every engine that trains epoch by epoch has. */
const optimisation = {
  loss: z.enum(['softmaxCrossEntropy', 'binaryCrossEntropy', 'squaredError', 'gaussianNll']),
  optimizer,
  schedule,
  epochs: count,
  batchSize: count,
  normPenalty: z.strictObject({ l1: z.number().min(0), l2: z.number().min(0) }),
  labelSmoothing: decay,
  inputNoise: z.number().min(0),
  earlyStopping: z
    .strictObject({
      on: z.enum(['validation', 'outOfBag']),
      patience: count,
      optional: z.literal(true).optional(),
    })
    .nullable(),
};

const networkSpec = z.strictObject({
  engine: z.literal('wasm'),
  network: z.strictObject({
    image: image.nullable(),
    layers: z.array(layer).max(MOST_LAYERS),
    init: z.enum(['he', 'glorot']),
  }),
  ...optimisation,
  resample,
  featureShare: share,
  dropout: z
    .strictObject({ inputKeep: share, hiddenKeep: z.array(share), scaling: z.enum(['inverted', 'plain']) })
    .nullable(),
  activityPenalty: z.strictObject({ strength: positive, layers: z.array(count).min(1) }).nullable(),
  adversarial: z
    .strictObject({
      epsilon: positive,
      norm: z.enum(['linf', 'l2']),
      scale: z.enum(['range', 'absolute']),
      bounds: z.tuple([z.number(), z.number()]).nullable(),
      steps: count,
      cleanShare: decay,
    })
    .nullable(),
  tangents: z
    .strictObject({ strength: positive, sources: z.array(z.enum(['given', ...TANGENT_KINDS])).min(1) })
    .nullable(),
  tying: z
    .strictObject({
      strength: positive,
      layers: z.union([z.literal('all'), z.array(count).min(1)]),
      mode: z.enum(['rounds', 'exact']),
      group: natural,
    })
    .nullable(),
  snapshot: z.strictObject({ index: natural, of: z.int().min(2) }).nullable(),
  streams,
}) satisfies z.ZodType<NetworkMemberSpec>;

const distance = z.union([
  z.strictObject({ kind: z.literal('euclidean'), image: image.nullable() }),
  z.strictObject({
    kind: z.enum(['tangentOneSided', 'tangentTwoSided']),
    image,
    kinds: z.array(z.enum(TANGENT_KINDS)).min(1),
    sigma: z.number().min(0).max(MOST_SIGMA),
    border: z.enum(['zero', 'replicate']),
    stiffness: z.number().min(0),
  }),
]);

const neighboursSpec = z.strictObject({
  engine: z.literal('neighbours'),
  neighbours: count,
  distance,
  votes: z.enum(['equal', 'inverseDistance']),
  voteSmoothing: positive,
  resample,
  featureShare: share,
  earlyStopping: z.null(),
  streams,
}) satisfies z.ZodType<NeighboursMemberSpec>;

const userModule = z.strictObject({ path: z.string().min(1), hash: sha256 });

const tfjsSpec = z.strictObject({
  engine: z.literal('tfjs'),
  model: userModule,
  ...optimisation,
  resample,
  featureShare: share,
  streams,
}) satisfies z.ZodType<TfjsMemberSpec>;

const learnerSpec = z.strictObject({
  engine: z.literal('learner'),
  learner: userModule,
  options: z.record(z.string(), json),
  resample,
  featureShare: share,
  earlyStopping: z.null(),
  streams,
}) satisfies z.ZodType<LearnerMemberSpec>;

const memberSpec = z.discriminatedUnion('engine', [
  networkSpec,
  neighboursSpec,
  tfjsSpec,
  learnerSpec,
]) satisfies z.ZodType<MemberSpec>;

const plan = z.strictObject({
  seed: natural,
  arithmetic: z.enum(['fused', 'strict']),
  members: z.array(memberSpec).min(1),
  validationShare: z.number().min(0).lt(1),
}) satisfies z.ZodType<EnsemblePlan>;

const task = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('classification'), classes: z.array(z.string()).min(2) }),
  z.strictObject({ kind: z.literal('regression'), targets: z.array(z.string()).min(1) }),
]) satisfies z.ZodType<Task>;

/** A member's history by columns, since a thousand members' epochs as objects would dwarf small weights. */
const history = z.strictObject({
  epoch: z.array(count),
  loss: z.array(z.number()),
  learningRate: z.array(z.number()),
  validationLoss: z.array(z.number().nullable()),
});

const member = z.strictObject({
  index: natural,
  epoch: natural,
  inBagRows: natural,
  averagingWeight: z.number().min(0),
  parameters: natural,
  /** Bytes of its stored model; absent in files of version 1, which have none. */
  modelBytes: natural.nullable().default(null),
  history,
});

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const failure = z.strictObject({
  index: natural,
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), scalar),
});

const environment = z.strictObject({
  tutti: z.string(),
  node: z.string(),
  v8: z.string(),
  platform: z.string(),
  arch: z.string(),
  savedAt: z.iso.datetime(),
}) satisfies z.ZodType<Environment>;

const scale = z.strictObject({ mean: z.array(z.number()), std: z.array(positive) });

const encoding = z.strictObject({
  features: scale.extend({ softClip: z.array(positive.nullable()).nullable() }).nullable(),
  targets: scale,
});

const ranges = z.strictObject({ low: z.array(z.number()), high: z.array(z.number()) });

const trainedOn = z.strictObject({
  rowsHash: sha256,
  groupsHash: sha256.nullable(),
  split: z.strictObject({ testShare: z.number().gt(0).lt(1), seed: natural, rows: count }).nullable(),
  featureRanges: ranges,
  targetRange: ranges.nullable(),
});

/** What all versions of the format have. */
const common = {
  plan,
  task,
  features: count.max(MOST_FEATURES),
  preprocessing: preprocessingSchema.nullable(),
  datasetHash: sha256,
  members: z.array(member).min(1),
  failures: z.array(failure),
  complete: z.boolean(),
  wallMs: z.number().min(0),
  environment,
  report: z.record(z.string(), json).nullable(),
};

/** Of format 3. */
export const metadataSchema = z.strictObject({ ...common, encoding, trainedOn: trainedOn.nullable() });

/** Of formats 1 and 2: scales of arrays in two fields, those of files in the preprocessing alone. */
export const formerMetadataSchema = z.strictObject({
  ...common,
  targetScale: scale,
  featureScale: scale.nullable(),
});

/** The metadata of a saved ensemble: all of it but the weights and stored models. */
export type Metadata = z.infer<typeof metadataSchema>;
export type FormerMetadata = z.infer<typeof formerMetadataSchema>;
export type MemberMetadata = z.infer<typeof member>;

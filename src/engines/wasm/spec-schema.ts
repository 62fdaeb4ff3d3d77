// What the spec of a network must look like.

import { TANGENT_KINDS } from '../../model/image.js';
import { layerSpecSchema } from '../../model/layers.js';
import { type NetworkMemberSpec, SHARINGS } from '../../model/spec.js';
import type { SpecParts } from '../../model/spec-schema.js';
import type { SpecSchema } from '../shared/definition.js';

/** Nobody trains deeper networks; each layer costs some work although pools without weights take no bytes. */
const MOST_LAYERS = 10_000;

export function networkSchema(parts: SpecParts): SpecSchema<NetworkMemberSpec> {
  const { z, natural, sha256, common, optimisation, image } = parts;
  return z.strictObject({
    engine: z.literal('wasm'),
    network: z.strictObject({
      image: image.nullable(),
      layers: z.array(layerSpecSchema(z)).max(MOST_LAYERS),
      init: z.enum(['he', 'glorot', 'ntk']),
      inputs: inputsSchema(parts).optional(),
    }),
    ...optimisation,
    ...common,
    ...techniqueSchemas(parts),
    snapshot: z
      .strictObject({ index: natural, of: z.int().min(2), at: z.literal('end').optional() })
      .nullable(),
    sharing: z
      .strictObject({
        kind: z.enum([...SHARINGS, 'softBoosting']),
        submodels: z.int().min(2).max(1024),
        batch: z.enum(['whole', 'split']),
        maskScale: z.number().min(1).max(100).optional(),
        shrinkage: parts.positive.optional(),
      })
      .optional(),
    teacher: sha256.optional(),
    boosted: z.int().min(1).optional(),
    rateFactors: rateFactors(parts).optional(),
    decaySchedule: z.literal('flatCos').optional(),
    ...trajectorySchemas(parts),
    mixup: parts.positive.optional(),
    gradientClip: parts.positive.optional(),
  });
}

function trajectorySchemas({ z, count, decay }: SpecParts) {
  return {
    weightAverage: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('ema'), decay, trajectoryStart: decay }),
        z.strictObject({ kind: z.literal('swa'), trajectoryStart: decay }),
      ])
      .optional(),
    swag: z.strictObject({ trajectoryStart: decay, rank: count }).optional(),
  };
}

function rateFactors({ z }: SpecParts) {
  const factor = z.number().min(0);
  return z.strictObject({ bias: factor, scale: factor, embedding: factor });
}

/** A panel of weights holds as many terms of a number. */
const MOST_TERMS = 96;

function inputsSchema({ z, count, positive }: SpecParts) {
  const most = count.max(MOST_TERMS);
  const size = z
    .int()
    .min(2)
    .max(MOST_TERMS + 1);
  const numbers = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('periodic'), size, frequencies: most, scale: positive }),
    z.strictObject({ kind: z.literal('cosine'), size, scale: positive }),
    z.strictObject({ kind: z.literal('piecewiseLinear'), size: size.nullable(), bins: most }),
  ]);
  return z.strictObject({
    columns: z.array(z.tuple([z.enum(['number', 'category', 'flag']), count])).min(1),
    numbers: numbers.nullable(),
    categories: z.strictObject({ size: most }).nullable(),
    scale: z.boolean(),
  });
}

function techniqueSchemas({ z, count, natural, share, decay, positive }: SpecParts) {
  return {
    dropout: z
      .strictObject({
        inputKeep: share,
        hiddenKeep: z.array(share),
        scaling: z.enum(['inverted', 'plain']),
      })
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
  };
}

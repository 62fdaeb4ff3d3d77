// Nearest-neighbour members as files have them.

import { imageFeatures, TANGENT_KINDS } from '../../model/image.js';
import type { SpecParts } from '../../model/spec-schema.js';
import type { SpecSchema, StoredEngine } from '../shared/stored-engine.js';
import type { NeighboursMemberSpec } from './spec.js';
import { storedRowLength } from './stored-rows.js';

export const STORED_NEIGHBOURS: StoredEngine<NeighboursMemberSpec> & { readonly name: 'neighbours' } = {
  name: 'neighbours',
  specSchema,
  contradiction({ distance: { image }, featureShare }, features) {
    if (image === null || (imageFeatures(image) === features && featureShare === 1)) return null;
    return `image does not fit ${features} features`;
  },
  memberContradiction: ({ neighbours }, inBagRows) =>
    inBagRows < neighbours ? `has ${inBagRows} rows for ${neighbours} neighbours` : null,
  hashed: (spec) => spec,
  storesModel: false,
  weightsLength: (spec, features, task, inBagRows) => inBagRows * storedRowLength(spec, features, task),
};

/** Pixels; a wider blur of any image is a constant, and its work grows with it. */
const MOST_SIGMA = 1000;

function specSchema({ z, count, positive, image, common }: SpecParts): SpecSchema<NeighboursMemberSpec> {
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
  return z.strictObject({
    engine: z.literal('neighbours'),
    neighbours: count,
    distance,
    votes: z.enum(['equal', 'inverseDistance']),
    voteSmoothing: positive,
    ...common,
    earlyStopping: z.null(),
  });
}

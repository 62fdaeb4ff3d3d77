// The options of nearest-neighbour members: their records, and what they resolve to in a member's spec.
// options.ts makes them options of a member like any other.

import type { Task } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';
import { type ImageShape, TANGENT_KINDS, type TangentKind } from '../image.js';
import { requireImageSize } from '../network.js';
import type { DistanceSpec, NeighboursMemberSpec } from '../spec.js';
import { field, NEIGHBOURS } from './field.js';
import { requireWholeImage, resolveImage } from './layer-options.js';
import type { ImageOption } from './layer-words.js';

const ofNeighbours = { group: 'neighbours', by: NEIGHBOURS } as const;
const ofTangents = {
  ...ofNeighbours,
  when: {
    says: '`distance` is tangentOneSided or tangentTwoSided',
    holds: ({ distance }: Pick<NeighboursOptions, 'distance'>) => distance !== 'euclidean',
  },
} as const;

export const neighboursFields = {
  neighbours: field((z) => z.int().min(1), {
    ...ofNeighbours,
    says: 'how many of the nearest stored rows vote (neighbours engine)',
    default: 3,
    example: 5,
  }),
  distance: field((z) => z.enum(['euclidean', 'tangentOneSided', 'tangentTwoSided']), {
    ...ofNeighbours,
    says: 'how near rows are; tangent distances let images move, and need `image` (neighbours engine)',
    default: 'euclidean',
    example: 'tangentTwoSided',
  }),
  votes: field((z) => z.enum(['equal', 'inverseDistance']), {
    ...ofNeighbours,
    says: 'how much each vote counts: alike, or by the inverse of the distance (neighbours engine)',
    default: 'equal',
    example: 'inverseDistance',
  }),
  voteSmoothing: field((z) => z.number().gt(0), {
    ...ofNeighbours,
    says: 'votes added in equal parts to all classes, so that no probability is 0 (neighbours engine, classes)',
    default: 1,
    example: 0.5,
  }),
  distanceTangents: field((z) => z.array(z.enum(TANGENT_KINDS)).min(1), {
    ...ofTangents,
    says: 'ways in which images may move without being farther apart (tangent distances)',
    default: TANGENT_KINDS,
    example: ['rotation', 'scaling'],
  }),
  // Wider than any image; the work grows with it.
  tangentSigma: field((z) => z.number().min(0).max(1000), {
    ...ofTangents,
    says: 'width of the Gaussian that smooths images for their tangents (tangent distances)',
    unit: 'pixels',
    default: 0.5,
    example: 0.9,
  }),
  tangentBorder: field((z) => z.enum(['zero', 'replicate']), {
    ...ofTangents,
    says: 'what surrounds an image: zeros, or its edge repeated (tangent distances)',
    default: 'zero',
    example: 'replicate',
  }),
  tangentStiffness: field((z) => z.number().min(0), {
    ...ofTangents,
    says:
      'spring that holds moved images back, as a share of their squared tangents; 0: they move freely ' +
      '(tangent distances)',
    default: 0.01,
    example: 0,
  }),
};

/** The options of a nearest-neighbour member, defaults in place. */
export interface NeighboursOptions {
  readonly neighbours: number;
  readonly distance: DistanceSpec['kind'];
  readonly votes: NeighboursMemberSpec['votes'];
  readonly voteSmoothing: number;
  readonly distanceTangents: readonly TangentKind[];
  readonly tangentSigma: number;
  readonly tangentBorder: 'zero' | 'replicate';
  readonly tangentStiffness: number;
  readonly featureShare: number;
}

/**
 * The part of a nearest-neighbour member's spec that is its own.
 * @param own what was stated.
 * @throws ERR_OPTION for smoothed votes of a regression, a tangent distance without an image, an image of another size than the features, or a
 * random subspace of one.
 */
export function resolveNeighbours(
  o: NeighboursOptions,
  own: { readonly image?: ImageOption | undefined; readonly voteSmoothing?: number | undefined },
  features: number,
  task: Task,
): Pick<NeighboursMemberSpec, 'engine' | 'neighbours' | 'distance' | 'votes' | 'voteSmoothing'> {
  const { neighbours, votes, voteSmoothing } = o;
  if (task.kind === 'regression' && own.voteSmoothing !== undefined) {
    failOption('voteSmoothing', 'absent for regression, whose votes are values', own.voteSmoothing);
  }
  const image = resolveImage(own.image);
  requireWholeImage(image, o.featureShare);
  requireImageSize(image, features);
  return { engine: 'neighbours', neighbours, distance: resolveDistance(o, image), votes, voteSmoothing };
}

function resolveDistance(o: NeighboursOptions, image: ImageShape | null): DistanceSpec {
  if (o.distance === 'euclidean') return { kind: o.distance, image };
  if (image === null) failOption('image', `given when \`distance\` is "${o.distance}"`, undefined);
  const kinds = o.distanceTangents;
  if (new Set(kinds).size !== kinds.length)
    failOption('distanceTangents', 'a list without repetitions', kinds);
  return {
    kind: o.distance,
    image,
    kinds,
    sigma: o.tangentSigma,
    border: o.tangentBorder,
    stiffness: o.tangentStiffness,
  };
}

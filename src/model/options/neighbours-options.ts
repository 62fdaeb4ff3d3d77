// The options of nearest-neighbour members: their schema, defaults, and what they resolve to in a member's spec.
// options.ts makes them options of a member like any other.

import type { z as zod } from 'zod';
import type { Task } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';
import { type ImageShape, TANGENT_KINDS, type TangentKind } from '../image.js';
import { requireImageSize } from '../network.js';
import type { DistanceSpec, NeighboursMemberSpec } from '../spec.js';
import { requireWholeImage, resolveImage } from './layer-options.js';
import type { ImageOption } from './layer-words.js';
import { always, only, type Use } from './option-use.js';

export const neighboursFields = (z: typeof zod) => ({
  neighbours: z.int().min(1).describe('how many of the nearest stored rows vote (neighbours engine)'),
  distance: z
    .enum(['euclidean', 'tangentOneSided', 'tangentTwoSided'])
    .describe('how near rows are; tangent distances let images move, and need `image` (neighbours engine)'),
  votes: z
    .enum(['equal', 'inverseDistance'])
    .describe('how much each vote counts: alike, or by the inverse of the distance (neighbours engine)'),
  voteSmoothing: z
    .number()
    .gt(0)
    .describe(
      'votes added in equal parts to all classes, so that no probability is 0 (neighbours engine, classes)',
    ),
  distanceTangents: z
    .array(z.enum(TANGENT_KINDS))
    .min(1)
    .describe('ways in which images may move without being farther apart (tangent distances)'),
  tangentSigma: z
    .number()
    .min(0)
    // Wider than any image; the work grows with it.
    .max(1000)
    .describe('width in pixels of the Gaussian that smooths images for their tangents (tangent distances)'),
  tangentBorder: z
    .enum(['zero', 'replicate'])
    .describe('what surrounds an image: zeros, or its edge repeated (tangent distances)'),
  tangentStiffness: z
    .number()
    .min(0)
    .describe(
      'spring that holds moved images back, as a share of their squared tangents; 0: they move freely ' +
        '(tangent distances)',
    ),
});

type Uses = {
  readonly [Name in keyof ReturnType<typeof neighboursFields>]: Use<Pick<NeighboursOptions, 'distance'>>;
};

const ofNeighbours = always(['neighbours']);
const ofTangents = only(
  ['neighbours'],
  '`distance` is tangentOneSided or tangentTwoSided',
  ({ distance }: Pick<NeighboursOptions, 'distance'>) => distance !== 'euclidean',
);

export const neighboursUses: Uses = {
  neighbours: ofNeighbours,
  distance: ofNeighbours,
  votes: ofNeighbours,
  voteSmoothing: ofNeighbours,
  distanceTangents: ofTangents,
  tangentSigma: ofTangents,
  tangentBorder: ofTangents,
  tangentStiffness: ofTangents,
};

export const NEIGHBOURS_DEFAULTS = {
  neighbours: 3,
  distance: 'euclidean',
  votes: 'equal',
  voteSmoothing: 1,
  distanceTangents: TANGENT_KINDS,
  tangentSigma: 0.5,
  tangentBorder: 'zero',
  tangentStiffness: 0.01,
} as const;

/** The options of a nearest-neighbour member, defaults in place. */
interface NeighboursOptions {
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

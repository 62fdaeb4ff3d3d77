// Turns what a user writes about a nearest-neighbour member into the plain data of its spec.
// The options' names and types are in options.ts.

import { failOption } from '../errors.js';
import type { ImageShape, TangentKind } from './image.js';
import type { DistanceSpec, NeighboursMemberSpec } from './spec.js';

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
}

/** Options that mean something to nearest-neighbour members only. */
export const NEIGHBOURS_OPTIONS = [
  'neighbours',
  'distance',
  'votes',
  'voteSmoothing',
  'distanceTangents',
] as const;

/**
 * The part of a nearest-neighbour member's spec that is its own.
 * @throws ERR_OPTION for a tangent distance without an image, or an image of another size than the features.
 */
export function resolveNeighbours(
  o: NeighboursOptions,
  image: ImageShape | null,
): Pick<NeighboursMemberSpec, 'engine' | 'neighbours' | 'distance' | 'votes' | 'voteSmoothing'> {
  const { neighbours, votes, voteSmoothing } = o;
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

// What the options of a nearest-neighbour member become in its spec.

import { failOption } from '../../errors.js';
import type { ImageShape } from '../../model/image.js';
import { requireImageSize } from '../../model/network.js';
import type { FilledOptions } from '../../model/options/filled-options.js';
import { requireWholeImage, resolveImage } from '../../model/options/layer-options.js';
import type { MemberOptions } from '../../model/options/training-options.js';
import type { ResolveContext } from '../shared/definition.js';
import type { DistanceSpec, NeighboursMemberSpec } from './spec.js';

/**
 * The part of a nearest-neighbour member's spec that is its own.
 * @param own what was stated.
 * @throws ERR_OPTION for smoothed votes of a regression, a tangent distance without an image, an image of another size than the features, or a
 * random subspace of one.
 */
export function resolveNeighbours(
  o: FilledOptions,
  own: MemberOptions,
  { features, task }: ResolveContext,
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

function resolveDistance(o: FilledOptions, image: ImageShape | null): DistanceSpec {
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

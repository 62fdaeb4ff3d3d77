// The spec of a nearest-neighbour member.

import type { ImageShape, TangentKind } from '../../model/image.js';
import type { MemberSpec } from '../../model/spec.js';

/** How far two examples are apart. With an image, distances are taken between pixels in the user's units. */
export type DistanceSpec =
  | { readonly kind: 'euclidean'; readonly image: ImageShape | null }
  | {
      /** One-sided: the stored example moves along its tangents; two-sided: both do. */
      readonly kind: 'tangentOneSided' | 'tangentTwoSided';
      readonly image: ImageShape;
      readonly kinds: readonly TangentKind[];
      /** Smoothing of the images for their tangents, in pixels. */
      readonly sigma: number;
      readonly border: 'zero' | 'replicate';
      /** Spring on the tangents' coefficients, as a share of the mean squared tangent length. */
      readonly stiffness: number;
    };

/**
 * A member that keeps the distinct rows of its resample and predicts from the nearest of them.
 * **Source:** Cover and Hart (1967); Goodfellow, Bengio, Courville, Deep Learning, 5.7.3 and 7.14.
 */
export interface NeighboursMemberSpec extends MemberSpec {
  readonly engine: 'neighbours';
  /** k, how many neighbours vote. */
  readonly neighbours: number;
  readonly distance: DistanceSpec;
  /** Votes of one each, or in proportion to 1 / distance. */
  readonly votes: 'equal' | 'inverseDistance';
  /** Votes spread evenly over all classes beside the neighbours' k, > 0 so that no probability is 0. */
  readonly voteSmoothing: number;
  /** There is nothing to stop. */
  readonly earlyStopping: null;
}

// Where an attack moves inputs: the values that members see, or, for a radius in the units of the data under a soft
// clip or quantiles, the standardised values before those, where that radius is the same at every value.

import { encodeChange, encodeStandardised, type FeatureScale } from '../../data/dataset/encoding.js';
import type { AttackScale } from '../../model/spec.js';

export interface AttackSpace {
  /** How rows come into it; null: as they are. */
  readonly scale: FeatureScale | null;
  /** What members see of its rows, f32[rows, features]. */
  seen(moved: Float32Array): Float32Array;
  /** Turns the gradient by what members see into that by its rows, in place. @param seen of those rows */
  pullBack(gradient: Float32Array, seen: Float32Array): void;
}

/** @param encoding the ensemble's */
export function attackSpace(encoding: FeatureScale | null, scale: AttackScale): AttackSpace {
  const isStraight = encoding === null || (encoding.softClip === null && encoding.quantiles === undefined);
  if (isStraight || scale === 'range') return { scale: encoding, seen: (moved) => moved, pullBack: () => {} };
  const features = encoding.mean.length;
  return {
    scale: { mean: encoding.mean, std: encoding.std, softClip: null },
    seen: (moved) => moved.map((value, at) => encodeStandardised(encoding, at % features, value)),
    pullBack(gradient, seen) {
      for (let at = 0; at < gradient.length; at++) {
        const i = at % features;
        // A standard deviation's change in the units of the data is a change by 1 here.
        gradient[at]! *= encodeChange(encoding, i, encoding.std[i]!, seen[at]!);
      }
    },
  };
}

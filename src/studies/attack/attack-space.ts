// Where an attack moves inputs: the values that members see, or, for a radius in the units of the data under a soft
// clip, the standardised values before it, where that radius is the same at every value.

import { encodeChange, type FeatureScale, softClip } from '../../data/dataset/encoding.js';
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
  const clips = encoding?.softClip ?? null;
  if (encoding === null || clips === null || scale === 'range') {
    return { scale: encoding, seen: (moved) => moved, pullBack: () => {} };
  }
  const features = clips.length;
  return {
    scale: { ...encoding, softClip: null },
    seen: (moved) => moved.map((value, at) => softClip(value, clips[at % features]!)),
    pullBack(gradient, seen) {
      for (let at = 0; at < gradient.length; at++) {
        const i = at % features;
        // A standard deviation's change in the units of the data is a change by 1 here.
        gradient[at]! *= encodeChange(encoding, i, encoding.std[i]!, seen[at]!);
      }
    },
  };
}

// The encoding that a fitted preprocessing stands for: asked for where a saved ensemble is checked, too, which reads no tables.

import type { Encoding } from '../dataset/dataset.js';
import { NO_SCALE } from '../dataset/encoding.js';
import { categoryNames } from '../dataset/feature-columns.js';
import type { Preprocessing } from '../dataset/preprocessing-types.js';

/** How a fitted preprocessing's features and targets become what members see. */
export function encodingFrom({ features, target, ...preprocessing }: Preprocessing): Encoding {
  const softClip = preprocessing.softClip ?? null;
  const columns = features.flatMap(
    (feature): readonly { mean: number; std: number; clip: number | null }[] =>
      feature.kind === 'numeric'
        ? [{ mean: feature.mean, std: feature.std, clip: softClip }]
        : categoryNames(feature).map(() => ({ mean: 0, std: 1, clip: null })),
  );
  return {
    features: {
      mean: columns.map(({ mean }) => mean),
      std: columns.map(({ std }) => std),
      softClip: softClip === null ? null : columns.map(({ clip }) => clip),
    },
    targets: target.kind === 'classification' ? NO_SCALE : { mean: target.mean, std: target.std },
  };
}

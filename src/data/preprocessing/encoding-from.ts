// The encoding that a fitted preprocessing stands for: asked for where a saved ensemble is checked, too, which reads no tables.

import type { Encoding } from '../dataset/dataset.js';
import { NO_SCALE } from '../dataset/encoding.js';
import { categoryNames } from '../dataset/feature-columns.js';
import type { Preprocessing } from '../dataset/preprocessing-types.js';

/** What one feature's scale is made of. */
interface ColumnScale {
  readonly mean: number;
  readonly std: number;
  readonly clip: number | null;
  readonly quantiles: readonly number[] | null;
}

/** A 0/1 column is as it is. */
const FLAG: ColumnScale = { mean: 0, std: 1, clip: null, quantiles: null };

/** How a fitted preprocessing's features and targets become what members see. */
export function encodingFrom({ features, target, ...preprocessing }: Preprocessing): Encoding {
  const { softClip = null, scaling, clipShape } = preprocessing;
  const columns = features.flatMap((feature): readonly ColumnScale[] => {
    if (feature.kind === 'numeric') {
      const { mean, std, quantiles = null } = feature;
      const number = { mean, std, clip: softClip, quantiles };
      return feature.indicator === true ? [number, FLAG] : [number];
    }
    return categoryNames(feature).map(() => FLAG);
  });
  return {
    features: {
      mean: columns.map(({ mean }) => mean),
      std: columns.map(({ std }) => std),
      softClip: softClip === null ? null : columns.map(({ clip }) => clip),
      ...(scaling === undefined ? {} : { scaling }),
      ...(clipShape === undefined ? {} : { clipShape }),
      ...(scaling === 'quantile' ? { quantiles: columns.map(({ quantiles }) => quantiles) } : {}),
    },
    targets:
      target.kind === 'classification'
        ? NO_SCALE
        : {
            ...{ mean: target.mean, std: target.std },
            ...(target.map === undefined ? {} : { map: target.map }),
          },
  };
}

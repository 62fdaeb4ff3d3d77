// Which encodings a tf.LayersModel can have: a mean and a deviation for each column, since its layers bend nothing.

import type { Encoding } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';

/** @throws ERR_OPTION where features are softly clipped or encoded by quantiles, or targets bent, which no layer does. */
export function requireStraightScale({ features: scale, targets }: Encoding): void {
  const where = 'in the training of what becomes a tf.LayersModel, which has no such layer';
  if (targets.map !== undefined) failOption('targetScaling', `standard ${where}`, targets.map.kind);
  if (scale?.quantiles !== undefined)
    failOption('scaling', `columns, together or robust (--scaling columns) ${where}`, 'quantile');
  const clip = scale?.softClip?.find((c) => c !== null);
  if (clip !== undefined) failOption('softClip', `null (--soft-clip none) ${where}`, clip);
}

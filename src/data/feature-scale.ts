// The scale that took features from the user's units to what networks see, wherever it was fitted.
// For techniques that work in those units: tangents of images, distances between them, bounds of inputs.

import type { Scale } from './dataset.js';
import type { Preprocessing } from './preprocessing-schema.js';

/**
 * One mean and deviation per feature, value in the user's units = mean + std × feature; null when the features
 * are in the user's units already. The 0/1 columns of categories are as they are: mean 0, std 1.
 */
export function featureScaleOf(fitted: {
  readonly featureScale: Scale | null;
  readonly preprocessing: Preprocessing | null;
}): Scale | null {
  const { featureScale, preprocessing } = fitted;
  if (featureScale !== null || preprocessing === null) return featureScale;
  const columns = preprocessing.features.flatMap((feature) =>
    feature.kind === 'numeric' ? [feature] : feature.categories.map(() => ({ mean: 0, std: 1 })),
  );
  return { mean: columns.map(({ mean }) => mean), std: columns.map(({ std }) => std) };
}

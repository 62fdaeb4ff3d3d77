// How many columns of x a column of a table becomes, and what they are called.

import type { CategoricalFeature, FeatureColumn } from './preprocessing-types.js';

/** What the column of all categories without a column of their own is called. */
const OTHERS = '(others)';

/** What the column of missing cells is called. */
export const MISSING = '(missing)';

/** One of a number; of categories one each, and one more where some share it; and one for missing cells that are a value. */
export function columnWidth(feature: FeatureColumn): number {
  const indicator = feature.indicator === true ? 1 : 0;
  if (feature.kind === 'numeric') return 1 + indicator;
  return feature.categories.length + (feature.others === undefined ? 0 : 1) + indicator;
}

/** Columns of x that all of them become. */
export function featureWidth(features: readonly FeatureColumn[]): number {
  return features.reduce((width, feature) => width + columnWidth(feature), 0);
}

/** A name for each 0/1 column of categories, in their order. */
export function categoryNames({ categories, others, indicator }: CategoricalFeature): readonly string[] {
  if (others === undefined && indicator === undefined) return categories;
  return [
    ...categories,
    ...(others === undefined ? [] : [OTHERS]),
    ...(indicator === undefined ? [] : [MISSING]),
  ];
}

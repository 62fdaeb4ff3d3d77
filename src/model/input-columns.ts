// What the encoded columns of a dataset are to a network that embeds its inputs.

import { columnWidth } from '../data/dataset/feature-columns.js';
import type { FeatureColumn } from '../data/dataset/preprocessing-types.js';
import type { InputColumnKind, InputRun } from './inputs.js';

/** @param fitted how columns of a table became features; null for a dataset of arrays, of whose columns nothing is known. */
export function inputRuns(
  fitted: { readonly features: readonly FeatureColumn[] } | null,
): readonly InputRun[] | undefined {
  if (fitted === null) return undefined;
  const runs: [InputColumnKind, number][] = [];
  const add = (kind: InputColumnKind, columns: number) => {
    const last = runs.at(-1);
    if (kind !== 'category' && last?.[0] === kind) last[1] += columns;
    else runs.push([kind, columns]);
  };
  for (const feature of fitted.features) {
    if (feature.kind === 'categorical') {
      add('category', columnWidth(feature));
      continue;
    }
    // Of a number that is the same in all rows there is nothing to embed.
    add(feature.constant === true ? 'flag' : 'number', 1);
    if (feature.indicator === true) add('flag', 1);
  }
  return runs;
}

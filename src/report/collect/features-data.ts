// The columns an ensemble reads, and whether those of the test rows still look like those it was trained on.

import { featureNames } from '../../data/preprocessing/features.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import type { FeaturesData } from '../page/page-data.js';
import type { RowsPart } from './collect-set.js';
import { driftOf } from './drift.js';

export function featuresOf(
  ensemble: TrainedEnsemble,
  parts: readonly RowsPart[],
  explained: Pick<FeaturesData, 'importance' | 'dependence'>,
): FeaturesData {
  const { preprocessing, features } = ensemble;
  const columns = preprocessing?.features ?? [];
  const train = parts.find(({ rowsFrom }) => rowsFrom === 'outOfBag');
  const test = parts.find(({ rowsFrom }) => rowsFrom === 'heldOut');
  return {
    ...explained,
    columns:
      preprocessing === null
        ? Array.from({ length: features }, (_, at) => ({ name: `x[${at}]`, ...PLAIN }))
        : columns.map((feature) => ({
            name: feature.column,
            kind: feature.kind === 'numeric' && feature.constant === true ? 'constant' : feature.kind,
            categories: feature.kind === 'categorical' ? feature.categories.length : 0,
            filled: feature.fill !== null,
          })),
    drift:
      train === undefined || test === undefined
        ? []
        : driftOf(train.dataset, test.dataset, featureNames(columns)),
  };
}

const PLAIN = { kind: 'numeric', categories: 0, filled: false } as const;

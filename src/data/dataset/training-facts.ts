// What an ensemble remembers of the rows it was trained on: which they are, and how far their values reach.

import { isMade } from './check-dataset.js';
import type { DatasetNumbers, TableSplit } from './dataset-types.js';
import type { Values } from './encoding.js';

/** Least and largest value of each column, in the user's units. */
export interface ColumnRanges {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface TrainingFacts {
  /** The dataset's `rowsHash` and `groupsHash`: they know the rows again, with other weights too. */
  readonly rowsHash: string;
  readonly groupsHash: string | null;
  /** The split of a table that left these rows to train on; null when none is known. */
  readonly split: TableSplit | null;
  readonly featureRanges: ColumnRanges;
  /** Of the targets; null for classification. */
  readonly targetRange: ColumnRanges | null;
}

/** Of datasets that ensembles were trained on: it takes a look at every number. */
const known = new WeakMap<DatasetNumbers, TrainingFacts>();

/** The facts of a training dataset. */
export function trainingFacts(dataset: DatasetNumbers): TrainingFacts {
  const facts = known.get(dataset) ?? factsOf(dataset);
  if (isMade(dataset)) known.set(dataset, facts);
  return facts;
}

function factsOf(dataset: DatasetNumbers): TrainingFacts {
  const { rowsHash, groupsHash, split, x, features, targets, task } = dataset;
  return {
    ...{ rowsHash, groupsHash, split },
    featureRanges: columnRanges(x, features),
    targetRange: task.kind === 'classification' ? null : columnRanges(targets, task.targets.length),
  };
}

/** Ranges of [rows, columns]. */
export function columnRanges(values: Values, columns: number): ColumnRanges {
  const low = new Array<number>(columns).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(columns).fill(Number.NEGATIVE_INFINITY);
  for (let from = 0; from < values.length; from += columns) {
    for (let i = 0; i < columns; i++) {
      const value = values[from + i]!;
      if (value < low[i]!) low[i] = value;
      if (value > high[i]!) high[i] = value;
    }
  }
  return { low, high };
}

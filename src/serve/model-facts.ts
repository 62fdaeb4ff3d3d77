// What a served ensemble says of itself: its task, the columns that it takes and what each may hold, and what else can be
// asked of it. Nothing of the rows that it was trained on, beside their mean and the names of their categories.

import { contentHash } from '../bundle/content-hash.js';
import type { FeatureColumn } from '../data/dataset/preprocessing-types.js';
import { dateExample } from '../data/table/date-format.js';
import type { RecordValue } from '../data/table/record-table.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { aggregatorFor } from '../ensemble/predict/ensemble-combiner.js';
import { VERSION } from '../version.js';
import type { FilledHandlerOptions } from './options.js';

/** A column that a record has to have. */
export interface ServedColumn {
  readonly name: string;
  readonly kind: 'number' | 'date' | 'category';
  /** What a cell may look like. */
  readonly example: RecordValue;
  /** Whether a cell may be missing, and is filled in as in training. */
  readonly mayBeMissing: boolean;
  /** The first of its categories. */
  readonly categories?: readonly string[];
  /** How many it has. */
  readonly categoryCount?: number;
}

export interface ModelFacts {
  readonly name: string;
  readonly task: 'classification' | 'regression';
  /** Of a classification. */
  readonly classes?: readonly string[];
  /** Of a regression. */
  readonly targets?: readonly string[];
  readonly members: number;
  readonly aggregator: string;
  /** How its probabilities are calibrated; null where they are as the members give them. */
  readonly calibrated: string | null;
  /** Whether `?coverage` can be asked for. */
  readonly coverage: boolean;
  /** Numbers of a row as its members see it. */
  readonly features: number;
  /** Null for an ensemble trained on arrays, whose rows are lists of `features` numbers. */
  readonly columns: readonly ServedColumn[] | null;
  /** A row that it takes. */
  readonly example: Readonly<Record<string, RecordValue>> | readonly number[];
  readonly unseenCategories: 'refused' | 'ignored';
  readonly contentHash: string;
  readonly limits: Readonly<Record<'maxBytes' | 'maxRows' | 'timeout', number>>;
  readonly tutti: string;
}

/** More would be a megabyte of names. */
const MOST_CATEGORIES = 100;

export function modelFacts(ensemble: TrainedEnsemble, options: FilledHandlerOptions): ModelFacts {
  const { task, members, features, preprocessing, calibration, conformity } = ensemble;
  const { name, maxBytes, maxRows, timeout } = options;
  const columns = preprocessing?.features.map(servedColumn) ?? null;
  const isCalibrated = calibration !== null && options.calibrated !== false;
  return {
    name,
    task: task.kind,
    ...(task.kind === 'classification' ? { classes: task.classes } : { targets: task.targets }),
    members: members.length,
    aggregator: aggregatorFor(ensemble, options),
    calibrated: isCalibrated ? calibration.method : null,
    coverage: conformity !== null,
    features,
    columns,
    example: exampleOf(ensemble, columns),
    unseenCategories: (preprocessing?.unseen ?? 'error') === 'error' ? 'refused' : 'ignored',
    contentHash: contentHash(ensemble),
    limits: { maxBytes, maxRows, timeout },
    tutti: VERSION,
  };
}

function servedColumn(feature: FeatureColumn): ServedColumn {
  const { column: name } = feature;
  const mayBeMissing = feature.fill !== null;
  if (feature.kind === 'categorical') {
    const { categories, fill } = feature;
    return {
      ...{ name, kind: 'category', example: fill ?? categories[0] ?? null, mayBeMissing },
      ...{ categories: categories.slice(0, MOST_CATEGORIES), categoryCount: categories.length },
    };
  }
  if (feature.format?.kind === 'date') {
    const example = dateExample(feature.format).split(' ').at(-1)!;
    return { name, kind: 'date', example, mayBeMissing };
  }
  return { name, kind: 'number', example: rounded(feature.fill ?? feature.mean), mayBeMissing };
}

function exampleOf(
  { features, encoding }: TrainedEnsemble,
  columns: readonly ServedColumn[] | null,
): ModelFacts['example'] {
  if (columns !== null) return Object.fromEntries(columns.map(({ name, example }) => [name, example]));
  const means = encoding.features?.mean;
  return Array.from({ length: features }, (_, at) => rounded(means?.[at] ?? 0));
}

/** Nobody reads more digits of a mean. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

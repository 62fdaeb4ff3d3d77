// The way from a table's raw columns to a dataset, fitted on training rows and kept with the ensemble.
// Composes features.ts, target.ts and weights.ts; reads no files (load.ts does) and knows nothing of members.

import { failOption, TuttiError } from '../errors.js';
import { type OptionTable, option } from '../option-names.js';
import type { Column } from './column.js';
import { type Dataset, type Scale, type Task, withHash } from './dataset.js';
import {
  type FeatureScaling,
  featureWidth,
  fitFeatures,
  type Impute,
  transformFeatures,
} from './features.js';
import type { Preprocessing, TargetEncoding } from './preprocessing-schema.js';
import { requireColumn, type Table } from './table.js';
import { chooseTask, fitTarget, type TaskChoice, type TaskKind, transformTargets } from './target.js';
import { type ClassWeights, fitRowWeights, groupsOf } from './weights.js';

export { featureNames, featureWidth, type Impute, transformFeatures } from './features.js';
export type { FeatureColumn, Preprocessing, TargetEncoding } from './preprocessing-schema.js';
export { type EncodedTargets, type TaskChoice, type TaskKind, transformTargets } from './target.js';
export type { ClassWeights } from './weights.js';

const COLUMN_NAMES = {
  expected: 'the name of a column, or a list of names',
  holds: (value: unknown) => option.text.holds(value) || option.texts.holds(value),
};

export interface PreprocessingOptions {
  /** The column to predict, or several for regression. */
  readonly target: string | readonly string[];
  /** @default guessed: text, or integers with at most 20 distinct values, are classes */
  readonly task?: TaskKind | undefined;
  /** Columns to treat as categories even if they look like numbers. */
  readonly categorical?: readonly string[] | undefined;
  /** Fill missing feature cells. @default a missing cell is an error */
  readonly impute?: Impute | undefined;
  /**
   * A category not seen in training: refused by name, or encoded as no category at all.
   * @default 'error', because a misspelt category would otherwise be predicted as if it were nothing
   */
  readonly unseen?: Preprocessing['unseen'] | undefined;
  /** Whether numeric features are standardised each by itself or, as pixels want, all alike. @default 'columns' */
  readonly scaling?: FeatureScaling | undefined;
  /** Weights of the loss per row; no feature. */
  readonly weightColumn?: string | undefined;
  /** Groups that resampling and splitting keep whole; no feature. */
  readonly groupColumn?: string | undefined;
}

/** What the options must be; see src/option-names.ts. */
export const PREPROCESSING_OPTIONS = {
  target: option.required(COLUMN_NAMES),
  task: option.oneOf('classification', 'regression'),
  categorical: option.texts,
  impute: option.oneOf('mean', 'median'),
  unseen: option.oneOf('error', 'ignore'),
  scaling: option.oneOf('columns', 'together'),
  weightColumn: option.text,
  groupColumn: option.text,
} satisfies OptionTable<PreprocessingOptions>;

/** What each column of a table is for. */
export interface ColumnRoles {
  readonly features: readonly Column[];
  readonly targets: readonly Column[];
  readonly weight: Column | null;
  readonly group: Column | null;
}

/**
 * Finds the columns that options name; all others are features.
 *
 * @throws ERR_OPTION for a name that is no column or has two uses; ERR_DATA when no feature is left
 */
export function assignRoles(table: Table, options: PreprocessingOptions): ColumnRoles {
  const names = typeof options.target === 'string' ? [options.target] : options.target;
  if (names.length === 0) throw new TuttiError('ERR_OPTION', 'Expected `target` to name a column, got none');
  const targets = names.map((name) => requireColumn(table, 'target', name));
  const { weightColumn, groupColumn } = options;
  const weight = weightColumn === undefined ? null : requireColumn(table, 'weightColumn', weightColumn);
  const group = groupColumn === undefined ? null : requireColumn(table, 'groupColumn', groupColumn);
  for (const name of options.categorical ?? []) requireColumn(table, 'categorical', name);
  const used = [...targets, weight, group].filter((column) => column !== null);
  const twice = used.find((column, i) => used.indexOf(column) !== i);
  if (twice !== undefined) {
    const expected = 'Expected target, weight and group columns to differ';
    throw new TuttiError('ERR_OPTION', `${expected}, got \`${twice.name}\` twice`, { column: twice.name });
  }
  const features = table.columns.filter((column) => !used.includes(column));
  if (features.length === 0) {
    const message = `Expected ${table.source} to have a column beside the target, got none to learn from`;
    throw new TuttiError('ERR_DATA', message, { file: table.source });
  }
  return { features, targets, weight, group };
}

/** The task of a table under these options, and why. */
export function taskOf(table: Table, roles: ColumnRoles, options: PreprocessingOptions): TaskChoice {
  return chooseTask(table, roles.targets, options.task ?? null, options.categorical ?? []);
}

/**
 * Fits preprocessing: column kinds, classes and errors over the whole table; means, deviations, categories
 * and fills over the training rows alone.
 *
 * @param rows u32, the training rows
 * @throws ERR_OPTION, ERR_DATA: see the parts
 */
export function fitPreprocessing(
  table: Table,
  rows: Uint32Array,
  options: PreprocessingOptions,
): Preprocessing {
  const roles = assignRoles(table, options);
  const { kind } = taskOf(table, roles, options);
  const target = fitTarget(table, roles.targets, kind, rows);
  const categorical = options.categorical ?? [];
  const unseen = options.unseen ?? 'error';
  if (unseen !== 'error' && unseen !== 'ignore') failOption('unseen', 'error or ignore', unseen);
  return {
    features: fitFeatures(table, roles.features, rows, {
      categorical,
      impute: options.impute ?? null,
      scaling: options.scaling ?? 'columns',
    }),
    unseen,
    target,
    weightColumn: roles.weight?.name ?? null,
    groupColumn: roles.group?.name ?? null,
  };
}

/** The task that a fitted preprocessing stands for. */
export function taskFrom(preprocessing: Preprocessing): Task {
  const { target } = preprocessing;
  return target.kind === 'classification'
    ? { kind: 'classification', classes: target.classes }
    : { kind: 'regression', targets: target.columns };
}

/** The scale of the targets; empty for classification. */
export function targetScaleFrom(target: TargetEncoding): Scale {
  return target.kind === 'classification' ? { mean: [], std: [] } : { mean: target.mean, std: target.std };
}

/** Weights and groups to keep with a training dataset; test datasets have neither. */
export interface TrainingExtras {
  readonly classWeights?: ClassWeights | undefined;
}

/**
 * The dataset of a table's rows, targets included: to train on (with `extras`) or to evaluate on.
 * Weights and groups are read only for training: figures on test rows are unweighted.
 *
 * @param rows u32, the rows to take; null for all
 * @throws ERR_DATA for bad cells and where the target column is absent
 */
export function transformTable(
  preprocessing: Preprocessing,
  table: Table,
  rows: Uint32Array | null = null,
  extras: TrainingExtras | null = null,
): Dataset {
  const encoded = transformTargets(preprocessing, table, rows);
  if (encoded === null) throw noTarget(preprocessing, table);
  const used = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row);
  return withHash({
    task: taskFrom(preprocessing),
    rows: used.length,
    features: featureWidth(preprocessing.features),
    x: transformFeatures(preprocessing, table, rows),
    ...encoded,
    targetScale: targetScaleFrom(preprocessing.target),
    featureScale: null,
    tangents: null,
    ...trainingParts(preprocessing, table, used, encoded.labels, extras),
  });
}

function trainingParts(
  preprocessing: Preprocessing,
  table: Table,
  rows: Uint32Array,
  labels: Int32Array,
  extras: TrainingExtras | null,
): Pick<Dataset, 'rowWeights' | 'groups'> {
  if (extras === null) return { rowWeights: null, groups: null };
  const { weightColumn, groupColumn, target } = preprocessing;
  const weights = weightColumn === null ? null : requireColumn(table, 'weightColumn', weightColumn);
  const classes = target.kind === 'classification' ? target.classes : null;
  const rowWeights = fitRowWeights(table, rows, weights, extras.classWeights ?? null, labels, classes);
  const group = groupColumn === null ? null : requireColumn(table, 'groupColumn', groupColumn);
  return { rowWeights, groups: group === null ? null : groupsOf(table, rows, group) };
}

function noTarget(preprocessing: Preprocessing, table: Table): TuttiError {
  const { target } = preprocessing;
  const name = target.kind === 'classification' ? target.column : target.columns.join(', ');
  const message = `Expected ${table.source} to have values in the target column \`${name}\`, got none`;
  return new TuttiError('ERR_DATA', message, { file: table.source, column: name });
}

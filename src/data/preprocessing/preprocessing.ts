// The way from a table's raw columns to a dataset, fitted on training rows and kept with the ensemble.
// Composes judge-table.ts, features.ts, target.ts and weights.ts; reads no files (load.ts does) and knows nothing of
// members.

import { failOption, TuttiError } from '../../errors.js';
import { described, type OptionTable, option } from '../../option-names.js';
import { COLUMN_OPTIONS, type ColumnOptions, MAX_CATEGORIES } from '../columns/column-options.js';
import { type Judgement, judgeTable } from '../columns/judge-table.js';
import {
  categoricalReading,
  numbersOf,
  numericReading,
  type Reading,
  refuseMissing,
} from '../columns/reading.js';
import { completeDataset, type Dataset, type Task } from '../dataset/dataset.js';
import {
  CLIP_SHAPE,
  type ClipShape,
  type FeatureScaling,
  SOFT_CLIP,
  TARGET_SCALING,
  type TargetScaling,
} from '../dataset/encoding.js';
import { featureWidth } from '../dataset/feature-columns.js';
import type { Preprocessing } from '../dataset/preprocessing-types.js';
import { ranksOf } from '../dataset/time-ranks.js';
import { delimiterHint, requireColumn, type Table } from '../table/table.js';
import { PRESET_NAMES, type PresetName, withDataPreset } from './data-presets.js';
import { encodingFrom } from './encoding-from.js';
import { transformFeatures } from './features.js';
import { fitFeatures, type Impute, SCALINGS } from './fit-features.js';
import { fitTarget, targetReadings, transformTargets } from './target.js';
import { type ClassWeights, fitRowWeights, groupsOf } from './weights.js';

export { featureWidth } from '../dataset/feature-columns.js';
export type { FeatureColumn, Preprocessing, TargetEncoding } from '../dataset/preprocessing-types.js';
export { featureNames, transformFeatures } from './features.js';
export type { Impute } from './fit-features.js';
export { type EncodedTargets, transformTargets } from './target.js';
export type { ClassWeights } from './weights.js';

export interface PreprocessingOptions extends ColumnOptions {
  /** A recipe by its name: values of these options, of which those that are stated take the place. @default 'balanced' */
  readonly preset?: PresetName | undefined;
  /** Fill missing feature cells. @default a missing cell is an error */
  readonly impute?: Impute | undefined;
  /**
   * Whether a missing cell is a value of its own, in each column with missing cells among the training rows: beside a number,
   * which is filled (by its mean unless `impute` says otherwise), a 0/1 feature says that it was missing; among categories
   * missing is one more.
   * @default false
   */
  readonly missingIndicators?: boolean | undefined;
  /**
   * A category not seen in training: refused by name, encoded as no category at all, or as those that were seen, each by its share of
   * the training rows: a network's first layer makes of that the mean of what it learned of each.
   * @default 'error', because a misspelt category would otherwise be predicted as if it were nothing
   */
  readonly unseen?: Preprocessing['unseen'] | undefined;
  /**
   * Categories of one column that get a 0/1 feature each, the most frequent ones; where there are more, those left and
   * all that appear later share one more feature, and none is refused. @default 100
   */
  readonly maxCategories?: number | undefined;
  /**
   * What numeric features are made of. `columns`: each standardised by itself; `together`: all alike, as pixels want, which
   * keeps the contrasts of an image; `robust`: each less its median, by its interquartile range; `quantile`: each value by the
   * standard normal deviate of its place among the training rows.
   * @default 'columns'
   */
  readonly scaling?: FeatureScaling | undefined;
  /**
   * The c of a soft clip of standardised numeric columns; null: none. Networks do better without values that are far out:
   * docs/reference/defaults.md.
   * @default 2; 3 with `scaling: 'robust'`; null with `together`, because clipped pixels are another image, and with `quantile`
   */
  readonly softClip?: number | null | undefined;
  /**
   * How the soft clip bends. `kneed`: values are as they are up to c, and never beyond 2c; `smooth`: z/√(1 + (z/c)²), never
   * beyond c.
   * @default 'kneed'; 'smooth' with `scaling: 'robust'`
   */
  readonly clipShape?: ClipShape | undefined;
  /**
   * What members learn of a target of numbers: it standardised, its logarithm standardised (of 1 more where there are zeros), or the
   * standard normal deviate of its place among the training rows. Predictions and scores are in its own units: each member's means
   * are turned back before they are averaged.
   * @default 'standard'
   */
  readonly targetScaling?: TargetScaling | undefined;
  /**
   * With `timeColumn`: rows in the order of time that are used for nothing, just before those held out and on either side of
   * those that a member draws. @default 0
   */
  readonly timeGap?: number | undefined;
}

/** Of each scaling the c of its soft clip, where nothing is said: what was measured, and that of RealMLP for its scaling. */
const DEFAULT_SOFT_CLIPS = { columns: 2, together: null, robust: 3, quantile: null } as const;

/** The soft clip of a scaling where nothing, or its c alone, is said. */
export function defaultClip(scaling: FeatureScaling): {
  readonly softClip: number | null;
  readonly clipShape: ClipShape;
} {
  return { softClip: DEFAULT_SOFT_CLIPS[scaling], clipShape: scaling === 'robust' ? 'smooth' : 'kneed' };
}

/** The checks of these options that need no table. */
export const PREPROCESSING_OPTIONS = {
  ...COLUMN_OPTIONS,
  preset: described(option.oneOf(...PRESET_NAMES), {
    kind: 'choice',
    says: 'a recipe, of which every option that is stated takes the place',
    default: 'balanced',
  }),
  impute: described(option.oneOf('mean', 'median'), {
    kind: 'choice',
    says: 'what missing numbers are filled with; missing categories become the most frequent one',
    defaultSays: 'a missing cell is an error',
  }),
  missingIndicators: described(option.flag, {
    kind: 'flag',
    says: 'missing cells are a value too: a 0/1 feature beside a filled number, a category of their own',
    default: false,
  }),
  unseen: described(option.oneOf('error', 'ignore', 'learned'), {
    kind: 'choice',
    says: 'categories that only appear at prediction: refused, taken for none, or for the mean of what was learned of all',
    default: 'error',
  }),
  maxCategories: MAX_CATEGORIES,
  scaling: described(option.oneOf(...SCALINGS), {
    kind: 'choice',
    says: 'standardise each numeric column by itself, or all alike, or by median and quartiles, or by its quantiles',
    default: 'columns',
  }),
  softClip: described(SOFT_CLIP, {
    kind: 'number',
    says: 'c of the soft clip: numbers are as they are up to c standard deviations, never beyond 2c',
    defaultSays: '2; 3 where `scaling` is robust, none where it is together or quantile',
  }),
  clipShape: described(CLIP_SHAPE, {
    kind: 'choice',
    says: 'how the soft clip bends: not at all up to c (kneed), or from 0 on and never beyond c (smooth)',
    defaultSays: 'kneed, or smooth where `scaling` is robust',
  }),
  timeGap: described(option.integer(0), {
    kind: 'number',
    says: 'rows in time just before those held out, and beside those a member draws, that are used for nothing',
    default: 0,
  }),
  targetScaling: described(TARGET_SCALING, {
    kind: 'choice',
    says: 'what members learn of numbers to predict: them standardised, their logarithms, or their quantiles',
    default: 'standard',
  }),
} as const satisfies OptionTable<PreprocessingOptions>;

/**
 * Fits preprocessing: what columns are taken for, classes and errors over the whole table; means, deviations,
 * categories and fills over the training rows alone.
 *
 * @param rows u32, the training rows
 * @param judgement of the same table by the same options
 * @throws ERR_OPTION, ERR_DATA: see the parts
 */
export function fitPreprocessing(
  table: Table,
  rows: Uint32Array,
  given: PreprocessingOptions,
  judgement: Judgement = judgeTable(table, given),
): Preprocessing {
  const options = withDataPreset(given);
  const { weight, group, time } = judgement;
  const unseen = options.unseen ?? PREPROCESSING_OPTIONS.unseen.default;
  if (!PREPROCESSING_OPTIONS.unseen.holds(unseen))
    failOption('unseen', PREPROCESSING_OPTIONS.unseen.expected, unseen);
  const target = fitTarget(table, judgement.target, rows, judgement.rows, options.targetScaling);
  const { missingIndicators = false, scaling = 'columns', maxCategories = MAX_CATEGORIES.default } = options;
  const impute = imputeOf(options);
  const { softClip, clipShape } = clipOf(options);
  const features = fitFeatures(
    table,
    judgement.features,
    rows,
    { impute, scaling, maxCategories, missingIndicators, unseen },
    judgement.rows,
  );
  const leftOut = [...judgement.leftOut, ...withoutValues(judgement, features)];
  if (features.length === 0) throw nothingFitted(table);
  return {
    ...{ features, unseen, target },
    // Absent where there is none, as all that is not used, so that the content hash is what it always was.
    ...(scaling === 'robust' || scaling === 'quantile' ? { scaling } : {}),
    ...(softClip === null ? {} : { softClip }),
    ...(clipShape === 'smooth' ? { clipShape } : {}),
    weightColumn: weight?.column.name ?? null,
    groupColumn: group?.column.name ?? null,
    ...(time === null ? {} : timePart(time, options.timeGap ?? 0)),
    ...(weight === null || weight.format === null ? {} : { weightFormat: weight.format }),
    ...(group?.declared === true ? { groupDeclared: true } : {}),
    ...(options.missing === undefined || options.missing.length === 0 ? {} : { missing: options.missing }),
    ...(options.missingTarget === 'drop' ? { missingTarget: 'drop' } : {}),
    ...(leftOut.length === 0 ? {} : { leftOut }),
  };
}

function timePart({ column, format }: Reading, timeGap: number) {
  return {
    timeColumn: column.name,
    ...(format === null ? {} : { timeFormat: format }),
    ...(timeGap === 0 ? {} : { timeGap }),
  };
}

/** What missing numbers are filled with; null: they are an error. */
export function imputeOf({
  impute,
  missingIndicators,
}: Pick<PreprocessingOptions, 'impute' | 'missingIndicators'>): Impute | null {
  return impute ?? (missingIndicators === true ? 'mean' : null);
}

/** @throws ERR_OPTION for a shape without a clip */
function clipOf(options: PreprocessingOptions): {
  readonly softClip: number | null;
  readonly clipShape: ClipShape | null;
} {
  const own = defaultClip(options.scaling ?? PREPROCESSING_OPTIONS.scaling.default);
  const { softClip = own.softClip, clipShape } = options;
  if (softClip !== null) return { softClip, clipShape: clipShape ?? own.clipShape };
  if (clipShape !== undefined) failOption('clipShape', 'absent unless there is a soft clip', clipShape);
  return { softClip, clipShape: null };
}

/** Columns whose only values are in rows that are held out. */
function withoutValues(
  judgement: Judgement,
  features: Preprocessing['features'],
): NonNullable<Preprocessing['leftOut']> {
  const fitted = new Set(features.map(({ column }) => column));
  return judgement.features
    .filter(({ column }) => !fitted.has(column.name))
    .map(({ column }) => ({ column: column.name, reason: 'no values in the training rows' }));
}

function nothingFitted(table: Table): TuttiError {
  const message = `Expected ${table.source} to have a column with values in the training rows, got none`;
  return new TuttiError('ERR_DATA', message, { file: table.source });
}

/** The task that a fitted preprocessing stands for. */
function taskFrom(preprocessing: Preprocessing): Task {
  const { target } = preprocessing;
  return target.kind === 'classification'
    ? { kind: 'classification', classes: target.classes }
    : { kind: 'regression', targets: target.columns };
}

/** What is kept with a training dataset; test datasets have neither weights of classes nor groups. */
export interface TrainingExtras {
  readonly classWeights?: ClassWeights | undefined;
  /** Whether the weights of rows are read. @default true */
  readonly weights?: boolean;
  /** The split that the rows are the training part of. */
  readonly split?: Dataset['split'];
}

/**
 * The dataset of a table's rows, targets included: to train on (with `extras`) or to evaluate on.
 * Groups are read only for training, and weights of rows wherever their column is there: scores are by them.
 *
 * @param rows u32, the rows to take; null for all, or all with a target where training dropped the others
 * @throws ERR_DATA for bad cells and where the target column is absent
 */
export function transformTable(
  preprocessing: Preprocessing,
  table: Table,
  rows: Uint32Array | null = null,
  extras: TrainingExtras | null = null,
): Dataset {
  const used = rows ?? rowsToUse(preprocessing, table);
  const encoded = transformTargets(preprocessing, table, used);
  if (encoded === null) throw noTarget(preprocessing, table);
  return completeDataset({
    task: taskFrom(preprocessing),
    rows: used.length,
    features: featureWidth(preprocessing.features),
    x: transformFeatures(preprocessing, table, used),
    ...encoded,
    encoding: encodingFrom(preprocessing),
    preprocessing,
    tangents: null,
    split: extras?.split ?? null,
    ...trainingParts(preprocessing, table, used, encoded.labels, extras),
  });
}

function trainingParts(
  preprocessing: Preprocessing,
  table: Table,
  rows: Uint32Array,
  labels: Int32Array,
  extras: TrainingExtras | null,
): Pick<Dataset, 'rowWeights' | 'groups' | 'times' | 'timeGap'> {
  const { weightColumn, groupColumn, timeColumn, target, missing = [] } = preprocessing;
  const absent = extras === null && !table.columns.some(({ name }) => name === weightColumn);
  const weight =
    weightColumn === null || absent || extras?.weights === false
      ? null
      : numericReading(
          requireColumn(table, 'weightColumn', weightColumn),
          preprocessing.weightFormat ?? null,
          missing,
        );
  const classes = target.kind === 'classification' ? target.classes : null;
  const rowWeights = fitRowWeights(table, rows, weight, extras?.classWeights ?? null, labels, classes);
  if (extras !== null && timeColumn !== undefined) {
    const { timeFormat = null, timeGap } = preprocessing;
    const time = numericReading(requireColumn(table, 'timeColumn', timeColumn), timeFormat, missing);
    return {
      ...{ rowWeights, groups: null, times: timesOf(table, rows, time) },
      ...(timeGap === undefined ? {} : { timeGap }),
    };
  }
  if (extras === null || groupColumn === null) return { rowWeights, groups: null };
  const kind = preprocessing.groupDeclared === true ? 'declared' : 'text';
  const group = categoricalReading(requireColumn(table, 'groupColumn', groupColumn), kind, missing);
  return { rowWeights, groups: groupsOf(table, rows, group) };
}

/**
 * Ranks of the rows' times, i32[rows].
 * @throws ERR_DATA naming a row without a time
 */
export function timesOf(table: Table, rows: Uint32Array, reading: Reading): Int32Array {
  refuseMissing(table, [reading], 'every row needs its time', rows);
  const numbers = numbersOf(table, reading);
  return ranksOf(Float64Array.from(rows, (row) => numbers[row]!));
}

/** All rows, or those with a target where the others were left out of training. */
export function rowsToUse(preprocessing: Preprocessing, table: Table): Uint32Array {
  const all = Uint32Array.from({ length: table.rows }, (_, row) => row);
  const readings = preprocessing.missingTarget === 'drop' ? targetReadings(preprocessing, table) : null;
  if (readings === null) return all;
  const kept = all.filter((row) => readings.every((reading) => !reading.isMissing(row)));
  return kept.length === 0 ? all : kept;
}

function noTarget(preprocessing: Preprocessing, table: Table): TuttiError {
  const { target } = preprocessing;
  const name = target.kind === 'classification' ? target.column : target.columns.join(', ');
  const message = `Expected ${table.source} to have values in the target column \`${name}\`, got none${delimiterHint(table)}`;
  return new TuttiError('ERR_DATA', message, { file: table.source, column: name });
}

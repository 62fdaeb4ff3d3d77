// Datasets in the user's units: completed here for preprocessing, which makes them from a table, and made from a
// caller's typed arrays. It knows nothing of members, threads or files.

import { TuttiError } from '../../errors.js';
import { checkOptions, type OptionTable, type OptionUses, option, requireUses } from '../../option-names.js';
import {
  checkCount,
  checkFinite,
  checkIndices,
  checkLength,
  normaliseWeights,
  requireList,
  robustScaleOf,
  scaleOf,
} from './arrays.js';
import { checkNames, markMade, requireDataset } from './check-dataset.js';
import { type DatasetParts, hashesOf } from './dataset-hash.js';
import type { DatasetNumbers, Task, TaskKind } from './dataset-types.js';
import {
  CLIP_SHAPE,
  type ClipShape,
  type Encoding,
  type FeatureScale,
  type FeatureScaling,
  NO_SCALE,
  type Scale,
  SOFT_CLIP,
  TARGET_SCALING,
  type TargetScale,
  type TargetScaling,
  type Values,
} from './encoding.js';
import { quantilesOf } from './quantile-map.js';
import { fitTargetMap } from './target-map.js';
import { ranksOf } from './time-ranks.js';

export type { TableSplit, Task, TaskKind } from './dataset-types.js';
export type {
  ClipShape,
  Encoding,
  FeatureScale,
  FeatureScaling,
  Scale,
  TargetScale,
  TargetScaling,
  Values,
} from './encoding.js';

/** Rows of numbers in the user's units; `Kind` is its task's, where it is known before the program runs. */
export type Dataset<Kind extends TaskKind = TaskKind> = DatasetNumbers<Kind>;

/** Typed arrays of a caller; see `Dataset.fromArrays`. */
export interface DatasetArrays {
  /** [rows, features], row-major. */
  readonly x: ArrayLike<number>;
  readonly rows: number;
  readonly features: number;
  /** Class index of each row, [rows]. Either this or `targets`. */
  readonly labels?: ArrayLike<number>;
  /** Regression targets in the caller's units, [rows, targets], row-major. Either this or `labels`. */
  readonly targets?: ArrayLike<number>;
  /** Name of each class. @default '0', '1', … up to the largest label */
  readonly classes?: readonly string[];
  /** Name of each target. @default 'target0', 'target1', … */
  readonly targetNames?: readonly string[];
  /** Weights of the loss, ≥ 0, [rows]; scaled to mean 1. */
  readonly rowWeights?: ArrayLike<number>;
  /** Group index of each row, integers ≥ 0, [rows]. */
  readonly groups?: ArrayLike<number>;
  /** When each row happened, [rows]: rows are drawn in stretches of time, and held out from its end. */
  readonly times?: ArrayLike<number>;
  /** With `times`: rows in their order beside those drawn, or before those held out, that are used for nothing. @default 0 */
  readonly timeGap?: number;
  /**
   * Tangent vectors, [rows, vectors, features], row-major: directions in which each row could move without a
   * change of what is predicted. In the units of `x`.
   */
  readonly tangents?: ArrayLike<number>;
  /** Whether members see each column of `x` at mean 0 and standard deviation 1, or as it is. @default true */
  readonly standardise?: boolean;
  /**
   * How columns are standardised: `robust` by median and interquartile range, `quantile` by the standard normal deviate of a
   * value's place among the rows. @default 'columns': by mean and standard deviation
   */
  readonly scaling?: ArrayScaling;
  /**
   * The c of a soft clip of standardised values, such as 2 (kneed) or 3 (smooth); null: none.
   * @default null
   */
  readonly softClip?: number | null;
  /** How it bends: as they are up to c and never beyond 2c, or z/√(1 + (z/c)²), never beyond c. @default 'kneed' */
  readonly clipShape?: ClipShape;
  /**
   * How `targets` are encoded: standardised, by their logarithms, or by their quantiles; predictions are in their own units
   * whatever it is. @default 'standard'
   */
  readonly targetScaling?: TargetScaling;
  /** Take the task and the encoding from this (training) dataset instead: for test data. */
  readonly like?: Dataset;
}

/** How the columns of arrays can be standardised: each by itself. */
export type ArrayScaling = Exclude<FeatureScaling, 'together'>;

/** Lengths and numbers are checked where they are used. */
const ARRAY_OPTIONS = {
  x: option.required(option.numbers),
  rows: option.any,
  features: option.any,
  labels: option.numbers,
  targets: option.numbers,
  classes: option.texts,
  targetNames: option.texts,
  rowWeights: option.numbers,
  groups: option.numbers,
  times: option.numbers,
  timeGap: option.integer(0),
  tangents: option.numbers,
  standardise: option.flag,
  scaling: option.oneOf('columns', 'robust', 'quantile'),
  softClip: SOFT_CLIP,
  clipShape: CLIP_SHAPE,
  targetScaling: TARGET_SCALING,
  like: option.object,
} satisfies OptionTable<DatasetArrays>;

/** `like` says them all. */
const OWN = { says: 'there is no `like`', holds: ({ like }: DatasetArrays) => like === undefined };

const ARRAY_USES = {
  classes: {
    says: 'there are `labels` and no `like`',
    holds: ({ labels, like }) => labels !== undefined && like === undefined,
  },
  targetNames: {
    says: 'there are `targets` and no `like`',
    holds: ({ targets, like }) => targets !== undefined && like === undefined,
  },
  standardise: OWN,
  times: { says: 'there are no `groups`', holds: ({ groups }) => groups === undefined },
  timeGap: { says: 'there are `times`', holds: ({ times }) => times !== undefined },
  targetScaling: {
    says: 'there are `targets` and no `like`',
    holds: ({ targets, like }) => targets !== undefined && like === undefined,
  },
  scaling: {
    says: 'there is no `like`, and `standardise` is not false',
    holds: ({ like, standardise }) => like === undefined && standardise !== false,
  },
  softClip: OWN,
  clipShape: {
    says: 'there is a `softClip` and no `like`',
    holds: ({ like, softClip = null }) => like === undefined && softClip !== null,
  },
} satisfies OptionUses<DatasetArrays>;

/** Bound on labels whose classes are not named: a larger one is a mistake, not a class. */
const MOST_CLASSES = 65536;

/**
 * A dataset from typed arrays, which stay in the caller's units: members see them standardised, unless `standardise`
 * says not to, and predictions come back in the units of `targets`. A Float32Array or Float64Array `x` is used as it
 * is, not copied: leave it unchanged afterwards.
 *
 * @throws ERR_SHAPE when lengths do not fit, ERR_DATA for NaN, infinite or out-of-range values, ERR_OPTION for a
 * soft clip that is no number above 0, or without `standardise`
 */
export function datasetFromArrays(
  arrays: DatasetArrays & { readonly labels: ArrayLike<number> },
): Dataset<'classification'>;
export function datasetFromArrays(
  arrays: DatasetArrays & { readonly targets: ArrayLike<number> },
): Dataset<'regression'>;
export function datasetFromArrays(arrays: DatasetArrays): Dataset;
export function datasetFromArrays(arrays: DatasetArrays): Dataset {
  checkOptions('Dataset.fromArrays', arrays, ARRAY_OPTIONS);
  requireUses(arrays, ARRAY_USES);
  const { rows, features, like } = arrays;
  if (like !== undefined) requireDataset(like, 'like');
  checkCount('rows', rows);
  checkCount('features', features);
  if (like !== undefined && like.features !== features) {
    throw new TuttiError('ERR_SHAPE', `Expected \`features\` to be ${like.features}, got ${features}`);
  }
  checkLength('x', arrays.x, rows * features, `${rows} rows × ${features} features`);
  const x = valuesOf('x', arrays.x, features);
  const { targetScale, ...target } = targetPart(arrays);
  const encoding: Encoding =
    like === undefined ? { features: ownScale(arrays, x), targets: targetScale } : like.encoding;
  const rowWeights = arrays.rowWeights === undefined ? null : weightsOf(arrays.rowWeights, rows);
  const groups = arrays.groups === undefined ? null : groupsOf(arrays.groups, rows);
  const tangents = arrays.tangents === undefined ? null : tangentsOf(arrays, arrays.tangents);
  const times = arrays.times === undefined ? {} : timesOf(arrays, arrays.times);
  const others = { preprocessing: null, split: null, rowWeights, groups, tangents, ...times };
  return completeDataset({ ...target, rows, features, x, encoding, ...others });
}

/** What makes datasets. */
export interface DatasetMakers {
  /** A dataset of arrays in the user's units. */
  fromArrays(arrays: DatasetArrays & { readonly labels: ArrayLike<number> }): Dataset<'classification'>;
  fromArrays(arrays: DatasetArrays & { readonly targets: ArrayLike<number> }): Dataset<'regression'>;
  fromArrays(arrays: DatasetArrays): Dataset;
}

/** Makers of datasets; shares its name with the type. */
export const Dataset: DatasetMakers = { fromArrays: datasetFromArrays };

/** Columns of a network's raw prediction for a task: class count, or target count. */
export function outputCount(task: Task): number {
  return task.kind === 'classification' ? task.classes.length : task.targets.length;
}

/** Completes a dataset whose parts have been checked by its hashes. */
export function completeDataset(parts: DatasetParts): Dataset {
  return markMade({ ...parts, ...hashesOf(parts) });
}

/** A caller's numbers as they are, or in double precision, checked to be finite. */
function valuesOf(name: string, values: ArrayLike<number>, columns: number): Values {
  checkFinite(name, values, columns);
  return values instanceof Float32Array || values instanceof Float64Array
    ? values
    : Float64Array.from(values);
}

function ownScale(arrays: DatasetArrays, x: Values): FeatureScale | null {
  const {
    standardise = true,
    scaling = 'columns',
    softClip = null,
    clipShape = 'kneed',
    rows,
    features,
  } = arrays;
  if (!standardise) {
    if (softClip === null) return null;
    const message = `Expected \`softClip\` to be null without \`standardise\`, got ${softClip}`;
    throw new TuttiError('ERR_OPTION', message, { option: 'softClip' });
  }
  const names = Array.from({ length: features }, (_, i) => `x[${i}]`);
  const clips = softClip === null ? null : names.map(() => softClip);
  const scale = scaleColumns(x, rows, names, scaling === 'robust' ? robustScaleOf : scaleOf);
  return {
    ...{ ...scale, softClip: clips },
    ...(scaling === 'columns' ? {} : { scaling }),
    ...(clipShape === 'smooth' ? { clipShape } : {}),
    ...(scaling === 'quantile' ? { quantiles: quantilesOfColumns(x, rows, features) } : {}),
  } satisfies FeatureScale;
}

function scaleColumns(
  values: ArrayLike<number>,
  rows: number,
  names: readonly string[],
  scaleColumn = scaleOf,
): Scale {
  const scales = names.map((columnName, c) =>
    scaleColumn(columnOf(values, rows, c, names.length), columnName),
  );
  return { mean: scales.map((scale) => scale.mean), std: scales.map((scale) => scale.std) };
}

/** Of a column of one value none: it is standardised to 0. */
function quantilesOfColumns(x: Values, rows: number, features: number): (number[] | null)[] {
  return Array.from({ length: features }, (_, i) => {
    const column = columnOf(x, rows, i, features);
    return column.every((value) => value === column[0]) ? null : quantilesOf(column);
  });
}

function columnOf(values: ArrayLike<number>, rows: number, column: number, width: number): Float64Array {
  const own = new Float64Array(rows);
  for (let row = 0; row < rows; row++) own[row] = values[row * width + column]!;
  return own;
}

interface TargetPart extends Pick<Dataset, 'task' | 'labels' | 'targets'> {
  readonly targetScale: TargetScale;
}

function targetPart(arrays: DatasetArrays): TargetPart {
  const { labels, targets, like } = arrays;
  if (labels !== undefined && targets === undefined && like?.task.kind !== 'regression') {
    return labelPart(arrays, labels);
  }
  if (targets !== undefined && labels === undefined && like?.task.kind !== 'classification') {
    return regressionPart(arrays, targets);
  }
  const either = 'Expected either `labels` or `targets`';
  const suffix = like === undefined ? '' : `, for the ${like.task.kind} of \`like\``;
  const got = labels === undefined ? (targets === undefined ? 'neither' : 'targets') : 'labels';
  const both = labels !== undefined && targets !== undefined;
  throw new TuttiError('ERR_SHAPE', `${either}${suffix}, got ${both ? 'both' : got}`);
}

function labelPart(arrays: DatasetArrays, labels: ArrayLike<number>): TargetPart {
  checkLength('labels', labels, arrays.rows, 'one per row');
  const given = arrays.like?.task.kind === 'classification' ? arrays.like.task.classes : arrays.classes;
  checkIndices('labels', labels, given?.length ?? MOST_CLASSES);
  const largest = Array.from(labels).reduce((most, label) => Math.max(most, label), 0);
  const classes = given ?? Array.from({ length: largest + 1 }, (_, label) => String(label));
  if (classes.length < 2) {
    throw new TuttiError('ERR_DATA', `Expected at least 2 classes, got ${classes.length}`);
  }
  if (given !== undefined) checkNames('classes', given);
  const task: Task = { kind: 'classification', classes };
  return { task, labels: Int32Array.from(labels), targets: new Float64Array(0), targetScale: NO_SCALE };
}

function regressionPart(arrays: DatasetArrays, targets: ArrayLike<number>): TargetPart {
  const given = arrays.like?.task.kind === 'regression' ? arrays.like.task.targets : arrays.targetNames;
  requireList('targets', targets);
  const count = given?.length ?? Math.max(1, Math.floor(targets.length / arrays.rows));
  checkLength('targets', targets, arrays.rows * count, `${arrays.rows} rows × ${count} targets`);
  checkFinite('targets', targets, count);
  if (given !== undefined) checkNames('targetNames', given);
  const names = given ?? Array.from({ length: count }, (_, i) => `target${i}`);
  const targetScale = arrays.like?.encoding.targets ?? ownTargetScale(arrays, targets, names);
  const task: Task = { kind: 'regression', targets: names };
  return { task, labels: new Int32Array(0), targets: Float64Array.from(targets), targetScale };
}

function ownTargetScale(
  { rows, targetScaling = 'standard' }: DatasetArrays,
  targets: ArrayLike<number>,
  names: readonly string[],
): TargetScale {
  const columns = names.map((_, t) => columnOf(targets, rows, t, names.length));
  const map = fitTargetMap(targetScaling, columns, names);
  return { ...scaleColumns(targets, rows, names), ...(map === undefined ? {} : { map }) };
}

function weightsOf(weights: ArrayLike<number>, rows: number): Float32Array | null {
  checkLength('rowWeights', weights, rows, 'one per row');
  checkFinite('rowWeights', weights, 1);
  for (let row = 0; row < rows; row++) {
    if (weights[row]! >= 0) continue;
    const message = `Expected \`rowWeights\` to be ≥ 0, got ${weights[row]} in row ${row}`;
    throw new TuttiError('ERR_DATA', message, { row });
  }
  return normaliseWeights(Float64Array.from(weights));
}

function groupsOf(groups: ArrayLike<number>, rows: number): Int32Array {
  checkLength('groups', groups, rows, 'one per row');
  checkIndices('groups', groups, 2 ** 31);
  return Int32Array.from(groups);
}

function timesOf({ rows, timeGap = 0 }: DatasetArrays, times: ArrayLike<number>) {
  checkLength('times', times, rows, 'one per row');
  checkFinite('times', times, 1);
  return { times: ranksOf(Float64Array.from(times)), ...(timeGap === 0 ? {} : { timeGap }) };
}

function tangentsOf({ rows, features }: DatasetArrays, tangents: ArrayLike<number>): Values {
  requireList('tangents', tangents);
  const vectors = tangents.length / (rows * features);
  if (!Number.isInteger(vectors) || vectors === 0) {
    const shape = `${rows} rows × vectors × ${features} features`;
    const message = `Expected \`tangents\` to be ${shape}, got ${tangents.length} numbers`;
    throw new TuttiError('ERR_SHAPE', message, { array: 'tangents' });
  }
  return valuesOf('tangents', tangents, features);
}

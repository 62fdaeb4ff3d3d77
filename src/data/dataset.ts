// The dataset as numbers: what training reads. Made by preprocessing from a table, or here from a caller's
// typed arrays; it knows nothing of members, threads or files.

import { createHash } from 'node:crypto';
import { TuttiError } from '../errors.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { checkCount, checkFinite, checkIndices, checkLength, normaliseWeights, scaleOf } from './arrays.js';

/** What is predicted. Order of `classes` is the order of probability columns everywhere. */
export type Task =
  | { readonly kind: 'classification'; readonly classes: readonly string[] }
  | { readonly kind: 'regression'; readonly targets: readonly string[] };

/** One mean and one standard deviation per column: value in the user's units = mean + std × standardised. */
export interface Scale {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface Dataset {
  readonly task: Task;
  readonly rows: number;
  /** Columns of `x`, after one-hot encoding. */
  readonly features: number;
  /** f32[rows, features], row-major, as the networks see it (standardised when preprocessing says so). */
  readonly x: Float32Array;
  /** Classification: class index of each row, i32[rows]. Empty for regression. */
  readonly labels: Int32Array;
  /** Regression: f32[rows, targets], row-major, standardised by `targetScale`. Empty for classification. */
  readonly targets: Float32Array;
  /** Regression: the scale of each target. Empty for classification. */
  readonly targetScale: Scale;
  /** The scale of each feature where `Dataset.fromArrays` standardised them, else null. */
  readonly featureScale: Scale | null;
  /** Weights of the loss, f32[rows], mean 1; null when all are 1. */
  readonly rowWeights: Float32Array | null;
  /** Group index of each row for grouped resampling and splitting, or null. */
  readonly groups: Int32Array | null;
  /** Tangent vectors of each row for tangent propagation, f32[rows, vectors, features], in the units of `x`; or null. */
  readonly tangents: Float32Array | null;
  /** SHA-256 of the task, shape and numbers above, hexadecimal. */
  readonly hash: string;
}

/** Typed arrays of a caller; see {@link datasetFromArrays}. */
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
  readonly weights?: ArrayLike<number>;
  /** Group index of each row, integers ≥ 0, [rows]. */
  readonly groups?: ArrayLike<number>;
  /**
   * Tangent vectors, [rows, vectors, features], row-major: directions in which each row could move without a
   * change of what is predicted. In the units of `x` as given; standardised with it.
   */
  readonly tangents?: ArrayLike<number>;
  /** Scale each column of `x` to mean 0 and standard deviation 1. @default false */
  readonly standardise?: boolean;
  /** Take the task and all scales from this (training) dataset instead: for test data. */
  readonly like?: Dataset;
}

/** Lengths and numbers are checked where they are used. */
const ARRAY_OPTIONS = {
  x: option.required(option.numbers),
  rows: option.any,
  features: option.any,
  labels: option.numbers,
  targets: option.numbers,
  classes: option.texts,
  targetNames: option.texts,
  weights: option.numbers,
  groups: option.numbers,
  tangents: option.numbers,
  standardise: option.flag,
  like: option.object,
} satisfies OptionTable<DatasetArrays>;

/** Bound on labels whose classes are not named: a larger one is a mistake, not a class. */
const MOST_CLASSES = 65536;

const NO_SCALE: Scale = { mean: [], std: [] };

/**
 * A dataset from typed arrays. Targets are always standardised (predictions are scaled back); `x` only when
 * `standardise` says so. A Float32Array `x` that is not standardised is used as it is, not copied: leave it
 * unchanged afterwards.
 *
 * @throws ERR_SHAPE when lengths do not fit, ERR_DATA for NaN, infinite or out-of-range values
 */
export function datasetFromArrays(arrays: DatasetArrays): Dataset {
  checkOptions('Dataset.fromArrays', arrays, ARRAY_OPTIONS);
  const { rows, features, like } = arrays;
  checkCount('rows', rows);
  checkCount('features', features);
  if (like !== undefined && like.features !== features) {
    throw new TuttiError('ERR_SHAPE', `Expected \`features\` to be ${like.features}, got ${features}`);
  }
  checkLength('x', arrays.x, rows * features, `${rows} rows × ${features} features`);
  const names = Array.from({ length: features }, (_, i) => `x[${i}]`);
  const own = arrays.standardise === true ? scaleColumns('x', arrays.x, rows, names) : null;
  const featureScale = like === undefined ? own : like.featureScale;
  const x = standardised('x', arrays.x, features, featureScale);
  const rowWeights = arrays.weights === undefined ? null : weightsOf(arrays.weights, rows);
  const groups = arrays.groups === undefined ? null : groupsOf(arrays.groups, rows);
  const tangents = arrays.tangents === undefined ? null : tangentsOf(arrays, arrays.tangents, featureScale);
  return withHash({ ...targetPart(arrays), rows, features, x, featureScale, rowWeights, groups, tangents });
}

/** Makers of datasets; shares its name with the type. */
export const Dataset = { fromArrays: datasetFromArrays } as const;

/** Columns of a network's raw prediction for a task: class count, or target count. */
export function outputCount(task: Task): number {
  return task.kind === 'classification' ? task.classes.length : task.targets.length;
}

/**
 * Completes a dataset by its hash: SHA-256, hexadecimal, over the task, shape and scales as JSON and then the
 * bytes of x, labels, targets, weights, groups and, where there are any, tangents, each preceded by its length. Little-endian, as every host
 * that Node.js supports is.
 */
export function withHash(data: Omit<Dataset, 'hash'>): Dataset {
  const { task, rows, features, targetScale, featureScale } = data;
  const hash = createHash('sha256');
  const names = task.kind === 'classification' ? task.classes : task.targets;
  const scales = [targetScale, featureScale].map((scale) => scale && [scale.mean, scale.std]);
  hash.update(JSON.stringify([task.kind, names, rows, features, scales]));
  const tangents = data.tangents === null ? [] : [data.tangents];
  for (const part of [data.x, data.labels, data.targets, data.rowWeights, data.groups, ...tangents]) {
    hash.update(`;${part === null ? 'none' : part.length};`);
    if (part !== null) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  return { ...data, hash: hash.digest('hex') };
}

/** f32 of (value − mean) / std per column, checked to be finite; scale null leaves values as they are. */
function standardised(
  name: string,
  values: ArrayLike<number>,
  columns: number,
  scale: Scale | null,
): Float32Array {
  checkFinite(name, values, columns);
  if (scale === null && values instanceof Float32Array) return values;
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const column = i % columns;
    out[i] = scale === null ? values[i]! : (values[i]! - scale.mean[column]!) / scale.std[column]!;
  }
  checkFinite(name, out, columns);
  return out;
}

function scaleColumns(
  name: string,
  values: ArrayLike<number>,
  rows: number,
  names: readonly string[],
): Scale {
  checkFinite(name, values, names.length);
  const column = new Float64Array(rows);
  const scales = names.map((columnName, c) => {
    for (let row = 0; row < rows; row++) column[row] = values[row * names.length + c]!;
    return scaleOf(column, columnName);
  });
  return { mean: scales.map((scale) => scale.mean), std: scales.map((scale) => scale.std) };
}

type TargetPart = Pick<Dataset, 'task' | 'labels' | 'targets' | 'targetScale'>;

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
  const task: Task = { kind: 'classification', classes };
  return { task, labels: Int32Array.from(labels), targets: new Float32Array(0), targetScale: NO_SCALE };
}

function regressionPart(arrays: DatasetArrays, targets: ArrayLike<number>): TargetPart {
  const given = arrays.like?.task.kind === 'regression' ? arrays.like.task.targets : arrays.targetNames;
  const count = given?.length ?? Math.max(1, Math.floor(targets.length / arrays.rows));
  checkLength('targets', targets, arrays.rows * count, `${arrays.rows} rows × ${count} targets`);
  const names = given ?? Array.from({ length: count }, (_, i) => `target${i}`);
  const scale = arrays.like?.targetScale ?? scaleColumns('targets', targets, arrays.rows, names);
  const scaled = standardised('targets', targets, count, scale);
  const task: Task = { kind: 'regression', targets: names };
  return { task, labels: new Int32Array(0), targets: scaled, targetScale: scale };
}

function weightsOf(weights: ArrayLike<number>, rows: number): Float32Array | null {
  checkLength('weights', weights, rows, 'one per row');
  checkFinite('weights', weights, 1);
  for (let row = 0; row < rows; row++) {
    if (weights[row]! >= 0) continue;
    const message = `Expected \`weights\` to be ≥ 0, got ${weights[row]} in row ${row}`;
    throw new TuttiError('ERR_DATA', message, { row });
  }
  return normaliseWeights(Float64Array.from(weights));
}

function groupsOf(groups: ArrayLike<number>, rows: number): Int32Array {
  checkLength('groups', groups, rows, 'one per row');
  checkIndices('groups', groups, 2 ** 31);
  return Int32Array.from(groups);
}

/** Directions scale as x does, but do not shift. */
function tangentsOf(
  { rows, features }: DatasetArrays,
  tangents: ArrayLike<number>,
  scale: Scale | null,
): Float32Array {
  const vectors = tangents.length / (rows * features);
  if (!Number.isInteger(vectors) || vectors === 0) {
    const shape = `${rows} rows × vectors × ${features} features`;
    const message = `Expected \`tangents\` to be ${shape}, got ${tangents.length} numbers`;
    throw new TuttiError('ERR_SHAPE', message, { array: 'tangents' });
  }
  checkFinite('tangents', tangents, features);
  const scaled = Float32Array.from(tangents, (value, i) =>
    scale === null ? value : value / scale.std[i % features]!,
  );
  checkFinite('tangents', scaled, features);
  return scaled;
}

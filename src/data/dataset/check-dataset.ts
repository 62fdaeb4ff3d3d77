// Whether what a caller hands over as a dataset is one. Datasets that tutti made are taken as they are; any other,
// such as one that a program spread, changed or sent between threads, is looked at number by number.

import { describe, TuttiError } from '../../errors.js';
import { isPlainObject } from '../../option-names.js';
import { checkCount, checkFinite, checkIndices, checkLength } from './arrays.js';
import type { DatasetNumbers as Dataset, Task } from './dataset-types.js';
import { type FeatureScale, NO_SCALE, type Scale, type TargetScale } from './encoding.js';
import { featureWidth } from './feature-columns.js';

/** Datasets made by tutti, which need no check at the doors. */
const made = new WeakSet<Dataset>();

/** Remembers a dataset as made by tutti. */
export function markMade(dataset: Dataset): Dataset {
  made.add(dataset);
  return dataset;
}

/** Whether tutti made it, so that whatever is known of it stays true: its arrays are to be left unchanged. */
export function isMade(dataset: Dataset): boolean {
  return made.has(dataset);
}

/**
 * @param name what the caller calls it, for messages
 * @throws ERR_OPTION for what is no dataset at all; ERR_SHAPE, ERR_DATA for one whose parts do not fit
 */
export function requireDataset(dataset: unknown, name = 'dataset'): asserts dataset is Dataset {
  if (typeof dataset === 'object' && dataset !== null && isMade(dataset as Dataset)) return;
  requireFields(dataset, name);
  const { task, rows, features, x, tangents, rowWeights, groups } = dataset;
  checkCount('rows', rows);
  checkCount('features', features);
  requireKind('x', x, [Float32Array, Float64Array]);
  checkLength('x', x, rows * features, `${rows} rows × ${features} features`);
  checkFinite('x', x, features);
  checkTruth(dataset, task, rows);
  if (rowWeights !== null) {
    requireKind('rowWeights', rowWeights, [Float32Array]);
    checkLength('rowWeights', rowWeights, rows, 'one per row');
    checkFinite('rowWeights', rowWeights, 1);
    const row = rowWeights.findIndex((weight) => weight < 0);
    if (row >= 0)
      failData(`Expected \`rowWeights\` to be ≥ 0, got ${rowWeights[row]} in row ${row}`, { row });
  }
  if (groups !== null) {
    requireKind('groups', groups, [Int32Array]);
    checkLength('groups', groups, rows, 'one per row');
    checkIndices('groups', groups, 2 ** 31);
  }
  checkTimes(dataset);
  if (tangents !== null) {
    requireKind('tangents', tangents, [Float32Array, Float64Array]);
    const vectors = Math.max(1, Math.floor(tangents.length / (rows * features)));
    checkLength('tangents', tangents, rows * vectors * features, 'rows × vectors × features');
    checkFinite('tangents', tangents, features);
  }
  checkEncoding(dataset);
  checkKept(dataset);
}

function checkTimes({ times, timeGap = 0, rows, groups }: Dataset): void {
  if (!(Number.isSafeInteger(timeGap) && timeGap >= 0))
    failData(`Expected \`timeGap\` of the dataset to be an integer ≥ 0, got ${describe(timeGap)}`);
  if (times === undefined) return;
  requireKind('times', times, [Int32Array]);
  checkLength('times', times, rows, 'one per row');
  checkIndices('times', times, rows);
  if (groups !== null) failData('Expected a dataset with times to have no groups, got both');
}

const FIELDS = [
  ...['task', 'rows', 'features', 'x', 'labels', 'targets', 'encoding', 'preprocessing', 'rowWeights'],
  ...['groups', 'tangents', 'split', 'hash', 'rowsHash', 'groupsHash'],
];

function requireFields(dataset: unknown, name: string): asserts dataset is Dataset {
  const expected = `Expected \`${name}\` to be a dataset of loadData or Dataset.fromArrays`;
  const fail = (got: string): never => {
    throw new TuttiError('ERR_OPTION', `${expected}, got ${got}`, { option: name });
  };
  if (typeof dataset !== 'object' || dataset === null || Array.isArray(dataset)) fail(describe(dataset));
  if ('train' in (dataset as object)) fail('all that loadData returned: give its `train` or its `test`');
  const missing = FIELDS.find((field) => (dataset as Record<string, unknown>)[field] === undefined);
  if (missing !== undefined) fail(`an object without \`${missing}\``);
}

function checkTruth({ labels, targets }: Dataset, task: Task, rows: number): void {
  requireKind('labels', labels, [Int32Array]);
  requireKind('targets', targets, [Float64Array]);
  if (task?.kind === 'classification') {
    requireNames('classes', task.classes, 2);
    checkLength('labels', labels, rows, 'one per row');
    checkIndices('labels', labels, task.classes.length);
    checkLength('targets', targets, 0, 'none for classification');
    return;
  }
  if (task?.kind !== 'regression') {
    throw new TuttiError(
      'ERR_DATA',
      `Expected the task to be classification or regression, got ${describe(task)}`,
    );
  }
  requireNames('targets', task.targets, 1);
  const width = task.targets.length;
  checkLength('targets', targets, rows * width, `${rows} rows × ${width} targets`);
  checkFinite('targets', targets, width);
  checkLength('labels', labels, 0, 'none for regression');
}

function requireNames(name: string, names: unknown, least: number): void {
  const isList = Array.isArray(names) && names.every((text) => typeof text === 'string');
  if (!isList || names.length < least)
    failData(`Expected the task's \`${name}\` to be at least ${least} names, got ${describe(names)}`);
  checkNames(name, names);
}

/** @throws ERR_DATA for names that a saved ensemble could not tell apart, or would hold as others. */
export function checkNames(what: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) failData(`Expected \`${what}\` to differ, got ${describe(name)} twice`);
    if (!name.isWellFormed())
      failData(`Expected \`${what}\` to be texts, got half a character in ${describe(name)}`);
    seen.add(name);
  }
}

const SHA_256 = /^[0-9a-f]{64}$/;

/** What a saved ensemble will say of the dataset, which could not be loaded again if it were anything else. */
function checkKept({
  hash,
  rowsHash,
  groupsHash,
  groups,
  times,
  split,
  preprocessing,
  features,
}: Dataset): void {
  const hashes = { hash, rowsHash, ...(groups === null && times === undefined ? {} : { groupsHash }) };
  for (const [name, value] of Object.entries(hashes)) {
    if (typeof value === 'string' && SHA_256.test(value)) continue;
    failData(`Expected \`${name}\` of the dataset to be a SHA-256, got ${describe(value)}`);
  }
  const { testShare, seed, rows, timeGap = 0 } = split ?? { testShare: 0.5, seed: 0, rows: 1 };
  if (
    !(
      timeGap >= 0 &&
      testShare > 0 &&
      testShare < 1 &&
      Number.isSafeInteger(seed) &&
      seed >= 0 &&
      Number.isInteger(rows)
    )
  )
    failData(`Expected \`split\` of the dataset to be one that loadData made, got ${describe(split)}`);
  if (preprocessing === null) return;
  const fitted = isPlainObject(preprocessing) && Array.isArray(preprocessing.features);
  const width = fitted ? featureWidth(preprocessing.features) : Number.NaN;
  if (width === features) return;
  const expected = `one that loadData made, for ${features} features`;
  failData(`Expected \`preprocessing\` of the dataset to be ${expected}, got ${describe(preprocessing)}`);
}

function checkEncoding({ encoding, features, task }: Dataset): void {
  if (!isPlainObject(encoding) || !isScale(encoding.targets) || !isScale(encoding.features ?? NO_SCALE)) {
    failData(`Expected \`encoding\` of the dataset to be scales of columns, got ${describe(encoding)}`);
  }
  const targets = task.kind === 'classification' ? 0 : task.targets.length;
  checkScale('targets', encoding.targets, targets);
  checkMap(encoding.targets.map, targets);
  const scale = encoding.features;
  if (scale === null) return;
  checkScale('features', scale, features);
  checkQuantiles(scale.quantiles, features);
  const clips = scale.softClip;
  if (clips === null) return;
  checkLength('encoding.features.softClip', clips as number[], features, 'one per feature');
  const bad = clips.find((c) => c !== null && !(Number.isFinite(c) && c > 0));
  if (bad !== undefined)
    failData(`Expected a soft clip to be a number above 0, or null, got ${describe(bad)}`);
}

function checkMap(map: TargetScale['map'], targets: number): void {
  if (map === undefined) return;
  if (!isPlainObject(map)) failData(`Expected the map of the targets to be one, got ${describe(map)}`);
  if (map.kind === 'quantile') {
    checkQuantiles(map.quantiles, targets);
    return;
  }
  checkScale('targets.map', map, targets);
  checkLength('encoding.targets.map.shift', map.shift, targets, 'one per target');
  checkFinite('encoding.targets.map.shift', map.shift, targets);
}

function checkQuantiles(quantiles: FeatureScale['quantiles'], features: number): void {
  if (quantiles === undefined) return;
  const isList = Array.isArray(quantiles) && quantiles.length === features;
  const ascend = (list: readonly number[]) =>
    list.length > 1 &&
    list.every((value, at) => Number.isFinite(value) && (at === 0 || value >= list[at - 1]!));
  if (isList && quantiles.every((own) => own === null || (Array.isArray(own) && ascend(own)))) return;
  failData(`Expected quantiles to be a list that never falls for each column, got ${describe(quantiles)}`);
}

function isScale(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'mean' in value && 'std' in value;
}

function checkScale(name: string, { mean, std }: Scale, columns: number): void {
  checkLength(`encoding.${name}.mean`, mean, columns, 'one per column');
  checkLength(`encoding.${name}.std`, std, columns, 'one per column');
  checkFinite(`encoding.${name}.mean`, mean, columns);
  const bad = std.find((value) => !(Number.isFinite(value) && value > 0));
  if (bad !== undefined) failData(`Expected deviations of the ${name} to be above 0, got ${describe(bad)}`);
}

type ArrayKind = { new (length: number): object; readonly name: string };

function requireKind(name: string, value: unknown, kinds: readonly ArrayKind[]): void {
  if (kinds.some((kind) => value instanceof kind)) return;
  const expected = kinds.map((kind) => kind.name).join(' or ');
  const got = Array.isArray(value) ? 'a plain array' : describe(value);
  throw new TuttiError('ERR_SHAPE', `Expected \`${name}\` of the dataset to be a ${expected}, got ${got}`, {
    array: name,
  });
}

function failData(message: string, details: Readonly<Record<string, number>> = {}): never {
  throw new TuttiError('ERR_DATA', message, details);
}

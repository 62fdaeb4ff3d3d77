// Predictions and targets of any library as flat arrays with a shape and a task, or a clear error.
// Only shapes and types are settled here; nothing is measured.

import type { Task } from '../../data/dataset/dataset.js';
import { labeller } from '../../data/table/labels.js';
import { failOption, TuttiError } from '../../errors.js';
import type { Numbers, TargetBlock } from '../../predictions/blocks.js';
import { isShare } from './probability.js';

/** One member: [rows, outputs] flat and row-major, or nested rows; a flat array of rows for one output. */
export type MemberArray = Numbers | readonly Numbers[];

/** k members, or one flat array with its shape [k, rows] or [k, rows, outputs]. */
export type PredictionArrays =
  | readonly MemberArray[]
  | { readonly data: Float32Array | Float64Array | readonly number[]; readonly shape: readonly number[] };

export type Label = string | number | boolean;

/** Class labels, or target values: flat [rows, outputs] or nested rows. */
export type TargetArrays = readonly Label[] | Int32Array | Uint8Array | Numbers | readonly Numbers[];

export interface TaskOptions {
  /** @default see docs/reference/measuring.md: labels mean classes, other numbers regression */
  readonly task?: 'classification' | 'regression';
  /** Rows, where only flat arrays are given and targets have several outputs. @default one target per row */
  readonly rows?: number;
  /** Labels in the order of the probability columns. @default sorted, or the integers from 0 */
  readonly classes?: readonly Label[];
}

/** Flat arrays ready to be streamed. */
export interface FlatPredictions {
  readonly task: Task;
  readonly rows: number;
  readonly columns: number;
  /** k of [rows, columns]. */
  readonly members: readonly (Float32Array | Float64Array)[];
  readonly targets: TargetBlock;
}

/**
 * Brings predictions k × rows × outputs and their targets into one form.
 * @throws ERR_SHAPE when sizes disagree; ERR_DATA for a label that is no class; ERR_OPTION for options.
 */
export function flattenPredictions(
  predictions: PredictionArrays,
  targets: TargetArrays,
  options: TaskOptions,
): FlatPredictions {
  const members = membersOf(predictions);
  if (members.length === 0) throw shapeError('predictions of at least one member', 'none');
  const rows = options.rows ?? rowsOf(predictions, members, targets);
  const length = members[0]!.length;
  if (rows === 0 || length === 0 || length % rows !== 0) {
    throw shapeError(`a whole number of outputs for each of ${rows} target rows`, `${length} numbers`);
  }
  members.forEach((member, index) => {
    if (member.length !== length) {
      throw shapeError(
        `${length / rows} outputs of ${rows} rows from member ${index}`,
        `${member.length} numbers`,
      );
    }
  });
  const columns = length / rows;
  const kind =
    options.task ?? (options.classes ? 'classification' : inferKind(members, targets, rows, columns));
  if (kind === 'regression') return regression(members, targets, rows, columns);
  if (kind !== 'classification') return failOption('task', '"classification" or "regression"', kind);
  return classification(members, targets, rows, columns, options.classes ?? null);
}

function shapeError(expected: string, got: string): TuttiError {
  return new TuttiError('ERR_SHAPE', `Expected ${expected}, got ${got}`);
}

function isNested(values: MemberArray | TargetArrays): values is readonly Numbers[] {
  return typeof values[0] === 'object';
}

/** One flat array per member. */
function membersOf(predictions: PredictionArrays): (Float32Array | Float64Array)[] {
  if ('shape' in predictions) {
    const { data, shape } = predictions;
    const size = shape.reduce((product, extent) => product * extent, 1);
    if (shape.length < 2 || shape.length > 3 || size !== data.length) {
      throw shapeError(
        `data of shape [k, rows] or [k, rows, outputs]`,
        `[${shape}] for ${data.length} numbers`,
      );
    }
    const flat = toTyped(data);
    const each = size / shape[0]!;
    return Array.from({ length: shape[0]! }, (_, member) =>
      flat.subarray(member * each, (member + 1) * each),
    );
  }
  return predictions.map((member, index) =>
    isNested(member) ? flatten(member, `member ${index}`) : toTyped(member),
  );
}

function toTyped(values: Numbers): Float32Array | Float64Array {
  return Array.isArray(values) ? Float64Array.from(values) : (values as Float32Array | Float64Array);
}

function flatten(rows: readonly Numbers[], name: string): Float64Array {
  const columns = rows[0]!.length;
  const flat = new Float64Array(rows.length * columns);
  rows.forEach((row, index) => {
    if (row.length !== columns) {
      throw shapeError(`${columns} numbers in row ${index} of ${name}`, String(row.length));
    }
    flat.set(row, index * columns);
  });
  return flat;
}

/** The row count, from whichever argument shows it; a flat array of targets has one number per row. */
function rowsOf(
  predictions: PredictionArrays,
  members: readonly (Float32Array | Float64Array)[],
  targets: TargetArrays,
): number {
  if ('shape' in predictions) return predictions.shape[1]!;
  if (isNested(predictions[0]!)) return predictions[0].length;
  if (isNested(targets)) return targets.length;
  if (members[0]!.length < targets.length)
    throw shapeError(`${targets.length} rows of each member`, `${members[0]!.length} numbers`);
  return targets.length;
}

function inferKind(
  members: readonly (Float32Array | Float64Array)[],
  targets: TargetArrays,
  rows: number,
  columns: number,
): 'classification' | 'regression' {
  if (isNested(targets) || targets.length !== rows) return 'regression';
  if (typeof targets[0] === 'string' || typeof targets[0] === 'boolean' || columns > 1)
    return 'classification';
  const binary = (targets as Numbers).every((target: number) => target === 0 || target === 1);
  const within = (value: number): boolean => isShare(value);
  return binary && members.every((member) => (member as Float64Array).every(within))
    ? 'classification'
    : 'regression';
}

function regression(
  members: readonly (Float32Array | Float64Array)[],
  targets: TargetArrays,
  rows: number,
  columns: number,
): FlatPredictions {
  const flat = isNested(targets) ? flatten(targets, 'the targets') : Float64Array.from(targets as Numbers);
  if (flat.length !== rows * columns) {
    throw shapeError(`targets of ${rows} rows × ${columns} outputs`, `${flat.length} numbers`);
  }
  const names = Array.from({ length: columns }, (_, column) => `target ${column}`);
  return {
    task: { kind: 'regression', targets: names },
    ...{ rows, columns, members },
    targets: { rows, labels: new Int32Array(0), targets: flat },
  };
}

function classification(
  members: readonly (Float32Array | Float64Array)[],
  targets: TargetArrays,
  rows: number,
  columns: number,
  given: readonly Label[] | null,
): FlatPredictions {
  if (isNested(targets) || targets.length !== rows) {
    throw shapeError(`one class label for each of ${rows} rows`, `${targets.length} targets`);
  }
  const labels: readonly Label[] = Array.from(targets as ArrayLike<Label>);
  const outputs = columns === 1 ? 2 : columns;
  const classes = (given ?? defaultClasses(labels, outputs)).map(String);
  if (classes.length !== outputs) {
    throw shapeError(`${outputs} classes for ${columns} probability columns`, `${classes.length}`);
  }
  const classOf = labeller(classes);
  const indices = Int32Array.from(labels, (label, row) => {
    const index = classOf(String(label));
    if (index !== undefined) return index;
    throw new TuttiError(
      'ERR_DATA',
      `Target ${JSON.stringify(label)} of row ${row} is not one of the classes`,
      { row },
    );
  });
  return {
    task: { kind: 'classification', classes },
    ...{ rows, columns, members },
    targets: { rows, labels: indices, targets: new Float64Array(0) },
  };
}

/** Column indices where all labels are such; else the distinct labels in ascending order. */
function defaultClasses(labels: readonly Label[], outputs: number): readonly Label[] {
  const isIndex = (label: Label): boolean =>
    Number.isInteger(label) && Number(label) >= 0 && Number(label) < outputs;
  if (labels.every(isIndex)) return Array.from({ length: outputs }, (_, index) => index);
  const distinct = [...new Set(labels)];
  const ascending = distinct.every((label) => typeof label === 'number')
    ? distinct.sort((a, b) => Number(a) - Number(b))
    : distinct.sort((a, b) => (String(a) < String(b) ? -1 : 1));
  if (distinct.length === outputs || (outputs === 2 && typeof labels[0] === 'boolean')) {
    return typeof labels[0] === 'boolean' ? [false, true] : ascending;
  }
  return failOption('classes', `the ${outputs} labels in the order of the probability columns`, undefined);
}

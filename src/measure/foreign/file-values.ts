// The numbers of a predictions file once its layout is known: class probabilities or target values per member.

import type { Task } from '../../data/dataset/dataset.js';
import type { Column } from '../../data/table/column.js';
import { labeller, labelOf } from '../../data/table/labels.js';
import { cellError, findColumn, listed, type Table } from '../../data/table/table.js';
import { TuttiError } from '../../errors.js';
import { mean as meanOf } from '../../math/statistics.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { ClassLayout } from './file-classes.js';
import { missingColumn, splitColumns } from './prediction-columns.js';
import { clampProbability } from './probability.js';

const FILL_HINT = 'members must predict every row, unless missing cells are declared in bag';

const DROP_HINT = 'list it in `drop` if it is no prediction';

export interface Reader {
  readonly table: Table;
  /** Missing cells read as NaN instead of being refused. */
  readonly allowMissing: boolean;
}

/** What a file's columns say. */
export interface ReadColumns {
  readonly task: Task;
  readonly members: readonly string[];
  readonly predictions: readonly Predictions[];
  readonly targets: TargetBlock;
  readonly origin: readonly number[];
  readonly layout: string;
}

/** A number, or NaN for a missing cell where those are allowed. */
function numberAt(reader: Reader, column: Column, row: number): number {
  const number = column.number(row);
  if (Number.isFinite(number)) return number;
  if (!column.isMissing(row)) throw cellError(reader.table, row, column, 'a finite number', DROP_HINT);
  if (!reader.allowMissing) throw cellError(reader.table, row, column, 'filled in', FILL_HINT);
  return Number.NaN;
}

/** Probabilities per member, classes in the layout's order. @throws ERR_DATA naming a bad cell. */
export function readClasses(
  reader: Reader,
  target: Column,
  layout: ClassLayout,
  columns: readonly Column[],
): ReadColumns {
  const { classes } = layout;
  const { table } = reader;
  const classAt = classReader(classes);
  const labels = Int32Array.from({ length: table.rows }, (_, row) => classAt(target.text(row))!);
  const members = layout.kind === 'perClass' ? [...layout.groups.keys()] : singleMembers(layout, columns);
  const columnOf = (name: string): Column => findColumn(table, name)!;
  const predictions = members.map((member) => {
    if (layout.kind === 'perClass') {
      const own = layout.groups.get(member)!;
      const parts = classes.map((name) => columnOf(own.get(labelOf(name))!));
      return filled(reader, parts, (column, row) => clampProbability(numberAt(reader, column, row)));
    }
    const name = layout.kind === 'oneClass' ? layout.columns.get(member)! : member;
    const same = classes.map(() => columnOf(name));
    if (layout.kind === 'labels') {
      return filled(reader, same, (column, row, at) => oneHotAt(reader, column, row, classAt, at));
    }
    return filled(reader, same, (column, row, at) => {
      const probability = clampProbability(numberAt(reader, column, row));
      return at === layout.of ? probability : 1 - probability;
    });
  });
  const targets = { rows: table.rows, labels, targets: new Float64Array(0) };
  const task: Task = { kind: 'classification', classes };
  return { task, members, predictions, targets, origin: [], layout: describeLayout(layout) };
}

/** A labeller that asks about each text once: a file has many cells of few labels. */
function classReader(classes: readonly string[]): (text: string) => number | undefined {
  const find = labeller(classes);
  const known = new Map<string, number | undefined>();
  return (text) => {
    if (!known.has(text)) known.set(text, find(text));
    return known.get(text);
  };
}

function singleMembers(layout: ClassLayout, columns: readonly Column[]): string[] {
  return layout.kind === 'oneClass' ? [...layout.columns.keys()] : columns.map((column) => column.name);
}

/** 1 in the column of the predicted label, else 0. */
function oneHotAt(
  reader: Reader,
  column: Column,
  row: number,
  classAt: (text: string) => number | undefined,
  at: number,
): number {
  if (!column.isMissing(row)) return classAt(column.text(row)) === at ? 1 : 0;
  if (reader.allowMissing) return Number.NaN;
  throw cellError(reader.table, row, column, 'filled in', FILL_HINT);
}

function describeLayout(layout: ClassLayout): string {
  const { classes } = layout;
  if (layout.kind === 'labels') return `one predicted label of ${classes.length} classes per member`;
  if (layout.kind === 'perClass') return `a probability per member and class, of ${classes.length} classes`;
  return `the probability of ${JSON.stringify(classes[layout.of])} per member`;
}

/** Values per member relative to the targets' means. @throws ERR_DATA naming a bad cell. */
export function readValues(
  reader: Reader,
  targets: readonly Column[],
  columns: readonly Column[],
): ReadColumns {
  const { table } = reader;
  const truth = targets.map((target) =>
    Float64Array.from({ length: table.rows }, (_, row) => {
      const number = target.number(row);
      if (!Number.isFinite(number)) throw cellError(table, row, target, 'a finite number');
      return number;
    }),
  );
  const origin = truth.map((values) => meanOf(values));
  const groups = valueGroups(table, targets, columns);
  const predictions = [...groups.values()].map((own) =>
    filled(reader, own, (column, row, at) => numberAt(reader, column, row) - origin[at]!),
  );
  const flat = new Float64Array(table.rows * targets.length);
  truth.forEach((values, at) => {
    for (let row = 0; row < table.rows; row++) flat[row * targets.length + at] = values[row]! - origin[at]!;
  });
  return {
    task: { kind: 'regression', targets: targets.map((target) => target.name) },
    members: [...groups.keys()],
    predictions,
    targets: { rows: table.rows, labels: new Int32Array(0), targets: flat },
    origin,
    layout: targets.length === 1 ? 'one value per member' : `a value per member and target`,
  };
}

/** Each member's columns in the order of the targets: its only one, or `<member>_<target>`. */
function valueGroups(
  table: Table,
  targets: readonly Column[],
  columns: readonly Column[],
): Map<string, Column[]> {
  if (targets.length === 1) return new Map(columns.map((column) => [column.name, [column]]));
  const names = targets.map((target) => target.name);
  const split = splitColumns(
    columns.map((column) => column.name),
    new Set(names),
    (name) => name,
    false,
  );
  const fits = split !== null && split.strays.length === 0 && split.twice === null;
  const groups = fits ? split.groups : null;
  const missing = fits ? missingColumn(split, names) : null;
  if (groups === null || missing !== null) {
    const example = names.map((name) => `\`<member>_${name}\``);
    const got = listed(columns.map((column) => column.name));
    const lacking = missing === null ? `got ${got}` : `\`${missing}\` is missing`;
    throw new TuttiError('ERR_DATA', `Expected columns ${listed(example)} in ${table.source}, ${lacking}`, {
      file: table.source,
    });
  }
  return new Map(
    [...groups].map(([member, own]) => [member, names.map((name) => findColumn(table, own.get(name)!)!)]),
  );
}

/** One member's predictions, f64[rows, outputs], `read` from a column per output. */
function filled(
  reader: Reader,
  columns: readonly Column[],
  read: (column: Column, row: number, at: number) => number,
): Predictions {
  const { rows } = reader.table;
  const outputs = columns.length;
  const mean = new Float64Array(rows * outputs);
  columns.forEach((column, at) => {
    for (let row = 0; row < rows; row++) mean[row * outputs + at] = read(column, row, at);
  });
  return { rows, outputs, mean, logProbabilities: null, variance: null };
}

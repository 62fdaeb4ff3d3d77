// The tables that accuracy is compared on, and their splits as files, so that every contender reads the same rows.

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { csvPieces } from '../../../src/files/csv-text.js';
import type { Table, Task } from '../../../src/index.js';
import { type Goal, loadSplit, type RealTable, realTables } from '../../support/real-tables.js';

/** A split of a table: two files, and what there is to predict. */
export interface Split {
  readonly table: string;
  /** From 1: the seed of the split, and of whoever trains on it. */
  readonly split: number;
  readonly goal: Goal;
  readonly train: string;
  readonly test: string;
  readonly task: Task;
  /** Class indices, or numbers, of the test rows. */
  readonly truth: ArrayLike<number>;
}

/**
 * The known tables of a folder, and others.
 * @param others `FILE:TARGET`, or `FILE:TARGET:TASK` where the look of the target would mislead.
 */
export function tablesOf(folder: string, others: readonly string[]): RealTable[] {
  return [...realTables(folder), ...others.map(otherTable)];
}

function otherTable(text: string): RealTable {
  const [path = '', target = '', task] = text.split(':');
  const name = basename(path).replace(/\.\w+$/, '');
  if (task !== undefined && task !== 'classification' && task !== 'regression') {
    throw new Error(`Expected classification or regression after ${path}:${target}, got ${task}`);
  }
  return { name, path, goal: task === undefined ? { target } : { target, task } };
}

/** Writes a split of a table into a folder. */
export function writeSplit(table: RealTable, split: number, folder: string): Split {
  const { name, goal } = table;
  const loaded = loadSplit(table, split);
  const { task } = loaded.train;
  const test = loaded.test!;
  mkdirSync(folder, { recursive: true });
  const file = (part: 'train' | 'test') => {
    const to = join(folder, `${name}-${split}-${part}.csv`);
    writeFileSync(to, [...csvPieces(rowsOf(loaded.table, loaded.rows[part]))].join(''));
    return to;
  };
  const truth = task.kind === 'classification' ? test.labels : test.targets;
  return { table: name, split, goal, train: file('train'), test: file('test'), task, truth };
}

function* rowsOf(table: Table, rows: Uint32Array): Generator<readonly string[]> {
  yield table.columns.map(({ name }) => name);
  for (const row of rows) yield table.columns.map((column) => column.text(row));
}

// The tables that accuracy is compared on, and their splits as files, so that every contender reads the same rows.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { csvPieces } from '../../../src/files/csv-text.js';
import { type LoadOptions, loadTraining, type Table, type Task } from '../../../src/index.js';

/** What is to be predicted, and the task where the target's look would mislead. */
type Goal = Pick<LoadOptions, 'target' | 'task'>;

/** By file name. */
const GOALS: Readonly<Record<string, Goal>> = {
  churn: { target: 'churn' },
  credit: { target: 'Status' },
  digits: { target: 'digit' },
  glass: { target: 'Type', task: 'classification' },
  ionosphere: { target: 'Class' },
  iris: { target: 'target' },
  letter: { target: 'lettr' },
  satellite: { target: 'classes' },
  vehicle: { target: 'Class' },
  vowel: { target: 'Class' },
  ames: { target: 'Sale_Price', task: 'regression' },
  boston: { target: 'medv', task: 'regression' },
  carprices: { target: 'Price', task: 'regression' },
  concrete: { target: 'compressive_strength', task: 'regression' },
  diabetes: { target: 'progression', task: 'regression' },
  diamonds: { target: 'price', task: 'regression' },
  meats: { target: 'fat', task: 'regression' },
  servo: { target: 'Class', task: 'regression' },
};

const TEST_SHARE = 0.3;

/** A table on which contenders are compared. */
export interface ComparedTable {
  readonly name: string;
  readonly path: string;
  readonly goal: Goal;
}

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
export function tablesOf(folder: string, others: readonly string[]): ComparedTable[] {
  const known = Object.entries(GOALS).map(([name, goal]) => ({
    name,
    path: join(folder, `${name}.csv`),
    goal,
  }));
  return [...known.filter(({ path }) => existsSync(path)), ...others.map(otherTable)];
}

function otherTable(text: string): ComparedTable {
  const [path = '', target = '', task] = text.split(':');
  const name = basename(path).replace(/\.\w+$/, '');
  if (task !== undefined && task !== 'classification' && task !== 'regression') {
    throw new Error(`Expected classification or regression after ${path}:${target}, got ${task}`);
  }
  return { name, path, goal: task === undefined ? { target } : { target, task } };
}

/** Writes a split of a table into a folder. */
export function writeSplit({ name, path, goal }: ComparedTable, split: number, folder: string): Split {
  const filled = { impute: 'mean', unseen: 'ignore' } as const;
  const loaded = loadTraining(path, { ...goal, ...filled, testShare: TEST_SHARE, seed: split });
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

// The real tables that accuracy is measured on: their targets, their splits, what a score on one is, and what paired scores
// come to over several. The project ships two of them, in data/.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedData, loadTraining } from '../../src/data/load.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import type { LoadOptions } from '../../src/index.js';
import { mean, variance } from '../../src/math/statistics.js';

/** What is to be predicted, and the task where the target's look would mislead. */
export type Goal = Pick<LoadOptions, 'target' | 'task'>;

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

/** A table on which contenders are compared. */
export interface RealTable {
  readonly name: string;
  readonly path: string;
  readonly goal: Goal;
}

/** Those of a folder that are there. @param names which, in their order; all that are known where nobody says */
export function realTables(folder: string, names: readonly string[] = Object.keys(GOALS)): RealTable[] {
  return names.flatMap((name) => {
    const [goal, path] = [GOALS[name], join(folder, `${name}.csv`)];
    return goal !== undefined && existsSync(path) ? [{ name, path, goal }] : [];
  });
}

export const TEST_SHARE = 0.3;

/** What lets a table with missing cells and rare categories be trained on at all. */
export const FILLED = { impute: 'mean', unseen: 'ignore' } as const;

/** A split of a table. @param load options of loading beside those. */
export function loadSplit(
  { path, goal }: RealTable,
  seed: number,
  load: Partial<LoadOptions> = {},
): LoadedData {
  return loadTraining(path, { ...goal, ...FILLED, testShare: TEST_SHARE, seed, ...load });
}

type Ensemble = Parameters<typeof evaluateEnsemble>[0];
type Rows = LoadedData['train'];

/** Log-loss, or RMSE over the standard deviation of the target in the training rows. */
export async function scoreOf(ensemble: Ensemble, train: Rows, test: Rows): Promise<number> {
  const { ensemble: scores } = await evaluateEnsemble(ensemble, test, { curves: false });
  return scores!.logLoss ?? scores!.rmse![0]! / train.encoding.targets.std[0]!;
}

/** Seconds of processor time, of all threads, since a reading of `process.cpuUsage()`. */
export function processorSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

/** The mean of changes, half the width of its interval for 95 % (normal), and how many of them are below 0. */
export function changesOf(changes: readonly number[]): { mean: number; half: number; better: number } {
  const spread = Math.sqrt(variance(changes) / (changes.length - 1));
  return {
    mean: mean(changes),
    half: 1.96 * spread,
    better: changes.filter((change) => change < 0).length,
  };
}

/** A way to train, on the tables that it is for. */
export interface ComparedWay {
  readonly name: string;
  readonly tables: readonly RealTable[];
  /** Its score of a split. */
  score(table: RealTable, seed: number): Promise<number>;
}

/**
 * Prints a line for each way: how its scores change against those of `base` on the same tables and seeds, as geometric means.
 * @param against what the base is called
 */
export async function printChanges(
  against: string,
  base: ComparedWay,
  ways: readonly ComparedWay[],
  seeds: readonly number[],
): Promise<void> {
  const plain = new Map<string, number>();
  for (const table of base.tables) {
    for (const seed of seeds) plain.set(`${table.name} ${seed}`, await base.score(table, seed));
  }
  const percent = (change: number) =>
    `${change < 0 ? '−' : '+'}${Math.abs(100 * Math.expm1(change)).toFixed(1)} %`;
  console.log(`| against ${against} | score, mean change | better on | tables |\n|---|--:|--:|---|`);
  for (const { name, tables, score } of ways) {
    const changes: number[] = [];
    for (const table of tables) {
      const logs: number[] = [];
      for (const seed of seeds) {
        logs.push(Math.log((await score(table, seed)) / plain.get(`${table.name} ${seed}`)!));
      }
      changes.push(mean(logs));
    }
    const better = changes.filter((change) => change < 0).length;
    const each = changes.map((change, at) => `${tables[at]!.name} ${percent(change)}`).join(', ');
    console.log(`| ${name} | ${percent(mean(changes))} | ${better} of ${changes.length} | ${each} |`);
  }
}

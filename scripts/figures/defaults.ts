// What tutti's defaults reach on a folder of tables, beside its former defaults and scikit-learn's: the table of
// docs/reference/defaults.md. Five splits of 70/30 for each table, the same rows and features for everyone.
// Run: node dist/scripts/figures/defaults.js FOLDER [--peers PYTHON]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { createPool, type Dataset, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { mean } from '../../src/math/statistics.js';
import { formerly } from '../support/former-defaults.js';
import { loadSplit, processorSeconds, type RealTable, realTables } from '../support/real-tables.js';

const SEEDS = [1, 2, 3, 4, 5];

/** A way to train with tutti. */
interface Way {
  readonly name: string;
  readonly training: TrainingOptions;
}

const WAYS: readonly Way[] = [
  { name: 'former defaults', training: formerly({ members: 16 }) },
  { name: 'defaults', training: {} },
];

/** Accuracy and so on of one split; `rmse` over the standard deviation of the test rows' target. */
interface Scores {
  readonly accuracy?: number;
  readonly logLoss?: number;
  readonly brier?: number;
  readonly rmse?: number;
  readonly cpuSeconds: number;
}

type Results = Map<string, Map<string, Scores[]>>;

async function trained(table: RealTable, seed: number, way: Way, runner: ReturnType<typeof createPool>) {
  const { train, test } = loadSplit(table, seed);
  const before = process.cpuUsage();
  const ensemble = await trainEnsemble(train, { seed, ...way.training }, { runner });
  const cpuSeconds = processorSeconds(before);
  if (test!.task.kind === 'regression') {
    const { mean } = await predictEnsemble(ensemble, test!);
    return { rmse: relativeRmse(mean, test!.targets), cpuSeconds };
  }
  const { ensemble: scores } = await evaluateEnsemble(ensemble, test!, { curves: false });
  const { accuracy, logLoss, squaredError } = scores!;
  return { accuracy: accuracy!, logLoss: logLoss!, brier: squaredError!, cpuSeconds };
}

function relativeRmse(predicted: ArrayLike<number>, targets: ArrayLike<number>): number {
  const truth = Array.from(targets);
  const centre = mean(truth);
  const square = truth.reduce((sum, value, row) => sum + (predicted[row]! - value) ** 2, 0);
  return Math.sqrt(square / truth.reduce((sum, value) => sum + (value - centre) ** 2, 0));
}

/** The same rows and features for scikit-learn, as raw numbers in a temporary folder. */
function peers(python: string, tables: readonly RealTable[], results: Results): void {
  const scratch = mkdtempSync(join(tmpdir(), 'tutti-tables-'));
  try {
    const files = tables.flatMap((table) => SEEDS.map((seed) => exported(scratch, table, seed)));
    const script = join(import.meta.dirname, '../../../scripts/figures/sklearn_tables.py');
    const run = spawnSync(python, [script], { input: JSON.stringify(files), maxBuffer: 1 << 26 });
    if (run.status !== 0) throw new Error(`${python} failed: ${run.error ?? run.stderr.toString()}`);
    const all = JSON.parse(run.stdout.toString()) as Record<string, Scores>[];
    all.forEach((of, at) => {
      for (const [peer, scores] of Object.entries(of)) add(results, peer, files[at]!.name, scores);
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function exported(scratch: string, table: RealTable, seed: number) {
  const { name } = table;
  const { train, test } = loadSplit(table, seed, { softClip: null });
  const part = (of: Dataset, which: string) => {
    const path = (what: string) => join(scratch, `${name}-${seed}-${which}.${what}`);
    writeFileSync(path('x'), Float64Array.from(of.x));
    writeFileSync(path('y'), Float64Array.from(of.task.kind === 'classification' ? of.labels : of.targets));
    return { rows: of.rows, x: path('x'), y: path('y') };
  };
  const classes = train.task.kind === 'classification' ? train.task.classes.length : null;
  const parts = { train: part(train, 'train'), test: part(test!, 'test') };
  return { name, seed, features: train.features, classes, ...parts };
}

function add(results: Results, way: string, table: string, scores: Scores): void {
  const of = results.get(way) ?? new Map<string, Scores[]>();
  of.set(table, [...(of.get(table) ?? []), scores]);
  results.set(way, of);
}

const SCORES = ['accuracy', 'logLoss', 'brier', 'rmse'] as const;

/** Means over tables of the means over splits: one line for each way, and one for each table. */
function print(results: Results, tables: readonly RealTable[]): void {
  const names = tables.map(({ name }) => name);
  const cell = (way: string, tables: readonly string[], score: keyof Scores, digits: number) => {
    const own = tables.map((table) =>
      results
        .get(way)!
        .get(table)!
        .map((scores) => scores[score]),
    );
    const means = own.filter((values) => values[0] !== undefined).map((values) => mean(values as number[]));
    if (means.length === 0) return '–';
    return score === 'accuracy' ? (100 * mean(means)).toFixed(2) : mean(means).toFixed(digits);
  };
  console.log('| | accuracy | log-loss | Brier | RMSE/sd | processor time |\n|---|--:|--:|--:|--:|--:|');
  const total = (way: string) => Number(cell(way, names, 'cpuSeconds', 6));
  const unit = total(WAYS[0]!.name);
  for (const way of results.keys()) {
    const scores = SCORES.map((score) => cell(way, names, score, 4));
    console.log(`| ${[way, ...scores, `${(total(way) / unit).toFixed(2)}×`].join(' | ')} |`);
  }
  console.log(`\n| table | ${[...results.keys()].join(' | ')} |\n|---|${'--:|'.repeat(results.size)}`);
  for (const { name, goal } of tables) {
    const score = goal.task === 'regression' ? 'rmse' : 'logLoss';
    console.log(
      `| ${[name, ...[...results.keys()].map((way) => cell(way, [name], score, 3))].join(' | ')} |`,
    );
  }
}

const { values, positionals } = parseArgs({ options: { peers: { type: 'string' } }, allowPositionals: true });
const tables = realTables(positionals[0] ?? 'data');
const results: Results = new Map();
const runner = createPool();
for (const way of WAYS) {
  for (const table of tables) {
    for (const seed of SEEDS) add(results, way.name, table.name, await trained(table, seed, way, runner));
  }
}
await runner.close();
if (values.peers !== undefined) peers(values.peers, tables, results);
print(results, tables);

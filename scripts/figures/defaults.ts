// What tutti's defaults reach on a folder of tables, beside its former defaults and scikit-learn's: the table of
// docs/reference/defaults.md. Three splits of 70/30 for each table, the same rows and features for everyone.
// Run: node dist/scripts/figures/defaults.js FOLDER [--peers PYTHON]

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadTraining } from '../../src/data/load.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import {
  createPool,
  type Dataset,
  type LoadOptions,
  type TrainingOptions,
  trainEnsemble,
} from '../../src/index.js';

/** Tables by file name: the target, and the task where the target's look would mislead. */
const TABLES: Readonly<Record<string, Pick<LoadOptions, 'target' | 'task'>>> = {
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

const SEEDS = [1, 2, 3];

/** A way to train with tutti. */
interface Way {
  readonly name: string;
  readonly training: TrainingOptions;
  readonly softClip: number | null | undefined;
  readonly clip: boolean;
}

const WAYS: readonly Way[] = [
  {
    name: 'former defaults',
    training: { epochs: 40, learningRate: 1e-3, earlyStopping: 'none' },
    ...{ softClip: null, clip: false },
  },
  { name: 'defaults', training: {}, softClip: undefined, clip: true },
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

function load(folder: string, name: string, seed: number, softClip?: number | null) {
  const options = { ...TABLES[name]!, testShare: 0.3, seed, impute: 'mean', unseen: 'ignore' } as const;
  return loadTraining(
    join(folder, `${name}.csv`),
    softClip === undefined ? options : { ...options, softClip },
  );
}

async function trained(
  folder: string,
  name: string,
  seed: number,
  way: Way,
  runner: ReturnType<typeof createPool>,
) {
  const { train, test } = load(folder, name, seed, way.softClip);
  const before = process.cpuUsage();
  const ensemble = await trainEnsemble(train, { seed, ...way.training }, { runner });
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  if (test!.task.kind === 'regression') {
    const { mean } = await predictEnsemble(ensemble, test!, { clip: way.clip });
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
function peers(python: string, folder: string, names: readonly string[], results: Results): void {
  const scratch = mkdtempSync(join(tmpdir(), 'tutti-tables-'));
  try {
    const tables = names.flatMap((name) => SEEDS.map((seed) => exported(scratch, folder, name, seed)));
    const script = join(import.meta.dirname, '../../../scripts/figures/sklearn_tables.py');
    const run = spawnSync(python, [script], { input: JSON.stringify(tables), maxBuffer: 1 << 26 });
    if (run.status !== 0) throw new Error(`${python} failed: ${run.error ?? run.stderr.toString()}`);
    const all = JSON.parse(run.stdout.toString()) as Record<string, Scores>[];
    all.forEach((of, at) => {
      for (const [peer, scores] of Object.entries(of)) add(results, peer, tables[at]!.name, scores);
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function exported(scratch: string, folder: string, name: string, seed: number) {
  const { train, test } = load(folder, name, seed, null);
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const SCORES = ['accuracy', 'logLoss', 'brier', 'rmse'] as const;

/** Means over tables of the means over splits: one line for each way, and one for each table. */
function print(results: Results, names: readonly string[]): void {
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
  for (const name of names) {
    const score = TABLES[name]!.task === 'regression' ? 'rmse' : 'logLoss';
    console.log(
      `| ${[name, ...[...results.keys()].map((way) => cell(way, [name], score, 3))].join(' | ')} |`,
    );
  }
}

const { values, positionals } = parseArgs({ options: { peers: { type: 'string' } }, allowPositionals: true });
const folder = positionals[0] ?? 'data';
const names = Object.keys(TABLES).filter((name) => existsSync(join(folder, `${name}.csv`)));
const results: Results = new Map();
const runner = createPool();
for (const way of WAYS) {
  for (const name of names) {
    for (const seed of SEEDS) add(results, way.name, name, await trained(folder, name, seed, way, runner));
  }
}
await runner.close();
if (values.peers !== undefined) peers(values.peers, folder, names, results);
print(results, names);

// One boosted-tree member beside scikit-learn's HistGradientBoosting of the same settings, on the same encoded numbers: what both score on
// rows held out, in five splits, and the processor time of both on one thread. Each table is FILE:TARGET.
// Run: node dist/scripts/figures/boosted-trees.js PYTHON FILE:TARGET …; the figures of docs/techniques/boosted-trees.md

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeRows } from '../../src/data/dataset/encoding.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import {
  createInlineRunner,
  type Dataset,
  loadData,
  type TrainingOptions,
  trainEnsemble,
} from '../../src/index.js';
import { mean, variance } from '../../src/math/statistics.js';

const SPLITS = 5;
/** Student's t of four degrees, 95 %. */
const T = 2.776;
const ROUNDS = 100;
const OPTIONS: TrainingOptions = {
  ...{ engine: 'trees', members: 1, rounds: ROUNDS, resample: 'none', earlyStopping: 'none', seed: 1 },
  // As scikit-learn has them.
  ...{ minLeafRows: 20, leafL2: 0 },
};

interface Figures {
  readonly score: number;
  readonly seconds: number;
}

const [python, ...tables] = process.argv.slice(2);
const script = fileURLToPath(new URL('../../../scripts/figures/boosted-trees.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'boosted-trees-'));
const runner = createInlineRunner();

/** The numbers that members see, and the truth, for scikit-learn. */
function write(name: string, train: Dataset, own: Dataset): void {
  const { x, rows, features } = own;
  const seen = encodeRows(x, features, train.encoding.features, { start: 0, end: rows });
  const truth = own.task.kind === 'classification' ? Float64Array.from(own.labels) : own.targets;
  for (const [end, values] of [
    ['x', seen],
    ['y', truth],
  ] as const)
    writeFileSync(
      join(folder, `${name}.${end}`),
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
}

/** Log-loss of classes, RMSE of numbers. */
async function ours(train: Dataset, test: Dataset): Promise<Figures> {
  const began = process.cpuUsage();
  const ensemble = await trainEnsemble(train, OPTIONS, { runner });
  const { user, system } = process.cpuUsage(began);
  const { mean: predicted, outputs } = await predictEnsemble(ensemble, test.x);
  const isClasses = test.task.kind === 'classification';
  const errors = Array.from({ length: test.rows }, (_, row) =>
    isClasses
      ? -Math.log(Math.max(1e-15, predicted[row * outputs + test.labels[row]!]!))
      : (predicted[row]! - test.targets[row]!) ** 2,
  );
  const score = isClasses ? mean(errors) : Math.sqrt(mean(errors));
  return { score, seconds: (user + system) / 1e6 };
}

const found = [];
const asked = [];
for (const table of tables) {
  const [file, target] = table.split(':') as [string, string];
  const name = basename(file, '.csv');
  const own: Figures[] = [];
  for (let seed = 1; seed <= SPLITS; seed++) {
    const { train, test } = await loadData(file, {
      target,
      testShare: 0.25,
      seed,
      impute: 'median',
      unseen: 'ignore',
    });
    // Code is compiled while it first runs.
    if (found.length === 0 && seed === 1) await ours(train, test!);
    own.push(await ours(train, test!));
    write(`${name}-${seed}.train`, train, train);
    write(`${name}-${seed}.test`, train, test!);
    const classes = train.task.kind === 'classification' ? train.task.classes.length : 0;
    asked.push({ name: `${name}-${seed}`, features: train.features, classes });
    if (seed === SPLITS) found.push({ name, shape: `${train.rows} × ${train.features}`, own });
  }
}
writeFileSync(join(folder, 'asked.json'), JSON.stringify(asked));
const said = execFileSync(python!, [script, folder, String(ROUNDS)], { maxBuffer: 2 ** 26 });
const others = JSON.parse(String(said)) as Figures[];
rmSync(folder, { recursive: true });

const print = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
print(['table', 'rows × columns', 'scikit-learn', 'tutti', 'difference', 's, scikit-learn', 's, tutti']);
print(['---', '--:', '--:', '--:', '--:', '--:', '--:']);
for (const [place, { name, shape, own }] of found.entries()) {
  const theirs = others.slice(place * SPLITS, (place + 1) * SPLITS);
  const differences = own.map(({ score }, split) => score - theirs[split]!.score);
  // Of a sample: by one split fewer than there are.
  const wide = T * Math.sqrt(variance(differences) / (SPLITS - 1));
  const shown = (value: number) => value.toPrecision(4);
  const [a, b] = [theirs, own].map((figures) => ({
    score: shown(mean(figures.map(({ score }) => score))),
    seconds: mean(figures.map(({ seconds }) => seconds)).toFixed(2),
  })) as [{ score: string; seconds: string }, { score: string; seconds: string }];
  const difference = `${mean(differences).toPrecision(2)} ± ${wide.toPrecision(2)}`;
  print([name, shape, a.score, b.score, difference, a.seconds, b.seconds]);
}

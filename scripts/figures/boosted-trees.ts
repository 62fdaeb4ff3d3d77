// One boosted-tree member beside scikit-learn's HistGradientBoosting of the same settings, on the same encoded numbers: what both score on
// rows held out, in five splits, and the processor time of both. Rows with missing cells are filled before. Each table is FILE:TARGET.
// Run: node dist/scripts/figures/boosted-trees.js PYTHON FILE:TARGET …; the figures of docs/techniques/boosted-trees.md

import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeRows } from '../../src/data/dataset/encoding.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { createInlineRunner, type Dataset, loadData, trainEnsemble } from '../../src/index.js';
import { mean } from '../../src/math/statistics.js';

const SPLITS = 5;
const ROUNDS = 100;

const [python, ...tables] = process.argv.slice(2);
const script = fileURLToPath(new URL('../../../scripts/figures/boosted-trees.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'boosted-trees-'));
const runner = createInlineRunner();

interface Figures {
  readonly score: number;
  readonly seconds: number;
}

const seenBy = ({ encoding }: Dataset, { x, rows, features }: Dataset) =>
  encodeRows(x, features, encoding.features, { start: 0, end: rows });

/** Trained on the processor time that it takes, and scored: log-loss of classes, RMSE of numbers. */
async function ours(train: Dataset, test: Dataset): Promise<Figures> {
  const began = process.cpuUsage();
  const options = {
    engine: 'trees',
    members: 1,
    rounds: ROUNDS,
    resample: 'none',
    earlyStopping: 'none',
  } as const;
  const ensemble = await trainEnsemble(train, { ...options, seed: 1 }, { runner });
  const { user, system } = process.cpuUsage(began);
  const { mean: predicted, outputs } = await predictEnsemble(ensemble, test.x, { clip: false });
  const errors = Array.from({ length: test.rows }, (_, row) =>
    test.task.kind === 'classification'
      ? -Math.log(Math.max(1e-15, predicted[row * outputs + test.labels[row]!]!))
      : (predicted[row]! - test.targets[row]!) ** 2,
  );
  const score = test.task.kind === 'classification' ? mean(errors) : Math.sqrt(mean(errors));
  return { score, seconds: (user + system) / 1e6 };
}

function theirs(train: Dataset, test: Dataset): Figures {
  const write = (name: string, values: ArrayBufferView) =>
    writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const classes = train.task.kind === 'classification' ? train.task.classes.length : 0;
  for (const [name, own] of [
    ['train', train],
    ['test', test],
  ] as const) {
    write(`${name}.x`, seenBy(train, own));
    write(`${name}.y`, classes > 0 ? Float64Array.from(own.labels) : own.targets);
  }
  const said = execFileSync(python!, [
    script,
    folder,
    String(train.features),
    String(classes),
    String(ROUNDS),
  ]);
  return JSON.parse(String(said)) as Figures;
}

// Code is compiled while it first runs, on both sides.
const row = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
row(['table', 'rows × columns', 'scikit-learn', 'tutti', 'difference', 's, scikit-learn', 's, tutti']);
row(['---', '--:', '--:', '--:', '--:', '--:', '--:']);
for (const [place, table] of tables.entries()) {
  const [file, target] = table.split(':') as [string, string];
  const pairs: (readonly [Figures, Figures])[] = [];
  let shape = '';
  for (let seed = 1; seed <= SPLITS; seed++) {
    const { train, test } = await loadData(file, { target, testShare: 0.25, seed });
    if (place === 0 && seed === 1) await ours(train, test!);
    pairs.push([theirs(train, test!), await ours(train, test!)]);
    shape = `${train.rows} × ${train.features}`;
  }
  const of = (side: 0 | 1, name: keyof Figures) => mean(pairs.map((pair) => pair[side][name]));
  const differences = pairs.map(([a, b]) => b.score - a.score);
  const spread = Math.sqrt(mean(differences.map((own) => (own - mean(differences)) ** 2)) / (SPLITS - 1));
  const shown = (value: number) => value.toPrecision(4);
  row([
    ...[basename(file, '.csv'), shape, shown(of(0, 'score')), shown(of(1, 'score'))],
    `${shown(mean(differences))} ± ${shown(2.776 * spread)}`,
    ...[of(0, 'seconds').toFixed(2), of(1, 'seconds').toFixed(2)],
  ]);
}

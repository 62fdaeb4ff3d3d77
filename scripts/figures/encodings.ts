// What encodings of numbers, of targets, of missing cells and of unseen categories are worth on a folder of tables, each paired with
// the defaults on the same splits and seeds: the tables of docs/techniques/encodings.md.
// Run: node dist/scripts/figures/encodings.js FOLDER

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadTraining } from '../../src/data/load.js';
import { transformTable } from '../../src/data/preprocessing/preprocessing.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { createPool, type LoadOptions, readCsv, tableFromRecords, trainEnsemble } from '../../src/index.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';

type Named = Pick<LoadOptions, 'target' | 'task'>;

const TABLES: Readonly<Record<string, Named>> = {
  churn: { target: 'churn' },
  credit: { target: 'Status' },
  glass: { target: 'Type', task: 'classification' },
  ionosphere: { target: 'Class' },
  vehicle: { target: 'Class' },
  vowel: { target: 'Class' },
  ames: { target: 'Sale_Price', task: 'regression' },
  boston: { target: 'medv', task: 'regression' },
  carprices: { target: 'Price', task: 'regression' },
  concrete: { target: 'compressive_strength', task: 'regression' },
  diabetes: { target: 'progression', task: 'regression' },
  diamonds: { target: 'price', task: 'regression' },
  servo: { target: 'Class', task: 'regression' },
};
const SEEDS = [1, 2, 3];
const FILLED = { impute: 'mean', unseen: 'ignore', testShare: 0.3 } as const;

interface Way {
  readonly name: string;
  readonly load: Partial<LoadOptions>;
  readonly tables: readonly string[];
}

const all = Object.keys(TABLES);
const numbers = all.filter((name) => TABLES[name]!.task === 'regression');
const WAYS: readonly Way[] = [
  { name: 'robust, smooth clip 3', load: { scaling: 'robust' }, tables: all },
  { name: 'columns, smooth clip 3', load: { softClip: 3, clipShape: 'smooth' }, tables: all },
  { name: 'quantile', load: { scaling: 'quantile' }, tables: all },
  { name: 'quantile, clip 2', load: { scaling: 'quantile', softClip: 2 }, tables: all },
  { name: 'logarithms of the target', load: { targetScaling: 'log' }, tables: numbers },
  { name: 'quantiles of the target', load: { targetScaling: 'quantile' }, tables: numbers },
  { name: 'missing indicators', load: { missingIndicators: true }, tables: ['credit'] },
];

const runner = createPool();

/** Log-loss, or RMSE over the standard deviation of the target in the training rows. */
async function scoreOf({ train, test }: ReturnType<typeof loadTraining>, seed: number): Promise<number> {
  const ensemble = await trainEnsemble(train, { seed, members: 8 }, { runner });
  const { ensemble: scores } = await evaluateEnsemble(ensemble, test!, { curves: false });
  return scores!.logLoss ?? scores!.rmse![0]! / train.encoding.targets.std[0]!;
}

const folder = process.argv[2] ?? 'data';
const pathOf = (name: string) => join(folder, `${name}.csv`);
const plain = new Map<string, number>();
for (const name of all.filter((own) => existsSync(pathOf(own)))) {
  for (const seed of SEEDS) {
    const loaded = loadTraining(pathOf(name), { ...TABLES[name]!, ...FILLED, seed });
    plain.set(`${name} ${seed}`, await scoreOf(loaded, seed));
  }
}
console.log('| against the defaults | score, mean change | better on | tables |\n|---|--:|--:|---|');
for (const { name, load, tables } of WAYS) {
  const changes: (readonly [string, number])[] = [];
  for (const table of tables.filter((own) => existsSync(pathOf(own)))) {
    let sum = 0;
    for (const seed of SEEDS) {
      const loaded = loadTraining(pathOf(table), { ...TABLES[table]!, ...FILLED, ...load, seed });
      sum += Math.log((await scoreOf(loaded, seed)) / plain.get(`${table} ${seed}`)!) / SEEDS.length;
    }
    changes.push([table, sum]);
  }
  const percent = (change: number) =>
    `${change < 0 ? '−' : '+'}${Math.abs(100 * Math.expm1(change)).toFixed(1)} %`;
  const mean = changes.reduce((sum, [, change]) => sum + change, 0) / changes.length;
  const better = changes.filter(([, change]) => change < 0).length;
  const each = changes.map(([table, change]) => `${table} ${percent(change)}`).join(', ');
  console.log(`| ${name} | ${percent(mean)} | ${better} of ${changes.length} | ${each} |`);
}

/** Columns of many categories, of which a fifth are held out with all of their rows. */
const LEVELS = [
  ['ames', 'Neighborhood'],
  ['ames', 'Exterior_2nd'],
  ['carprices', 'Model'],
  ['churn', 'state'],
] as const;
console.log('\n| column, a fifth of its categories never seen | `ignore` | `learned` |\n|---|--:|--:|');
for (const [name, column] of LEVELS) {
  if (!existsSync(pathOf(name))) continue;
  const table = readCsv(pathOf(name));
  const own = table.columns.find((one) => one.name === column);
  if (own === undefined) continue;
  const sums = { ignore: 0, learned: 0 };
  for (const seed of SEEDS) {
    const levels = [...new Set(Array.from({ length: table.rows }, (_, row) => own.text(row)))].sort();
    const order = Uint32Array.from(levels.keys());
    shuffleInPlace(order, new RandomStream(streamKey(seed, 'split')));
    const held = new Set([...order.subarray(0, Math.ceil(levels.length / 5))].map((at) => levels[at]!));
    const rowsOf = (isHeld: boolean) =>
      tableFromRecords(
        Array.from({ length: table.rows }, (_, row) => row)
          .filter((row) => held.has(own.text(row)) === isHeld)
          .map((row) => Object.fromEntries(table.columns.map((one) => [one.name, one.text(row)]))),
      );
    const [train, test] = [rowsOf(false), rowsOf(true)];
    for (const unseen of ['ignore', 'learned'] as const) {
      const options = { ...TABLES[name]!, impute: 'mean', unseen } as const;
      const { train: rows, preprocessing } = loadTraining(train, options);
      const ensemble = await trainEnsemble(rows, { seed, members: 8 }, { runner });
      const { ensemble: scores } = await evaluateEnsemble(ensemble, transformTable(preprocessing, test), {
        curves: false,
      });
      sums[unseen] += (scores!.logLoss ?? scores!.rmse![0]! / rows.encoding.targets.std[0]!) / SEEDS.length;
    }
  }
  console.log(`| ${name}, \`${column}\` | ${sums.ignore.toFixed(4)} | ${sums.learned.toFixed(4)} |`);
}
await runner.close();

// What embedded inputs are worth on a folder of tables, each paired with the same networks on bare inputs, on the same splits and
// seeds: the table of docs/techniques/embeddings.md.
// Run: node dist/scripts/figures/embeddings.js FOLDER

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadTraining } from '../../src/data/load.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { createPool, type LoadOptions, type TrainingOptions, trainEnsemble } from '../../src/index.js';

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
};
const SEEDS = [1, 2];
const LOAD = { impute: 'mean', unseen: 'ignore', testShare: 0.3 } as const;
const NETWORKS: TrainingOptions = { members: 6, hidden: [128, 128], batchSize: 64, learningRate: 1e-3 };

const WAYS: Readonly<Record<string, TrainingOptions>> = {
  periodic: { numericEmbedding: 'periodic' },
  'periodic, `frequencyScale` 0.3': { numericEmbedding: 'periodic', frequencyScale: 0.3 },
  cosine: { numericEmbedding: 'cosine' },
  'cosine, `frequencyScale` 1': { numericEmbedding: 'cosine', frequencyScale: 1 },
  'piecewiseLinear, 16 bins': { numericEmbedding: 'piecewiseLinear' },
  'piecewiseLinear, 16 bins to 8 numbers': { numericEmbedding: 'piecewiseLinear', embeddingSize: 8 },
  '`inputScale`': { inputScale: true, scaleRateFactor: 6 },
  '`categoryEmbedding` learned': { categoryEmbedding: 'learned' },
};

const runner = createPool();

/** Log-loss, or RMSE over the standard deviation of the target in the training rows. */
async function scoreOf(name: string, seed: number, options: TrainingOptions): Promise<number> {
  const load = { ...TABLES[name]!, ...LOAD, seed };
  const { train, test } = loadTraining(pathOf(name), load);
  const ensemble = await trainEnsemble(train, { seed, ...NETWORKS, ...options }, { runner });
  const { ensemble: scores } = await evaluateEnsemble(ensemble, test!, { curves: false });
  return scores!.logLoss ?? scores!.rmse![0]! / train.encoding.targets.std[0]!;
}

const folder = process.argv[2] ?? 'data';
const pathOf = (name: string) => join(folder, `${name}.csv`);
const tables = Object.keys(TABLES).filter((own) => existsSync(pathOf(own)));
const plain = new Map<string, number>();
for (const name of tables) {
  for (const seed of SEEDS) plain.set(`${name} ${seed}`, await scoreOf(name, seed, {}));
}
const percent = (change: number) =>
  `${change < 0 ? '−' : '+'}${Math.abs(100 * Math.expm1(change)).toFixed(1)} %`;
console.log('| against bare inputs | score, mean change | better on | tables |\n|---|--:|--:|---|');
for (const [way, options] of Object.entries(WAYS)) {
  const changes: (readonly [string, number])[] = [];
  for (const table of tables) {
    let sum = 0;
    for (const seed of SEEDS) {
      sum += Math.log((await scoreOf(table, seed, options)) / plain.get(`${table} ${seed}`)!) / SEEDS.length;
    }
    changes.push([table, sum]);
  }
  const mean = changes.reduce((sum, [, change]) => sum + change, 0) / changes.length;
  const better = changes.filter(([, change]) => change < 0).length;
  const each = changes.map(([table, change]) => `${table} ${percent(change)}`).join(', ');
  console.log(`| ${way} | ${percent(mean)} | ${better} of ${changes.length} | ${each} |`);
}
await runner.close();

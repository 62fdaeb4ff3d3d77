// What activations, norms and residual blocks come to on tables of a folder: the table of docs/techniques/residual.md.
// `node dist/scripts/figures/layers.js FOLDER`

import { join } from 'node:path';
import { loadData, type TrainingOptions, trainEnsemble } from '../../src/index.js';

const TABLES = {
  ...{ vehicle: 'Class', letter: 'lettr', satellite: 'classes', churn: 'churn' },
  ...{ concrete: 'compressive_strength', diamonds: 'price', boston: 'medv' },
};

const BASE: TrainingOptions = {
  ...{
    members: 4,
    resample: 'bootstrap',
    epochs: 60,
    batchSize: 64,
    optimizer: 'adamW',
    learningRate: 0.003,
  },
  ...{ schedule: 'cosine', earlyStopping: 'outOfBag', patience: 60 },
};

const NETWORKS: Readonly<Record<string, TrainingOptions>> = {
  relu: { hidden: [64, 64] },
  gelu: { hidden: [64, 64], activation: 'gelu' },
  silu: { hidden: [64, 64], activation: 'silu' },
  mish: { hidden: [64, 64], activation: 'mish' },
  selu: { hidden: [64, 64], activation: 'selu' },
  norm: { hidden: [64, 64], norm: 'layer' },
  'four layers': { hidden: [64, 64, 64, 64] },
  'four layers with norms': { hidden: [64, 64, 64, 64], norm: 'layer' },
  'residual, relu': { layers: ['residual 64, residual 64, norm relu'] },
  'residual 64@128, silu': { layers: ['residual 64@128 silu, residual 64@128 silu, norm silu'] },
};

const folder = process.argv[2];
if (folder === undefined) throw new Error('Expected the folder of the tables');

/** Of each network, its scores and times against those of the first: logarithms. */
const ratios = new Map(
  Object.keys(NETWORKS).map((name) => [name, { scores: [] as number[], times: [] as number[] }]),
);
for (const [table, target] of Object.entries(TABLES)) {
  for (const seed of [1, 2, 3]) {
    const { train, test } = await loadData(join(folder, `${table}.csv`), { target, testShare: 0.3, seed });
    let first: readonly [number, number] | null = null;
    for (const [name, options] of Object.entries(NETWORKS)) {
      const started = process.cpuUsage();
      const ensemble = await trainEnsemble(train, { ...BASE, ...options, seed });
      const { user, system } = process.cpuUsage(started);
      const report = await ensemble.evaluate(test);
      const score = train.task.kind === 'classification' ? report.logLoss : report.rmse;
      const found = [score, user + system] as const;
      first ??= found;
      ratios.get(name)!.scores.push(Math.log(found[0] / first[0]));
      ratios.get(name)!.times.push(found[1] / first[1]);
    }
  }
}
for (const [name, { scores, times }] of ratios) {
  const mean = scores.reduce((sum, value) => sum + value, 0) / scores.length;
  const variance = scores.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (scores.length - 1);
  const half = 100 * 1.96 * Math.sqrt(variance / scores.length);
  const time = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
  const percent = 100 * (Math.exp(mean) - 1);
  process.stdout.write(`${name}: ${percent.toFixed(1)} % ± ${half.toFixed(1)}, ${time.toFixed(2)}×\n`);
}

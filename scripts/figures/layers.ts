// What activations, norms and residual blocks come to on tables of a folder: the table of docs/techniques/residual.md.
// `node dist/scripts/figures/layers.js FOLDER`

import { type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { median } from '../../src/math/statistics.js';
import { formerly } from '../support/former-defaults.js';
import { changesOf, loadSplit, processorSeconds, realTables, scoreOf } from '../support/real-tables.js';

const TABLES = ['vehicle', 'letter', 'satellite', 'churn', 'concrete', 'diamonds', 'boston'];

/** Beside the former defaults. */
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
  'residual 64@128, silu': {
    layers: ['residual 64@128 silu, residual 64@128 silu, norm silu'],
    // Every layer names its own.
    activation: undefined,
  },
};

const folder = process.argv[2];
if (folder === undefined) throw new Error('Expected the folder of the tables');

/** Of each network, its scores and times against those of the first: logarithms. */
const ratios = new Map(
  Object.keys(NETWORKS).map((name) => [name, { scores: [] as number[], times: [] as number[] }]),
);
for (const table of realTables(folder, TABLES)) {
  for (const seed of [1, 2, 3]) {
    const { train, test } = loadSplit(table, seed);
    let first: readonly [number, number] | null = null;
    for (const [name, options] of Object.entries(NETWORKS)) {
      const started = process.cpuUsage();
      const ensemble = await trainEnsemble(train, formerly({ ...BASE, ...options, seed }));
      const seconds = processorSeconds(started);
      const found = [await scoreOf(ensemble, train, test!), seconds] as const;
      first ??= found;
      ratios.get(name)!.scores.push(Math.log(found[0] / first[0]));
      ratios.get(name)!.times.push(found[1] / first[1]);
    }
  }
}
for (const [name, { scores, times }] of ratios) {
  const { mean, half } = changesOf(scores);
  const percent = 100 * Math.expm1(mean);
  const cells = [`${percent.toFixed(1)} % ± ${(100 * half).toFixed(1)}`, `${median(times).toFixed(2)}×`];
  process.stdout.write(`${name}: ${cells.join(', ')}\n`);
}

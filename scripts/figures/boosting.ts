// Boosted nets beside independent ones of the same kind and beside packed ones, which learn the truth itself: scores on rows held
// out, log-loss of classes and RMSE over the deviation of numbers, and processor time on one thread.
// Run: node dist/scripts/figures/boosting.js FOLDER [NAME …]; the figures of docs/techniques/boosting.md

import { boostEnsemble } from '../../src/boosting/boost.js';
import type { BoostOptions } from '../../src/boosting/options.js';
import type { Dataset } from '../../src/data/dataset/dataset.js';
import { createInlineRunner, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { mean } from '../../src/math/statistics.js';
import { loadSplit, processorSeconds, realTables, scoreOf } from '../support/real-tables.js';

const SPLITS = [1, 2, 3];
const runner = createInlineRunner();

/** As boosted nets are, whatever the defaults of members become. */
const PLAIN: TrainingOptions = {
  ...{ preset: 'lecture', hidden: [64], activation: 'relu', optimizer: 'adam', learningRate: 0.003 },
  ...{ batchSize: 32, epochs: 200, seed: 1 },
};

const members = async (train: Dataset, options: TrainingOptions) =>
  trainEnsemble(train, { ...PLAIN, ...options }, { runner });
const boosted = async (train: Dataset, options: BoostOptions) =>
  (await boostEnsemble(train, { seed: 1, runner, ...options })).ensemble;

const WAYS = {
  independent: (train: Dataset) => members(train, { members: 8, earlyStopping: 'outOfBag', patience: 20 }),
  gradient: (train: Dataset) => boosted(train, {}),
  'gradient, 32 units, shrinkage 0.3': (train: Dataset) => boosted(train, { hidden: [32], shrinkage: 0.3 }),
  packed: (train: Dataset) =>
    members(train, {
      ...{ members: 1, sharing: 'packed', submodels: 8, resample: 'none' },
      ...{ earlyStopping: 'validation', validationShare: 0.15, patience: 20 },
    }),
  soft: (train: Dataset) => boosted(train, { kind: 'soft' }),
} as const;

const [folder, ...asked] = process.argv.slice(2);
const names = asked.length > 0 ? asked : ['vehicle', 'vowel', 'glass', 'concrete', 'boston', 'diabetes'];
const print = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
print(['table', ...Object.keys(WAYS)]);
print(['---', ...Object.keys(WAYS).map(() => '--:')]);
const warm = realTables(folder!, names)[0]!;
for (const way of Object.values(WAYS)) await way(loadSplit(warm, 1).train);
for (const table of realTables(folder!, names)) {
  const found = Object.values(WAYS).map(() => ({ scores: [] as number[], seconds: 0 }));
  for (const seed of SPLITS) {
    const { train, test } = loadSplit(table, seed);
    for (const [at, way] of Object.values(WAYS).entries()) {
      const began = process.cpuUsage();
      const ensemble = await way(train);
      found[at]!.seconds += processorSeconds(began);
      found[at]!.scores.push(await scoreOf(ensemble, train, test!));
    }
  }
  const [first] = found;
  const cells = found.map(
    ({ scores, seconds }) => `${mean(scores).toFixed(3)} (${(seconds / first!.seconds).toFixed(1)}×)`,
  );
  print([table.name, ...cells]);
}

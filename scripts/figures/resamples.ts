// What members of the default recipe come to on digits by how they draw their rows: the table of docs/techniques/bagging.md. The first
// 900 rows train, the other 897 test; means of three seeds.
// Run: node dist/scripts/figures/resamples.js

import { loadTraining } from '../../src/data/load.js';
import { transformTable } from '../../src/data/preprocessing/preprocessing.js';
import {
  createPool,
  readCsv,
  type TrainingOptions,
  tableFromRecords,
  trainEnsemble,
} from '../../src/index.js';
import { mean } from '../../src/math/statistics.js';

const SEEDS = [1, 2, 3];
const TRAINING_ROWS = 900;

/** Numbers are embedded in turn, which is what nobody can state. */
const RECIPE: TrainingOptions = {
  ...{ members: 16, hidden: [128, 128, 128], activation: 'gelu', optimizer: 'adamW', weightDecay: 0.05 },
  ...{ learningRate: 0.003, batchSize: 32, epochs: 200, patience: 30 },
};

const WAYS: Readonly<Record<string, TrainingOptions>> = {
  '`--resample subsample` (0.75)': { resample: 'subsample', resampleShare: 0.75 },
  '`--resample subsample --resample-share 0.5`': { resample: 'subsample', resampleShare: 0.5 },
  '`--resample bootstrap`': { resample: 'bootstrap' },
  '`--resample stratified`': { resample: 'stratified' },
  '`--resample cv:8x2`': { resample: 'cv', folds: 8 },
  '`--resample cv:4x4`': { resample: 'cv', folds: 4 },
  '`--resample none`': { resample: 'none' },
  '`--resample subsample --feature-share 0.5`': {
    ...{ resample: 'subsample', resampleShare: 0.75, featureShare: 0.5 },
  },
};

const table = readCsv('data/digits.csv');
const records = Array.from({ length: table.rows }, (_, row) =>
  Object.fromEntries(table.columns.map((column) => [column.name, column.text(row)])),
);
const known = tableFromRecords(records.slice(0, TRAINING_ROWS));
const { train, preprocessing } = loadTraining(known, { target: 'digit', task: 'classification' });
const test = transformTable(preprocessing, tableFromRecords(records.slice(TRAINING_ROWS)));

const runner = createPool();

async function measured(way: TrainingOptions, seed: number) {
  const ensemble = await trainEnsemble(train, { ...RECIPE, ...way, seed }, { runner });
  const report = await ensemble.evaluate(test);
  const { v, c, rho } = report.errorCorrelation;
  const outOfBag = way.resample === 'none' ? null : (await ensemble.evaluateOutOfBag(train)).ensemble;
  return {
    ...{ v, c: c!, rho: rho!, error: report.ensemble.squaredError, outOfBag: outOfBag?.squaredError ?? 0 },
    ...{ scored: (outOfBag?.rows ?? 0) / train.rows },
    ...{ member: report.meanMember.accuracy, ensemble: report.accuracy },
  };
}

console.log(
  '| options | v | c | ρ | squared error | out of bag | rows scored | accuracy: member | ensemble |',
);
console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|');
for (const [name, way] of Object.entries(WAYS)) {
  const own: Awaited<ReturnType<typeof measured>>[] = [];
  for (const seed of SEEDS) own.push(await measured(way, seed));
  const figure = (of: keyof (typeof own)[number]) => mean(own.map((one) => one[of]));
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const bag =
    way.resample === 'none' ? ['–', '–'] : [figure('outOfBag').toFixed(4), percent(figure('scored'))];
  const errors = [figure('v').toFixed(4), figure('c').toFixed(4), figure('rho').toFixed(2)];
  const scores = [figure('error').toFixed(4), ...bag, percent(figure('member')), percent(figure('ensemble'))];
  console.log(`| ${[name, ...errors, ...scores].join(' | ')} |`);
}
await runner.close();

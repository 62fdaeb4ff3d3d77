// What members of one run are worth: snapshots, fast geometric ensembling and SWAG beside as many members of their own in the
// same epochs, on a folder of tables: the table of docs/techniques/snapshots.md.
// Run: node dist/scripts/figures/trajectories.js FOLDER

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadTraining } from '../../src/data/load.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { createPool, type LoadOptions, type TrainingOptions, trainEnsemble } from '../../src/index.js';

const TABLES: Readonly<Record<string, Pick<LoadOptions, 'target' | 'task'>>> = {
  glass: { target: 'Type', task: 'classification' },
  ionosphere: { target: 'Class' },
  vehicle: { target: 'Class' },
  vowel: { target: 'Class' },
  boston: { target: 'medv', task: 'regression' },
  carprices: { target: 'Price', task: 'regression' },
  concrete: { target: 'compressive_strength', task: 'regression' },
  diabetes: { target: 'progression', task: 'regression' },
  servo: { target: 'Class', task: 'regression' },
};
const SEEDS = [1, 2, 3];
const MEMBERS = 5;
const EPOCHS = 100;

const WHOLE = { members: 1, epochs: EPOCHS } as const;
const WAYS: Readonly<Record<string, TrainingOptions>> = {
  '5 members of 20 epochs': { members: MEMBERS, epochs: EPOCHS / MEMBERS },
  'one member of 100': WHOLE,
  '5 snapshots of 20': { ...WHOLE, snapshots: MEMBERS },
  '5 by fastGeometric': { ...WHOLE, snapshots: MEMBERS, snapshotMode: 'fastGeometric' },
  '5 by swag': { ...WHOLE, snapshots: MEMBERS, snapshotMode: 'swag' },
  '5 members of 100': { members: MEMBERS, epochs: EPOCHS },
};

const runner = createPool();
const rows = new Map<string, { readonly log: number; readonly rho: number }[]>();
const folder = process.argv[2] ?? 'data';
for (const seed of SEEDS) {
  for (const [name, goal] of Object.entries(TABLES)) {
    const path = join(folder, `${name}.csv`);
    if (!existsSync(path)) continue;
    const filled = { impute: 'mean', unseen: 'ignore', testShare: 0.3, seed } as const;
    const { train, test } = loadTraining(path, { ...goal, ...filled });
    let first = Number.NaN;
    for (const [way, options] of Object.entries(WAYS)) {
      const plain = { seed, resample: 'none', earlyStopping: 'none' } as const;
      const ensemble = await trainEnsemble(train, { ...plain, ...options }, { runner });
      const { errorCorrelation, ensemble: scores } = await evaluateEnsemble(ensemble, test!, {
        curves: false,
      });
      const { logLoss, rmse } = scores!;
      const score = logLoss ?? rmse![0]!;
      if (Number.isNaN(first)) first = score;
      const rho = errorCorrelation.rho ?? Number.NaN;
      rows.set(way, [...(rows.get(way) ?? []), { log: Math.log(score / first), rho }]);
    }
  }
}
await runner.destroy();

console.log('| | score | better on | mean ρ |\n|---|--:|--:|--:|');
for (const [way, own] of rows) {
  const n = own.length;
  const mean = own.reduce((sum, { log }) => sum + log, 0) / n;
  const error = Math.sqrt(own.reduce((sum, { log }) => sum + (log - mean) ** 2, 0) / (n - 1) / n);
  const better = own.filter(({ log }) => log < 0).length;
  const rhos = own.map(({ rho }) => rho).filter(Number.isFinite);
  const rho = rhos.length === 0 ? '' : (rhos.reduce((sum, one) => sum + one, 0) / rhos.length).toFixed(2);
  console.log(
    `| ${way} | ${(100 * mean).toFixed(1)} ± ${(196 * error).toFixed(1)} % | ${better} of ${n} | ${rho} |`,
  );
}

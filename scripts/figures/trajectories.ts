// What members of one run are worth: snapshots, fast geometric ensembling and SWAG beside as many members of their own in the
// same epochs, on a folder of tables: the table of docs/techniques/snapshots.md.
// Run: node dist/scripts/figures/trajectories.js FOLDER

import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { createPool, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { mean } from '../../src/math/statistics.js';
import { formerly } from '../support/former-defaults.js';
import { changesOf, loadSplit, realTables } from '../support/real-tables.js';

const TABLES = [
  ...['glass', 'ionosphere', 'vehicle', 'vowel'],
  ...['boston', 'carprices', 'concrete', 'diabetes', 'servo'],
];
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
for (const seed of SEEDS) {
  for (const table of realTables(process.argv[2] ?? 'data', TABLES)) {
    const { train, test } = loadSplit(table, seed);
    let first = Number.NaN;
    for (const [way, options] of Object.entries(WAYS)) {
      const plain = { seed, resample: 'none', earlyStopping: 'none' } as const;
      const ensemble = await trainEnsemble(train, formerly({ ...plain, ...options }), { runner });
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
  const { mean: change, half, better } = changesOf(own.map(({ log }) => log));
  const rhos = own.map(({ rho }) => rho).filter(Number.isFinite);
  const rho = rhos.length === 0 ? '' : mean(rhos).toFixed(2);
  console.log(
    `| ${way} | ${(100 * change).toFixed(1)} ± ${(100 * half).toFixed(1)} % | ${better} of ${own.length} | ${rho} |`,
  );
}

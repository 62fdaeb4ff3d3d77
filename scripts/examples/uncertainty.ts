// A deep ensemble for regression: Gaussian heads, no resampling, members differ by initialisation and
// batch order. The mixture's variance says how sure the ensemble is of each row.
// Run: node dist/scripts/examples/uncertainty.js

import {
  createPool,
  evaluateEnsemble,
  loadTraining,
  predictEnsemble,
  trainEnsemble,
} from '../../src/index.js';

const { train, test } = loadTraining('data/diabetes.csv', { target: 'progression', testShare: 0.3, seed: 1 });
const pool = createPool({ threads: 2 });
const options = {
  members: 8,
  hidden: [32],
  loss: 'gaussianNll',
  resample: 'none',
  earlyStopping: 'validation',
  l2: 1e-3,
  seed: 1,
} as const;
const ensemble = await trainEnsemble(train, options, { runner: pool });
await pool.close();

const report = await evaluateEnsemble(ensemble, test!);
console.log(`RMSE: one member ${report.meanMember.rmse}, the ensemble ${report.ensemble?.rmse}`);
const { mean, variance } = await predictEnsemble(ensemble, test!.x);
for (let row = 0; row < 5; row++) {
  console.log(`row ${row}: ${mean[row]!.toFixed(0)} ± ${Math.sqrt(variance![row]!).toFixed(0)}`);
}

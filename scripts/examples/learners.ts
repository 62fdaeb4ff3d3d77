// A decision tree, nearest neighbours and a linear model, each a module of its own, beside two networks in one
// ensemble: what each kind errs, what the mean of all makes of it, and with weights chosen out of bag.
// Run: node dist/scripts/examples/learners.js

import { fileURLToPath } from 'node:url';
import {
  createPool,
  evaluateEnsemble,
  loadTraining,
  selectMembers,
  trainEnsemble,
  withAveragingWeights,
} from '../../src/index.js';

const learner = (name: string) =>
  fileURLToPath(new URL(`../../../scripts/examples/learners/${name}`, import.meta.url));

const { train, test, preprocessing } = loadTraining('data/digits.csv', {
  ...{ target: 'digit', testShare: 0.5, seed: 1 },
});
const pool = createPool();
const ensemble = await trainEnsemble(
  train,
  {
    seed: 1,
    deadline: 120,
    members: [
      { hidden: [64] },
      { hidden: [32, 32], activation: 'tanh', featureShare: 0.7 },
      // A tree of this package takes time that grows with the square of its rows.
      { learner: learner('tree.mjs'), resample: 'subsample', resampleShare: 0.4, featureShare: 0.5 },
      { learner: learner('nearest.mjs'), learnerOptions: { k: 3 } },
      { learner: learner('linear.mjs') },
    ],
  },
  { runner: pool, preprocessing },
);
await pool.close();
for (const { error } of ensemble.failures) console.log(error.message);

const report = await evaluateEnsemble(ensemble, test!);
for (const { kind, members, meanMember, errorCorrelation } of report.kinds) {
  const c = errorCorrelation!.c === null ? '' : `, c ${errorCorrelation!.c}, ρ ${errorCorrelation!.rho}`;
  console.log(`${members.length} × ${kind}: accuracy ${meanMember!.accuracy}, v ${errorCorrelation!.v}${c}`);
}
console.log(`mean member ${report.meanMember.accuracy}, ensemble ${report.ensemble!.accuracy}`);

// The rows that a member never saw say what it is worth; no row is spent on that.
const { weights } = await selectMembers(ensemble, train, { outOfBag: true });
const weighted = await evaluateEnsemble(withAveragingWeights(ensemble, weights), test!);
const shares = weights.map((weight) => weight.toFixed(2)).join(', ');
console.log(`with the weights ${shares}: ensemble ${weighted.ensemble!.accuracy}`);

// A decision tree, nearest neighbours and a linear model, each a module of its own, beside two networks in one
// ensemble: what each kind errs, what the mean of all makes of it, and with weights chosen out of bag.

import { loadData, trainEnsemble } from 'tutti';

const learners = 'scripts/examples/learners';
const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.5, seed: 1 });
const ensemble = await trainEnsemble(train, {
  seed: 1,
  deadline: 120, // seconds for each member
  members: [
    { hidden: [64] },
    { hidden: [32, 32], activation: 'tanh', featureShare: 0.7 },
    // A tree of this package takes time that grows with the square of its rows.
    { learner: `${learners}/tree.mjs`, resample: 'subsample', resampleShare: 0.4, featureShare: 0.5 },
    { learner: `${learners}/nearest.mjs`, learnerOptions: { k: 3 } },
    { learner: `${learners}/linear.mjs` },
  ],
});
for (const { error } of ensemble.failures) console.log(error.message);

const report = await ensemble.evaluate(test);
for (const { kind, memberIndices, meanMember, errorCorrelation } of report.measurement.kinds) {
  console.log(
    `${memberIndices.length} × ${kind}: accuracy ${meanMember?.accuracy?.toFixed(4)}, v ${errorCorrelation?.v.toFixed(4)}`,
  );
}
console.log(`mean member ${report.meanMember.accuracy.toFixed(4)}, ensemble ${report.accuracy.toFixed(4)}`);

// The rows that a member never saw say what it is worth; no row is spent on that.
const { weights } = await ensemble.select(train, { outOfBag: true });
const weighted = await ensemble.withWeights(weights).evaluate(test);
const shares = weights.map((weight) => weight.toFixed(2)).join(', ');
console.log(`with the weights ${shares}: ensemble ${weighted.accuracy.toFixed(4)}`);

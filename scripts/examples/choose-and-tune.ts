// Many options in one ensemble, judged without spending a row: each member by the rows that its bootstrap left out.

import { loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const ensemble = await trainEnsemble(train, {
  grid: { hidden: [[16], [64], [64, 64]], l2: [0, 1e-3] },
  members: 12, // each combination twice
  seed: 1,
});
const outOfBag = await ensemble.evaluateOutOfBag(train);
for (const { kind, meanMember } of outOfBag.measurement.kinds) {
  console.log(`${kind}: a member's squared error ${meanMember?.squaredError.toFixed(4)}`);
}

const { selected, weights, check } = await ensemble.select(train, { outOfBag: true });
console.log(selected ? `weights ${weights.join(', ')}` : 'equal weights are as good as any');
console.log(`gain of choosing: ${check?.gain.toFixed(4)} ± ${check?.standardError.toFixed(4)}`);
const report = await ensemble.withWeights(weights).evaluate(test);
console.log(`on test rows: accuracy ${report.accuracy.toFixed(4)}`);

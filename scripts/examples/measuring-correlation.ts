// How much averaging bought, what correlated errors left of it, and what one more member would gain.

import { loadData, trainEnsemble } from 'tutti';
import { errorCorrelation, honestTest } from 'tutti/measure';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const ensemble = await trainEnsemble(train, { members: 16, hidden: [64], seed: 1 });
const report = await ensemble.evaluate(test);
const { v, c, rho, predicted, measured, nextMemberGain, curve } = report.errorCorrelation;
console.log(`v ${v.toFixed(4)}, c ${c?.toFixed(4)}, ρ ${rho?.toFixed(3)}`);
console.log(`v/k + (k − 1)c/k = ${predicted.toFixed(5)}, measured ${measured.toFixed(5)}`);
console.log(`one more member: −${nextMemberGain?.toFixed(5)}`);
for (const { memberCount, squaredError } of curve)
  console.log(`  ${memberCount} members: ${squaredError.toFixed(4)}`);

// The same from rows that cost nothing: each is scored by the members that did not draw it.
const outOfBag = await ensemble.evaluateOutOfBag(train);
const honest = honestTest(outOfBag.errorCorrelation, report.errorCorrelation);
console.log(`out of bag foretold it: ${honest?.consistent} (p ${honest?.pValue?.toFixed(2)})`);

// And of anybody's predictions: two members, three rows.
const foreign = errorCorrelation(
  [
    [1, 2, 4],
    [2, 2, 3],
  ],
  [1, 2, 3],
);
console.log(`v ${foreign.v.toFixed(3)}, c ${foreign.c?.toFixed(3)}`);

// The README's first script: a bagged ensemble on the digits, from the file to a saved ensemble.
// Run: node dist/scripts/examples/digits.js

import { createPool, evaluateEnsemble, loadTraining, saveEnsemble, trainEnsemble } from '../../src/index.js';

const options = { target: 'digit', testShare: 0.3, seed: 1 };
const { train, test } = loadTraining('data/digits.csv', options);
const pool = createPool(); // a thread for every core
const ensemble = await trainEnsemble(train, { members: 16, hidden: [64], seed: 1 }, { runner: pool });
await pool.close();

const report = await evaluateEnsemble(ensemble, test!, { aggregator: 'geometricMean' });
const { v, c, rho, predicted, measured } = report.errorCorrelation;
console.log(`accuracy: mean member ${report.meanMember.accuracy}, ensemble ${report.ensemble?.accuracy}`);
console.log(`v ${v}, c ${c}, ρ ${rho}: v/k + (k − 1)c/k = ${predicted}, measured ${measured}`);
await saveEnsemble(ensemble, 'digits.tutti');

// The README's first script: a bagged ensemble on the digits, from the file to a saved ensemble.
// Run: node dist/scripts/examples/digits.js [FILE.tutti]

import { createPool, evaluateEnsemble, loadTraining, saveEnsemble, trainEnsemble } from '../../src/index.js';

const { train, test, preprocessing } = loadTraining('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const pool = createPool();
const ensemble = await trainEnsemble(train, { members: 16, hidden: [64], seed: 1 }, { runner: pool, preprocessing });
await pool.close();

const report = await evaluateEnsemble(ensemble, test!, { aggregator: 'geometricMean' });
const { v, c, rho, predicted, measured } = report.errorCorrelation;
console.log(`accuracy: one member ${report.meanMember.accuracy}, the ensemble ${report.ensemble?.accuracy}`);
console.log(`error correlation: v ${v}, c ${c}, rho ${rho}; v/k + (k-1)c/k = ${predicted}, measured ${measured}`);
await saveEnsemble(ensemble, process.argv[2] ?? 'digits.tutti');

// An ensemble as one net that says what it says, and how near it comes.

import { loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const ensemble = await trainEnsemble(train, { members: 16, hidden: [32], seed: 1 });

const { ensemble: single, report } = await ensemble.distill(train, { heldOut: test });
console.log(`${report.network}: ${report.parameters} parameters in place of ${report.ensembleParameters}`);
const { divergence, agreement } = report.fidelity;
console.log(`it says the same digit in ${agreement?.toFixed(4)}, divergence ${divergence?.toFixed(4)} nats`);
for (const { second, scores } of report.scores.comparisons) {
  for (const { first: own, second: other, interval } of scores.slice(0, 1)) {
    const range = interval === null ? '' : ` [${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]`;
    const name = report.scores.ensembles[second]?.name;
    console.log(`accuracy ${own.toFixed(4)}, ${name} ${other.toFixed(4)}, difference${range}`);
  }
}
await single.save('single.tutti');

// Scores with their intervals, and what an ensemble should beat, on rows that no member was trained on.

import { loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const trained = await trainEnsemble(train, { members: 8, seed: 1 });
const report = await trained.withBaseline(train).evaluate(test, { curves: false });

for (const name of ['balancedAccuracy', 'auroc', 'mcc', 'logLoss', 'ece'] as const) {
  const { title, value, interval } = report.score(name);
  const range = interval === null ? '' : ` [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`;
  console.log(`${title}: ${value?.toFixed(3)}${range}`);
}

const recall = report.score('balancedAccuracy').perClass ?? [];
console.log(`right of each digit: ${recall.map((share) => share?.toFixed(2)).join(' ')}`);

for (const { name, differences } of report.baselines) {
  for (const { metric, difference, interval, better } of differences) {
    const range = `[${interval?.low.toFixed(3)}, ${interval?.high.toFixed(3)}]`;
    console.log(`${name}, ${metric}: ${difference.toFixed(3)} ${range}, ${better ? 'better' : 'not better'}`);
  }
}

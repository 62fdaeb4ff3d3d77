// After training: fewer members, and the members that are left once more on all rows, each with what it cost.

import { loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const ensemble = await trainEnsemble(train, { members: 12, hidden: [32], seed: 1 });

const pruned = await ensemble.prune(train, { members: 6, outOfBag: true });
const { kept, check } = pruned.report;
const [low, high] = check!.interval;
console.log(
  `kept ${kept.join(', ')}: cost ${check!.cost.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`,
);

const refitted = await pruned.ensemble.refit(train, { heldOut: test! });
for (const { title, first, second, interval } of refitted.report.heldOut!.comparisons[0]!.scores) {
  if (!['accuracy', 'log-loss'].includes(title)) continue;
  const range = `[${interval?.low.toFixed(4)}, ${interval?.high.toFixed(4)}]`;
  console.log(`${title}: ${first.toFixed(4)} as trained, ${second.toFixed(4)} refitted, difference ${range}`);
}

// After training: fewer members, and the members that are left once more on all rows, each with what it cost.

import { loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const ensemble = await trainEnsemble(train, { members: 12, hidden: [32], seed: 1 });

const pruned = await ensemble.prune(train, { members: 6, outOfBag: true });
const { kept, check } = pruned.report;
if (check !== null) {
  const [low, high] = check.interval.map((bound) => bound.toFixed(4));
  console.log(`kept ${kept.join(', ')}: cost ${check.cost.toFixed(4)} [${low}, ${high}]`);
}

const { report } = await pruned.ensemble.refit(train, { heldOut: test });
const [comparison] = report.heldOut?.comparisons ?? [];
for (const { title, first, second, interval } of comparison?.scores ?? []) {
  if (!['accuracy', 'log-loss'].includes(title)) continue;
  const range = `[${interval?.low.toFixed(4)}, ${interval?.high.toFixed(4)}]`;
  console.log(`${title}: ${first.toFixed(4)} as trained, ${second.toFixed(4)} refitted, difference ${range}`);
}

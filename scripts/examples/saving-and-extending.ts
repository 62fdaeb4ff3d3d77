// Saving an ensemble, loading it elsewhere, training more members later, and joining two: members stay the same bytes.

import { Ensemble, joinEnsembles, loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const four = await trainEnsemble(train, { members: 4, hidden: [64], seed: 1 });
await four.save('four.tutti', { report: { note: 'first try' } });

const loaded = await Ensemble.load('four.tutti'); // or a Uint8Array of its bytes, as toBytes() makes them
console.log(`the same: ${loaded.contentHash() === four.contentHash()}`);
const eight = await loaded.extend(train, { members: 8 });
const atOnce = await trainEnsemble(train, { members: 8, hidden: [64], seed: 1 });
console.log(`as if trained at once: ${eight.contentHash() === atOnce.contentHash()}`);

const others = await trainEnsemble(train, { members: 8, hidden: [64], seed: 2 }); // perhaps on another machine
for (const ensemble of [four, eight, joinEnsembles([eight, others])]) {
  const { coverage } = (await ensemble.evaluateOutOfBag(train)).errorCorrelation.outOfBag ?? {};
  const { accuracy } = await ensemble.evaluate(test);
  const percent = (100 * (coverage ?? 0)).toFixed(1);
  console.log(
    `${ensemble.members.length} members: ${accuracy.toFixed(4)}, ${percent} % of the rows out of bag`,
  );
}

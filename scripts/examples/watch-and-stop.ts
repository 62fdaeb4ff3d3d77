// Watching a training, and stopping it with what is finished.

import { loadData, startTraining } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const training = startTraining(train, { members: 200, hidden: [64], seed: 1 });
for await (const { done, planned, remainingMs } of training.progress()) {
  const seconds = remainingMs === null ? '?' : Math.ceil(remainingMs / 1000);
  process.stderr.write(`\r${done} of ${planned}, ${seconds} s to go `);
  if (done >= 4) training.stop();
}
const ensemble = await training.ensemble;
console.log(`complete: ${ensemble.complete}, at least 4 members: ${ensemble.members.length >= 4}`);
const { accuracy } = await ensemble.evaluate(test);
console.log(`better than nine in ten: ${accuracy > 0.9}`);

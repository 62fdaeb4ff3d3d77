// No file at all: rows as objects, or numbers in typed arrays; results by task; errors to act on.

import { Dataset, loadData, TuttiError, trainEnsemble } from 'tutti';

const flowers = Array.from({ length: 150 }, (_, i) => ({
  petal: 2 * (i % 3) + Math.sin(7 * i),
  colour: ['red', 'blue', 'white'][(i + (i % 4)) % 3],
  kind: ['rose', 'iris', 'lily'][i % 3],
}));
const { train, test } = await loadData(flowers, {
  target: 'kind',
  task: 'classification',
  testShare: 0.3,
  seed: 1,
});
const classes = await trainEnsemble(train, { members: 8, hidden: [8], epochs: 30, seed: 1 });
console.log(`accuracy ${(await classes.evaluate(test)).accuracy.toFixed(3)}`);
const [flower] = await classes.predict([{ petal: 4.1, colour: 'blue' }]);
console.log(`${flower.label}, ${flower.probabilities[flower.label]?.toFixed(3)}`);

// x is [rows, features], row after row; targets are in any unit.
const x = Float64Array.from({ length: 400 }, (_, i) => Math.cos(i));
const targets = Array.from({ length: 200 }, (_, row) => 100 + 30 * Math.sin(3 * Math.cos(2 * row)));
const numbers = await trainEnsemble(Dataset.fromArrays({ x, rows: 200, features: 2, targets }), {
  members: 8,
  seed: 1,
});
const { mean } = await numbers.predict([0.5, 0, -0.5, 1]); // two rows
console.log(Array.from(mean, (value) => value.toFixed(1)).join(' and '));

const failed = await trainEnsemble(train, { members: 0 }).catch((error: unknown) => error);
if (failed instanceof TuttiError) console.log(`${failed.code}: ${failed.message}`);

// The README's script: a bagged ensemble on the digits, from the file to a saved ensemble.

import { loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const ensemble = await trainEnsemble(train, { members: 16, seed: 1 }); // on every core

const report = await ensemble.evaluate(test);
console.log(`${report}`); // scores, v, c and ρ, as below

const pixels = [
  0, 0, 7, 8, 13, 16, 15, 1, 0, 0, 7, 7, 4, 11, 12, 0, 0, 0, 0, 0, 8, 13, 1, 0, 0, 4, 8, 8, 15, 15, 6, 0, 0,
  2, 11, 15, 15, 4, 0, 0, 0, 0, 0, 16, 5, 0, 0, 0, 0, 0, 9, 15, 1, 0, 0, 0, 0, 0, 13, 5, 0, 0, 0, 0,
];
const record = Object.fromEntries(pixels.map((grey, i) => [`p${i >> 3}_${i % 8}`, grey]));
const [row] = await ensemble.predict([record]);
console.log(row.label, row.probabilities[row.label]);

await ensemble.save('digits.tutti');

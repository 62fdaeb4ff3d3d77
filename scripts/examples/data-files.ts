// A file as people have them: semicolons, decimal commas, dates, an id, words for what is missing.

import { writeFile } from 'node:fs/promises';
import { describeTable, loadData, trainEnsemble } from 'tutti';

const heatings = ['gas', 'oil', 'wood'];
const houses = Array.from({ length: 90 }, (_, i) => {
  const area = 60 + ((i * 37) % 90);
  const price = 1000 * (area + 5 * (i % 3)) + (i % 7);
  const heating = i % 11 === 0 ? 'unknown' : heatings[i % 3];
  return `H-${i};${1 + (i % 28)}.3.2024;${area},5;${heating};${price} €`;
});
await writeFile('houses.csv', `house;sold;area;heating;price\n${houses.join('\n')}\n`);

const options = { target: 'price', delimiter: ';', missing: ['unknown'] };
for (const { name, use, kind, why } of describeTable('houses.csv', options).columns) {
  console.log(`${name}: ${use}, ${kind}: ${why}`);
}
const { train, test, notes } = await loadData('houses.csv', {
  ...options,
  task: 'regression',
  impute: 'median',
  testShare: 0.2,
  seed: 1,
});
for (const note of notes) console.log(`- ${note}`);
const ensemble = await trainEnsemble(train, { members: 8, hidden: [16], seed: 1 });
const { rmse } = await ensemble.evaluate(test);
console.log(`off by ${rmse.toFixed(0)} € on ${test.rows} houses`);

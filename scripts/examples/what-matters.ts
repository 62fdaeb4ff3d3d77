import { loadData, trainEnsemble } from 'tutti';

const { train, rows, table } = await loadData('data/diabetes.csv', {
  target: 'progression',
  testShare: 0.2,
  seed: 1,
});
const ensemble = await trainEnsemble(train, { members: 16, hidden: [16], seed: 1 });

// Columns: on the training rows, each predicted by members that saw neither it nor the row whose value it is given.
const { columns, score, metric } = await ensemble.importance(train, { groups: [['s1', 's2']] });
console.log(`out of bag ${metric} ${score.toFixed(1)}; worse by`);
for (const { name, importance, repeatSpread, memberSpread } of columns.slice(0, 4)) {
  const spread = `± ${repeatSpread?.toFixed(1)} over repeats, ± ${memberSpread?.toFixed(1)} over members`;
  console.log(`  ${name}: ${importance?.toFixed(1)} ${spread}`);
}

// What they do: the mean prediction as the most important one changes, and how far members agree on it.
const names = columns.slice(0, 1).map(({ name }) => name);
const [curve] = await ensemble.partialDependence(train, names, { points: 5 });
curve?.values.forEach((value, at) => {
  const [mean, spread] = [curve.mean[at], curve.spread?.[at]];
  console.log(`  ${curve.column} ${Number(value).toFixed(1)}: ${mean?.toFixed(0)} ± ${spread?.toFixed(0)}`);
});

// Rows and parts: where it does badly.
const raw = { table, rows: rows.train };
const { slices, suspects, highestLoss } = await ensemble.diagnose(train, { raw });
console.log(`${slices.slices.length} of ${slices.lookedAt} slices are worse than the rest beyond chance`);
console.log(`${suspects.rows.length} values are suspected`);
for (const { row } of highestLoss.slice(0, 1)) {
  console.log(`the hardest row is on line ${table.lines[rows.train[row] ?? 0]}`);
}

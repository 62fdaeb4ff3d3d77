// The report of an ensemble: one page that says what averaging bought and how far to trust it, as a file and as data.

import { writeFile } from 'node:fs/promises';
import { loadData, openTable, trainEnsemble } from 'tutti';

const options = { target: 'digit', testShare: 0.3, seed: 1 } as const;
const { train } = await loadData('data/digits.csv', options);
const ensemble = await trainEnsemble(train, { members: 8, hidden: [32], epochs: 30, seed: 1 });

const report = await ensemble.report(await openTable('data/digits.csv'), { title: 'Digits' });
await writeFile('report.html', report.html);
console.log(report.verdict);

for (const { name, rows, measurement, lists } of report.data.sets.slice(0, 1)) {
  const rho = measurement.errorCorrelation.rho?.toFixed(2);
  console.log(`${report.figures.length} figures; ρ on ${rows} rows, ${name}, is ${rho}`);
  const [row, label, predicted] = lists[0]?.rows[0] ?? [];
  console.log(`Row ${row} of the file is a ${label}, taken for a ${predicted}`);
}

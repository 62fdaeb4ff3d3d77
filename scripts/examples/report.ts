// The report of an ensemble: one page that says what averaging bought and how far to trust it, as a file and as data.

import { writeFile } from 'node:fs/promises';
import { loadData, openTable, trainEnsemble } from 'tutti';

const options = { target: 'digit', testShare: 0.3, seed: 1 } as const;
const { train } = await loadData('data/digits.csv', options);
const ensemble = await trainEnsemble(train, { members: 8, hidden: [32], epochs: 30, seed: 1 });

const report = await ensemble.report(await openTable('data/digits.csv'), { title: 'Digits' });
await writeFile('report.html', report.html);
console.log(report.verdict);

const [test] = report.data.sets;
console.log(
  `${report.figures.length} figures; ρ on ${test!.rows} test rows is ${test!.measurement.errorCorrelation.rho?.toFixed(2)}`,
);
const [hardest] = test!.lists[0]!.rows;
console.log(`Row ${hardest![0]} of the file is a ${hardest![1]}, taken for a ${hardest![2]}`);

// An ensemble searched for: here by a number of members, so that it is the same on any machine; else by a time.

import { autoEnsemble, loadData } from 'tutti';

const { train, test } = await loadData('data/diabetes.csv', {
  target: 'progression',
  testShare: 0.3,
  seed: 1,
});
const { ensemble, report } = await autoEnsemble(train, {
  members: 40,
  folds: 4,
  seed: 1,
  search: { rounds: 50 },
});

console.log(
  `${report.settings} settings tried, ${report.candidates} on all folds, ${report.chosen.length} chosen`,
);
for (const { share, loss, options } of report.chosen) {
  const kind = options.engine === 'trees' ? 'trees' : `network [${options.layers ?? options.hidden}]`;
  console.log(`${(100 * share).toFixed(0)} % ${kind}: squared error / variance ${loss.toFixed(3)}`);
}
if (report.selection !== null) {
  const { naive, nested } = report.selection;
  console.log(`together ${naive.toFixed(3)} on the rows that chose, ${nested.toFixed(3)} on others`);
}
console.log(`on test rows: RMSE ${(await ensemble.evaluate(test)).rmse.toFixed(1)}`);

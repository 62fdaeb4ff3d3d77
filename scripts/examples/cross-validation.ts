import { loadData, trainEnsemble } from 'tutti';
import { crossValidate } from 'tutti/studies';

// An ensemble for each of five folds, twice: ten trainings, each scored on rows that it never saw.
const load = { target: 'progression' };
const training = { members: 8, hidden: [16], epochs: 60, seed: 1 };
const report = await crossValidate('data/diabetes.csv', training, { load, folds: 5, repeats: 2 });
for (const { title, name, mean, std, outOfFold, interval } of report.scores) {
  if (name !== 'rmse' && name !== 'r2') continue;
  const ends = `${interval?.low.toFixed(2)} – ${interval?.high.toFixed(2)}`;
  console.log(`${title}: ${mean?.toFixed(2)} ± ${std?.toFixed(2)} over folds`);
  console.log(`  over all rows ${outOfFold?.toFixed(2)} [${ends}]`);
}

// How members' errors correlate, out of fold: rows of one repeat, each by the ensemble that did not see it.
for (const { known, measurement } of report.outOfFold.slice(0, 1)) {
  console.log(`ρ ${measurement.errorCorrelation.rho?.toFixed(2)} over ${known.rows} rows`);
}

// What it says of the training, and nothing of an ensemble: to keep one, train on all rows.
const { train } = await loadData('data/diabetes.csv', load);
const { members } = await trainEnsemble(train, training);
console.log(`${members.length} members on all ${train.rows} rows`);

// A deep ensemble for regression: Gaussian heads, no resampling, members differ by initialisation and batch order. The
// mixture's deviation says how sure the ensemble is of each row.

import { loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/diabetes.csv', {
  target: 'progression',
  task: 'regression',
  testShare: 0.3,
  seed: 1,
});
const ensemble = await trainEnsemble(train, {
  members: 8,
  hidden: [32],
  loss: 'gaussianNll',
  resample: 'none',
  earlyStopping: 'validation',
  l2: 1e-3,
  seed: 1,
});

const report = await ensemble.evaluate(test);
console.log(`RMSE: mean member ${report.meanMember.rmse.toFixed(2)}, the ensemble ${report.rmse.toFixed(2)}`);
const patient = { age: 59, sex: 2, bmi: 32.1, bp: 101, s1: 157, s2: 93.2, s3: 38, s4: 4, s5: 4.8598, s6: 87 };
const rows = await ensemble.predict([patient, { ...patient, bmi: 22 }]);
for (const { value, deviation } of rows) {
  console.log(`${value.toFixed(0)} ± ${deviation?.progression?.toFixed(0)}`);
}

const [row] = await ensemble.uncertainty([patient]);
const { aleatoric, epistemic, total } = row;
const share = (part: typeof total) =>
  ((100 * (part?.progression ?? 0)) / (total?.progression ?? 1)).toFixed(0);
console.log(
  `of its variance ${share(aleatoric)} % is noise in the data, ${share(epistemic)} % is what members differ on`,
);

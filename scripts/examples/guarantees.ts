// Intervals and sets of classes that hold the truth as often as asked, without giving up a row to hold them by.

import { loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/diabetes.csv', {
  target: 'progression',
  task: 'regression',
  testShare: 0.3,
  seed: 1,
});
const fitted = await trainEnsemble(train, {
  members: 24,
  hidden: [16],
  resample: 'bootstrap',
  earlyStopping: 'none',
  epochs: 30,
  l2: 1e-3,
  seed: 1,
});
const ensemble = await fitted.conformalise(train); // each training row by the members that never saw it

const patient = { age: 59, sex: 2, bmi: 32.1, bp: 101, s1: 157, s2: 93.2, s3: 38, s4: 4, s5: 4.8598, s6: 87 };
const [row] = await ensemble.predict([patient], { coverage: 0.9 });
console.log(
  `${row.value.toFixed(0)}, from ${row.interval?.lower.toFixed(0)} to ${row.interval?.upper.toFixed(0)}`,
);

const { coverage, meanWidth, rows } = await ensemble.measureCoverage(test, { coverage: 0.9 });
const { low, high } = coverage.interval;
console.log(`held ${(100 * coverage.value).toFixed(1)} % of ${rows} test rows`);
console.log(
  `(${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %), mean width ${meanWidth.toFixed(0)}`,
);

const digits = await loadData('data/digits.csv', {
  target: 'digit',
  task: 'classification',
  testShare: 0.3,
  seed: 1,
});
const classifier = await trainEnsemble(digits.train, { members: 24, hidden: [16], epochs: 5, seed: 1 });
const guarded = await classifier.conformalise(digits.train);
for (const conformal of ['lac', 'aps', 'raps'] as const) {
  const sets = await guarded.measureCoverage(digits.test, { coverage: 0.98, conformal });
  const held = (100 * sets.coverage.value).toFixed(1);
  console.log(`${conformal}: ${held} % held, ${sets.meanSize.toFixed(2)} classes a set`);
}

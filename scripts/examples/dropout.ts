// One net trained with dropout, predicting in every way there is, and its masks as an ensemble.

import { loadData, trainEnsemble } from 'tutti';
import { compareMasks, maskEnsemble } from 'tutti/studies';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.5, seed: 1 });
const ensemble = await trainEnsemble(train, {
  members: 1,
  hidden: [128],
  inputKeep: 0.8,
  hiddenKeep: 0.5,
  epochs: 60,
  earlyStopping: 'none',
  seed: 1,
});

const { ways } = await compareMasks(ensemble, test, { masks: 50 });
for (const { way, scores, logLikelihood } of ways) {
  const error = (100 * (scores.errorRate ?? Number.NaN)).toFixed(2);
  console.log(`${way}: error ${error} %, log-likelihood ${logLikelihood?.toFixed(3)}`);
}
// Whatever measures an ensemble measures its masks.
const { errorCorrelation } = await maskEnsemble(ensemble, 50).evaluate(test);
const { v, c, rho } = errorCorrelation;
console.log(`over masks: v ${v.toFixed(3)}, c ${c?.toFixed(3)}, ρ ${rho?.toFixed(3)}`);

// One net trained with dropout, predicting in every way there is, and its masks as an ensemble.
// Run: node dist/scripts/examples/dropout.js

import {
  compareMasks,
  evaluateEnsemble,
  loadTraining,
  maskEnsemble,
  trainEnsemble,
} from '../../src/index.js';

const { train, test } = loadTraining('data/digits.csv', { target: 'digit', testShare: 0.5, seed: 1 });
const options = {
  members: 1,
  hidden: [128],
  inputKeep: 0.8,
  hiddenKeep: 0.5,
  epochs: 60,
  earlyStopping: 'none',
  seed: 1,
} as const;
const ensemble = await trainEnsemble(train, options);

const { ways } = await compareMasks(ensemble, test!, { masks: 50 });
for (const { way, scores, logLikelihood, wallMs } of ways) {
  const error = (100 * scores.errorRate!).toFixed(2);
  console.log(
    `${way}: error ${error} %, log-likelihood ${logLikelihood!.toFixed(3)}, ${wallMs.toFixed(0)} ms`,
  );
}
// Whatever measures an ensemble measures its masks.
const { errorCorrelation } = await evaluateEnsemble(maskEnsemble(ensemble, 50), test!);
const { v, c, rho } = errorCorrelation;
console.log(`over masks: v ${v.toFixed(3)}, c ${c!.toFixed(3)}, ρ ${rho!.toFixed(3)}`);

// A plain ensemble and an adversarially trained one under attack, and how attacks on one member carry over.

import { loadData, type TrainingOptions, trainEnsemble } from 'tutti';
import { attackEnsemble } from 'tutti/studies';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.5, seed: 1 });
const options: TrainingOptions = { members: 4, hidden: [128], epochs: 40, earlyStopping: 'none', seed: 1 };
const percent = (share = Number.NaN) => `${(100 * share).toFixed(1)} %`;

for (const adversarialEpsilon of [0, 0.05]) {
  const ensemble = await trainEnsemble(train, { ...options, adversarialEpsilon });
  const { points } = await attackEnsemble(ensemble, test, { epsilons: [0, 0.05], rangesOf: train });
  for (const { epsilon, onEnsemble, onMembers } of points) {
    const whole = percent(onEnsemble?.ensemble);
    const others = percent(onMembers?.ensemble.reduce((sum, score) => sum + score / 4, 0));
    console.log(
      `trained at ${adversarialEpsilon}, attacked at ${epsilon}: ${whole}; by attacks on one member ${others}`,
    );
  }
}

// Callbacks at epoch ends: members differ in their hyperparameters, and one rule watches all of them and
// halves a member's learning rate when its loss stops falling.

import { type EpochEvent, loadData, type TrainingOptions, trainEnsemble } from 'tutti';

const { train } = await loadData('data/digits.csv', { target: 'digit' });
const lastLoss = new Map<number, number>();

function halveOnPlateau({ member, loss, learningRate }: EpochEvent) {
  const previous = lastLoss.get(member) ?? Number.POSITIVE_INFINITY;
  lastLoss.set(member, loss);
  return loss > 0.98 * previous ? { learningRate: learningRate / 2 } : undefined;
}

const options: TrainingOptions = {
  grid: { hidden: [[32], [64], [32, 32]], activation: ['relu', 'tanh'] },
  epochs: 12,
  learningRate: 5e-3,
  seed: 1,
};
const ensemble = await trainEnsemble(train, options, { onEpochEnd: halveOnPlateau });
for (const { index, history } of ensemble.members) {
  const last = history.at(-1);
  console.log(`member ${index}: loss ${last?.loss.toFixed(4)} at learning rate ${last?.learningRate}`);
}

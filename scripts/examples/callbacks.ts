// Callbacks at epoch ends: members differ in their hyperparameters, and one rule watches all of them and
// halves a member's learning rate when its loss stops falling.
// Run: node dist/scripts/examples/callbacks.js

import { createPool, type EpochEvent, loadTraining, trainEnsemble } from '../../src/index.js';

const { train } = loadTraining('data/digits.csv', { target: 'digit' });
const lastLoss = new Map<number, number>();

function halveOnPlateau({ member, loss, learningRate }: EpochEvent) {
  const previous = lastLoss.get(member) ?? Number.POSITIVE_INFINITY;
  lastLoss.set(member, loss);
  return loss > 0.98 * previous ? { learningRate: learningRate / 2 } : undefined;
}

const pool = createPool({ threads: 2 });
const options = {
  grid: { hidden: [[32], [64], [32, 32]], activation: ['relu', 'tanh'] },
  epochs: 12,
  learningRate: 5e-3,
  seed: 1,
} as const;
const ensemble = await trainEnsemble(train, options, { runner: pool, onEpochEnd: halveOnPlateau });
await pool.close();
for (const { index, history } of ensemble.members) {
  const { loss, learningRate } = history.at(-1)!;
  console.log(`member ${index}: loss ${loss.toFixed(4)} at learning rate ${learningRate}`);
}

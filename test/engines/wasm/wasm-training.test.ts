// Whole training runs of the wasm engine against the double-precision reference: same draws, same order.
// A few steps only, because rounding differences grow with every step of Adam.

import t, { type Test } from 'tap';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import { ACTIVATIONS } from '../../../src/model/layer-kind.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { compareTraining } from '../../support/compare-training.js';
import { clusters, linear } from '../../support/datasets.js';

// Weights of the last epoch, which the reference has: none before it is restored.
const BASE: TrainingOptions = {
  ...{ members: 1, hidden: [13, 7], epochs: 2, batchSize: 16, seed: 3 },
  earlyStopping: 'none',
};

const compare = (t: Test, dataset: Dataset, options: TrainingOptions) =>
  compareTraining(t, dataset, { ...BASE, ...options }, { tolerance: 2e-4 });

const threeClasses = clusters(70, 10, 3);
const twoClasses = clusters(61, 5, 2);
const twoTargets = linear(53, 6, 2);

for (const activation of ACTIVATIONS) {
  t.test(`${activation} trains as the reference does`, (t) => compare(t, threeClasses, { activation }));
}

for (const optimizer of ['adam', 'adamW', 'sgd'] as const) {
  t.test(`${optimizer} with both norm penalties`, (t) =>
    compare(t, threeClasses, {
      ...{ optimizer, l1: 1e-3, l2: 1e-2, learningRate: 0.01 },
      ...(optimizer === 'adamW' ? { weightDecay: 0.1 } : {}),
    }),
  );
}

t.test('sgd with Nesterov momentum', (t) =>
  compare(t, threeClasses, { optimizer: 'sgd', nesterov: true, learningRate: 0.01 }),
);

t.test('binary cross-entropy with one logit', (t) => compare(t, twoClasses, { loss: 'binaryCrossEntropy' }));
t.test('squared error of two targets', (t) => compare(t, twoTargets, { activation: 'tanh' }));
t.test('Gaussian negative log-likelihood', (t) =>
  compare(t, twoTargets, { loss: 'gaussianNll', activation: 'tanh', learningRate: 1e-4 }),
);
t.test('no hidden layer', (t) => compare(t, threeClasses, { hidden: [] }));
t.test('three hidden layers with Glorot initialisation', (t) =>
  compare(t, threeClasses, { hidden: [9, 26, 3], init: 'glorot', activation: 'tanh' }),
);
t.test('a random subspace of the features', (t) => compare(t, threeClasses, { featureShare: 0.5 }));
t.test('a batch larger than the data', (t) => compare(t, threeClasses, { batchSize: 512 }));
t.test('a batch of one', (t) => compare(t, twoTargets, { batchSize: 1, epochs: 1, activation: 'tanh' }));
t.test('subsampled rows', (t) => compare(t, threeClasses, { resample: 'subsample', resampleShare: 0.6 }));
t.test('all rows, none resampled', (t) => compare(t, threeClasses, { resample: 'none' }));

t.test('rate factors of biases and a decay that falls', (t) =>
  compare(t, threeClasses, {
    ...{
      optimizer: 'adamW',
      weightDecay: 0.3,
      weightDecaySchedule: 'flatCos',
      biasRateFactor: 0.1,
      epochs: 4,
    },
    learningRate: 0.01,
  }),
);
for (const options of [
  { weightAverage: 'ema', averageDecay: 0.6 },
  { weightAverage: 'ema', averageDecay: 0.9, trajectoryStart: 0.5, optimizer: 'sgd' },
  { weightAverage: 'swa', trajectoryStart: 0.3 },
  { mixup: 0.4 },
  { mixup: 2, activityPenalty: 0.01, inputKeep: 0.8, labelSmoothing: 0.1, inputNoise: 0.1 },
] as const) {
  t.test(JSON.stringify(options), (t) => compare(t, threeClasses, { ...options, epochs: 4 }));
}
for (const options of [
  { gradientClip: 0.3, optimizer: 'sgd', learningRate: 0.05 },
  { gradientClip: 0.3, adversarialEpsilon: 0.05, activation: 'tanh' },
  { optimizer: 'muon', muonLearningRate: 0.01, weightDecay: 0.2, schedule: 'cosine' },
  { optimizer: 'muon', muonMomentum: 0.8, hidden: [20, 30, 6], gradientClip: 1, activation: 'tanh' },
] as const) {
  t.test(JSON.stringify(options), (t) =>
    compareTraining(
      t,
      threeClasses,
      { ...BASE, ...options, hidden: [...('hidden' in options ? options.hidden : [13, 7])] },
      {
        tolerance: 5e-4,
      },
    ),
  );
}
t.test('mixup of numbers', (t) => compare(t, twoTargets, { mixup: 0.7, activation: 'tanh' }));

t.test('a bias that does not learn', async (t) => {
  const { members } = await trainEnsemble(threeClasses, {
    ...{ ...BASE, hidden: [], optimizer: 'sgd', momentum: 0.5, biasRateFactor: 0 },
  });
  t.ok(members[0]!.parameters.slice(-3).every((bias) => bias === 0));
});

for (const schedule of ['step', 'cosine', 'flatCos', 'coslog4'] as const) {
  t.test(`${schedule} schedule after a warm-up`, (t) =>
    compare(t, threeClasses, {
      ...{ schedule, warmupEpochs: 1, epochs: 3 },
      ...(schedule === 'step' ? { stepEvery: 1 } : {}),
    }),
  );
}

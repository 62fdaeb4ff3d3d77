// Training with dropout, activity penalty, label smoothing and input noise against the double-precision
// reference, which draws the same masks and noise one number at a time.

import t, { type Test } from 'tap';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { compareTraining } from '../../support/compare-training.js';
import { clusters, linear } from '../../support/datasets.js';

// Plain gradient descent, so that the weights move by the gradients and nothing hides their size.
// Weights of the last epoch, which the reference has: none before it is restored.
const BASE: TrainingOptions = {
  ...{ members: 1, hidden: [13, 7], epochs: 2, batchSize: 16, seed: 3 },
  ...{ optimizer: 'sgd', momentum: 0, learningRate: 0.1, earlyStopping: 'none' },
};

const compare = (t: Test, dataset: Dataset, options: TrainingOptions) =>
  compareTraining(t, dataset, { ...BASE, ...options }, { tolerance: 1e-4, of: 'steps' });

const threeClasses = clusters(70, 10, 3);
const twoClasses = clusters(61, 5, 2);
const twoTargets = linear(53, 6, 2);

for (const activation of ['relu', 'leakyRelu', 'tanh', 'gelu'] as const) {
  for (const dropoutScaling of ['inverted', 'plain'] as const) {
    t.test(`${dropoutScaling} dropout of ${activation} layers and inputs`, (t) =>
      compare(t, threeClasses, { activation, dropoutScaling, inputKeep: 0.8, hiddenKeep: 0.5 }),
    );
  }
  t.test(`an activity penalty on ${activation} layers`, (t) =>
    compare(t, threeClasses, { activation, activityPenalty: 0.05 }),
  );
}

t.test('each layer its own keep probability, one of them 1', (t) =>
  compare(t, threeClasses, { hiddenKeep: [1, 0.3] }),
);
t.test('dropout of the inputs without a hidden layer', (t) =>
  compare(t, threeClasses, { hidden: [], inputKeep: 0.5 }),
);
t.test('an activity penalty on one layer only, under dropout', (t) =>
  compare(t, twoTargets, { activityPenalty: 0.1, activityLayers: [2], hiddenKeep: 0.5, activation: 'tanh' }),
);
t.test('dropout and an activity penalty of convolutions, above and below a pooling', (t) =>
  compare(t, clusters(40, 36, 3), {
    ...{ layers: ['conv 3@3x3', 'maxpool 2'], image: '1x6x6', hidden: [7], hiddenKeep: [0.5, 0.8, 0.6] },
    ...{ activityPenalty: 0.03, activityLayers: [1, 2], inputKeep: 0.8, learningRate: 0.02 },
  }),
);
t.test('smoothed labels', (t) => compare(t, threeClasses, { labelSmoothing: 0.1 }));
t.test('smoothed labels with one logit', (t) =>
  compare(t, twoClasses, { loss: 'binaryCrossEntropy', labelSmoothing: 0.2 }),
);
t.test('input noise', (t) => compare(t, twoTargets, { inputNoise: 0.3, activation: 'tanh' }));
t.test('all of them at once', (t) =>
  compare(t, threeClasses, {
    ...{ inputKeep: 0.8, hiddenKeep: 0.5, activityPenalty: 0.02, activation: 'leakyRelu' },
    ...{ labelSmoothing: 0.1, inputNoise: 0.2, l1: 1e-3, l2: 1e-2 },
  }),
);

t.test('early stopping evaluates the whole network, without smoothing, noise or penalty', async (t) => {
  const options = { ...BASE, epochs: 1, earlyStopping: 'validation', validationShare: 0.3 } as const;
  const noisy = { inputKeep: 0.8, hiddenKeep: 0.5, labelSmoothing: 0.3, inputNoise: 1, activityPenalty: 1 };
  // With a vanishing learning rate, what is evaluated are the initial weights of both.
  const validation = async (more: TrainingOptions) =>
    (await trainEnsemble(threeClasses, { ...options, learningRate: 1e-30, ...more })).members[0]!.history[0]!
      .validationLoss;
  t.equal(await validation(noisy), await validation({}));
  t.not(await validation({ ...noisy, dropoutScaling: 'plain' }), await validation({}));
});

t.test(
  'the same bytes whatever else is switched off: masks, noise and order are separate draws',
  async (t) => {
    const weights = async (more: TrainingOptions) =>
      (await trainEnsemble(threeClasses, { ...BASE, ...more })).members[0]!.parameters;
    t.same(await weights({ hiddenKeep: 0.5 }), await weights({ hiddenKeep: [0.5, 0.5], inputKeep: 1 }));
    t.same(await weights({}), await weights({ hiddenKeep: 1, activityPenalty: 0, labelSmoothing: 0 }));
    t.notSame(await weights({ hiddenKeep: 0.5 }), await weights({ hiddenKeep: 0.5, inputNoise: 0.1 }));
  },
);

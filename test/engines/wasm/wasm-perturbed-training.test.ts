// Adversarial training and tangent propagation, each alone and composed with every other technique, against
// the double-precision reference; and the same bytes whoever trains.

import t, { type Test } from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { ACTIVATIONS } from '../../../src/model/layer-kind.js';
import { createPool } from '../../../src/pool/pool.js';
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
  compareTraining(t, dataset, { ...BASE, ...options }, { tolerance: 1e-4 });

/** With two tangent vectors per row, and features on scales of their own. */
function withTangents(dataset: Dataset, standardise = false): Dataset {
  const random = new RandomStream(streamKey(5, 'noise'));
  const { rows, features, labels, targets, task } = dataset;
  const x = dataset.x.map((value, at) => 3 + (1 + (at % features)) * value);
  const tangents = Array.from({ length: rows * 2 * features }, () => random.normal());
  const truth = task.kind === 'classification' ? { labels } : { targets };
  return Dataset.fromArrays({
    x: standardise ? x : dataset.x,
    rows,
    features,
    tangents,
    standardise,
    ...truth,
  });
}

/** Small images of two channels with a blob whose place tells the class. */
function images(rows: number): Dataset {
  const random = new RandomStream(streamKey(6, 'noise'));
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const x = Float32Array.from({ length: rows * 60 }, (_, at) => {
    const [pixel, row] = [at % 30, Math.floor(at / 60)];
    const [down, across] = [Math.floor(pixel / 6), pixel % 6];
    const distance = (down - 2) ** 2 + (across - 1 - 1.5 * labels[row]!) ** 2;
    return Math.exp(-distance / 3) + 0.3 * random.normal();
  });
  return Dataset.fromArrays({ x, rows, features: 60, labels, standardise: false });
}

const threeClasses = withTangents(clusters(70, 10, 3));
const twoClasses = withTangents(clusters(61, 5, 2), true);
const twoTargets = withTangents(linear(53, 6, 2));
const pictures = images(48);

const CONVOLUTIONAL: TrainingOptions = {
  image: [2, 5, 6],
  layers: ['conv 4@3x2 same', 'maxpool 2x2 stride 1', 'conv 3@2x2', 'avgpool 2'],
  hidden: [6],
};

const TECHNIQUES: Record<string, TrainingOptions> = {
  'adversarial training': { adversarialEpsilon: 0.05 },
  'tangent propagation': { tangentStrength: 0.1 },
  'both, under dropout and the activity penalty': {
    ...{ adversarialEpsilon: 0.05, tangentStrength: 0.05, cleanShare: 0.3 },
    ...{ inputKeep: 0.8, hiddenKeep: 0.5, activityPenalty: 0.02, labelSmoothing: 0.1, l2: 1e-2, l1: 1e-3 },
    inputNoise: 0.1,
  },
};

for (const [name, options] of Object.entries(TECHNIQUES)) {
  for (const activation of ACTIVATIONS.filter((name) => name !== 'linear')) {
    t.test(`${name}: ${activation}`, (t) => compare(t, threeClasses, { activation, ...options }));
  }
  for (const activation of ['relu', 'tanh', 'softplus'] as const) {
    t.test(`${name}: convolutional, ${activation}`, (t) =>
      compare(t, pictures, { ...CONVOLUTIONAL, activation, ...options }),
    );
  }
  t.test(`${name}: one logit, standardised features`, (t) =>
    compare(t, twoClasses, { loss: 'binaryCrossEntropy', activation: 'tanh', ...options, labelSmoothing: 0 }),
  );
  t.test(`${name}: squared error`, (t) =>
    compare(t, twoTargets, { activation: 'tanh', ...options, labelSmoothing: 0 }),
  );
  t.test(`${name}: no hidden layer`, (t) => {
    const { hiddenKeep: _, ...others } = options;
    return compare(t, threeClasses, { hidden: [], ...others, activityPenalty: 0 });
  });
  t.test(`${name}: random subspace, early stopping, momentum`, (t) =>
    compare(t, threeClasses, { ...options, featureShare: 0.6, optimizer: 'sgd', learningRate: 0.01 }),
  );
}

t.test('the Gaussian likelihood with both', (t) =>
  compare(t, twoTargets, {
    ...{ loss: 'gaussianNll', activation: 'tanh', learningRate: 1e-4 },
    ...{ adversarialEpsilon: 0.05, tangentStrength: 0.05 },
  }),
);
t.test('several steps in the L2 norm, within bounds in the units of the data', (t) =>
  compare(t, twoClasses, {
    ...{ adversarialEpsilon: 0.5, adversarialNorm: 'l2', adversarialSteps: 3, activation: 'tanh' },
    ...{ adversarialScale: 'absolute', adversarialBounds: [0, 6] },
  }),
);
t.test('adversarial examples alone', (t) =>
  compare(t, threeClasses, {
    adversarialEpsilon: 0.1,
    cleanShare: 0,
    activityPenalty: 0.01,
    activation: 'tanh',
  }),
);

t.test('the same bytes on one and two threads, with everything on', async (t) => {
  const options: TrainingOptions = {
    ...{ ...BASE, members: 4, arithmetic: 'strict', activation: 'tanh' },
    ...TECHNIQUES['both, under dropout and the activity penalty'],
    tangents: ['given'],
  };
  const inline = await trainEnsemble(threeClasses, options);
  const pool = createPool({ threads: 2 });
  try {
    const pooled = await trainEnsemble(threeClasses, options, { runner: pool });
    t.same(
      pooled.members.map(({ parameters: weights }) => weights),
      inline.members.map(({ parameters: weights }) => weights),
    );
  } finally {
    await pool.close();
  }
});

t.test('an epsilon and a strength of 0 leave the plain bytes', async (t) => {
  const weights = async (more: TrainingOptions) =>
    (await trainEnsemble(threeClasses, { ...BASE, ...more })).members[0]!.parameters;
  t.same(await weights({ adversarialEpsilon: 0, tangentStrength: 0 }), await weights({}));
});

// Content hashes of small trainings, pinned: "the same bytes" holds over versions of this code, of its compilers and of
// Node.js, not only within one run. Every option is stated, so that no default moves them. A hash that changes is a
// change of what users have been promised: it needs a reason in the changelog.

import t from 'tap';
import { boostEnsemble } from '../../src/boosting/boost.js';
import type { BoostOptions } from '../../src/boosting/options.js';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { createPool, Dataset, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { clusters, linear } from '../support/datasets.js';
import { GOLDEN } from './hashes.js';

const classes = clusters(96, 6, 3);
const images = clusters(64, 16, 2);
const values = linear(80, 5, 2);
const { x, rows, features, targets } = values;
const marks = Dataset.fromArrays({ x, rows, features, targets: targets.map((y) => Number(y > 0)) });
const edge = linear(60, 5, 1);

const BASE: TrainingOptions = {
  ...{ members: 3, seed: 7, hidden: [9, 5], activation: 'relu', init: 'he' },
  ...{ epochs: 6, batchSize: 16, optimizer: 'adam', learningRate: 0.01, schedule: 'constant' },
  ...{ resample: 'bootstrap', earlyStopping: 'none' },
};

/** Some diverge with the streams of the plan. */
const EDGE: TrainingOptions = {
  ...{ members: 6, seed: 3, hidden: [8], batchSize: 10, optimizer: 'sgd', momentum: 0.9, learningRate: 0.12 },
  ...{ onDivergence: 'reseed', reseeds: 9 },
};

const TRAININGS: Readonly<Record<string, readonly [Dataset, TrainingOptions]>> = {
  'bagged classes': [classes, {}],
  'bagged numbers': [values, {}],
  'one unit': [linear(80, 5, 1), { hidden: [7] }],
  'norms and residual blocks': [
    values,
    { layers: ['residual 9, residual 6@5 mish, norm selu'], hidden: [4], norm: 'layer', activation: 'silu' },
  ],
  'sgd, momentum, a step schedule': [
    classes,
    { optimizer: 'sgd', schedule: 'step', stepEvery: 2, stepFactor: 0.5 },
  ],
  'adamW, norm penalties, cosine': [
    values,
    { optimizer: 'adamW', weightDecay: 0.01, l1: 1e-3, l2: 1e-2, schedule: 'cosine' },
  ],
  'gelu, tanh, a random subspace': [
    classes,
    {
      members: [{ activation: 'gelu' }, { activation: 'tanh', featureShare: 0.5 }, { activation: 'sigmoid' }],
    },
  ],
  'early stopping out of bag': [classes, { epochs: 30, earlyStopping: 'outOfBag', patience: 3 }],
  'early stopping on validation rows': [classes, { epochs: 30, earlyStopping: 'validation', patience: 3 }],
  'Gaussian heads': [values, { loss: 'gaussianNll', learningRate: 0.002 }],
  'dropout, noise, smoothing, an activity penalty': [
    classes,
    { hiddenKeep: 0.6, inputKeep: 0.9, inputNoise: 0.1, labelSmoothing: 0.1, activityPenalty: 0.01 },
  ],
  'adversarial examples': [classes, { adversarialEpsilon: 0.1 }],
  'tangents of images, convolution and pooling': [
    images,
    { image: [1, 4, 4], layers: ['conv 4@3 same', 'maxpool 2'], hidden: [5], tangentStrength: 1e-3 },
  ],
  'tied in rounds, drawn without replacement': [
    classes,
    { tie: 0.05, tyingMode: 'rounds', resample: 'subsample', resampleShare: 0.7 },
  ],
  'tied exactly, stratified': [classes, { tie: 0.05, tyingMode: 'exact', resample: 'stratified' }],
  snapshots: [classes, { members: 2, snapshots: 3, schedule: 'cosine' }],
  'one logit, leakyRelu, Nesterov': [
    images,
    { loss: 'binaryCrossEntropy', activation: 'leakyRelu', optimizer: 'sgd', momentum: 0.9, nesterov: true },
  ],
  'softplus, adam with penalties, several column panels': [
    values,
    { hidden: [101], activation: 'softplus', l1: 1e-3, l2: 1e-2 },
  ],
  'convolutions with strides and padding, average pooling, one unit': [
    linear(40, 50, 1),
    {
      ...{ image: [2, 5, 5], layers: ['conv 5@3 stride 2 same', 'conv 3@2 gelu', 'avgpool 2'], hidden: [4] },
      ...{ activation: 'leakyRelu', batchSize: 11 },
    },
  ],
  'adversarial examples in several steps of L2': [
    classes,
    { adversarialEpsilon: 0.2, adversarialNorm: 'l2', adversarialSteps: 3, hiddenKeep: 0.8 },
  ],
  'submodels that share weights': [classes, { members: 1, sharing: 'tabm', submodels: 3 }],
  'submodels that divide batches under masks': [
    values,
    { members: 1, sharing: 'masksembles', submodels: 3, maskScale: 2, submodelBatch: 'split', batchSize: 24 },
  ],
  'muon, clipped gradients, mixup, averages, late schedules': [
    classes,
    {
      hidden: [5],
      members: [
        { optimizer: 'muon', muonLearningRate: 0.02, muonMomentum: 0.9, weightDecay: 0.05 },
        { gradientClip: 0.2, mixup: 0.4, loss: 'focal', focalGamma: 1.5 },
        { weightAverage: 'ema', averageDecay: 0.9, schedule: 'flatCos', flatShare: 0.3, finalFactor: 0.1 },
        { weightAverage: 'swa', trajectoryStart: 0.3, schedule: 'coslog4' },
        { optimizer: 'adamW', weightDecay: 0.05, weightDecaySchedule: 'flatCos' },
      ],
    },
  ],
  'losses of numbers': [
    marks,
    {
      hidden: [5],
      members: [
        { loss: 'huber', huberDelta: 0.3 },
        { loss: 'poisson' },
        { loss: 'quantile', quantiles: [0.1, 0.5, 0.8] },
        { loss: 'multilabel' },
      ],
    },
  ],
  'embedded numbers and factors of inputs': [
    classes,
    {
      ...{ hidden: [5], inputScale: true, biasRateFactor: 0.1, scaleRateFactor: 6 },
      members: [
        {
          ...{ numericEmbedding: 'periodic', embeddingFrequencies: 5, embeddingSize: 3, frequencyScale: 0.2 },
          embeddingRateFactor: 0.5,
        },
        { numericEmbedding: 'cosine', embeddingSize: 4, frequencyScale: 0.2 },
        { numericEmbedding: 'piecewiseLinear', embeddingBins: 5 },
        { numericEmbedding: 'piecewiseLinear', embeddingBins: 5, embeddingSize: 3 },
      ],
    },
  ],
  'members drawn of swag': [
    classes,
    { members: 2, snapshots: 2, snapshotMode: 'swag', swagRank: 2, trajectoryStart: 0.3 },
  ],
  'fast geometric snapshots': [
    classes,
    { members: 2, snapshots: 2, snapshotMode: 'fastGeometric', trajectoryStart: 0.3, schedule: undefined },
  ],
  'submodels with factors': [classes, { members: 1, sharing: 'batchEnsemble', submodels: 2 }],
  'submodels with factors of the first layer': [values, { members: 1, sharing: 'tabmMini', submodels: 2 }],
  'packed submodels': [classes, { members: 1, sharing: 'packed', submodels: 2 }],
  'nearest neighbours': [classes, {}],
  'boosted trees': [values, {}],
  'diverged members that began again': [edge, EDGE],
  'diverged members tied in rounds that began again': [edge, { ...EDGE, tie: 0.01, tyingMode: 'rounds' }],
  'diverged members tied exactly that began again': [edge, { ...EDGE, tie: 0.01, tyingMode: 'exact' }],
};

/** The engine has none of the options of networks. */
const NEIGHBOURS: TrainingOptions = { members: 3, seed: 7, engine: 'neighbours', resample: 'bootstrap' };

/** Nor has that of trees. */
const TREES: TrainingOptions = {
  ...{ members: 2, seed: 7, engine: 'trees', resample: 'bootstrap', earlyStopping: 'none' },
  ...{ rounds: 5, treeRate: 0.3, maxLeaves: 5, minLeafRows: 4, leafL2: 1, treeBins: 16 },
};

const OTHERS: Readonly<Record<string, TrainingOptions>> = {
  'nearest neighbours': NEIGHBOURS,
  'boosted trees': TREES,
};

const BOOSTED: BoostOptions = {
  ...{ rounds: 3, shrinkage: 0.5, heldOutShare: 0.2, patience: 3, seed: 7, hidden: [6], activation: 'relu' },
  ...{ optimizer: 'adam', learningRate: 0.01, batchSize: 16, epochs: 4 },
};

const plans = Object.entries(TRAININGS).flatMap(([name, [dataset, options]]) =>
  (['strict', 'fused'] as const).map((arithmetic) => {
    const own = OTHERS[name] ?? { ...BASE, ...options };
    return { name: `${name}, ${arithmetic}`, dataset, options: { ...own, arithmetic } };
  }),
);

const runner = createPool({ threads: 2 });
t.teardown(() => runner[Symbol.asyncDispose]());

/** The files that the trainings save, by name. */
const files = new Map<string, Uint8Array>();

t.test('every small training has the content hash it always had', async (t) => {
  for (const { name, dataset, options } of plans) {
    const ensemble = await trainEnsemble(dataset, options);
    t.equal(contentHash(ensemble), GOLDEN[name], name);
    files.set(name, ensembleToBytes(ensemble));
  }
});

t.test('and so has every small boosting, on two threads too', async (t) => {
  for (const kind of ['gradient', 'soft'] as const)
    for (const arithmetic of ['strict', 'fused'] as const)
      for (const [task, dataset] of [
        ['classes', classes],
        ['numbers', values],
      ] as const) {
        const options = { ...BOOSTED, kind, arithmetic };
        const name = `${kind} boosting of ${task}, ${arithmetic}`;
        t.equal(contentHash((await boostEnsemble(dataset, options)).ensemble), GOLDEN[name], name);
        t.equal(
          contentHash((await boostEnsemble(dataset, { ...options, runner })).ensemble),
          GOLDEN[name],
          name,
        );
      }
});

t.test('and has it on two threads, and the same file, which is so when it is saved again', async (t) => {
  for (const { name, dataset, options } of plans) {
    const ensemble = await trainEnsemble(dataset, options, { runner });
    t.equal(contentHash(ensemble), GOLDEN[name], name);
    const file = Buffer.from(ensembleToBytes(ensemble));
    t.ok(file.equals(files.get(name)!), `${name}: the file`);
    t.ok(file.equals(ensembleToBytes(await loadEnsemble(file))), `${name}: the file saved again`);
  }
});

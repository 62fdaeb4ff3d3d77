// Both engines given the same initial weights, rows and order of rows: the same predictions, losses and steps,
// to rounding. The wasm engine is itself held against finite differences (test/engines/wasm/gradients.test.ts).

import t from 'tap';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import { Dataset as Datasets } from '../../../src/data/dataset/dataset.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { clusters, linear, seen } from '../../support/datasets.js';
import {
  createBench,
  largestDifference,
  networkWeights,
  predictWithTfjs,
  predictWithWasm,
  relativeDifference,
  sequentialModule,
  tensorFlowOrSkip,
  tfjsWeights,
  toNetworkOrder,
  withWeightsOf,
  writeModule,
} from '../../support/tfjs.js';

/** Largest difference of a probability, or of a standardised target. */
const PREDICTION_TOLERANCE = 2e-6;
/** Relative difference of a whole step's change of the weights. */
const STEP_TOLERANCE = 1e-5;
/** Relative difference of the weights after two epochs of a few steps. */
const EPOCHS_TOLERANCE = 1e-5;

const threeClasses = clusters(70, 10, 3);
const twoClasses = clusters(61, 5, 2);
const twoTargets = linear(53, 6, 2);
const images = clusters(50, 60, 3);
const weighted = Datasets.fromArrays({
  ...{ x: threeClasses.x, rows: 70, features: 10, labels: threeClasses.labels, standardise: false },
  rowWeights: Float32Array.from({ length: 70 }, (_, row) => 0.5 + (row % 4)),
});

const dense = (activation: string, ...units: number[]) => [
  ...units.map((count, index) => {
    const input = index === 0 ? 'inputShape: [features], ' : '';
    return `dense({ ${input}units: ${count}, activation: '${activation}' })`;
  }),
  `dense({ ${units.length === 0 ? 'inputShape: [features], ' : ''}units: outputs })`,
];

interface Case {
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly layers: readonly string[];
}

const of = (dataset: Dataset, options: TrainingOptions, ...layers: readonly string[]): Case => {
  return { dataset, options, layers };
};
const two = (options: TrainingOptions, dataset: Dataset = threeClasses) =>
  of(
    dataset,
    { hidden: [13, 7], activation: 'tanh', optimizer: 'adam', ...options },
    ...dense('tanh', 13, 7),
  );

const IMAGE = { image: '2x6x5', hidden: [] } as const;
const INPUT = 'inputShape: [6, 5, 2]';

const CASES: Readonly<Record<string, Case>> = {
  'softmax cross-entropy': two({}),
  'a softmax at its end': of(
    threeClasses,
    { hidden: [9], activation: 'tanh' },
    `dense({ inputShape: [features], units: 9, activation: 'tanh' })`,
    `dense({ units: outputs, activation: 'softmax' })`,
  ),
  'a softmax in a layer of its own': of(threeClasses, { hidden: [] }, ...dense('linear'), 'softmax()'),
  'binary cross-entropy': two({ loss: 'binaryCrossEntropy' }, twoClasses),
  'a sigmoid at its end': of(
    twoClasses,
    { hidden: [], loss: 'binaryCrossEntropy' },
    `dense({ inputShape: [features], units: 1, activation: 'sigmoid' })`,
  ),
  'squared error': two({}, twoTargets),
  'Gaussian negative log-likelihood': two({ loss: 'gaussianNll', learningRate: 1e-3 }, twoTargets),
  "Huber's loss": two({ loss: 'huber', huberDelta: 0.5 }, twoTargets),
  'focal loss': two({ loss: 'focal' }),
  'label smoothing': two({ labelSmoothing: 0.2 }),
  'binary label smoothing': two({ loss: 'binaryCrossEntropy', labelSmoothing: 0.1 }, twoClasses),
  'input noise': two({ inputNoise: 0.3 }),
  'weights of rows': two({}, weighted),
  adamW: two({ optimizer: 'adamW', weightDecay: 0.1, learningRate: 0.01 }),
  sgd: two({ optimizer: 'sgd', learningRate: 0.05, momentum: 0 }),
  momentum: two({ optimizer: 'sgd', learningRate: 0.05, momentum: 0.9 }),
  'Nesterov momentum': two({ optimizer: 'sgd', learningRate: 0.05, nesterov: true }),
  'norm penalties': two({ l1: 1e-3, l2: 1e-2 }),
  'norm penalties with sgd': two({ l1: 1e-3, l2: 1e-2, optimizer: 'sgd', learningRate: 0.05 }),
  'a cosine schedule after a warm-up': two({ schedule: 'cosine', warmupEpochs: 1 }),
  'a step schedule': two({ schedule: 'step', stepEvery: 1, stepFactor: 0.5 }),
  'a random subspace': two({ featureShare: 0.5 }),
  relu: of(threeClasses, { hidden: [13], activation: 'relu' }, ...dense('relu', 13)),
  gelu: of(threeClasses, { hidden: [13], activation: 'gelu' }, ...dense('gelu', 13)),
  softplus: of(threeClasses, { hidden: [13], activation: 'softplus' }, ...dense('softplus', 13)),
  selu: of(threeClasses, { hidden: [13], activation: 'selu' }, ...dense('selu', 13)),
  silu: of(threeClasses, { hidden: [13], activation: 'silu' }, ...dense('swish', 13)),
  mish: of(threeClasses, { hidden: [13], activation: 'mish' }, ...dense('mish', 13)),
  sigmoid: of(threeClasses, { hidden: [13], activation: 'sigmoid' }, ...dense('sigmoid', 13)),
  leakyRelu: of(
    threeClasses,
    { hidden: [13], activation: 'leakyRelu' },
    'dense({ inputShape: [features], units: 13 })',
    'leakyReLU({ alpha: 0.01 })',
    'dense({ units: outputs })',
  ),
  'convolution, max pooling, convolution, dense': of(
    images,
    { ...IMAGE, layers: ['conv 4@3x3 same tanh, maxpool 2, conv 3@2x2 tanh, dense 7 tanh'] },
    `conv2d({ ${INPUT}, filters: 4, kernelSize: 3, padding: 'same', activation: 'tanh' })`,
    'maxPooling2d({ poolSize: 2 })',
    `conv2d({ filters: 3, kernelSize: 2, activation: 'tanh' })`,
    'flatten()',
    `dense({ units: 7, activation: 'tanh' })`,
    'dense({ units: outputs })',
  ),
  'strides and average pooling': of(
    images,
    { ...IMAGE, layers: ['conv 5@2x3 stride 2x1 same relu', 'avgpool 2 stride 1'] },
    `conv2d({ ${INPUT}, filters: 5, kernelSize: [2, 3], strides: [2, 1], padding: 'same', activation: 'relu' })`,
    'averagePooling2d({ poolSize: 2, strides: 1 })',
    'flatten()',
    'dense({ units: outputs })',
  ),
};

const tf = await tensorFlowOrSkip(t);
if (tf !== null) {
  for (const [name, { dataset, options, layers }] of Object.entries(CASES)) {
    t.test(`with ${name}, both engines agree`, async (t) => {
      const module = writeModule(t, sequentialModule(...layers));
      const bench = createBench(
        dataset,
        { epochs: 2, batchSize: 16, learningRate: 1e-3, earlyStopping: 'none', ...options },
        module,
      );
      const wasm = bench.wasm();
      const initial = networkWeights(bench, wasm);
      const tfjs = await withWeightsOf(bench, initial);
      const compare = async (when: string) => {
        const weights = tfjsWeights(tfjs);
        const expected = predictWithWasm(bench, networkWeights(bench, wasm), seen(dataset));
        const predicted = await predictWithTfjs(bench, tfjs, weights, seen(dataset));
        for (const part of ['mean', 'logProbabilities', 'variance'] as const) {
          if (expected[part] === null) t.equal(predicted[part], null);
          else {
            const difference = largestDifference(predicted[part]!, expected[part]);
            const scale = Math.max(1, ...expected[part].map(Math.abs));
            const tolerance = PREDICTION_TOLERANCE * scale;
            t.ok(difference <= tolerance, `${part} ${when} training differ by ${difference}`);
          }
        }
        return toNetworkOrder(tf, bench, weights);
      };
      t.ok(relativeDifference(await compare('before'), initial) === 0, 'the same initial weights');
      const { learningRate } = bench.network.optimizer;
      for (const epoch of [1, 2]) {
        const expected = wasm.runEpoch(epoch, learningRate)!;
        const loss = tfjs.runEpoch(epoch, learningRate)!;
        t.ok(
          Math.abs(loss - expected) < 1e-5 * Math.max(1, Math.abs(expected)),
          `loss ${loss}, not ${expected}`,
        );
      }
      const difference = relativeDifference(await compare('after'), networkWeights(bench, wasm));
      t.ok(difference < EPOCHS_TOLERANCE, `weights differ by ${difference}`);
      const rows = Uint32Array.from({ length: dataset.rows }, (_, row) => row);
      t.ok(Math.abs(tfjs.evaluate(rows) - wasm.evaluate(rows)) < 1e-4, 'the same evaluation');
      tfjs.dispose();
    });

    t.test(`with ${name}, one step is the same in both engines`, async (t) => {
      const module = writeModule(t, sequentialModule(...layers));
      const bench = createBench(dataset, { ...options, epochs: 2, batchSize: 512, warmupEpochs: 0 }, module);
      const wasm = bench.wasm();
      const initial = networkWeights(bench, wasm);
      const tfjs = await withWeightsOf(bench, initial);
      const { learningRate } = bench.network.optimizer;
      wasm.runEpoch(1, learningRate);
      tfjs.runEpoch(1, learningRate);
      const change = (weights: Float32Array) => weights.map((value, at) => value - initial[at]!);
      const expected = change(networkWeights(bench, wasm));
      const stepped = change(await toNetworkOrder(tf, bench, tfjsWeights(tfjs)));
      const difference = relativeDifference(stepped, expected);
      t.ok(difference < STEP_TOLERANCE, `the steps differ by ${difference}`);
      tfjs.dispose();
    });
  }

  t.equal(tf.memory().numTensors, 0, 'no tensor is left');
}

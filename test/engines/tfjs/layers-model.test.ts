// Networks of the wasm engine as LayersModels and back: what a saved model predicts without tutti, and what of a
// Sequential the wasm engine can train.

import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import type { LayersModel, TensorFlow } from '../../../src/engines/tfjs/api.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { maskEnsemble } from '../../../src/entry-points/studies.js';
import { fromLayersModel, toLayersModel } from '../../../src/entry-points/tfjs.js';
import { trainEnsemble } from '../../../src/index.js';
import { ACTIVATIONS } from '../../../src/model/layer-kind.js';
import { isNetwork, requireNetwork } from '../../../src/model/network-members.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { clusters, linear } from '../../support/datasets.js';
import { largestDifference, sequentialModule, tensorFlowOrSkip, writeModule } from '../../support/tfjs.js';

/** Largest difference of a probability, or of a target or variance relative to the largest of them. */
const TOLERANCE = 3e-6;

const threeClasses = clusters(40, 10, 3);
const twoClasses = clusters(40, 5, 2);
const twoTargets = linear(40, 6, 2);
const images = clusters(40, 60, 3);
const standardised = Dataset.fromArrays({
  ...{ x: threeClasses.x.map((value, at) => 5 + (at % 10) * value), rows: 40, features: 10 },
  ...{ labels: threeClasses.labels, standardise: true },
});

const NETWORKS: Readonly<Record<string, readonly [Dataset, TrainingOptions]>> = {
  'no hidden layer': [threeClasses, { hidden: [] }],
  ...Object.fromEntries(
    ACTIVATIONS.map((activation) => [activation, [threeClasses, { hidden: [9, 7], activation }]] as const),
  ),
  'one logit': [twoClasses, { loss: 'binaryCrossEntropy' }],
  'two targets': [twoTargets, { activation: 'tanh' }],
  'means and variances': [twoTargets, { loss: 'gaussianNll', hidden: [9] }],
  'means and variances without a hidden layer': [twoTargets, { loss: 'gaussianNll', hidden: [] }],
  'a random subspace': [threeClasses, { featureShare: 0.4, hidden: [8] }],
  'a random subspace without a hidden layer': [threeClasses, { featureShare: 0.4, hidden: [] }],
  norms: [threeClasses, { layers: ['dense 9, norm silu'], hidden: [7], norm: 'layer' }],
  'inverted dropout': [threeClasses, { hidden: [9, 7], inputKeep: 0.8, hiddenKeep: 0.5 }],
  'plain dropout': [
    threeClasses,
    { hidden: [9, 7], inputKeep: 0.8, hiddenKeep: 0.5, dropoutScaling: 'plain' },
  ],
  'standardised features': [standardised, { hidden: [9] }],
  'convolutions of two channels, max pooling, dense': [
    images,
    { image: '2x6x5', layers: ['conv 4@3x3 same, maxpool 2, conv 3@2x2 gelu, dense 7'] },
  ],
  'strides, average pooling': [
    images,
    { image: '2x6x5', layers: ['conv 5@2x3 stride 2x1 same leakyRelu', 'avgpool 2 stride 1'] },
  ],
  'overlapping max pooling first': [
    images,
    { image: '1x6x10', layers: ['maxpool 3x2 stride 1', 'conv 3@3x3'], hidden: [4] },
  ],
  'convolutions with plain dropout': [
    images,
    {
      image: '3x4x5',
      layers: ['conv 4@3 same', 'maxpool 2'],
      hidden: [6],
      hiddenKeep: 0.5,
      dropoutScaling: 'plain',
    },
  ],
};

/** One barely trained member, whose weights are as good as random. */
function barelyTrained(dataset: Dataset, options: TrainingOptions): Promise<TrainedEnsemble> {
  return trainEnsemble(dataset, {
    members: 1,
    epochs: 2,
    seed: 4,
    learningRate: 1e-3,
    earlyStopping: 'none',
    ...options,
  });
}

/** What a model says of rows, without tutti. */
function say(tf: TensorFlow, model: LayersModel, x: Float32Array, features: number): Float32Array {
  return tf.tidy(() => {
    const said = model.predict(tf.tensor(new Float32Array(x), [x.length / features, features]));
    return (Array.isArray(said) ? said[0]! : said).dataSync();
  });
}

/** Predictions as a model with means and variances side by side has them. */
async function expectedOf(ensemble: TrainedEnsemble, x: Float32Array): Promise<Float32Array> {
  const clip = ensemble.task.kind === 'regression' ? { clip: false } : {};
  const { mean, variance, outputs } = await predictEnsemble(ensemble, x, clip);
  const spec = ensemble.plan.members[0]!;
  if (!isNetwork(spec) || spec.loss !== 'gaussianNll') return Float32Array.from(mean);
  return Float32Array.from({ length: 2 * mean.length }, (_, at) => {
    const [row, column] = [Math.floor(at / (2 * outputs)), at % (2 * outputs)];
    return column < outputs ? mean[row * outputs + column]! : variance![row * outputs + column - outputs]!;
  });
}

const tf = await tensorFlowOrSkip(t);
if (tf !== null) {
  const load = (url: string) =>
    (tf as unknown as { loadLayersModel(url: string): Promise<LayersModel> }).loadLayersModel(url);

  for (const [name, [dataset, options]] of Object.entries(NETWORKS)) {
    const raw = { ...dataset, x: dataset.x };
    t.test(
      `${name}: the model predicts as the member does, and so it does when saved and opened`,
      async (t) => {
        const ensemble = await barelyTrained(raw, options);
        const x = Float32Array.from(dataset.x);
        const expected = await expectedOf(ensemble, x);
        const model = await toLayersModel(ensemble, 0);
        const scale = Math.max(1, ...expected.map(Math.abs));
        const agrees = (said: Float32Array, how: string) => {
          t.equal(said.length, expected.length);
          const difference = largestDifference(said, expected) / scale;
          t.ok(difference < TOLERANCE, `${how}: they differ by ${difference}`);
        };
        agrees(say(tf, model, x, dataset.features), 'made');
        const folder = t.testdir();
        await model.save(`file://${folder}`);
        model.dispose();
        const opened = await load(`file://${join(folder, 'model.json')}`);
        agrees(say(tf, opened, x, dataset.features), 'opened');
        opened.dispose();
      },
    );

    if (options.featureShare !== undefined || options.dropoutScaling === 'plain' || dataset === standardised)
      continue;
    t.test(`${name}: back from a model with raw outputs come the same network and weights`, async (t) => {
      const ensemble = await barelyTrained(raw, { ...options, init: 'glorot' });
      const spec = requireNetwork(ensemble.plan.members[0]!, 0);
      const model = await toLayersModel(ensemble, 0, { outputs: 'raw' });
      const { features, task } = dataset;
      const take = () => fromLayersModel(model, { features, task, loss: spec.loss });
      if (options.norm === 'layer') {
        t.throws(take, { message: /^The wasm engine has no layer LayerNormalization/ });
        model.dispose();
        return;
      }
      const back = take();
      model.dispose();
      t.same(back.network, spec.network);
      t.same(rounded(back.dropout?.hiddenKeep), rounded(spec.dropout?.hiddenKeep));
      t.same(
        rounded(back.dropout && [back.dropout.inputKeep]),
        rounded(spec.dropout && [spec.dropout.inputKeep]),
      );
      t.same(back.parameters, ensemble.members[0]!.parameters);
    });
  }

  t.test('a member of the tfjs engine is its module’s model', async (t) => {
    const { path } = writeModule(
      t,
      sequentialModule(
        "dense({ inputShape: [features], units: 4, activation: 'elu' })",
        "dense({ units: outputs, activation: 'softmax' })",
      ),
    );
    const ensemble = await trainEnsemble(threeClasses, {
      engine: 'tfjs',
      model: path,
      members: 2,
      epochs: 2,
    });
    const model = await toLayersModel(ensemble, 1);
    const { mean } = await predictEnsemble({ ...ensemble, members: [ensemble.members[1]!] }, threeClasses.x);
    t.ok(largestDifference(say(tf, model, threeClasses.x, 10), Float32Array.from(mean)) < TOLERANCE);
    model.dispose();
  });

  t.test('a member that is not there, of a mask ensemble, or without layers is refused', async (t) => {
    const ensemble = await barelyTrained(threeClasses, { hidden: [9], hiddenKeep: 0.5 });
    await t.rejects(toLayersModel(ensemble, 1), { code: 'ERR_OPTION', message: /`member` .* got 1/ });
    const masks = maskEnsemble(ensemble, 2);
    await t.rejects(toLayersModel(masks, 0), { code: 'ERR_OPTION', message: /mask ensemble/ });
    const stored = await trainEnsemble(threeClasses, { engine: 'neighbours', members: 1 });
    await t.rejects(toLayersModel(stored, 0), { code: 'ERR_OPTION', message: /neighbours as member 0/ });
  });

  t.test('one option has the wasm engine train the network that a module describes', async (t) => {
    const input = 'inputShape: [features]';
    const he = "kernelInitializer: 'heUniform'";
    const dense = writeModule(
      t,
      sequentialModule(
        `dense({ ${input}, units: 9, activation: 'relu', ${he} })`,
        'dropout({ rate: 0.25 })',
        `dense({ units: 7, ${he} })`,
        'reLU()',
        "dense({ units: outputs, activation: 'softmax' })",
      ),
    );
    const options = { members: 2, epochs: 2, seed: 4 };
    const described = await trainEnsemble(threeClasses, { ...options, model: dense.path });
    const stated = await trainEnsemble(threeClasses, {
      ...{ ...options, hidden: [9, 7], activation: 'relu', hiddenKeep: [0.75, 1] },
    });
    t.same(described.plan, stated.plan);
    t.equal(contentHash(described), contentHash(stated));
  });

  t.test('images: the same option gives the same network as the options of layers', async (t) => {
    const { path } = writeModule(
      t,
      sequentialModule(
        "conv2d({ inputShape: [6, 5, 2], filters: 4, kernelSize: 3, padding: 'same', activation: 'tanh' })",
        'maxPooling2d({ poolSize: 2 })',
        'flatten()',
        'dense({ units: outputs })',
      ),
    );
    const options = { members: 1, epochs: 1, seed: 4 };
    const described = await trainEnsemble(images, { ...options, model: path });
    const layers = ['conv 4@3 same tanh', 'maxpool 2'];
    const stated = await trainEnsemble(images, { ...options, image: '2x6x5', layers, init: 'glorot' });
    t.same(described.plan, stated.plan);
    t.equal(contentHash(described), contentHash(stated));
  });

  const input = 'inputShape: [features]';
  const REFUSED: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
    'a layer it lacks': [
      [`dense({ ${input}, units: 8 })`, 'layerNormalization()', 'dense({ units: outputs })'],
      /has no layer LayerNormalization .*; it has dense, conv2d, .* The tfjs engine trains any layer/,
    ],
    'an activation it lacks': [
      [`dense({ ${input}, units: 8, activation: 'elu' })`, 'dense({ units: outputs })'],
      /activation of the wasm engine \(relu, .*\), got elu/,
    ],
    'another slope': [
      [`dense({ ${input}, units: 8 })`, 'leakyReLU()', 'dense({ units: outputs })'],
      /to have alpha 0\.01, got 0\.3/,
    ],
    'no biases': [
      [`dense({ ${input}, units: 8, useBias: false })`, 'dense({ units: outputs })'],
      /useBias true, got false/,
    ],
    'a regularizer': [
      [`dense({ ${input}, units: 8, kernelRegularizer: 'l1l2' })`, 'dense({ units: outputs })'],
      /kernelRegularizer/,
    ],
    'a pooling with zeros around': [
      [
        'reshape({ inputShape: [features], targetShape: [5, 2, 1] })',
        "maxPooling2d({ poolSize: 2, padding: 'same' })",
        'flatten()',
        'dense({ units: outputs })',
      ],
      /padding valid, got "same"/,
    ],
    'an image after a dense layer': [
      [
        `dense({ ${input}, units: 8 })`,
        'reshape({ targetShape: [4, 2, 1] })',
        'conv2d({ filters: 2, kernelSize: 2 })',
        'flatten()',
        'dense({ units: outputs })',
      ],
      /an image to flow into/,
    ],
    'channels in another order than the rows have': [
      [
        'reshape({ inputShape: [features], targetShape: [5, 1, 2] })',
        'conv2d({ filters: 2, kernelSize: 1 })',
        'flatten()',
        'dense({ units: outputs })',
      ],
      /ordered \(channel, y, x\)/,
    ],
    'a dense layer along an axis': [
      [
        'reshape({ inputShape: [features], targetShape: [5, 2] })',
        'dense({ units: 3 })',
        'flatten()',
        'dense({ units: outputs })',
      ],
      /a flatten layer before .* gets \[5, 2\]/,
    ],
    'an end that is no dense layer': [
      [`dense({ ${input}, units: outputs, activation: 'relu' })`],
      /end in a dense layer of 3 linear units \(softmaxCrossEntropy\), got 3 relu/,
    ],
  };
  for (const [what, [layers, message]] of Object.entries(REFUSED)) {
    t.test(`the wasm engine refuses ${what} by name`, async (t) => {
      const { path } = writeModule(t, sequentialModule(...layers));
      const before = tf.memory().numTensors;
      await t.rejects(trainEnsemble(threeClasses, { members: 1, model: path }), {
        code: 'ERR_MODULE',
        message,
      });
      t.equal(tf.memory().numTensors, before);
    });
  }

  t.test('a model that branches is refused by the wasm engine', async (t) => {
    const { path } = writeModule(
      t,
      `export default function build({ tf, features, outputs }) {
      const inputs = tf.input({ shape: [features] });
      return tf.model({ inputs, outputs: tf.layers.dense({ units: outputs }).apply(inputs) });
    }`,
    );
    await t.rejects(trainEnsemble(threeClasses, { members: 1, model: path }), {
      message: /Expected a Sequential/,
    });
  });
}

/** Keep probabilities, which a drop rate rounds. */
function rounded(keeps: readonly number[] | null | undefined): number[] | null {
  return keeps?.map((keep) => Math.round(keep * 1e9) / 1e9) ?? null;
}

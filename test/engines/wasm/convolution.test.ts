// Convolutional networks: the twin against finite differences, whole trainings against the twin, and what
// sharing parameters promises, translation equivariance.

import t from 'tap';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { layerShapes, parameterCount } from '../../../src/model/network.js';
import { requireNetwork } from '../../../src/model/network-members.js';
import type { Activation, NetworkMemberSpec } from '../../../src/model/spec.js';
import { resolvePlan, type TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';
import { batchGradient, type Example, layersOf } from '../../support/reference-network.js';
import { trainReference } from '../../support/reference-training.js';
import { relativeDistance } from '../../support/relative-distance.js';

const task = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;

/** Networks of 2 × 6 × 5 pixels that meet every kind of layer, padding and stride. */
const NETWORKS: Readonly<Record<string, TrainingOptions>> = {
  'convolution, max pooling, convolution, dense': {
    layers: ['conv 4@3x3 same, maxpool 2, conv 3@2x2, dense 7'],
  },
  'strides, average pooling': { layers: ['conv 5@2x3 stride 2x1 same', 'avgpool 2 stride 1'] },
  'overlapping max pooling first': { layers: ['maxpool 3x2 stride 1', 'conv 3@3x3'], hidden: [4] },
  'two convolutions': { layers: ['conv 6@3', 'conv 2@3x2'] },
};

const IMAGE = { image: '2x6x5', members: 1, resample: 'none' } as const;

/** The one member's spec. */
function specOf(options: TrainingOptions, features: number): NetworkMemberSpec {
  const plan = resolvePlan(options, { task, features, seed: 2, arithmetic: 'strict' });
  return requireNetwork(plan.members[0]!, 0);
}

for (const [name, options] of Object.entries(NETWORKS)) {
  for (const activation of ['relu', 'leakyRelu', 'tanh', 'softplus'] as Activation[]) {
    t.test(`the twin's gradients of ${name} through ${activation} equal finite differences`, async (t) => {
      const spec = specOf({ ...IMAGE, ...options, activation }, 60);
      const shapes = layerShapes(spec, 60, task);
      const random = new RandomStream(streamKey(5, 'noise'));
      const flat = Float64Array.from({ length: parameterCount(shapes) }, () => 0.5 * random.normal());
      const batch = Array.from(
        { length: 2 },
        (_, label): Example => ({
          ...{ x: Array.from({ length: 60 }, () => random.normal()), label, y: [], weight: 1 + label },
        }),
      );
      const lossAt = (at: Float64Array) => batchGradient(layersOf(shapes, at), spec.loss, batch).loss;
      const { gradients } = batchGradient(layersOf(shapes, flat), spec.loss, batch);
      const exact = gradients.flatMap(({ w, b }) => [...w, ...b]);
      const moved = flat.slice();
      let [difference, norm] = [0, 0];
      for (const [index, gradient] of exact.entries()) {
        const h = 1e-5;
        moved[index] = flat[index]! + h;
        const above = lossAt(moved);
        moved[index] = flat[index]! - h;
        const estimate = (above - lossAt(moved)) / (2 * h);
        moved[index] = flat[index]!;
        difference += (gradient - estimate) ** 2;
        norm += estimate ** 2;
      }
      const relative = Math.sqrt(difference / norm);
      t.ok(relative < 1e-7, `relative difference ${relative}`);
    });
  }
}

const images = clusters(50, 60, 3);

for (const [name, options] of Object.entries(NETWORKS)) {
  for (const technique of [
    { activation: 'relu' },
    { activation: 'leakyRelu', optimizer: 'sgd', learningRate: 0.01, l2: 0.01 },
    { activation: 'tanh', init: 'glorot' },
    { activation: 'relu', hiddenKeep: 0.8, activityPenalty: 0.01, inputKeep: 0.9 },
  ] satisfies TrainingOptions[]) {
    t.test(`training ${name} with ${JSON.stringify(technique)} is the twin's training`, async (t) => {
      for (const arithmetic of ['strict', 'fused'] as const) {
        const own = { ...IMAGE, ...options, ...technique, arithmetic, epochs: 2, batchSize: 20, seed: 3 };
        const ensemble = await trainEnsemble(images, own);
        const expected = trainReference(images, ensemble.plan, 0);
        const { parameters: weights } = ensemble.members[0]!;
        const relative = relativeDistance(weights, expected.weights);
        t.equal(weights.length, expected.weights.length);
        t.ok(relative < 2e-4, `${arithmetic}: weights differ by ${relative}`);
      }
    });
  }
}

/** A member trained for an epoch on noise: its weights are as good as random. */
function barelyTrained(options: TrainingOptions, features: number): Promise<TrainedEnsemble> {
  const plain = { activation: 'relu', optimizer: 'adam', resample: 'bootstrap' } as const;
  const seeded = { ...plain, ...options, members: 1, epochs: 1, seed: 2, arithmetic: 'strict' } as const;
  return trainEnsemble(clusters(30, features, 3), seeded);
}

/** Probabilities f32[rows, 3]. */
async function probabilities(ensemble: TrainedEnsemble, x: Float32Array): Promise<Float32Array> {
  const { mean } = await predictEnsemble(ensemble, x);
  return Float32Array.from(mean);
}

/** A blob of 3 × 3 random pixels at (y, x) on an empty image of 12 × 12. */
function blobAt(y: number, x: number): Float32Array {
  const random = new RandomStream(streamKey(8, 'noise'));
  const image = new Float32Array(144);
  for (let i = 0; i < 9; i++) image[(y + Math.floor(i / 3)) * 12 + x + (i % 3)] = random.normal();
  return image;
}

t.test(
  'a convolution is equivariant: the pooled sum of its outputs is blind to where a thing is',
  async (t) => {
    // Averaging over all places turns equivariance into invariance: bytes may differ by the order of sums.
    const options = { image: '12x12', layers: ['conv 5@3x3', 'conv 4@3x3', 'avgpool 8'] };
    const places = [blobAt(4, 4), blobAt(4, 5), blobAt(5, 4), blobAt(5, 5)];
    const x = Float32Array.from(places.flatMap((image) => [...image]));
    const all = await probabilities(await barelyTrained(options, 144), x);
    const distances = places.map((_, row) =>
      Math.max(...[0, 1, 2].map((c) => Math.abs(all[row * 3 + c]! - all[c]!))),
    );
    t.ok(Math.max(...distances) < 1e-6, `differ by ${distances}`);
    const dense = await probabilities(await barelyTrained({ hidden: [20] }, 144), x);
    t.ok(Math.abs(dense[3]! - dense[0]!) > 1e-3, 'a dense network sees the difference');
  },
);

t.test('shifting the image by the stride of the pooling shifts the output by one, bit for bit', async (t) => {
  // The head's weights of a shifted output are other ones; maxima over everything are the same number.
  const options = { image: '12x12', layers: ['conv 5@3x3, maxpool 2, maxpool 5'] };
  const x = Float32Array.from([...blobAt(4, 4), ...blobAt(6, 4), ...blobAt(4, 6), ...blobAt(6, 6)]);
  const all = await probabilities(await barelyTrained(options, 144), x);
  for (const row of [1, 2, 3]) t.same(all.slice(row * 3, row * 3 + 3), all.slice(0, 3), `shift ${row}`);
});

t.test('an image and a convolution as wide as it is are a dense layer', async (t) => {
  const { x } = clusters(9, 12, 3);
  const convolutional = await barelyTrained({ image: '3x4', layers: ['conv 6@3x4'] }, 12);
  const dense = await barelyTrained({ hidden: [6] }, 12);
  const { parameters: weights } = convolutional.members[0]!;
  const member = { ...dense.members[0]!, weights };
  t.same(await probabilities({ ...dense, members: [member] }, x), await probabilities(convolutional, x));
});

t.test('the same convolutional members whatever else is in the ensemble', async (t) => {
  const own = {
    ...IMAGE,
    resample: 'bootstrap',
    layers: ['conv 4@3x3, maxpool 2'],
    epochs: 1,
    seed: 4,
  } as const;
  const one = await trainEnsemble(images, { ...own, members: 1 });
  const three = await trainEnsemble(images, { ...own, members: 3 });
  t.same(one.members[0]!.parameters, three.members[0]!.parameters);
});

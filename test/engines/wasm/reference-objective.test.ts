// The oracle of the composed objective: its gradients against central finite differences in double precision,
// each technique alone and all of them together, with what an attack made of the inputs held constant.

import t from 'tap';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { ACTIVATIONS } from '../../../src/model/layer-kind.js';
import type { LayerShape } from '../../../src/model/layers.js';
import type { Loss } from '../../../src/model/losses.js';
import { parameterCount } from '../../../src/model/network.js';
import type { Activation } from '../../../src/model/spec.js';
import { windowGeometry } from '../../../src/model/windows.js';
import { batchGradient, layersOf } from '../../support/reference-network.js';
import {
  attackExample,
  inputGradient,
  type Objective,
  objectiveGradient,
  type RegularizedExample,
} from '../../support/reference-objective.js';

const dense = (inputs: number, units: number, activation: Activation): LayerShape => ({
  kind: 'dense',
  inputs,
  units,
  activation,
});

/** 6 inputs, two hidden layers, `outputs` outputs. */
const network = (activation: Activation, outputs: number): LayerShape[] => [
  dense(6, 5, activation),
  dense(5, 4, activation),
  dense(4, outputs, 'linear'),
];

/** Two channels of 5 × 4 pixels; convolution, max pooling, convolution, average pooling, dense. */
function convolutional(activation: Activation): LayerShape[] {
  const first = windowGeometry({ channels: 2, height: 5, width: 4 }, [2, 3], [1, 1], 'same');
  const pool = windowGeometry({ channels: 3, height: 5, width: 4 }, [2, 2], [2, 1], 'valid');
  const second = windowGeometry({ channels: 3, height: 2, width: 3 }, [2, 2], [1, 1], 'same');
  const mean = windowGeometry({ channels: 2, height: 2, width: 3 }, [2, 2], [1, 1], 'valid');
  return [
    { kind: 'conv2d', inputs: 40, units: 60, filters: 3, geometry: first, activation },
    { kind: 'maxPool', inputs: 60, units: 18, geometry: pool, activation: 'linear' },
    { kind: 'conv2d', inputs: 18, units: 12, filters: 2, geometry: second, activation },
    { kind: 'averagePool', inputs: 12, units: 4, geometry: mean, activation: 'linear' },
    dense(4, 3, 'linear'),
  ];
}

function randomBatch(shapes: readonly LayerShape[], random: RandomStream, withMasks: boolean) {
  const { inputs } = shapes[0]!;
  const normals = (count: number) => Array.from({ length: count }, () => random.normal());
  return Array.from(
    { length: 3 },
    (): RegularizedExample => ({
      x: normals(inputs),
      label: random.below(2),
      y: [random.normal()],
      weight: 0.5 + random.uniform(),
      tangents: [normals(inputs), normals(inputs)],
      ...(withMasks && {
        multipliers: shapes.map((shape) =>
          Array.from({ length: shape.inputs }, () => (random.uniform() < 0.7 ? 1 / 0.7 : 0)),
        ),
      }),
    }),
  );
}

const ALL: Objective = {
  activityPenalty: { strength: 0.1, layers: [1, 2] },
  labelSmoothing: 0.1,
  tangentStrength: 0.3,
  cleanShare: 0.4,
};

/** ‖g − ĝ‖ / ‖ĝ‖ over all parameters. */
function differenceOf(
  shapes: readonly LayerShape[],
  flat: Float64Array,
  loss: Loss,
  batch: readonly RegularizedExample[],
  objective: Objective,
): number {
  const at = (parameters: Float64Array) =>
    objectiveGradient(layersOf(shapes, parameters), loss, batch, objective);
  const exact = at(flat).gradients.flatMap(({ w, b }) => [...w, ...b]);
  const h = 1e-6;
  let difference = 0;
  let norm = 0;
  exact.forEach((g, place) => {
    const moved = (by: number) => at(flat.map((v, i) => (i === place ? v + by : v))).total;
    const estimate = (moved(h) - moved(-h)) / (2 * h);
    difference += (g - estimate) ** 2;
    norm += estimate ** 2;
  });
  return Math.sqrt(difference / norm);
}

function parametersOf(shapes: readonly LayerShape[], random: RandomStream): Float64Array {
  return Float64Array.from({ length: parameterCount(shapes) }, () => 0.6 * random.normal());
}

const ball = (inputs: number) => ({
  radius: Array.from({ length: inputs }, (_, i) => 0.1 * (i % 3)),
  low: Array.from({ length: inputs }, () => -1),
  high: Array.from({ length: inputs }, () => 1),
});

const OBJECTIVES: [name: string, Objective, masks: boolean, attack: boolean][] = [
  ['tangent propagation', { tangentStrength: 0.5 }, false, false],
  ['tangent propagation under dropout', { tangentStrength: 0.5 }, true, false],
  ['adversarial training', { cleanShare: 0.4 }, false, true],
  ['adversarial examples alone', { cleanShare: 0 }, false, true],
  ['everything at once', ALL, true, true],
];

for (const [name, objective, masks, attack] of OBJECTIVES) {
  for (const activation of ACTIVATIONS.filter((name) => name !== 'linear')) {
    for (const loss of ['softmaxCrossEntropy', 'gaussianNll'] as const) {
      for (const shapes of [network(activation, loss === 'gaussianNll' ? 2 : 3), convolutional(activation)]) {
        const isImage = shapes[0]!.kind === 'conv2d';
        if (isImage && loss === 'gaussianNll') continue;
        t.test(`${name}: ${loss}, ${activation}${isImage ? ', convolutional' : ''}`, async (t) => {
          const random = new RandomStream(streamKey(11, 'noise'));
          const flat = parametersOf(shapes, random);
          const plain = randomBatch(shapes, random, masks);
          const layers = layersOf(shapes, flat);
          const spec = { norm: 'linf', steps: 1 } as const;
          const batch = plain.map((example) => {
            if (!attack) return example;
            const { inputs } = shapes[0]!;
            return { ...example, adversarial: attackExample(layers, loss, example, spec, ball(inputs)) };
          });
          const difference = differenceOf(shapes, flat, loss, batch, objective);
          t.ok(difference <= 1e-7, `relative difference ${difference}`);
        });
      }
    }
  }
}

t.test('the gradient of the inputs equals finite differences', async (t) => {
  for (const shapes of [network('tanh', 3), convolutional('softplus')]) {
    const random = new RandomStream(streamKey(12, 'noise'));
    const layers = layersOf(shapes, parametersOf(shapes, random));
    const example = randomBatch(shapes, random, true)[0]!;
    const lossAt = (x: readonly number[]) =>
      batchGradient(layers, 'softmaxCrossEntropy', [{ ...example, x, weight: 1 }]).loss;
    const g = inputGradient(layers, 'softmaxCrossEntropy', example, example.x);
    const estimate = example.x.map((_, at) => {
      const moved = (by: number) => lossAt(example.x.map((v, i) => (i === at ? v + by : v)));
      return (moved(1e-6) - moved(-1e-6)) / 2e-6;
    });
    const difference = Math.hypot(...g.map((v, i) => v - estimate[i]!)) / Math.hypot(...estimate);
    t.ok(difference <= 1e-7, `relative difference ${difference}`);
  }
});

t.test('without techniques it is the plain reference', async (t) => {
  const shapes = network('tanh', 3);
  const random = new RandomStream(streamKey(13, 'noise'));
  const layers = layersOf(shapes, parametersOf(shapes, random));
  const batch = randomBatch(shapes, random, false);
  const mine = objectiveGradient(layers, 'softmaxCrossEntropy', batch, {});
  const plain = batchGradient(layers, 'softmaxCrossEntropy', batch);
  t.ok(Math.abs(mine.loss - plain.loss) < 1e-14);
  mine.gradients.forEach(({ w }, l) => {
    w.forEach((g, i) => {
      t.ok(Math.abs(g - plain.gradients[l]!.w[i]!) < 1e-14);
    });
  });
});

// The oracle itself: its gradients against central finite differences in double precision.

import t from 'tap';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { ACTIVATIONS } from '../../../src/model/layer-kind.js';
import type { Loss } from '../../../src/model/losses.js';
import type { Activation } from '../../../src/model/spec.js';
import { batchGradient, type Example, layersOf, type Techniques } from '../../support/reference-network.js';

const LOSSES: [Loss, units: number][] = [
  ['softmaxCrossEntropy', 3],
  ['binaryCrossEntropy', 1],
  ['squaredError', 2],
  ['gaussianNll', 4],
];

/** Compares every partial derivative; `dropped` multiplies inputs and hidden units as dropout does. */
function checkGradient(
  t: { ok(value: boolean, message: string): unknown },
  loss: Loss,
  units: number,
  activation: Activation,
  techniques: Techniques = {},
  dropped = false,
) {
  const random = new RandomStream(streamKey(7, 'noise'));
  const shapes = [
    { kind: 'dense' as const, inputs: 4, units: 5, activation },
    { kind: 'dense' as const, inputs: 5, units, activation: 'linear' as const },
  ];
  const flat = Float64Array.from({ length: 4 * 5 + 5 + 5 * units + units }, () => random.normal());
  const batch = Array.from(
    { length: 3 },
    (): Example => ({
      x: Array.from({ length: 4 }, () => random.normal()),
      label: random.below(loss === 'binaryCrossEntropy' ? 2 : 3),
      y: [random.normal(), random.normal()],
      weight: 0.5 + random.uniform(),
      ...(dropped ? { multipliers: [4, 5].map((rows) => mask(random, rows)) } : {}),
    }),
  );
  const objectiveAt = (parameters: Float64Array) => {
    const { loss: value, penalty } = batchGradient(layersOf(shapes, parameters), loss, batch, techniques);
    return value + penalty;
  };
  const { gradients } = batchGradient(layersOf(shapes, flat), loss, batch, techniques);
  const exact = gradients.flatMap(({ w, b }) => [...w, ...b]);
  const h = 1e-6;
  let difference = 0;
  let norm = 0;
  exact.forEach((g, at) => {
    const moved = (by: number) => objectiveAt(flat.map((v, i) => (i === at ? v + by : v)));
    const estimate = (moved(h) - moved(-h)) / (2 * h);
    difference += (g - estimate) ** 2;
    norm += estimate ** 2;
  });
  t.ok(Math.sqrt(difference / norm) < 1e-7, `relative difference ${Math.sqrt(difference / norm)}`);
}

const mask = (random: RandomStream, length: number) =>
  Array.from({ length }, () => (random.uniform() < 0.6 ? 1 / 0.6 : 0));

for (const activation of ACTIVATIONS) {
  for (const [loss, units] of LOSSES) {
    t.test(`gradients of ${loss} through ${activation} equal finite differences`, async (t) => {
      checkGradient(t, loss, units, activation);
    });
  }
}

const PENALTY = { activityPenalty: { strength: 0.3, layers: [1] } };
const SMOOTHING = { labelSmoothing: 0.2 };

for (const activation of ACTIVATIONS) {
  t.test(`gradients under dropout, an activity penalty and both, through ${activation}`, async (t) => {
    checkGradient(t, 'softmaxCrossEntropy', 3, activation, {}, true);
    checkGradient(t, 'softmaxCrossEntropy', 3, activation, PENALTY);
    checkGradient(t, 'gaussianNll', 4, activation, PENALTY, true);
    checkGradient(t, 'softmaxCrossEntropy', 3, activation, { ...PENALTY, ...SMOOTHING }, true);
  });
}

t.test('gradients of smoothed labels', async (t) => {
  checkGradient(t, 'softmaxCrossEntropy', 3, 'tanh', SMOOTHING);
  checkGradient(t, 'binaryCrossEntropy', 1, 'tanh', SMOOTHING);
});

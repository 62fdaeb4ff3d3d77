// Layer normalisation and residual blocks inside networks: one step against finite differences of a reference in double precision,
// gradients of inputs, and what they do not go with. A training against PyTorch's is in torch-trainings.test.ts.

import t from 'tap';
import { cachedSite } from '../../../src/engines/wasm/cached-site.js';
import { createDifferentiable } from '../../../src/engines/wasm/differentiable.js';
import { initialParameters } from '../../../src/engines/wasm/parameters.js';
import { type TrainingOptions, trainEnsemble } from '../../../src/index.js';
import { executorCode } from '../../../src/kernels/executor-choice.js';
import { streamKey } from '../../../src/math/random.js';
import { describeLayer, type LayerShape, weightShapes } from '../../../src/model/layers.js';
import { layerShapes } from '../../../src/model/network.js';
import { linear, taught } from '../../support/datasets.js';
import { rawOutputs, slopes } from '../../support/reference-graph.js';
import { networkOf } from '../../support/reference-tying.js';

const data = linear(24, 5, 2);
/** One step down the gradient, with all rows in its batch. */
const ONE_STEP: TrainingOptions = {
  ...{ members: 1, seed: 5, epochs: 1, batchSize: 24, resample: 'none', earlyStopping: 'none' },
  ...{ learningRate: 1, schedule: 'constant' },
};

const NETWORKS: Readonly<Record<string, TrainingOptions>> = {
  'norms after dense layers': { hidden: [7, 6], norm: 'layer' },
  'norms before gelu': { hidden: [7, 6], norm: 'layer', activation: 'gelu' },
  'a norm of the inputs': { layers: ['norm leakyRelu'], hidden: [6] },
  'residual blocks of one width': { layers: ['residual 6, residual 6@9 silu'] },
  'residual blocks of two widths, and a norm': { layers: ['residual 6', 'residual 9', 'norm relu'] },
  'a residual block on relu': { layers: ['dense 6 relu', 'residual 6 tanh'] },
  'sums of what a smooth activation and relu put out': {
    layers: ['dense 6 tanh, dense 6, add 1, dense 6, add 3'],
  },
};

async function train(options: TrainingOptions) {
  const sgd = options.optimizer === undefined ? ({ optimizer: 'sgd', momentum: 0 } as const) : {};
  const ensemble = await trainEnsemble(data, { ...ONE_STEP, ...sgd, ...options });
  const { plan, task, features, members } = ensemble;
  const spec = networkOf(plan, 0);
  const shapes = layerShapes(spec, features, task);
  const initial = initialParameters(
    shapes,
    spec.network.init,
    streamKey(plan.seed, 'init', spec.streams.init),
  );
  return { ensemble, spec, shapes, initial, weights: members[0]!.parameters };
}

const row = (b: number) => Array.from(data.x.subarray(b * 5, (b + 1) * 5));

const y = taught(data);

/** The mean loss over the dataset. */
function lossOf(shapes: readonly LayerShape[], flat: ArrayLike<number>): number {
  let sum = 0;
  for (let b = 0; b < 24; b++) {
    sum += rawOutputs(shapes, flat, row(b)).reduce((all, v, k) => all + (v - y[b * 2 + k]!) ** 2 / 2, 0);
  }
  return sum / 24;
}

for (const [name, options] of Object.entries(NETWORKS)) {
  t.test(`the gradient of ${name}`, async (t) => {
    const { shapes, initial, weights } = await train(options);
    const expected = slopes(initial, (flat) => lossOf(shapes, flat));
    t.equal(weights.length, initial.length);
    const worst = expected.reduce(
      (most, g, at) => Math.max(most, Math.abs(g - (initial[at]! - weights[at]!))),
      0,
    );
    t.ok(worst < 3e-6 * Math.max(1, ...expected.map(Math.abs)), `${worst}`);
    t.ok(expected.filter((g) => g !== 0).length > expected.length / 2);
  });
}

t.test('gradients of inputs, through norms and both ways of a skip connection', async (t) => {
  for (const options of Object.values(NETWORKS)) {
    const { ensemble, spec, shapes, weights } = await train(options);
    const { task, features } = ensemble;
    const member = { spec, parameters: weights, columns: null, factors: null };
    const networks = createDifferentiable(cachedSite(executorCode('strict')), [member], features, task, 24);
    const head = Float32Array.from({ length: 48 }, (_, at) => (at % 5) - 2);
    const gradient = networks.inputGradient(0, data.x, head);
    let worst = 0;
    for (let b = 0; b < 24; b++) {
      const value = (x: Float64Array) =>
        rawOutputs(shapes, weights, [...x]).reduce((sum, z, k) => sum + z * head[b * 2 + k]!, 0);
      slopes(row(b), value).forEach((g, i) => {
        worst = Math.max(worst, Math.abs(g - gradient[b * 5 + i]!) / Math.max(1, Math.abs(g)));
      });
    }
    t.ok(worst < 2e-4, `${worst}`);
    networks.dispose();
  }
});

t.test('steps of several passes have the gradients of one', async (t) => {
  const options = {
    layers: ['residual 6, residual 9, norm relu'],
    optimizer: 'sgd',
    learningRate: 0.1,
  } as const;
  const [plain, attacked] = [
    await train({ ...options, epochs: 3 }),
    await train({ ...options, epochs: 3, adversarialEpsilon: 1e-9, cleanShare: 0.5 }),
  ];
  const far = plain.weights.reduce((most, w, at) => Math.max(most, Math.abs(w - attacked.weights[at]!)), 0);
  t.ok(far < 1e-5, `${far}`);
});

t.test('gains begin at 1, shifts at 0, and neither penalty nor decay pulls on them', async (t) => {
  const { initial } = await train({ hidden: [4], norm: 'layer' });
  t.same([...initial.subarray(5 * 4 + 4, 5 * 4 + 12)], [1, 1, 1, 1, 0, 0, 0, 0]);
  const still = { hidden: [4], norm: 'layer', learningRate: 1e-30, l1: 1, l2: 1 } as const;
  const { weights } = await train({ ...still, optimizer: 'adamW', weightDecay: 1e29 });
  t.same(
    [...weights.subarray(5 * 4 + 4, 5 * 4 + 12)].map((v) => Math.round(1e6 * v) / 1e6 + 0),
    [1, 1, 1, 1, 0, 0, 0, 0],
  );
  t.ok(Math.abs(weights[0]!) < 0.95 * Math.abs(initial[0]!), 'where decay does pull on weights');
});

t.test('options count layers as they were written', async (t) => {
  const { spec } = await train({
    ...{ layers: ['residual 6@3', 'norm relu'], hidden: [5], norm: 'layer', hiddenKeep: [0.9, 1, 0.5] },
    ...{ activityPenalty: 0.1, activityLayers: [3], members: 2, tie: 1, tiedLayers: [1, 4] },
  });
  t.same(spec.network.layers.map(describeLayer), [
    ...['6 linear', 'norm', '3 gelu', '6 linear', 'add 3'],
    ...['norm relu', '5 linear', 'norm gelu'],
  ]);
  t.same(spec.dropout?.hiddenKeep, [1, 1, 0.9, 1, 1, 1, 1, 0.5]);
  t.same(spec.activityPenalty?.layers, [8]);
  t.same(spec.tying?.layers, [1, 2, 3, 4, 5, 9]);
});

const REFUSED: readonly (readonly [TrainingOptions, RegExp])[] = [
  [
    { hidden: [4], norm: 'layer', inputKeep: 0.5, dropoutScaling: 'plain' },
    /`dropoutScaling` to be inverted for a network with layer/,
  ],
  [{ layers: ['dense 4', 'add 1'] }, /`layers\[1\]` to be an add over at most 0 layers.*got 1/],
  [{ layers: ['dense 4', 'dense 5', 'add 1'] }, /`layers\[2\]` to be an add of as many units/],
  [{ image: '1x5', layers: ['conv 2@1x2', 'norm'] }, /`layers\[1\]` to be a norm after a dense layer/],
  [{ layers: ['residual 0'] }, /a layer such as .*`residual 64`/],
];
for (const [options, message] of REFUSED) {
  t.test(`refused: ${JSON.stringify(options)}`, (t) =>
    t.rejects(train(options), { code: 'ERR_OPTION', message }),
  );
}

t.test('ntk: steps are those of the W that weights are 1/√inputs of', async (t) => {
  const options = {
    layers: ['dense 6 tanh', 'norm'],
    hidden: [4],
    activation: 'tanh',
    init: 'ntk',
    learningRate: 0.1,
  } as const;
  const plain = await train(options);
  const gradient = slopes(plain.initial, (flat) => lossOf(plain.shapes, flat));
  const adam = await train({ ...options, optimizer: 'adamW', weightDecay: 0.5, learningRate: 1e-3 });
  let at = 0;
  for (const { inputs, units, role, hasBias } of plain.shapes.flatMap(weightShapes)) {
    const n = role === 'matrix' ? inputs : 1;
    for (let i = 0; i < inputs * units + (hasBias ? units : 0); i++, at++) {
      const isWeight = i < inputs * units;
      const before = plain.initial[at]!;
      // V = W/√n: ∂J/∂W = ∂J/∂V / √n, and V moves by a step of W over √n.
      const step = (0.1 * gradient[at]!) / (isWeight ? n : 1);
      t.ok(Math.abs(before - step - plain.weights[at]!) < 1e-6, `sgd ${at}`);
      if (Math.abs(gradient[at]!) < 1e-4) continue;
      const decayed = before * (isWeight && role === 'matrix' ? 1 - 1e-3 * 0.5 : 1);
      const moved = (1e-3 * Math.sign(gradient[at]!)) / (isWeight ? Math.sqrt(n) : 1);
      t.ok(Math.abs(decayed - moved - adam.weights[at]!) < 1e-6, `adamW ${at}`);
    }
  }
  const wide = (await train({ hidden: [64, 64], init: 'ntk', epochs: 1, learningRate: 1e-30 })).initial;
  const variance = (from: number, to: number) =>
    wide.subarray(from, to).reduce((sum, w) => sum + w * w, 0) / (to - from);
  t.ok(Math.abs(64 * variance(384, 384 + 4096) - 1) < 0.1, 'weights of variance 1/inputs');
  t.ok(Math.abs(variance(384 + 4096, 384 + 4160) - 1) < 0.5, 'biases of variance 1');
});

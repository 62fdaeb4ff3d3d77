// The single-precision gradient of one step against the double-precision reference, technique by technique and
// all together: nothing but the kernels' arithmetic lies between them.

import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { unpackParameters } from '../../../src/engines/wasm/parameters.js';
import { createTrainer } from '../../../src/engines/wasm/trainer.js';
import { drawCandidates, drawMember } from '../../../src/ensemble/member-rows.js';
import { bindExecutor } from '../../../src/kernels/bound-executor.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { ControlBlock } from '../../../src/memory/control-block.js';
import { ACTIVATIONS } from '../../../src/model/layer-kind.js';
import { layerShapes, parameterCount } from '../../../src/model/network.js';
import type { Arithmetic } from '../../../src/model/spec.js';
import { layOutTraining, takeMemory } from '../../../src/training/local/training-memory.js';
import { resolvePlan, type TrainingOptions } from '../../../src/training/options/options.js';
import { listRuns } from '../../../src/training/plan/runs.js';
import { clusters, linear } from '../../support/datasets.js';
import { networkOf, referenceMember } from '../../support/reference-tying.js';

// Tied exactly, because then the gradient rests in a buffer before it is applied.
const BASE: TrainingOptions = {
  ...{ members: 1, resample: 'bootstrap', batchSize: 24, seed: 3, tie: 1, tyingMode: 'exact' },
};

/** The gradient of a member's first step, canonical order. */
function kernelGradient(dataset: Dataset, options: TrainingOptions, arithmetic: Arithmetic) {
  const tangents = dataset.tangents === null ? 0 : 2;
  const context = { task: dataset.task, features: dataset.features, seed: 3, arithmetic, tangents };
  const plan = resolvePlan({ ...BASE, ...options }, context);
  const { share: training } = takeMemory(
    layOutTraining({ dataset, plan, runs: listRuns(plan), groups: [] }, { threads: 1 }),
  );
  const { memory, layout, task, seed } = training;
  const spec = networkOf(plan, 0);
  const draw = drawMember(seed, spec, dataset, dataset.features, drawCandidates(plan, dataset));
  const trainer = createTrainer(
    {
      ...{
        executor: bindExecutor(training.executor, memory),
        memory,
        layout,
        task,
        targets: dataset.encoding.targets,
        seed,
        slot: 0,
        offsetBytes: 0,
      },
      control: new ControlBlock(memory.buffer, layout.slots),
    },
    spec,
    0,
    draw,
    null,
  );
  const { lockstep } = trainer.tying;
  lockstep.beginEpoch(1);
  const { lossSum, examples } = lockstep.computeGradient(1, 0, 0.1);
  const shapes = layerShapes(spec, dataset.features, task);
  const packed = Float32Array.from(lockstep.tied.flatMap(({ gradient }) => [...gradient]));
  const gradient = new Float32Array(parameterCount(shapes));
  unpackParameters(shapes, packed, gradient);
  return { plan, gradient, loss: lossSum / examples };
}

const random = new RandomStream(streamKey(5, 'noise'));
const { x, rows, features, labels } = clusters(70, 10, 3);
const vectors = Dataset.fromArrays({
  ...{ x, rows, features, labels, standardise: false },
  tangents: Array.from({ length: rows * 2 * features }, () => random.normal()),
});
const images = clusters(48, 60, 3);

const numbersOf = linear(70, 10, 2);
const values = Dataset.fromArrays({
  ...{ x: numbersOf.x, rows: 70, features: 10, targets: numbersOf.targets, standardise: false },
  targetNames: ['a', 'b'],
});

const CONVOLUTIONAL: TrainingOptions = {
  image: [2, 5, 6],
  layers: ['conv 4@3x2 same', 'maxpool 2x2 stride 1', 'conv 3@2x2', 'avgpool 2'],
  hidden: [6],
};

const TECHNIQUES: Record<string, TrainingOptions> = {
  'no technique': {},
  dropout: { inputKeep: 0.8, hiddenKeep: 0.5 },
  'the activity penalty': { activityPenalty: 0.1 },
  'adversarial training, L∞': { adversarialEpsilon: 0.05 },
  'adversarial training, L2 in three steps': {
    ...{ adversarialEpsilon: 0.2, adversarialNorm: 'l2', adversarialSteps: 3 },
  },
  'tangent propagation': { tangentStrength: 0.1 },
  everything: {
    ...{ inputKeep: 0.8, hiddenKeep: 0.6, activityPenalty: 0.1, adversarialEpsilon: 0.05 },
    ...{ tangentStrength: 0.1, labelSmoothing: 0.1, inputNoise: 0.1, cleanShare: 0.3 },
  },
};

for (const [technique, options] of Object.entries(TECHNIQUES)) {
  for (const activation of ACTIVATIONS.filter((name) => name !== 'linear')) {
    t.test(`the gradient under ${technique}: ${activation}`, async (t) => {
      for (const [dataset, network] of [
        [vectors, { hidden: [13, 7] }],
        [images, CONVOLUTIONAL],
      ] as const) {
        for (const arithmetic of ['strict', 'fused'] as const) {
          const own = { ...network, ...options, activation };
          const { plan, gradient, loss } = kernelGradient(dataset, own, arithmetic);
          const reference = referenceMember(dataset, plan, 0).gradient(1, 0);
          const expected = reference.flatMap(({ w, b }) => [...w, ...b]);
          const difference = Math.hypot(...expected.map((g, i) => g - gradient[i]!));
          const relative = difference / Math.hypot(...expected);
          t.ok(relative <= 1e-5, `${arithmetic}: ${relative}`);
          t.ok(Number.isFinite(loss));
        }
      }
    });
  }
}

const labelled = Dataset.fromArrays({
  ...{ x: numbersOf.x, rows: 70, features: 10, standardise: false },
  targets: numbersOf.targets.map((value) => (value > 0.3 ? 1 : 0)),
  targetNames: ['a', 'b'],
});

/** Losses that are not a task's usual one; adversarial training takes their gradients through the inputs too. */
const LOSSES: readonly (readonly [Dataset, TrainingOptions])[] = [
  [vectors, { loss: 'focal', focalGamma: 1.5 }],
  [values, { loss: 'huber', huberDelta: 0.3 }],
  [values, { loss: 'poisson' }],
  [labelled, { loss: 'multilabel' }],
  [values, { loss: 'quantile', quantiles: [0.1, 0.5, 0.7, 0.95] }],
];

for (const [dataset, options] of LOSSES) {
  t.test(`the gradient of loss ${options.loss}`, async (t) => {
    for (const technique of [{}, { adversarialEpsilon: 0.05 }]) {
      for (const arithmetic of ['strict', 'fused'] as const) {
        const own: TrainingOptions = { hidden: [13, 7], ...options, ...technique, activation: 'tanh' };
        const { plan, gradient } = kernelGradient(dataset, own, arithmetic);
        const reference = referenceMember(dataset, plan, 0).gradient(1, 0);
        const expected = reference.flatMap(({ w, b }) => [...w, ...b]);
        const difference = Math.hypot(...expected.map((g, i) => g - gradient[i]!));
        t.ok(difference <= 1e-5 * Math.hypot(...expected), `${arithmetic}: ${difference}`);
      }
    }
  });
}

// All techniques at once: dropout, activity penalty, adversarial training, tangent propagation and tying, with
// label smoothing, input noise and norm penalties besides. The reference's gradient against finite differences,
// trainings against the reference, and the same bytes on any number of threads.

import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { drawCandidates, drawMember } from '../../../src/ensemble/member-rows.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { createPool } from '../../../src/pool/pool.js';
import { resolvePlan, type TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';
import { flatten, layersOf } from '../../support/reference-network.js';
import { objectiveGradient } from '../../support/reference-objective.js';
import { createReferenceStep } from '../../support/reference-step.js';
import {
  addTyingGradient,
  networkOf,
  referenceMember,
  trainTiedExactly,
  trainTiedInRounds,
  tyingPenalty,
} from '../../support/reference-tying.js';
import { relativeDistance } from '../../support/relative-distance.js';

const ALL: TrainingOptions = {
  ...{ members: 3, epochs: 2, batchSize: 16, seed: 3, tie: 0.05, inputKeep: 0.8, hiddenKeep: 0.6 },
  ...{ activityPenalty: 0.02, adversarialEpsilon: 0.05, cleanShare: 0.4, tangentStrength: 0.05 },
  ...{ labelSmoothing: 0.1, inputNoise: 0.1, l1: 1e-3, l2: 1e-2 },
  // Weights of the last epoch, which the reference has: none before it is restored.
  earlyStopping: 'none',
};

/** A dataset with two tangent vectors per row. */
function withTangents({ x, rows, features, labels }: Dataset): Dataset {
  const random = new RandomStream(streamKey(5, 'noise'));
  const tangents = Array.from({ length: rows * 2 * features }, () => random.normal());
  return Dataset.fromArrays({ x, rows, features, labels, tangents });
}

const vectors = withTangents(clusters(70, 10, 3));
const images = clusters(48, 60, 3);

const DENSE: TrainingOptions = { ...ALL, hidden: [13, 7] };
const CONVOLUTIONAL: TrainingOptions = {
  ...{
    ...ALL,
    image: [2, 5, 6],
    layers: ['conv 4@3x2 same', 'maxpool 2x2 stride 1', 'conv 3@2x2'],
    hidden: [6],
  },
  ...{ tangents: ['translateX', 'rotation', 'thickness'], adversarialEpsilon: 0.02 },
};

const CASES: [name: string, Dataset, TrainingOptions][] = [
  ['dense, relu', vectors, { ...DENSE, activation: 'relu' }],
  ['dense, tanh', vectors, { ...DENSE, activation: 'tanh' }],
  ['dense, softplus', vectors, { ...DENSE, activation: 'softplus' }],
  ['convolutional, relu', images, { ...CONVOLUTIONAL, activation: 'relu' }],
  ['convolutional, tanh', images, { ...CONVOLUTIONAL, activation: 'tanh' }],
];

for (const [name, dataset, options] of CASES) {
  t.test(`the gradient of everything is what finite differences say: ${name}`, async (t) => {
    const context = {
      task: dataset.task,
      features: dataset.features,
      seed: 3,
      arithmetic: 'strict',
    } as const;
    const tangents = dataset.tangents === null ? 0 : 2;
    const plan = resolvePlan({ ...options, tyingMode: 'exact' }, { ...context, tangents });
    const group = plan.members.map((_, index) => referenceMember(dataset, plan, index).layers);
    const spec = networkOf(plan, 1);
    const tying = spec.tying!;
    const { inBag, columns } = drawMember(3, spec, dataset, dataset.features, drawCandidates(plan, dataset));
    const step = createReferenceStep(dataset, plan, spec, group[1]!, columns);
    // What the attack makes of the batch is a constant from here on.
    const batch = step.examples(inBag.subarray(0, 3), 1, 0);
    const shapes = group[1]!.map(({ shape }) => shape);
    const flat = flatten(group[1]!);
    const { gradients } = objectiveGradient(group[1]!, spec.loss, batch, step.objective);
    addTyingGradient(gradients, group, 1, tying);
    const exact = gradients.flatMap(({ w, b }) => [...w, ...b]);
    const objective = (values: Float64Array) => {
      const moved = layersOf(shapes, values);
      const { total } = objectiveGradient(moved, spec.loss, batch, step.objective);
      return total + tyingPenalty([group[0]!, moved, group[2]!], tying);
    };
    const h = 1e-6;
    const estimate = Array.from(flat, (value, at) => {
      const moved = flat.slice();
      moved[at] = value + h;
      const up = objective(moved);
      moved[at] = value - h;
      return (up - objective(moved)) / (2 * h);
    });
    t.ok(relativeDistance(exact, estimate) <= 1e-7, `off by ${relativeDistance(exact, estimate)}`);
  });

  for (const tyingMode of ['exact', 'rounds'] as const) {
    const train = tyingMode === 'exact' ? trainTiedExactly : trainTiedInRounds;
    t.test(`everything, tied (${tyingMode}): ${name}, as the reference trains`, async (t) => {
      for (const arithmetic of ['strict', 'fused'] as const) {
        const { plan, members } = await trainEnsemble(dataset, { ...options, tyingMode, arithmetic });
        for (const [index, expected] of train(dataset, plan).entries()) {
          const off = relativeDistance(members[index]!.parameters, expected);
          t.ok(off < 1e-4, `${arithmetic}: member ${index} is off by ${off}`);
        }
      }
    });
  }
}

t.test('everything gives the same bytes on one and two threads', async (t) => {
  const pool = createPool({ threads: 2 });
  try {
    for (const tyingMode of ['exact', 'rounds'] as const) {
      const options: TrainingOptions = { ...CONVOLUTIONAL, tyingMode, members: 4, activation: 'tanh' };
      const inline = await trainEnsemble(images, options);
      const pooled = await trainEnsemble(images, options, { runner: pool });
      t.equal(contentHash(pooled), contentHash(inline), tyingMode);
    }
  } finally {
    await pool.close();
  }
});

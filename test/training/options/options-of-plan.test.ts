// The way back from a plan to options: every option there is comes back, with no more than it takes, and what cannot come
// back is not given.

import t from 'tap';
import type { Task } from '../../../src/data/dataset/dataset.js';
import type { TrainingOptions } from '../../../src/model/options/training-options.js';
import type { EnsemblePlan } from '../../../src/model/spec.js';
import { resolvePlan } from '../../../src/training/options/options.js';
import { optionsOfPlan } from '../../../src/training/options/options-of-plan.js';
import { parseTrainingOptions } from '../../../src/training/options/training-schema.js';

const CLASSES: Task = { kind: 'classification', classes: ['no', 'yes'] };
const NUMBERS: Task = { kind: 'regression', targets: ['y'] };
const features = 64;

function planOf(options: TrainingOptions, task: Task): EnsemblePlan {
  return resolvePlan(parseTrainingOptions(options), { task, features, seed: 5, arithmetic: 'fused' });
}

/** What was said, in the words that come back, and for which task. */
const CASES: readonly (readonly [TrainingOptions, Task?])[] = [
  [{}],
  [{ members: 1 }],
  [{ members: 16, hidden: [64, 32], learningRate: 1e-3 }],
  [{ hidden: [] }],
  [{ hidden: [8], activation: 'tanh', init: 'glorot', epochs: 3, batchSize: 7 }],
  [{ image: '1x8x8', layers: ['conv 8@3x3 relu', 'maxpool 2', 'dense 16 relu'] }],
  [{ optimizer: 'sgd', momentum: 0.5, nesterov: true }],
  [{ optimizer: 'adamW', weightDecay: 0.3, beta1: 0.8, beta2: 0.99 }],
  [{ schedule: 'step', stepEvery: 3, stepFactor: 0.9, warmupEpochs: 2 }],
  [{ schedule: 'cosine', finalFactor: 0.1 }],
  [{ snapshots: 3, epochs: 30, members: 2 }],
  [{ sharing: 'tabm', submodels: 4, members: 2 }],
  [{ sharing: 'masksembles', maskScale: 3, members: 2 }],
  [{ earlyStopping: 'none', epochs: 12 }],
  [{ earlyStopping: 'validation', patience: 3, validationShare: 0.25 }],
  [{ resample: 'subsample', resampleShare: 0.5, featureShare: 0.5 }],
  [{ resample: 'none' }],
  [{ vary: ['init', 'order'] }],
  [{ vary: [] }],
  [{ inputKeep: 0.9, hiddenKeep: 0.5, dropoutScaling: 'plain' }],
  [{ l1: 1e-4, l2: 1e-3, activityPenalty: 0.1, labelSmoothing: 0.1, inputNoise: 0.2 }],
  [{ adversarialEpsilon: 0.1, adversarialNorm: 'l2', adversarialSteps: 3, cleanShare: 0.25 }],
  [{ image: '8x8', tangentStrength: 0.1, tangents: ['rotation'] }],
  [{ tie: 0.1, tiedLayers: [1], tyingMode: 'exact' }],
  [{ engine: 'neighbours', neighbours: 3 }],
  [{ engine: 'trees', rounds: 30, treeRate: 0.2, maxDepth: 3, leafL2: 1, patience: 4 }],
  [{ members: [{ hidden: [4] }, { hidden: [8], l2: 0.1 }, { engine: 'neighbours' }], batchSize: 16 }],
  [{ grid: { l2: [0, 0.1], hidden: [[4], [8]] }, members: 6 }],
  [{ loss: 'gaussianNll' }, NUMBERS],
  [{ loss: 'softmaxCrossEntropy' }],
];

t.test('the options of a plan give that plan', async (t) => {
  for (const [options, task = CLASSES] of CASES) {
    const plan = planOf(options, task);
    const found = optionsOfPlan(plan, { task, features });
    t.ok(found !== null, JSON.stringify(options));
    if (found === null) continue;
    t.equal(found.seed, 5);
    t.same(planOf(found, task), plan, JSON.stringify(found));
  }
});

t.test('they say no more than it takes', async (t) => {
  const found = (options: TrainingOptions) =>
    optionsOfPlan(planOf(options, CLASSES), { task: CLASSES, features });
  t.same(found({ members: 16 }), { seed: 5, members: 16 });
  t.same(
    found({
      members: 16,
      hidden: [128, 128, 128],
      activation: 'gelu',
      learningRate: 3e-3,
      resample: 'subsample',
    }),
    {
      seed: 5,
      members: 16,
    },
  );
  t.same(found({ members: 2, hidden: [8], l2: 0.1 }), { seed: 5, members: 2, hidden: [8], l2: 0.1 });
  t.same(found({ members: [{ hidden: [4] }, { hidden: [8] }], l2: 0.1 }), {
    seed: 5,
    l2: 0.1,
    members: [{ hidden: [4] }, { hidden: [8] }],
  });
});

t.test('what began again with other streams is as planned; what options cannot say is null', async (t) => {
  const plan = planOf({ members: 3 }, CLASSES);
  const streams = { resample: 2 ** 31, init: 2 ** 31, order: 2 ** 31, masks: 2 ** 31, reseeds: 1 };
  const reseeded = {
    ...plan,
    members: plan.members.map((spec, at) => (at === 1 ? { ...spec, streams } : spec)),
  };
  const context = { task: CLASSES, features };
  t.same(optionsOfPlan(reseeded, context), { seed: 5, members: 3 });
  const joined = {
    ...plan,
    members: plan.members.map((spec) => ({ ...spec, streams: { ...spec.streams, seed: 9 } })),
  };
  t.equal(optionsOfPlan(joined, context), null);
  const odd = { ...plan, members: plan.members.map((spec) => ({ ...spec, featureShare: 7 })) };
  t.equal(optionsOfPlan({ ...odd, members: plan.members.toReversed() }, context), null);
  const all = Array.from({ length: 70 }, (_, at) => ({ hidden: [at + 1] }));
  t.equal(optionsOfPlan(planOf({ members: all }, CLASSES), context), null);
});

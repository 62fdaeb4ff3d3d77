// A member's state: stopped at every epoch boundary, moved to another slot and taken up there, a member ends
// with the bytes of an uninterrupted run. Checkpoints and rounds of tied members stand on this.

import t from 'tap';
import { stateShape } from '../../src/engines/wasm/tying.js';
import { bindExecutor } from '../../src/kernels/bound-executor.js';
import type { LocalMemberJob } from '../../src/training/local/local-job.js';
import { layOutTraining, takeMemory } from '../../src/training/local/training-memory.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { listRuns, type MemberState } from '../../src/training/plan/runs.js';

import { trainMember } from '../../src/training/thread/train-member.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { networkOf } from '../support/reference-tying.js';

const classes = clusters(90, 6, 3);
const values = linear(70, 5, 2);
const BASE: TrainingOptions = { members: 1, hidden: [9, 5], epochs: 5, batchSize: 8, seed: 4 };

const CASES: readonly (readonly [string, typeof classes, TrainingOptions])[] = [
  ['adam', classes, {}],
  ['adamW with norm penalties', classes, { optimizer: 'adamW', l1: 1e-3, l2: 1e-3 }],
  ['sgd with momentum', classes, { optimizer: 'sgd' }],
  ['a schedule after a warm-up', classes, { schedule: 'cosine', warmupEpochs: 1 }],
  ['early stopping out of bag', classes, { earlyStopping: 'outOfBag', patience: 2, learningRate: 0.05 }],
  ['early stopping on a validation share', classes, { earlyStopping: 'validation', patience: 1 }],
  [
    'dropout, noise and an activity penalty',
    classes,
    { hiddenKeep: 0.5, inputNoise: 0.1, activityPenalty: 0.01 },
  ],
  ['a random subspace', classes, { featureShare: 0.5, resample: 'stratified' }],
  ['Gaussian regression', values, { loss: 'gaussianNll', learningRate: 1e-4 }],
  // More than 128 steps, so that moments are flushed in between.
  ['many steps', classes, { epochs: 4, batchSize: 1 }],
];

for (const [name, dataset, options] of CASES) {
  t.test(`stopped after every epoch: ${name}`, async (t) => {
    const whole = await trainEnsemble(dataset, { ...BASE, ...options });
    const { plan } = whole;
    const [member] = whole.members;
    const { share: training } = takeMemory(
      layOutTraining(
        { dataset, plan, runs: [...listRuns(plan), ...listRuns(plan)], groups: [] },
        { threads: 2 },
      ),
    );
    const executor = bindExecutor(training.executor, training.memory);
    const spec = networkOf(plan, 0);
    const { lengthFloats } = stateShape(spec, dataset.features, dataset.task);
    let weights: Float32Array | null = null;
    let from: MemberState | null = null;
    let slot = 0;
    const history = [];
    for (let until = 0; ; until++) {
      const state = new Float32Array(new SharedArrayBuffer(lengthFloats * 4));
      const place = { kind: 'member', training, spec, member: 0, slot } as const;
      const job: LocalMemberJob = { ...place, from, until, anchor: null, state };
      // Other members have used the slot since.
      const { arenas, arenaBytes } = training.layout;
      new Uint8Array(training.memory.buffer, arenas + slot * arenaBytes, arenaBytes).fill(0xff);
      const outcome = await trainMember(job, executor);
      if (outcome.status !== 'advanced') return t.fail(outcome.status);
      history.push(...outcome.history);
      if (outcome.ended) {
        t.equal(outcome.delivered[0]!.epoch, member!.epoch);
        weights = outcome.delivered[0]!.parameters;
        break;
      }
      // As across threads: a copy of the plain part, the parameters in shared memory.
      from = { ...structuredClone(outcome.progress), parameters: state };
      slot = 1 - slot;
    }
    t.same(weights, member!.parameters);
    t.same(history, member!.history);
  });
}

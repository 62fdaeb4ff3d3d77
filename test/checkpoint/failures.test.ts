// A kept training whose members fail: reseeded ones go on to the same bytes wherever it was stopped, those whose failure is
// certain are not trained again, those that the machine lost are.

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { readCheckpoint } from '../../src/checkpoint/read-checkpoint.js';
import { TuttiError } from '../../src/errors.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { resumeTraining } from '../../src/training/resume-training.js';
import type { Job } from '../../src/training/session/job.js';
import type { MemberRunner } from '../../src/training/session/runner.js';
import { createInlineRunner } from '../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { linear } from '../support/datasets.js';

const dataset = linear(60, 5, 1);

/** Near the edge, as in test/training/reseed.test.ts. */
const EDGE: TrainingOptions = {
  ...{
    members: 5,
    hidden: [8],
    activation: 'relu',
    epochs: 6,
    batchSize: 10,
    seed: 3,
    earlyStopping: 'none',
  },
  ...{ resample: 'bootstrap', optimizer: 'sgd', momentum: 0.9, learningRate: 0.12, arithmetic: 'strict' },
  ...{ onDivergence: 'reseed', reseeds: 8 },
};

/** Stops after so many epochs of any members; counts them. */
function stopsAfter(epochs: number) {
  const stop = new AbortController();
  let count = 0;
  const onEpochEnd = () => {
    if (++count === epochs) stop.abort();
    return undefined;
  };
  return { signal: stop.signal, onInterrupt: 'keep', onEpochEnd } as const;
}

/** Trains in pieces of so many epochs each. */
async function inPieces(t: Test, options: TrainingOptions, epochs: number, pace: { epochs: number }) {
  const folder = join(t.testdir(), 'ck');
  let ensemble = await trainEnsemble(dataset, options, {
    ...stopsAfter(epochs),
    checkpoint: { folder, ...pace },
  });
  let pieces = 1;
  const open = ({ members, failures, plan }: typeof ensemble) =>
    members.length + failures.length < plan.members.length;
  // A group that begins again in every piece would come to no end.
  for (; open(ensemble) && pieces < 60; pieces++)
    ensemble = await resumeTraining(folder, dataset, stopsAfter(epochs));
  return { ensemble, pieces };
}

const TIED = { tie: 0.01, tiedLayers: [1] };
const WILD = [{}, { learningRate: 1e25 }, TIED, TIED, { ...TIED, learningRate: 1e25 }];

const CASES: readonly (readonly [string, TrainingOptions])[] = [
  ['plain members', {}],
  ['members tied in rounds', { tie: 0.01 }],
  ['members tied exactly', { tie: 0.01, tyingMode: 'exact' }],
  ['snapshots', { members: 3, snapshots: 2, learningRate: 0.2 }],
  ['snapshots tied in rounds', { members: 3, snapshots: 2, learningRate: 0.2, tie: 0.01 }],
  ['members that diverge for good', { members: WILD, reseeds: 2, learningRate: 0.05 }],
];

for (const [what, more] of CASES) {
  t.test(`${what}, stopped again and again`, async (t) => {
    const options = { ...EDGE, ...more };
    const undisturbed = await trainEnsemble(dataset, options);
    t.ok(undisturbed.plan.members.some(({ streams }) => streams.reseeds !== undefined));
    const failuresOf = ({ failures }: typeof undisturbed) =>
      failures.map(({ index, error: { code, message, details } }) => ({ index, code, message, details }));
    for (const [epochs, pace] of [
      [7, 1],
      [11, 1],
      [13, 2],
      [40, 100],
    ] as const) {
      const { ensemble, pieces } = await inPieces(t, options, epochs, { epochs: pace });
      t.same(ensemble.plan, undisturbed.plan, `${pieces} pieces of ${epochs} epochs`);
      t.same(failuresOf(ensemble), failuresOf(undisturbed));
      t.same(ensembleToBytes(ensemble), ensembleToBytes(undisturbed));
    }
  });
}

/** Members here, but for those that lose each thread. */
function losing(code: 'ERR_THREAD_LOST' | 'ERR_DEADLINE', lost: readonly number[]): MemberRunner {
  const jobs: Job[] = [];
  const open: MemberRunner['open'] = () => {
    const session = createInlineRunner().open();
    const run = session.run.bind(session);
    return Object.assign(session, {
      run: async (...[job, hooks, signal]: Parameters<typeof run>) => {
        jobs.push(job);
        if (lost.includes(job.member)) throw new TuttiError(code, 'the thread died (of a test)');
        return run(job, hooks, signal);
      },
    });
  };
  return { threads: 1, open };
}

t.test('what is certain to fail is not trained again; what the machine lost is', async (t) => {
  const { members: _, ...each } = { ...EDGE, learningRate: 0.01 };
  const options = { ...each, members: [{}, { learningRate: 1e25 }, {}, {}] };
  const undisturbed = await trainEnsemble(dataset, options);
  for (const code of ['ERR_THREAD_LOST', 'ERR_DEADLINE'] as const) {
    const folder = join(t.testdir(), 'ck');
    const first = await trainEnsemble(dataset, options, {
      runner: losing(code, [2]),
      checkpoint: { folder },
    });
    t.strictSame(
      first.failures.map(({ index }) => index),
      [1, 2],
    );
    t.same((await readCheckpoint(folder)).failed, [1, 2]);
    const trained: number[] = [];
    const resumed = await resumeTraining(folder, dataset, {
      onEpochEnd: ({ member }) => {
        trained.push(member);
        return undefined;
      },
    });
    t.strictSame([...new Set(trained)], [2]);
    t.same(ensembleToBytes(resumed), ensembleToBytes(undisturbed));
    t.same((await readCheckpoint(folder)).failed, [1]);
  }
});

t.test('tied members of whom one was lost are trained together again', async (t) => {
  for (const tyingMode of ['rounds', 'exact'] as const) {
    const options = { ...EDGE, learningRate: 0.01, tie: 0.01, tyingMode };
    const folder = join(t.testdir(), 'ck');
    const lost = tyingMode === 'rounds' ? [2] : [0];
    const runner = losing('ERR_THREAD_LOST', lost);
    const first = await trainEnsemble(dataset, options, { runner, checkpoint: { folder } }).catch(() => null);
    t.equal(first?.members.length ?? 0, tyingMode === 'rounds' ? 4 : 0);
    const resumed = await resumeTraining(folder, dataset);
    t.same(ensembleToBytes(resumed), ensembleToBytes(await trainEnsemble(dataset, options)));
  }
});

t.test('a training that ended at a failure ends there again, unless it is told to go on', async (t) => {
  const { members: _, ...each } = { ...EDGE, learningRate: 0.01 };
  const options = { ...each, members: [{}, { learningRate: 1e25 }, {}, {}] };
  const folder = join(t.testdir(), 'ck');
  const error = { code: 'ERR_DIVERGED', details: { member: 1 } };
  await t.rejects(trainEnsemble(dataset, options, { onFailure: 'fail', checkpoint: { folder } }), error);
  await t.rejects(resumeTraining(folder, dataset, { onFailure: 'fail' }), error);
  const kept = await resumeTraining(folder, dataset, { onFailure: 'fail', onInterrupt: 'keep' });
  t.equal(kept.members.length, 1);
  const resumed = await resumeTraining(folder, dataset);
  t.same(ensembleToBytes(resumed), ensembleToBytes(await trainEnsemble(dataset, options)));
});

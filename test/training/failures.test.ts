// What becomes of a training whose members fail: by real divergence, or by sessions that lose threads as pools do.

import t, { type Test } from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { type ErrorCode, TuttiError } from '../../src/errors.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import type { Job } from '../../src/training/session/job.js';
import type { MemberRunner } from '../../src/training/session/runner.js';
import type { Session } from '../../src/training/session/session.js';
import { startTraining } from '../../src/training/start-training.js';
import { createInlineRunner } from '../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { linear } from '../support/datasets.js';

const dataset = linear(60, 5, 1);
const CALM: TrainingOptions = {
  ...{
    members: 4,
    hidden: [8],
    activation: 'relu',
    epochs: 4,
    batchSize: 10,
    seed: 3,
    earlyStopping: 'none',
  },
  ...{ resample: 'bootstrap', optimizer: 'sgd', momentum: 0.9, learningRate: 0.01 },
};
const { members: _, ...EACH } = CALM;
const WILD = { learningRate: 1e25 };
/** Members 1, 2 and 6 diverge, of twelve. */
const EDGE: TrainingOptions = { ...CALM, members: 12, epochs: 6, learningRate: 0.1, arithmetic: 'strict' };

/** Called before a job runs, with how often the same was run before; what it throws is what the job rejects with. */
type Fault = (job: Job, before: number) => void;

/** Runs members here, one after the other, but for the faults. */
function faulty(fault: Fault): MemberRunner & { readonly jobs: Job[] } {
  const jobs: Job[] = [];
  const keyOf = (job: Job) => `${job.member} ${job.kind === 'member' ? job.until : ''}`;
  const open = (): Session => {
    const session = createInlineRunner().open();
    const run: Session['run'] = async (...[job, hook, signal]) => {
      const before = jobs.filter((other) => keyOf(other) === keyOf(job)).length;
      jobs.push(job);
      fault(job, before);
      return session.run(job, hook, signal);
    };
    return {
      run,
      prepare: (training) => session.prepare(training),
      stop: () => session.stop(),
      pause: () => session.pause(),
      want: (slot, epoch) => session.want(slot, epoch),
      isTaken: () => true,
      progress: () => session.progress(),
      hosts: () => session.hosts(),
      executors: () => session.executors(),
      settled: () => session.settled(),
      close: () => session.close(),
    };
  };
  return { threads: 1, jobs, open };
}

function die(code: ErrorCode, message = 'the thread died (of a test)'): never {
  throw new TuttiError(code, message);
}

t.test('lost threads are counted, and change no byte', async (t) => {
  const runner = faulty(({ member }, before) => {
    if (before < member) die('ERR_THREAD_LOST');
  });
  const ensemble = await trainEnsemble(dataset, CALM, { runner, retries: 3 });
  t.equal(contentHash(ensemble), contentHash(await trainEnsemble(dataset, CALM)));
  t.strictSame(ensemble.retried, [
    { index: 1, retries: 1 },
    { index: 2, retries: 2 },
    { index: 3, retries: 3 },
  ]);
});

t.test('a member that loses every thread is given up after its retries', async (t) => {
  for (const retries of [0, 1, 4]) {
    const runner = faulty(({ member }) => {
      if (member === 2) die('ERR_THREAD_LOST');
    });
    const { members, failures, retried } = await trainEnsemble(dataset, CALM, { runner, retries });
    t.equal(members.length, 3);
    t.equal(retried, undefined);
    const error = { code: 'ERR_THREAD_LOST', details: { member: 2, attempts: retries + 1 } };
    t.match(failures, [{ index: 2, error }]);
    t.equal(runner.jobs.filter(({ member }) => member === 2).length, retries + 1);
  }
});

t.test('what the pool cannot do is no failure of one member, and what is finished is kept', async (t) => {
  const message = 'No pool thread can start: of a test';
  const runner = faulty(({ member }) => {
    if (member >= 2) die('ERR_THREAD_START', message);
  });
  const { members, failures } = await trainEnsemble(dataset, CALM, { runner, retries: 5 });
  t.equal(members.length, 2);
  t.match(
    failures,
    [2, 3].map((index) => ({ index, error: { code: 'ERR_THREAD_START', message } })),
  );
  t.equal(runner.jobs.length, 4, 'no retries: another thread would not start either');
  const none = faulty(() => die('ERR_THREAD_START', message));
  await t.rejects(trainEnsemble(dataset, CALM, { runner: none }), { code: 'ERR_THREAD_START', message });
});

for (const [what, options, settings, code] of [
  ['a member that diverges', { onDivergence: 'fail' }, {}, 'ERR_DIVERGED'],
  ['any failure, divergence included', {}, { onFailure: 'fail' }, 'ERR_DIVERGED'],
  ['one that diverges each time', { onDivergence: 'reseed' }, { onFailure: 'fail' }, 'ERR_DIVERGED'],
] as const) {
  t.test(`${what} ends the training with its error`, async (t) => {
    const all = { ...EACH, ...options, members: [{}, WILD, {}, WILD] };
    const runner = faulty(() => {});
    await t.rejects(trainEnsemble(dataset, all, { ...settings, runner }), { code, details: { member: 1 } });
    t.notOk(
      runner.jobs.some(({ member }) => member > 1),
      'at once',
    );
    await t.rejects(startTraining(dataset, all, settings).ensemble, { code, details: { member: 1 } });
  });
}

t.test('the members that were finished by then are kept where that is asked for', async (t) => {
  const all = { ...EACH, members: [{}, {}, WILD, {}] };
  const kept = { onFailure: 'fail', onInterrupt: 'keep' } as const;
  for (const train of [
    () => trainEnsemble(dataset, all, kept),
    () => startTraining(dataset, all, kept).ensemble,
  ]) {
    const { members, failures, complete } = await train();
    t.strictSame(
      members.map(({ index }) => index),
      [0, 1],
    );
    t.equal(complete, false);
    t.match(failures, [{ index: 2, error: { code: 'ERR_DIVERGED' } }]);
  }
  const first = { ...EACH, members: [WILD, {}] };
  await t.rejects(trainEnsemble(dataset, first, kept), { code: 'ERR_DIVERGED' }, 'none are finished');
});

t.test('divergence may be dropped where other failures end the training', async (t) => {
  const all = { ...EACH, members: [{}, WILD, {}, {}], onDivergence: 'drop' as const };
  const { members } = await trainEnsemble(dataset, all, { onFailure: 'fail' });
  t.equal(members.length, 3);
  const runner = faulty(({ member }) => {
    if (member === 3) die('ERR_THREAD_LOST');
  });
  await t.rejects(trainEnsemble(dataset, all, { onFailure: 'fail', runner }), { code: 'ERR_THREAD_LOST' });
});

t.test('a tied member that fails for good ends the training', async (t) => {
  for (const tyingMode of ['rounds', 'exact'] as const) {
    const all = { ...EACH, tie: 0.01, tyingMode, tiedLayers: [1], members: [{}, WILD, {}] };
    await t.rejects(trainEnsemble(dataset, all, { onFailure: 'fail' }), { code: 'ERR_DIVERGED' }, tyingMode);
  }
});

t.test('a thread that is lost as a reseeded member trains changes no byte', async (t) => {
  const options = { ...EDGE, onDivergence: 'reseed' } as const;
  const expected = contentHash(await trainEnsemble(dataset, options));
  for (const more of [{}, { tie: 0.01 }, { tie: 0.01, tyingMode: 'exact', members: 6 }] as const) {
    const all: TrainingOptions = { ...options, ...more, reseeds: 6 };
    // Each job is lost the first time that it is asked for.
    const runner = faulty((_job, before) => {
      if (before === 0) die('ERR_THREAD_LOST');
    });
    const undisturbed =
      Object.keys(more).length === 0 ? expected : contentHash(await trainEnsemble(dataset, all));
    t.equal(contentHash(await trainEnsemble(dataset, all, { runner })), undisturbed, JSON.stringify(more));
  }
});

t.test('a tied member that is lost is given up, also where its group begins again', async (t) => {
  const options = { ...EDGE, members: 6, tie: 0.01, onDivergence: 'reseed', reseeds: 6 } as const;
  let diverged = Number.POSITIVE_INFINITY;
  await trainEnsemble(dataset, { ...options, onDivergence: 'drop', reseeds: undefined }).then(
    ({ failures }) => {
      for (const { error } of failures) diverged = Math.min(diverged, Number(error.details.epoch));
    },
  );
  // In the very round in which others diverge.
  const runner = faulty((job) => {
    if (job.member === 0 && job.kind === 'member' && job.until === diverged) die('ERR_THREAD_LOST');
  });
  const { members, failures, plan } = await trainEnsemble(dataset, options, { runner, retries: 0 });
  t.ok(plan.members.some(({ streams }) => streams.reseeds !== undefined));
  t.match(failures, [{ index: 0, error: { code: 'ERR_THREAD_LOST' } }]);
  t.equal(members.length, 5);
  const own = runner.jobs.filter(({ member }) => member === 0);
  t.equal(own.length, diverged + 1, 'it does not begin again');
});

/** Time that passes only when it is told to. */
function ownTime(t: Test): (seconds: number) => void {
  const { now } = performance;
  let ms = now.call(performance);
  performance.now = () => ms;
  t.teardown(() => {
    performance.now = now;
  });
  return (seconds) => {
    ms += 1000 * seconds;
  };
}

t.test('the deadline is for all jobs of a member together', async (t) => {
  const pass = ownTime(t);
  const runner = faulty(() => pass(6));
  const all = { ...CALM, tie: 0.01, deadline: 10 };
  await t.rejects(trainEnsemble(dataset, all, { runner }), {
    code: 'ERR_MEMBERS_FAILED',
    message: /Member 0 took longer than the deadline of 10 s/,
  });
});

t.test('the deadline is anew for a member that begins again', async (t) => {
  const pass = ownTime(t);
  // Five jobs for the rounds of four epochs.
  const runner = faulty(() => pass(1.9));
  const all: TrainingOptions = {
    ...{ ...EDGE, epochs: 4, learningRate: 0.2, members: 3, tie: 0.01, deadline: 10 },
    ...{ onDivergence: 'reseed', reseeds: 20 },
  };
  const { complete, plan } = await trainEnsemble(dataset, all, { runner });
  t.ok(plan.members.some(({ streams }) => streams.reseeds !== undefined));
  t.equal(complete, true);
});

t.test('time with threads that were lost does not count', async (t) => {
  const pass = ownTime(t);
  const runner = faulty((_job, before) => {
    pass(6);
    if (before < 3) die('ERR_THREAD_LOST');
  });
  const { complete } = await trainEnsemble(dataset, { ...CALM, deadline: 10 }, { runner, retries: 3 });
  t.equal(complete, true);
});

t.test('a member that took too long is not tried again', async (t) => {
  const runner = faulty(({ member }) => {
    if (member === 1) die('ERR_DEADLINE', 'Member 1 took longer');
  });
  const { failures } = await trainEnsemble(dataset, CALM, { runner, retries: 5 });
  t.match(failures, [{ index: 1, error: { code: 'ERR_DEADLINE' } }]);
  t.equal(runner.jobs.length, 4);
});

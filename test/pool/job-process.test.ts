// One job in a process: with the same bytes as here, its progress seen and its stop heard while its thread is busy.

import t from 'tap';
import { executorOf } from '../../src/kernels/bound-executor.js';
import { ControlBlock } from '../../src/memory/control-block.js';
import { allocateShared } from '../../src/memory/uncounted-bytes.js';
import { JobProcess } from '../../src/pool/job-process.js';
import type { LocalMemberJob } from '../../src/training/local/local-job.js';
import { layOutTraining, takeMemory } from '../../src/training/local/training-memory.js';
import { resolvePlan, type TrainingOptions } from '../../src/training/options/options.js';
import { listRuns } from '../../src/training/plan/runs.js';
import type { AdvancedMember, HandedMember, PausedMember } from '../../src/training/session/job.js';
import { runJob } from '../../src/training/thread/run-job.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(300, 6, 3);
const never = new AbortController().signal;

function jobOf(options: TrainingOptions, more: Partial<LocalMemberJob> = {}): LocalMemberJob {
  const { task, features } = dataset;
  const seeded = { seed: 1, members: 2, hidden: [8], ...options };
  const plan = resolvePlan(seeded, {
    task,
    features,
    tangents: 0,
    seed: 1,
    arithmetic: 'fused',
    modules: new Map(),
  });
  const laidOut = layOutTraining({ dataset, plan, runs: listRuns(plan), groups: [] }, { threads: 2 });
  const { share: training } = takeMemory(laidOut);
  const spec = plan.members[1]!;
  return {
    kind: 'member',
    spec,
    member: 1,
    slot: 1,
    from: null,
    until: 3,
    anchor: null,
    state: null,
    training,
    ...more,
  };
}

t.test('a member is advanced and its state handed back, with the bytes that it has here', async (t) => {
  const child = await JobProcess.start(null, never);
  t.teardown(() => child.end());
  const events: number[] = [];
  const hook = async ({ epoch }: { epoch: number }) => {
    events.push(epoch);
    return epoch === 2 ? { learningRate: 0.01 } : undefined;
  };
  const options = { epochs: 6 };
  const outcomes: AdvancedMember[] = [];
  for (const apart of [false, true]) {
    const state = () => new Float32Array(allocateShared(4 * 400));
    const first = jobOf(options, { state: state() });
    const run = async (job: LocalMemberJob) => {
      const { executor, memory } = job.training;
      const [outcome] = apart
        ? await child.run(job, { onEpochEnd: hook }, never)
        : await runJob(job, executorOf(executor, memory), { onEpochEnd: hook });
      return outcome as AdvancedMember;
    };
    const half = await run(first);
    t.equal(half.ended, false);
    const from = { ...half.progress, parameters: first.state! };
    outcomes.push(half, await run({ ...first, from, until: 6, state: null }));
    t.notOk(new ControlBlock(first.training.memory.buffer, 2).isTaken(1));
    child.drop(first.training);
  }
  t.same(outcomes.slice(2), outcomes.slice(0, 2));
  t.ok(outcomes[3]!.delivered[0]!.parameters.buffer instanceof SharedArrayBuffer);
  t.same(events, [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
  t.equal(outcomes[1]!.progress.learningRate, 0.01);
});

t.test('while its thread is busy its progress is seen, and it hears that it is to stop', async (t) => {
  const child = await JobProcess.start(null, never);
  t.teardown(() => child.end());
  const job = jobOf({ epochs: 10_000_000, earlyStopping: 'none' }, { until: 10_000_000 });
  const control = new ControlBlock(job.training.memory.buffer, 2);
  const running = child.run(job, {}, never);
  while (control.read(1).epoch < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  t.match(control.read(1), { member: 1, epochs: 10_000_000 });
  t.ok(control.isTaken(1));
  t.equal(control.read(0).member, null);
  control.requestStop();
  t.same(await running, [{ status: 'stopped' }]);
  t.notOk(control.isTaken(1));
  t.notOk(child.ended, 'the process is there for another');
});

t.test('aborting ends the process, whatever it does', async (t) => {
  const child = await JobProcess.start(null, never);
  const job = jobOf({ epochs: 10_000_000, earlyStopping: 'none' }, { until: 10_000_000 });
  const control = new ControlBlock(job.training.memory.buffer, 2);
  const abort = new AbortController();
  const running = child.run(job, {}, abort.signal);
  while (!control.isTaken(1)) await new Promise((resolve) => setTimeout(resolve, 10));
  abort.abort();
  await t.rejects(running, { code: 'ERR_CANCELLED', details: { member: 1 } });
  t.ok(child.ended);
  await t.rejects(child.run(job, {}, never), { code: 'ERR_THREAD_LOST', message: /signal SIG(TERM|KILL)/ });
});

t.test(
  'it hands over its member while its thread is busy, pauses, and goes on with the same bytes',
  async (t) => {
    const child = await JobProcess.start(null, never);
    t.teardown(() => child.end());
    // A state of more than a pipe holds, and epochs without end.
    const options: TrainingOptions = { hidden: [200, 200], epochs: 10_000_000, earlyStopping: 'none' };
    const job = jobOf(options, { until: 10_000_000 });
    const control = new ControlBlock(job.training.memory.buffer, 2);
    const handed: HandedMember[] = [];
    control.want(1, 1);
    const onHandOver = ([member]: readonly (HandedMember | null)[]) => {
      handed.push(member!);
      if (handed.length < 3) control.want(1, member!.progress.epoch + 1);
      else control.requestPause();
    };
    const [paused] = (await child.run(job, { onHandOver }, never)) as [PausedMember];
    t.equal(paused.status, 'paused');
    t.ok(paused.history.length >= handed.length);
    const { epoch: until } = paused.progress;
    for (const earlier of [null, handed[0]!]) {
      const state = new Float32Array(allocateShared(paused.parameters.byteLength));
      const from = earlier && { ...earlier.progress, parameters: earlier.parameters };
      const rest = jobOf(options, { from, until, state });
      const [outcome] = await runJob(rest, executorOf(rest.training.executor, rest.training.memory), {});
      t.same((outcome as AdvancedMember).progress, paused.progress);
      t.ok(Buffer.from(state.buffer).equals(Buffer.from(paused.parameters.buffer)));
    }
  },
);

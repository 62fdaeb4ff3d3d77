// A session is all that training knows of whoever runs members: one that shares no memory with the coordinator, as
// another machine would not, trains the same bytes.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import type { TrainingOptions } from '../../src/model/options/training-options.js';
import type { Job, MemberJob } from '../../src/training/session/job.js';
import { isMemberRunner, type MemberRunner } from '../../src/training/session/runner.js';
import type { PlannedTraining, PreparedSession, Session } from '../../src/training/session/session.js';
import { createInlineRunner } from '../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(60, 6, 3);
const BASE: TrainingOptions = { members: 3, hidden: [6], epochs: 4, seed: 5, earlyStopping: 'none' };

/** Hands on copies only, in both directions. */
class FarSession implements Session {
  readonly asked: string[] = [];
  readonly #there: Session = createInlineRunner().open();

  prepare(training: PlannedTraining): Promise<PreparedSession> {
    this.asked.push('prepare');
    return this.#there.prepare(training);
  }

  async run(...[job, hooks, signal]: Parameters<Session['run']>) {
    this.asked.push('run');
    const sent = copyOf(job);
    const outcomes = await this.#there.run(sent, hooks, signal);
    if (job.kind === 'member' && sent.kind === 'member') job.state?.set(sent.state!);
    return structuredClone(outcomes);
  }

  stop(): void {
    this.asked.push('stop');
    this.#there.stop();
  }

  pause(): void {
    this.asked.push('pause');
    this.#there.pause();
  }

  want(slot: number, epoch: number | null): void {
    this.#there.want(slot, epoch);
  }

  isTaken(slot: number): boolean {
    return this.#there.isTaken(slot);
  }

  progress() {
    return this.#there.progress();
  }

  hosts() {
    return this.#there.hosts();
  }

  executors() {
    return this.#there.executors();
  }

  settled() {
    return this.#there.settled();
  }

  close(): void {
    this.asked.push('close');
    this.#there.close();
  }
}

function copyOf(job: Job): Job {
  return job.kind === 'member' ? copyOfMember(job) : structuredClone(job);
}

function copyOfMember(job: MemberJob): MemberJob {
  const { from, state, anchor } = job;
  return {
    ...job,
    from: from && { ...from, parameters: copyOfArray(from.parameters) },
    state: state && copyOfArray(state),
    anchor: anchor && { ...anchor, values: copyOfArray(anchor.values) },
  };
}

function copyOfArray(array: Float32Array): Float32Array<SharedArrayBuffer> {
  const copy = new Float32Array(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}

function farRunner(): MemberRunner & { readonly sessions: FarSession[] } {
  const sessions: FarSession[] = [];
  const open = () => {
    sessions.push(new FarSession());
    return sessions.at(-1)!;
  };
  return { threads: 1, sessions, open };
}

for (const [what, options] of [
  ['plain members', {}],
  ['members tied in rounds', { tie: 0.1 }],
  ['members tied exactly', { tie: 0.1, tyingMode: 'exact' }],
  ['snapshots', { members: 4, snapshots: 2 }],
] as const) {
  t.test(`${what} on a session without shared memory are the same bytes`, async (t) => {
    const runner = farRunner();
    const far = await trainEnsemble(dataset, { ...BASE, ...options }, { runner });
    t.equal(contentHash(far), contentHash(await trainEnsemble(dataset, { ...BASE, ...options })));
    const { asked } = runner.sessions[0]!;
    t.equal(asked[0], 'prepare');
    t.equal(asked.at(-1), 'close');
  });
}

t.test('a training that is stopped stops its session and closes it', async (t) => {
  const runner = farRunner();
  const stop = new AbortController();
  const onEpochEnd = () => {
    stop.abort();
    return undefined;
  };
  const settings = { runner, signal: stop.signal, onEpochEnd };
  await t.rejects(trainEnsemble(dataset, BASE, settings), { name: 'AbortError' });
  t.strictSame(runner.sessions[0]!.asked, ['prepare', 'run', 'stop', 'close']);
});

t.test('a training that cannot be planned closes its session all the same', async (t) => {
  const runner = farRunner();
  await t.rejects(trainEnsemble(dataset, { ...BASE, members: -1 }, { runner }), { code: 'ERR_OPTION' });
  t.strictSame(runner.sessions[0]!.asked, ['close']);
});

t.test('what has no session to open is no runner', async (t) => {
  t.equal(isMemberRunner(createInlineRunner()), true);
  for (const other of [null, 'pool', {}, { threads: 2 }, { open() {} }, { threads: 0, open() {} }]) {
    t.equal(isMemberRunner(other), false);
  }
});

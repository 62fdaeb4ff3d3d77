// Answers, states and tasks that are signed and cannot be: each is refused by what is wrong with it, and nothing of it is
// written to memory.

import t from 'tap';
import type { Digest } from '../../../src/blobs/blob-store.js';
import { digestOf } from '../../../src/blobs/digest.js';
import { packAnswer, unpackAnswer } from '../../../src/cluster/messages/answer.js';
import { packHanded, restOfJob, unpackHanded } from '../../../src/cluster/messages/handed.js';
import { describeJob, jobOf } from '../../../src/cluster/messages/jobs.js';
import type { Task, TaskMember } from '../../../src/cluster/messages/task.js';
import { TuttiError } from '../../../src/errors.js';
import { packPlain, unpackPlain } from '../../../src/files/plain-data.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import type { HandedMember, Job, MemberJob, MemberOutcome } from '../../../src/training/session/job.js';
import type { PlannedTraining, Session } from '../../../src/training/session/session.js';
import { createInlineRunner } from '../../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';

const dataset = clusters(60, 5, 3);
const BASE: TrainingOptions = {
  ...{ members: 2, hidden: [4], epochs: 4, batchSize: 16, seed: 5 },
  earlyStopping: 'none',
};

interface Heard {
  readonly training: PlannedTraining;
  readonly job: Job;
  readonly outcomes: readonly MemberOutcome[];
  readonly handed: readonly (HandedMember | null)[] | null;
}

/** The jobs of a training and what they came to. */
async function heard(options: TrainingOptions): Promise<Heard[]> {
  const all: Heard[] = [];
  const runner = createInlineRunner();
  const open = () => {
    const session = runner.open();
    const { prepare, run } = session;
    let training: PlannedTraining | null = null;
    session.prepare = (planned) => {
      training = planned;
      return prepare.call(session, planned);
    };
    session.run = async (...[job, , signal]: Parameters<Session['run']>) => {
      session.want(job.slot, 1);
      let handed: Heard['handed'] = null;
      const onHandOver = (members: NonNullable<Heard['handed']>) => {
        handed ??= structuredClone(members) as NonNullable<Heard['handed']>;
      };
      const outcomes = await run.call(session, job, { onHandOver }, signal);
      all.push(structuredClone({ training: null, job, outcomes, handed }) as unknown as Heard);
      Object.assign(all.at(-1)!, { training });
      return outcomes;
    };
    return session;
  };
  await trainEnsemble(dataset, options, { runner: { threads: 1, open } });
  return all;
}

const plain = await heard(BASE);
const snapshots = await heard({ ...BASE, members: 1, snapshots: 2 });
const rounds = await heard({ ...BASE, tie: 0.1 });
const exact = await heard({ ...BASE, tie: 0.1, tyingMode: 'exact' });
const neighbours = await heard({ members: 1, engine: 'neighbours', seed: 5 });

type Loose = Record<string, never> & { [key: string]: Loose };

/** Packed bytes with their metadata changed; the numbers stay. */
function changed(bytes: Uint8Array, change: (metadata: Loose) => unknown): Buffer {
  const whole = Buffer.from(bytes);
  const end = 4 + whole.readUInt32LE();
  const metadata = unpackPlain(whole.subarray(4, end)) as Loose;
  change(metadata);
  const packed = packPlain(metadata);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(packed.length);
  return Buffer.concat([length, packed, whole.subarray(end)]);
}

async function refusal(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'read';
  } catch (error) {
    return error instanceof TuttiError && error.code === 'ERR_TASK' ? error.message : String(error);
  }
}

const set =
  (...path: readonly (string | number)[]) =>
  (value: unknown) =>
  (metadata: Loose) => {
    const holder = path.slice(0, -1).reduce<Loose>((inner, key) => inner[key]!, metadata);
    Object.assign(holder, { [path.at(-1)!]: value });
  };

const own = set('outcomes', 0, 'delivered');
const delivered = (name: string) => set('outcomes', 0, 'delivered', 0, name);
const outcome = (name: string) => set('outcomes', 0, name);
const progress = (name: string) => set('outcomes', 0, 'progress', name);

const ANSWERS: readonly (readonly [heard: Heard, change: (metadata: Loose) => unknown, says: RegExp])[] = [
  [plain[0]!, delivered('parameters')(3), /has 3 weights where its spec makes \d+/],
  [plain[0]!, delivered('parameters')(2 ** 40), /weights where its spec makes/],
  [plain[0]!, delivered('modelBytes')(10), /has a stored model/],
  [plain[0]!, delivered('inBagRows')(61), /61 of 60 rows in bag/],
  [plain[0]!, delivered('epoch')(5), /weights of epoch 5/],
  [plain[0]!, own([]), /not delivered after epoch 4/],
  [plain[0]!, outcome('ended')(false), /neither over nor at rest/],
  [plain[0]!, outcome('state')(7), /has a state/],
  [plain[0]!, progress('epoch')(5), /is at epoch 5/],
  [plain[0]!, progress('epoch')(3), /not those from 1 to 3/],
  [plain[0]!, progress('best')({ epoch: 9, loss: 1 }), /best in epoch 9/],
  [plain[0]!, set('outcomes', 0, 'history', 'epoch')([1, 2, 2, 4]), /not those from 1 to 4/],
  [plain[0]!, set('outcomes', 0, 'history', 'loss')([1, 2, Number.NaN, 4]), /wrong at outcomes.0.history/],
  [plain[0]!, set('outcomes', 0, 'history', 'loss')([1, 2]), /columns of several lengths/],
  [plain[0]!, set('outcomes')([]), /wrong at outcomes/],
  [plain[0]!, set('outcomes')([{ status: 'stopped' }, { status: 'stopped' }]), /2 outcomes for 1 members/],
  [plain[0]!, set('more')(1), /wrong at/],
  [
    plain[0]!,
    set('outcomes')([{ status: 'failed', error: { code: 'ERR_DIVERGED', message: '', details: {} } }]),
    /fails as one of several/,
  ],
  [snapshots[0]!, outcome('state')(5), /has 5 numbers where its spec makes/],
  [snapshots[0]!, outcome('state')(null), /has no state/],
  [snapshots[1]!, progress('epoch')(1), /is at epoch 1/],
  [rounds[2]!, outcome('ended')(true), /has a state/],
  [rounds[2]!, progress('epoch')(0), /not those from 1 to 0/],
  [exact[0]!, set('outcomes', 1, 'delivered', 0, 'parameters')(1), /member 1 has 1 weights/],
  [
    neighbours[0]!,
    set('outcomes')([
      {
        status: 'paused',
        history: { epoch: [], loss: [], learningRate: [], validationLoss: [] },
        progress: { epoch: 0, learningRate: 0, best: null },
        state: 0,
      },
    ]),
    /which has no epochs, is paused/,
  ],
];

t.test('answers that cannot be', async (t) => {
  for (const [{ job, outcomes, training }, change, says] of ANSWERS) {
    const bytes = changed(packAnswer(job, { outcomes }), change);
    const message = await refusal(() => unpackAnswer(bytes, job, training, 'host-7'));
    t.match(message, says);
    t.match(message, `Expected an answer of host host-7 for member ${job.member}, got`);
  }
});

t.test('the same answers as they were are read', async (t) => {
  for (const { job, outcomes, training } of [...plain, ...snapshots, ...rounds, ...exact, ...neighbours]) {
    const bytes = packAnswer(job, { outcomes });
    const answer = await unpackAnswer(bytes, job, training, 'a');
    t.strictSame(answer, { outcomes });
    t.strictSame(packAnswer(job, answer), bytes, 'the same bytes once packed again');
  }
});

t.test('weights that are no numbers, and bytes that are missing or too many', async (t) => {
  const { job, outcomes, training } = plain[0]!;
  const bytes = packAnswer(job, { outcomes });
  const open = (of: Uint8Array) => refusal(() => unpackAnswer(of, job, training, 'a'));
  const infinite = Buffer.from(bytes);
  infinite.writeFloatLE(Number.POSITIVE_INFINITY, bytes.length - 4);
  t.match(await open(infinite), /weights of member 0 that are no numbers/);
  t.match(await open(bytes.subarray(0, -4)), /bytes of numbers where \d+ are announced/);
  t.match(await open(Buffer.concat([bytes, Buffer.alloc(4)])), /bytes of numbers where \d+ are announced/);
  for (const length of [0, 3, 4, 20])
    t.match(await open(bytes.subarray(0, length)), /cut short|do not decode/);
});

t.test('the state of a job that was given up is put nowhere', async (t) => {
  const { job, outcomes, training } = snapshots[0]!;
  const bytes = packAnswer(job, { outcomes });
  const state = new Float32Array(new SharedArrayBuffer((job as MemberJob).state!.byteLength)).fill(7);
  const given = { ...(job as MemberJob), state };
  const open = (isWanted: () => boolean) => unpackAnswer(bytes, given, training, 'a', isWanted);
  t.strictSame(await open(() => false), { outcomes });
  t.ok(state.every((value) => value === 7));
  await open(() => true);
  t.strictSame(state, Float32Array.from((job as MemberJob).state!));
});

t.test('what an error says is kept, and its stack is not', async (t) => {
  const { job, training } = plain[0]!;
  const error = {
    code: 'ERR_DIVERGED',
    message: 'it did',
    details: { member: 0, loss: Number.NaN },
  } as const;
  const bytes = packAnswer(job, { error: { ...error, stack: 'at /home/someone/secret.js' } });
  t.notOk(Buffer.from(bytes).includes('/home/someone'));
  t.strictSame(await unpackAnswer(bytes, job, training, 'a'), { error });
  const unknown = changed(bytes, set('error', 'code')('ERR_OTHER'));
  t.match(await refusal(() => unpackAnswer(unknown, job, training, 'a')), /wrong at error.code/);
});

t.test('states that cannot be', async (t) => {
  const { job, handed, training } = plain[0]!;
  const bytes = packHanded(handed!);
  const member = (...path: readonly (string | number)[]) => set('members', 0, ...path);
  const open = (of: Uint8Array) => refusal(() => unpackHanded(of, job, training, 'host-7'));
  t.match(await open(changed(bytes, member('state')(2))), /has 2 numbers where its spec makes/);
  t.match(await open(changed(bytes, member('progress', 'epoch')(2))), /not those from 1 to 2/);
  t.match(await open(changed(bytes, set('members')([null, null]))), /one of 2 members/);
  t.match(await open(changed(bytes, set('members')([null]))), /bytes of numbers where 0 are announced/);
  t.match(await open(bytes.subarray(0, -1)), /host host-7, got \d+ bytes of numbers/);
  t.strictSame(await unpackHanded(bytes, job, training, 'a'), handed);
  t.equal(restOfJob(job, [null]), null, 'of a group with a member that is over nothing can go on');
});

/** What is in a store. */
const blobs = new Map<Digest, Uint8Array>();
const put = async (bytes: Uint8Array) => {
  const digest = digestOf(bytes);
  blobs.set(digest, Uint8Array.from(bytes));
  return digest;
};
const get = async (digest: Digest) => blobs.get(digest)!;
const terms = { training: digestOf(Buffer.from('training')), handOvers: null };

t.test('tasks that cannot be', async (t) => {
  const short = await put(Buffer.alloc(8));
  const odd = await put(Buffer.alloc(7));
  const cases: readonly (readonly [Heard, Partial<TaskMember>, RegExp])[] = [
    [plain[1]!, { member: 2 }, /member 2 where 2 are planned/],
    [plain[1]!, { streams: { resample: 9, init: 1, order: 1, masks: 1 } }, /streams that are not its own/],
    [plain[1]!, { until: 5 }, /from epoch 0 to 5/],
    [plain[1]!, { until: 3 }, /from epoch 0 to 3/],
    [plain[1]!, { keepsState: true }, /with its state at epoch 4/],
    [plain[1]!, { anchor: { values: short, memberCount: 2 } }, /drawn to others/],
    [snapshots[0]!, { keepsState: false }, /without its state at epoch 2/],
    [snapshots[1]!, { from: null }, /from epoch 0 to 4/],
    [snapshots[1]!, { from: { ...at(3), parameters: short } }, /with a state of 8 bytes/],
    [snapshots[1]!, { from: { ...at(3), parameters: odd } }, /with a state of 7 bytes/],
    [snapshots[1]!, { from: { ...at(1), parameters: short } }, /from epoch 1 to 4/],
    [rounds[2]!, { anchor: { values: short, memberCount: 2 } }, /with a state of 8 bytes/],
    [neighbours[0]!, { until: 1 }, /from epoch 0 to 1/],
    [neighbours[0]!, { keepsState: true }, /with its state at epoch 0/],
  ];
  for (const [{ job, training }, change, says] of cases) {
    const task = await describeJob(job, terms, put);
    const [first] = task.members as readonly TaskMember[];
    const wrong: Task = { ...task, members: [{ ...first!, ...change }] };
    t.match(await refusal(() => jobOf(wrong, training, get, 0)), says);
    t.strictSame((await jobOf(task, training, get, 0)).member, job.member, 'and as it was it is one');
  }
});

function at(epoch: number) {
  return { epoch, learningRate: 0.1, best: { epoch: 0, loss: Number.POSITIVE_INFINITY } };
}

t.test('groups that are none', async (t) => {
  const group = exact[0]!;
  const task = await describeJob(group.job, terms, put);
  const members = task.members as readonly TaskMember[];
  const open = (of: Task, on = group.training) => refusal(() => jobOf(of, on, get, 0));
  t.match(await open({ ...task, members: [members[0]!, members[0]!] }), /member 0 after member 0/);
  t.match(await open({ ...task, members: [members[1]!, members[0]!] }), /member 0 after member 1/);
  t.match(await open({ ...task, kind: 'member', members: [members[0]!] }), /as a member of its own/);
  const alone = await describeJob(plain[0]!.job, terms, put);
  t.match(await open({ ...alone, kind: 'group' }, plain[0]!.training), /as a group of its own/);
  const two = [...(alone.members as readonly TaskMember[]), ...(alone.members as readonly TaskMember[])];
  t.match(await open({ ...alone, members: two }, plain[0]!.training), /2 members that are no group/);
  for (const text of ['{', '[]', '[1]', '\xff']) {
    const digest = await put(Buffer.from(text, 'latin1'));
    t.match(await open({ ...task, members: digest }), /Expected the members of a task/);
  }
});

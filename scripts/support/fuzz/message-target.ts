// What hosts say to each other, by whoever has the secret and means harm: tasks, answers and states with values that are
// signed and cannot be. What is read holds against the job: nothing is longer than memory that is there for it.

import type { Digest } from '../../../src/blobs/blob-store.js';
import { digestOf } from '../../../src/blobs/digest.js';
import { membersOf, packAnswer, unpackAnswer } from '../../../src/cluster/messages/answer.js';
import { type HandedMembers, packHanded, unpackHanded } from '../../../src/cluster/messages/handed.js';
import { describeJob, jobOf } from '../../../src/cluster/messages/jobs.js';
import { openTask, sealTask, taskId } from '../../../src/cluster/messages/queued-task.js';
import { openControl, openProgress, openResult } from '../../../src/cluster/messages/reports.js';
import { Secret } from '../../../src/cluster/messages/secret.js';
import type { Task } from '../../../src/cluster/messages/task.js';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import { TuttiError } from '../../../src/errors.js';
import { packPlain, unpackPlain } from '../../../src/files/plain-data.js';
import type { Job } from '../../../src/training/session/job.js';
import type { MemberRunner } from '../../../src/training/session/runner.js';
import type { PlannedTraining, Session } from '../../../src/training/session/session.js';
import { createInlineRunner } from '../../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import type { Draws } from './draws.js';
import { mutateBytes, mutateValue } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const secret = new Secret('a secret of the fuzzer, which is no secret');
const HOST = 'fuzzer';
const WORDS = ['\0', '\u0080', '\u0090', '\u00c7', '\u00d4', '__proto__', '"', '}', '1e999', 'tutti1 '];
const KINDS = ['answer', 'handed', 'task', 'text'] as const;

/** What was said of a job, as it should be. */
interface Spoken {
  readonly training: PlannedTraining;
  readonly job: Job;
  readonly answer: Uint8Array;
  readonly handed: Uint8Array | null;
  readonly body: string;
}

/** @param dataset of classes. */
export async function messageTarget(dataset: Dataset): Promise<FuzzTarget> {
  const blobs = new Map<Digest, Uint8Array>();
  const spoken = await listen(dataset, blobs);
  const get = async (digest: Digest) => {
    const bytes = blobs.get(digest);
    if (bytes === undefined) throw new TuttiError('ERR_BLOB', 'there is none');
    return bytes;
  };
  const answers = spoken.map(({ answer }) => Buffer.from(answer));
  return {
    name: 'messages',
    codes: ['ERR_TASK', 'ERR_BLOB'],
    make(draws) {
      const which = draws.below(spoken.length);
      const { answer, handed, body } = spoken[which]!;
      const kind = draws.below(KINDS.length);
      return Buffer.concat([
        Buffer.of(which, kind),
        made(draws, KINDS[kind]!, answer, handed, body, answers),
      ]);
    },
    async read(bytes) {
      const own = spoken[(bytes[0] ?? 0) % spoken.length]!;
      const kind = KINDS[(bytes[1] ?? 0) % KINDS.length]!;
      await readers[kind](bytes.subarray(2), own, get);
    },
  };
}

function made(
  draws: Draws,
  kind: (typeof KINDS)[number],
  answer: Uint8Array,
  handed: Uint8Array | null,
  body: string,
  others: readonly Uint8Array[],
): Uint8Array {
  if (kind === 'task') return Buffer.from(resigned(draws, body));
  if (kind === 'text') return mutateBytes(draws, Buffer.from(body), [Buffer.from(body)], WORDS);
  const whole = kind === 'handed' ? (handed ?? answer) : answer;
  return draws.oneIn(3) ? mutateBytes(draws, whole, others, WORDS) : withOtherMetadata(draws, whole);
}

/** Packed bytes with values of their metadata changed, and the numbers as they were or of another length. */
function withOtherMetadata(draws: Draws, bytes: Uint8Array): Buffer {
  const whole = Buffer.from(bytes);
  const end = 4 + whole.readUInt32LE();
  const metadata = packPlain(mutateValue(draws, unpackPlain(whole.subarray(4, end))));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metadata.length);
  const rest = whole.subarray(end);
  const numbers = draws.oneIn(4) ? rest.subarray(0, draws.below(rest.length + 1)) : rest;
  return Buffer.concat([length, metadata, numbers]);
}

/** A task with values changed, rightly signed. */
function resigned(draws: Draws, body: string): string {
  const [format, name, , ...json] = body.split(' ');
  const said = mutateValue(draws, JSON.parse(json.join(' '))) as { task: Task };
  const text = JSON.stringify(said);
  return `${idOf(said)} ${format} ${name} ${secret.sign('task', `${idOf(said)}\n${text}`)} ${text}`;
}

function idOf({ task }: { task: Task }): string {
  try {
    return taskId(task);
  } catch {
    return '';
  }
}

type Reader = (
  bytes: Uint8Array,
  spoken: Spoken,
  get: (digest: Digest) => Promise<Uint8Array>,
) => Promise<void>;

const readers: Readonly<Record<(typeof KINDS)[number], Reader>> = {
  async answer(bytes, { job, training }) {
    const lengths = membersOf(job).map(({ state }) => state?.length);
    const answer = await unpackAnswer(bytes, job, training, HOST);
    if ('error' in answer) return;
    require(answer.outcomes.length === lengths.length, 'another number of outcomes');
    for (const outcome of answer.outcomes) {
      if (outcome.status !== 'advanced') continue;
      for (const { parameters } of outcome.delivered)
        require(parameters.every(Number.isFinite), 'weights that are no numbers');
      require(outcome.history.every(({ loss }) => Number.isFinite(loss)), 'a loss that is no number');
    }
    const again = await unpackAnswer(packAnswer(job, answer), job, training, HOST);
    require('outcomes' in again, 'another answer once it is packed again');
  },
  async handed(bytes, { job, training }) {
    const handed = await unpackHanded(bytes, job, training, HOST);
    for (const [place, own] of handed.entries()) {
      if (own === null) continue;
      const before = membersOf(job)[place]!.from?.epoch ?? 0;
      require(own.history.length === own.progress.epoch - before, 'epochs that are not there');
    }
  },
  async task(bytes, { training }, get) {
    const [id = '', ...rest] = Buffer.from(bytes).toString('utf8').split(' ');
    const { task } = await openTask(secret, { id, body: rest.join(' ') });
    const job = await jobOf(task, training, get, 0);
    const { members } = training.plan;
    for (const { member, spec, until } of membersOf(job)) {
      require(members[member]?.engine === spec.engine, 'a member of another engine');
      require(until <= ('epochs' in spec ? Number(spec.epochs) : 0), 'epochs beyond the last');
    }
  },
  async text(bytes) {
    const text = Buffer.from(bytes).toString('utf8');
    for (const open of [openResult, openProgress]) {
      const code = await open(secret, '', text).then(
        () => 'read',
        (error) => (error instanceof TuttiError ? error.code : String(error)),
      );
      require(code === 'ERR_TASK', `a text that is ${code}`);
    }
    await openControl(secret, text);
  },
};

/** The jobs of small trainings of several kinds, and what is said of them. */
async function listen(dataset: Dataset, blobs: Map<Digest, Uint8Array>): Promise<Spoken[]> {
  const common = { hidden: [3], epochs: 4, seed: 7, batchSize: 8, arithmetic: 'strict' } as const;
  const plain = { ...common, earlyStopping: 'none' } as const;
  const spoken: Spoken[] = [];
  const runner = listeningRunner(spoken, blobs);
  const trainings = [
    { ...common, members: 1, earlyStopping: 'outOfBag' } as const,
    { ...plain, members: 1, snapshots: 2 } as const,
    { ...plain, members: 2, epochs: 1, tie: 0.1 } as const,
    { ...plain, members: 2, tie: 0.1, tyingMode: 'exact' } as const,
    { seed: 7, members: 1, engine: 'neighbours' } as const,
  ];
  for (const options of trainings) await trainEnsemble(dataset, options, { runner });
  return spoken;
}

function listeningRunner(spoken: Spoken[], blobs: Map<Digest, Uint8Array>): MemberRunner {
  const inner = createInlineRunner();
  const open = () => {
    const session = inner.open();
    let training: PlannedTraining | null = null;
    const prepare: Session['prepare'] = (planned) => {
      training = planned;
      return session.prepare(planned);
    };
    const run: Session['run'] = async (job, _hooks, signal) => {
      const terms = { training: digestOf(Buffer.from('training')), handOvers: null };
      const task = await describeJob(job, terms, async (bytes) => {
        const digest = digestOf(bytes);
        blobs.set(digest, Uint8Array.from(bytes));
        return digest;
      });
      let handed: Uint8Array | null = null;
      session.want(job.slot, 2);
      const onHandOver = (members: HandedMembers) => {
        handed = packHanded(members);
      };
      const outcomes = await session.run(job, { onHandOver }, signal);
      const { body } = sealTask(secret, task, { store: 'file:///store', notHosts: [] });
      spoken.push({
        training: training!,
        job: structuredClone(job),
        answer: packAnswer(job, { outcomes }),
        handed,
        body,
      });
      return outcomes;
    };
    return Object.assign(Object.create(session) as Session, bound(session), { prepare, run });
  };
  return { threads: 1, open };
}

/** Methods of a session that go on working apart from it. */
function bound(session: Session): Omit<Session, 'prepare' | 'run'> {
  const names = [
    'stop',
    'pause',
    'want',
    'isTaken',
    'progress',
    'hosts',
    'executors',
    'settled',
    'close',
  ] as const;
  return Object.fromEntries(
    names.map((name) => [name, (session[name] as (...all: never[]) => unknown).bind(session)]),
  ) as Omit<Session, 'prepare' | 'run'>;
}

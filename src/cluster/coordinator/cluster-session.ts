// A training whose members are trained by the hosts of a cluster: every job of its coordinator becomes a task, and an answer
// becomes what the job came to. It decides nothing: retries, deadlines and what is kept are the coordinator's.

import type { BlobStore, Digest } from '../../blobs/blob-store.js';
import { type PassingBlobs, passingBlobs } from '../../blobs/passing-blobs.js';
import { getBytes, putBytes } from '../../blobs/pieces.js';
import { fromWire, TuttiError } from '../../errors.js';
import type { SlotProgress } from '../../memory/control-block.js';
import type { CheckpointPace } from '../../training/session/checkpoint-pace.js';
import type { Job, JobHooks, MemberOutcome } from '../../training/session/job.js';
import type { HostProgress } from '../../training/session/progress.js';
import type { Doubt, PlannedTraining, PreparedSession, Session } from '../../training/session/session.js';
import { membersOf } from '../messages/answer.js';
import { describeJob } from '../messages/jobs.js';
import { sealControl, type TaskProgress } from '../messages/reports.js';
import type { Secret } from '../messages/secret.js';
import type { GetBytes, PutBytes } from '../messages/task.js';
import type { ClusterEvents } from './cluster-events.js';
import { HandedOver } from './handed-over.js';
import { HostTable } from './host-table.js';
import { putTraining } from './shared-inputs.js';
import type { TaskBoard } from './task-board.js';
import { type TaskContext, TaskRun } from './task-run.js';
import { Verification } from './verification.js';

/** Those that are cut off when it is told hear of it later. */
const TELL_AGAIN_MS = 3000;

/** Inputs that hosts miss are stored again, and not for each host that misses them. */
const RENEW_MS = 5000;

/** What a session has of its cluster. */
export interface SessionContext {
  readonly board: TaskBoard;
  readonly secret: Secret;
  readonly store: BlobStore;
  /** Where the store is for hosts. */
  readonly address: string;
  /** Jobs that may be on their way at once. */
  readonly inFlight: number;
  /** How often members are handed over that nobody keeps, so that another host can go on; null: not at all. */
  readonly handOver: CheckpointPace | null;
  /** The share of tasks that are done twice. */
  readonly verify: number;
  readonly events: ClusterEvents;
  /** Told once, when the training has ended; `cleared` resolves when the store has lost what nobody needs any more. */
  readonly ended: (cleared: Promise<void>) => void;
}

/** A job under way. */
interface Underway {
  readonly job: Job;
  readonly run: TaskRun;
  readonly handed: HandedOver | null;
}

interface Prepared {
  readonly training: PlannedTraining;
  readonly digest: Digest;
  readonly handOvers: CheckpointPace | null;
  readonly tasks: TaskContext;
  readonly verification: Verification;
}

export class ClusterSession implements Session {
  readonly #context: SessionContext;
  readonly #slots = new Map<number, Underway>();
  /** What slots were last told to hand over. */
  readonly #wanted = new Map<number, number | null>();
  readonly #hosts = new HostTable();
  readonly #executors = new Set<string>();
  /** All tasks that were asked for: when the training ends the queue may forget them. */
  readonly #asked = new Set<string>();
  /** States and results, which nobody needs when the training has ended. */
  readonly #passing: PassingBlobs;
  /** What was handed over last of each job. */
  readonly #handed = new Map<string, Digest>();
  readonly #putInput: PutBytes;
  readonly #put: PutBytes;
  readonly #get: GetBytes;
  #prepared: Prepared | null = null;
  #stopped: 'stop' | 'pause' | null = null;
  #ended: TuttiError | null = null;
  #telling: NodeJS.Timeout | undefined;
  #renewedMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#passing = passingBlobs(context.store);
    const { store } = this.#passing;
    this.#putInput = (bytes) => putBytes(context.store, bytes);
    this.#put = (bytes) => putBytes(store, bytes);
    this.#get = (digest) => getBytes(store, digest);
  }

  async prepare(training: PlannedTraining): Promise<PreparedSession> {
    const { board, secret, address, inFlight, handOver, verify, events } = this.#context;
    const digest = await putTraining(training, this.#putInput);
    const tasks: TaskContext = {
      ...{ board, secret, store: address, get: this.#get, training },
      refused: (host, { code, message }) => {
        const isStore = code === 'ERR_STORE';
        const what = isStore ? 'gives members back' : 'takes no members';
        const event = { kind: 'refused', host, code, message: `Host ${host} ${what}: ${message}` } as const;
        // Of a store that is away each try has a reason of its own.
        events.sayOnce(event, isStore ? `${host} ${code}` : undefined);
        if (code === 'ERR_BLOB') this.#renewInputs();
      },
      troubled: ({ code, message }) => events.sayOnce({ kind: 'trouble', code, message }),
    };
    const verification = new Verification(tasks, {
      ...{ training, share: verify, events, get: this.#get, put: this.#put },
      asked: (id) => this.#asked.add(id),
      differs: (error) => this.#end(error),
    });
    const handOvers = training.keepsStates === true ? (training.pace ?? {}) : handOver;
    this.#prepared = { training, digest, handOvers, tasks, verification };
    return { slots: Math.max(1, Math.min(inFlight, training.runs.length)), fewerThreads: null };
  }

  async run(job: Job, { onHandOver }: JobHooks, signal: AbortSignal): Promise<readonly MemberOutcome[]> {
    const { training, digest, handOvers, tasks, verification } = this.#ready;
    const task = await describeJob(job, { training: digest, handOvers }, this.#put);
    if (this.#ended !== null) throw this.#ended;
    signal.throwIfAborted();
    if (this.#stopped === 'stop') return stoppedAll(job);
    const handed = onHandOver === undefined ? null : new HandedOver(job, training, this.#get, onHandOver);
    handed?.want(this.#wanted.get(job.slot) ?? null);
    const begun = membersOf(job).some(({ from }) => from !== null);
    const run = new TaskRun(tasks, task, job, {
      // What has begun is finished before more begins.
      first: begun,
      onProgress: (progress) => {
        this.#heard(run, progress);
        handed?.heard(progress);
      },
    });
    this.#asked.add(run.id);
    const underway = { job, run, handed };
    this.#slots.set(job.slot, underway);
    const abort = () => {
      this.#tell('stop', run.id);
      run.end(stopped(job));
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      const { host, executors, answer, outcomes } = await run.answer;
      for (const name of executors) this.#executors.add(name);
      this.#hosts.did(run, host);
      if ('error' in answer) throw fromWire(answer.error);
      if (answer.outcomes.every(({ status }) => status !== 'paused'))
        verification.delivered({ job, task, host, digest: outcomes });
      return answer.outcomes;
    } catch (error) {
      if (error === STOPPED) return stoppedAll(job);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      handed?.end();
      this.#hosts.left(run);
      if (this.#slots.get(job.slot) === underway) this.#slots.delete(job.slot);
    }
  }

  /** Nothing of what hosts are at is needed any more. */
  stop(): void {
    this.#stopped = 'stop';
    this.#tell('stop', null);
    for (const { run } of this.#slots.values()) run.end(STOPPED);
  }

  pause(): void {
    this.#stopped ??= 'pause';
    this.#tell('pause', null);
    this.#telling ??= setInterval(() => this.#tell('pause', null), TELL_AGAIN_MS).unref();
  }

  want(slot: number, epoch: number | null): void {
    // Of a job that begins next it is said before.
    this.#wanted.set(slot, epoch);
    this.#slots.get(slot)?.handed?.want(epoch);
  }

  isTaken(slot: number): boolean {
    return this.#slots.get(slot)?.run.latest != null;
  }

  takings(slot: number): number {
    return this.#slots.get(slot)?.run.takings ?? 0;
  }

  /** Of jobs that a host has in hand. */
  progress(): readonly SlotProgress[] {
    const progress: SlotProgress[] = [];
    for (const [slot, { run }] of this.#slots) {
      const { latest } = run;
      if (latest === null) continue;
      const { member, epoch, epochs, share, loss } = latest;
      progress.push({ slot, member, epoch, epochs, share, loss });
    }
    return progress;
  }

  hosts(): readonly HostProgress[] {
    return this.#hosts.list();
  }

  /** In one order, whichever host was first. */
  executors(): readonly string[] {
    return [...this.#executors].sort();
  }

  async settled(): Promise<Doubt | null> {
    const { verification } = this.#ready;
    return verification.settled(this.#stopped === null);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#telling);
    this.#end(new TuttiError('ERR_CANCELLED', 'The training has ended'));
    this.#prepared?.verification.close();
    this.#context.board.remove([...this.#asked]);
    this.#context.ended(this.#passing.forget());
  }

  /** Ends whatever is under way with an error, and what would begin. */
  cancel(error: TuttiError): void {
    this.#end(error);
  }

  #tell(call: 'stop' | 'pause', task: string | null): void {
    if (this.#prepared === null) return;
    const { board, secret } = this.#context;
    board.tell(sealControl(secret, { call, training: this.#prepared.digest, task }));
  }

  #heard(run: TaskRun, { host, handed }: TaskProgress): void {
    if (handed !== null) this.#passing.note(handed, this.#handed.get(run.id));
    if (handed !== null) this.#handed.set(run.id, handed);
    if (this.#hosts.has(run, host)) {
      const message = `Host ${host} trains members`;
      this.#context.events.sayOnce({ kind: 'host', host, message });
    }
  }

  #renewInputs(): void {
    const { training } = this.#ready;
    if (performance.now() - this.#renewedMs < RENEW_MS) return;
    this.#renewedMs = performance.now();
    putTraining(training, this.#putInput).catch((error: unknown) => {
      if (error instanceof TuttiError) this.#ready.tasks.troubled(error);
    });
  }

  #end(error: TuttiError): void {
    this.#ended ??= error;
    for (const { run } of this.#slots.values()) run.end(error);
  }

  get #ready(): Prepared {
    if (this.#prepared === null)
      throw new TuttiError('ERR_INTERNAL', 'A session was used before it was prepared');
    return this.#prepared;
  }
}

/** Ends tasks of a training that is stopped. */
const STOPPED = new TuttiError('ERR_CANCELLED', 'The training was stopped');

function stoppedAll(job: Job): readonly MemberOutcome[] {
  return membersOf(job).map(() => ({ status: 'stopped' }));
}

function stopped({ member }: Job): TuttiError {
  return new TuttiError('ERR_CANCELLED', `Member ${member} was stopped`, { member });
}

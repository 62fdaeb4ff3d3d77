// One process that trains members for a pool: has each training's memory copied to it once, runs one job at a time, and
// checks what comes back, which a user's code may have spoiled.

import { fromWire, TuttiError } from '../errors.js';
import { CONTROL_HEADER_BYTES, CONTROL_SLOT_BYTES, ControlBlock } from '../memory/control-block.js';
import { Child } from '../processes/child.js';
import { WATCH_MS, WORDS_SAID } from '../processes/watch-parent.js';
import { WordPipe } from '../processes/word-pipe.js';
import type { End } from '../threads/background.js';
import type { LocalMemberJob, TrainingShare } from '../training/local/local-job.js';
import type {
  DeliveredMember,
  EpochHook,
  HandedMember,
  HandOverHook,
  JobHooks,
  MemberOutcome,
} from '../training/session/job.js';
import { isTaskResult } from './messages.js';
import type { FromProcess, ToProcess } from './process-messages.js';

/** Of a training's memory that are sent at once. */
const PIECE_BYTES = 2 ** 22;

let jobs = 0;
let trainings = 0;

export class JobProcess {
  readonly #child: Child;
  readonly #words: WordPipe;
  /** Trainings whose memory it has. */
  readonly #trainings = new Map<TrainingShare, number>();
  #onMessage: (message: unknown) => void = () => {};
  #onRecord: (words: Int32Array) => void = () => {};
  #onEnd: (end: End) => void = () => {};
  /** How it ended. */
  #end: End | null = null;

  /** @throws ERR_FILE, ERR_THREAD_START as {@link Child.start}. */
  static async start(startMs: number | null, signal: AbortSignal): Promise<JobProcess> {
    return new JobProcess(await Child.start('jobs', startMs, signal));
  }

  private constructor(child: Child) {
    this.#child = child;
    this.#words = new WordPipe(child.watch, WORDS_SAID, (words) => this.#onRecord(words));
    child.listen(
      (message) => this.#onMessage(message),
      (end) => {
        this.#end = end;
        this.#onEnd(end);
      },
    );
  }

  get ended(): boolean {
    return this.#end !== null;
  }

  hasTraining(training: TrainingShare): boolean {
    return this.#trainings.has(training);
  }

  /** Ends it. */
  end(): Promise<void> {
    return this.#child.end();
  }

  /** Lets go of a training's memory. */
  drop(training: TrainingShare): void {
    const number = this.#trainings.get(training);
    if (number === undefined) return;
    this.#trainings.delete(training);
    void this.#send({ kind: 'drop', training: number });
  }

  /**
   * Runs a job to its end. When this rejects because of the signal, the process has ended.
   * @throws ERR_THREAD_LOST when it ends; ERR_CANCELLED; what the member threw.
   */
  async run(job: LocalMemberJob, hooks: JobHooks, signal: AbortSignal): Promise<readonly MemberOutcome[]> {
    const id = ++jobs;
    const onAbort = () => void this.#child.end();
    signal.addEventListener('abort', onAbort, { once: true });
    const control = new ControlBlock(job.training.memory.buffer, job.training.layout.slots);
    const unfollow = this.#follow(id, job.slot, control);
    const done = this.#result(job, control, hooks);
    // It may be lost while the job is still being sent.
    done.catch(() => {});
    try {
      if (signal.aborted) onAbort();
      await this.#sendJob(id, job, hooks);
      return takeOver(job, await done);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new TuttiError('ERR_CANCELLED', `Member ${job.member} was stopped`, { member: job.member });
    } finally {
      unfollow();
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #sendJob(id: number, job: LocalMemberJob, { onEpochEnd, onHandOver }: JobHooks): Promise<void> {
    // A watcher is told of its epochs when it ends.
    const { training, state, epochLog: _, ...sent } = job;
    const number = this.#trainings.get(training) ?? (await this.#sendTraining(training));
    const stateLength = state === null ? null : state.length;
    const asked = { hook: onEpochEnd !== undefined, handOvers: onHandOver !== undefined };
    await this.#send({ kind: 'job', id, training: number, job: { ...sent, stateLength }, ...asked });
  }

  /** All of its memory but what threads write, which begins as it does there. */
  async #sendTraining(training: TrainingShare): Promise<number> {
    const { memory, memoryName: _n, executor: _e, ...share } = training;
    const { slots, arenas } = share.layout;
    const number = ++trainings;
    this.#trainings.set(training, number);
    await this.#send({ kind: 'training', training: number, share });
    for (let at = CONTROL_HEADER_BYTES + slots * CONTROL_SLOT_BYTES; at < arenas; at += PIECE_BYTES) {
      const bytes = new Uint8Array(memory.buffer, at, Math.min(PIECE_BYTES, arenas - at));
      await this.#send({ kind: 'bytes', training: number, at, bytes });
    }
    return number;
  }

  #send(message: ToProcess): Promise<void> {
    return this.#child.send(message);
  }

  /** What comes of a job. @throws ERR_THREAD_LOST when the process ends first. */
  #result(job: LocalMemberJob, control: ControlBlock, { onEpochEnd, onHandOver }: JobHooks): Promise<Done> {
    if (this.#end !== null) return Promise.reject(lost(job, this.#end));
    return new Promise((resolve, reject) => {
      this.#onEnd = (end) => reject(lost(job, end));
      this.#onMessage = (message) => {
        const { kind } = message as FromProcess;
        if (kind === 'begun') control.takeUp(job.slot);
        if (kind === 'done') resolve(message as Done);
        if (kind === 'handOver') takeMember(message as HandOver, onHandOver);
        if (kind === 'epoch') void this.#answer(message as Epoch, onEpochEnd);
      };
    });
  }

  async #answer({ event }: Epoch, onEpochEnd: EpochHook | undefined): Promise<void> {
    const decision = await onEpochEnd?.(event);
    await this.#send({ kind: 'decision', decision });
  }

  /** Keeps the training's control block as the process's own has it for this job, and the other way round. */
  #follow(id: number, slot: number, control: ControlBlock): () => void {
    let isThere = false;
    this.#onRecord = ([job, ...record]) => {
      if (job !== id) return;
      isThere = true;
      control.takeRecord(slot, record);
    };
    // Keeps this process, too, which the other does not.
    const timer = setInterval(() => {
      if (isThere) this.#words.send(Int32Array.of(id, ...control.orders(slot)));
    }, WATCH_MS);
    return () => {
      clearInterval(timer);
      this.#onRecord = () => {};
      control.end(slot);
    };
  }
}

type Done = Extract<FromProcess, { kind: 'done' }>;
type HandOver = Extract<FromProcess, { kind: 'handOver' }>;
type Epoch = Extract<FromProcess, { kind: 'epoch' }>;

/** The outcomes, once they are what a job leaves. */
function takeOver(job: LocalMemberJob, { result, state }: Done): readonly MemberOutcome[] {
  const wrong = () => lost(job, { status: '', thrown: 'it answered with what no job leaves' });
  if (!isTaskResult(result)) throw wrong();
  if ('error' in result) throw fromWire(result.error);
  if (!result.outcomes.every(isWhole) || (state?.length ?? null) !== (job.state?.length ?? null))
    throw wrong();
  if (state !== null) job.state?.set(state);
  return result.outcomes;
}

/** A member that is handed over, if it is one. */
function takeMember({ member }: HandOver, onHandOver: HandOverHook | undefined): void {
  if (isHanded(member)) void onHandOver?.([member]);
}

function isHanded({ history, progress, parameters }: HandedMember): boolean {
  return Array.isArray(history) && typeof progress === 'object' && parameters instanceof Float32Array;
}

function isWhole(outcome: MemberOutcome): boolean {
  if (outcome.status === 'paused') return isHanded(outcome);
  if (outcome.status !== 'advanced') return outcome.status === 'stopped' || outcome.status === 'failed';
  const { delivered, history } = outcome;
  if (!Array.isArray(history) || !Array.isArray(delivered)) return false;
  return (delivered as readonly DeliveredMember[]).every(
    ({ parameters, model, inBagRows }) =>
      parameters instanceof Float32Array &&
      (model === null || model instanceof Uint8Array) &&
      Number.isSafeInteger(inBagRows),
  );
}

function lost({ member }: LocalMemberJob, { thrown, status }: End): TuttiError {
  return new TuttiError('ERR_THREAD_LOST', `the process died (${thrown ?? status})`, { member });
}

// The session of a training on this machine: one shared memory for its dataset and all arenas, lent for as long as it
// lasts, with a control block in which threads say how far they are and read that they are to stop.

import { TuttiError } from '../../errors.js';
import { totalOf } from '../../machine/memory-limit.js';
import { ControlBlock, type SlotProgress } from '../../memory/control-block.js';
import { dropMemory, giveBackMemory, makeRoom } from '../../memory/memory-cache.js';
import type { Job, JobHooks, MemberOutcome } from '../session/job.js';
import type { PlannedTraining, PreparedSession, Session } from '../session/session.js';
import { inMemory, type LocalJob, type TrainingShare } from './local-job.js';
import { layOutTraining, type SlotHosts, takeMemory } from './training-memory.js';

/** Whoever runs jobs here; `run` as in a session. */
export interface LocalHost extends SlotHosts {
  run(job: LocalJob, hooks: JobHooks, signal: AbortSignal): Promise<readonly MemberOutcome[]>;
  /** Told once when the training has ended. */
  ended?(): void;
}

interface Prepared {
  readonly share: TrainingShare;
  readonly control: ControlBlock;
}

export class LocalSession implements Session {
  readonly #host: LocalHost;
  #prepared: Prepared | null = null;
  #executors: readonly string[] = [];
  /** A thread that cannot be ended may write to the memory whenever it comes back. */
  #leftBehind = false;
  #closed = false;

  constructor(host: LocalHost) {
    this.#host = host;
  }

  async prepare(training: PlannedTraining): Promise<PreparedSession> {
    const laidOut = layOutTraining(training, this.#host);
    await makeRoom(totalOf(laidOut.need(laidOut.wanted)));
    const { share, fewerThreads } = takeMemory(laidOut);
    const { memory, layout, executor } = share;
    this.#prepared = { share, control: new ControlBlock(memory.buffer, layout.slots) };
    this.#executors = layout.arenaBytes === 0 ? [] : [executor.name];
    return { slots: layout.slots, fewerThreads };
  }

  async run(job: Job, hooks: JobHooks, signal: AbortSignal): Promise<readonly MemberOutcome[]> {
    const { share, control } = this.#ready;
    try {
      return await this.#host.run(inMemory(job, share), hooks, signal);
    } catch (error) {
      this.#leftBehind ||= error instanceof TuttiError && error.code === 'ERR_THREAD_BLOCKED';
      // A thread that died could not say so.
      control.end(job.slot);
      throw error;
    }
  }

  stop(): void {
    this.#ready.control.requestStop();
  }

  pause(): void {
    this.#ready.control.requestPause();
  }

  deliver(): void {
    this.#ready.control.requestDelivery();
  }

  want(slot: number, epoch: number | null): void {
    this.#ready.control.want(slot, epoch);
  }

  isTaken(slot: number): boolean {
    return this.#ready.control.isTaken(slot);
  }

  progress(): readonly SlotProgress[] {
    const { share, control } = this.#ready;
    return Array.from({ length: share.layout.slots }, (_, slot) => control.read(slot));
  }

  hosts(): null {
    return null;
  }

  executors(): readonly string[] {
    return this.#executors;
  }

  async settled(): Promise<null> {
    return null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#prepared !== null) {
      const { memory } = this.#prepared.share;
      if (this.#leftBehind) dropMemory(memory);
      else giveBackMemory(memory);
    }
    this.#host.ended?.();
  }

  get #ready(): Prepared {
    if (this.#prepared === null)
      throw new TuttiError('ERR_INTERNAL', 'A session was used before it was prepared');
    return this.#prepared;
  }
}

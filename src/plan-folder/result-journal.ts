// Where members of a plan are told to as they are trained: what a strand came to is written when all of it is there, whole or
// not at all, so that it may be killed at any time, and trained twice at once. Where it rests meanwhile is kept too.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailedMember, TrainedMember } from '../ensemble/ensemble.js';
import { writeNewSynced } from '../files/atomic-file.js';
import { makeFolder } from '../files/folder.js';
import type { MemberStreams } from '../model/spec.js';
import type { TrainingJournal } from '../training/coordinator/journal.js';
import type { RestingRun } from '../training/plan/runs.js';
import type { OpenedPlan, PlannedStrand } from './open-plan.js';
import { folderError } from './problem.js';
import {
  hashOfResult,
  isToRepeat,
  RESULTS_FOLDER,
  resultBytes,
  resultName,
  type StrandOutcome,
} from './result-file.js';
import { dropState, writeState } from './strand-state.js';

interface Pending extends StrandOutcome {
  readonly members: Map<number, TrainedMember>;
  readonly failures: Map<number, FailedMember>;
  readonly streams: Map<number, MemberStreams>;
}

export class ResultJournal implements TrainingJournal {
  readonly #opened: OpenedPlan;
  readonly #onWritten: (strand: number, outcome: StrandOutcome) => void;
  readonly #strandOf = new Map<number, PlannedStrand>();
  readonly #pending = new Map<PlannedStrand, Pending>();
  #executors: readonly string[] = [];
  /** When all that was told of each strand is written; a disk, or a network, does several at once. */
  readonly #written = new Map<number, Promise<void>>();
  /** Strands that have a state on disk. */
  readonly #resting: Set<number>;
  #lost = false;
  #onLost: (error: unknown) => void = () => undefined;

  /**
   * @param before what strands have behind them that go on from where they rest.
   * @param onWritten told of each strand when what it came to is written.
   */
  constructor(
    opened: OpenedPlan,
    before: ReadonlyMap<number, StrandOutcome>,
    onWritten: (strand: number, outcome: StrandOutcome) => void,
  ) {
    this.#opened = opened;
    this.#onWritten = onWritten;
    this.#resting = new Set(before.keys());
    for (const strand of opened.strands) {
      for (const index of strand.members) this.#strandOf.set(index, strand);
      const known = before.get(strand.key);
      if (known !== undefined) Object.assign(this.#pendingOf(strand.key), copyOf(known));
    }
  }

  executors(names: readonly string[]): void {
    this.#executors = [...this.#executors, ...names];
  }

  async begin(onLost: (error: unknown) => void): Promise<void> {
    this.#onLost = onLost;
    const folder = join(this.#opened.folder, RESULTS_FOLDER);
    await makeFolder(folder).catch((error) => {
      throw folderError(this.#opened.folder, 'written', error);
    });
  }

  member(member: TrainedMember): void {
    this.#pendingOf(member.index).members.set(member.index, member);
  }

  failure(failure: FailedMember): void {
    this.#pendingOf(failure.index).failures.set(failure.index, failure);
  }

  beginning(memberIndices: readonly number[], streams: MemberStreams): void {
    for (const index of memberIndices) {
      const pending = this.#pendingOf(index);
      pending.members.delete(index);
      pending.failures.delete(index);
      pending.streams.set(index, streams);
    }
  }

  state(strand: number, runs: readonly RestingRun[]): Promise<void> {
    const outcome = copyOf(this.#pendingOf(strand));
    this.#resting.add(strand);
    return this.#add(strand, () => writeState(this.#opened, strand, this.#withExecutors(outcome), runs));
  }

  over(strand: number): void {
    const planned = this.#strandOf.get(strand)!;
    const pending = this.#pending.get(planned);
    if (pending === undefined) return;
    this.#pending.delete(planned);
    const outcome = this.#withExecutors(pending);
    // What is taken back is over too, and leaves nothing.
    const isWhole = isSettledBy(outcome, planned);
    void this.#add(strand, async () => {
      if (isWhole) await writeResult(this.#opened, planned, outcome);
      if (this.#resting.delete(strand)) await dropState(this.#opened.folder, strand);
      if (isWhole) this.#onWritten(strand, outcome);
    });
  }

  async settled(): Promise<void> {
    await Promise.all(this.#written.values());
  }

  /** Strands whose last members were given up as the training ended are told of too. */
  async close(): Promise<void> {
    for (const [strand, outcome] of this.#pending) if (isSettledBy(outcome, strand)) this.over(strand.key);
    await this.settled();
  }

  /** Of a strand one after the other; the first that fails ends all. */
  #add(strand: number, write: () => Promise<void>): Promise<void> {
    const written = (this.#written.get(strand) ?? Promise.resolve()).then(async () => {
      if (this.#lost) return;
      try {
        await write();
      } catch (error) {
        if (!this.#lost) this.#onLost(folderError(this.#opened.folder, 'written', error));
        this.#lost = true;
      }
      if (this.#written.get(strand) === written) this.#written.delete(strand);
    });
    this.#written.set(strand, written);
    return written;
  }

  #pendingOf(index: number): Pending {
    const strand = this.#strandOf.get(index)!;
    const known = this.#pending.get(strand);
    if (known !== undefined) return known;
    const none: Pending = { members: new Map(), failures: new Map(), streams: new Map(), executors: [] };
    this.#pending.set(strand, none);
    return none;
  }

  #withExecutors(outcome: StrandOutcome): StrandOutcome {
    return { ...outcome, executors: [...new Set([...outcome.executors, ...this.#executors])] };
  }
}

function isSettledBy({ members, failures }: StrandOutcome, strand: PlannedStrand): boolean {
  return strand.members.every((index) => members.has(index) || failures.has(index));
}

function copyOf({ members, failures, streams, executors }: StrandOutcome): Pending {
  return {
    members: new Map(members),
    failures: new Map(failures),
    streams: new Map(streams),
    executors: [...executors],
  };
}

/** What is to be tried again gives way to what is not. */
async function writeResult(
  { folder, plan }: OpenedPlan,
  { key }: PlannedStrand,
  outcome: StrandOutcome,
): Promise<void> {
  const results = join(folder, RESULTS_FOLDER);
  const again = isToRepeat(outcome);
  const name = { strand: key, hash: again ? null : hashOfResult(plan, key, outcome) };
  await writeNewSynced(join(results, resultName(name)), ...resultBytes(plan, outcome));
  if (!again) await rm(join(results, resultName({ strand: key, hash: null })), { force: true });
}

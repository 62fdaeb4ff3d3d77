// What is kept of a training: the members that are there, the failures of those that are not, the states in which runs
// rest, and in the end the ensemble.

import { trainingFacts } from '../../data/dataset/training-facts.js';
import { modulesOf } from '../../engines/registry.js';
import {
  type FailedMember,
  NOT_YET_FITTED,
  type RetriedMember,
  type TrainedEnsemble,
  type TrainedMember,
} from '../../ensemble/ensemble.js';
import { fromWire, TuttiError, toWire, type WireError } from '../../errors.js';
import { countShared } from '../../memory/uncounted-bytes.js';
import { type Run, StateBuffers, trainedPlan } from '../plan/runs.js';
import type { AdvancedMember, DeliveredMember, MemberJob, PausedMember } from '../session/job.js';
import type { TrainingJournal } from './journal.js';
import type { TrainingWork } from './training-work.js';

export class Ledger {
  readonly buffers = new StateBuffers();
  readonly #trained: TrainedMember[] = [];
  /** Of each run that came to no good end, for the members that it did not deliver. */
  readonly #failures = new Map<Run, readonly FailedMember[]>();
  readonly #retried: RetriedMember[] = [];
  readonly #journal: TrainingJournal | null;
  readonly #onMember: (member: TrainedMember) => void;
  #lastLoss: number | null = null;

  constructor(journal: TrainingJournal | null, onMember: (member: TrainedMember) => void) {
    this.#journal = journal;
    this.#onMember = onMember;
  }

  /** Members delivered and failed so far, and the last loss of the last one delivered. */
  get counts(): { readonly done: number; readonly failed: number; readonly lastLoss: number | null } {
    return { done: this.#trained.length, failed: this.#failed.length, lastLoss: this.#lastLoss };
  }

  /** Keeps what a job left of a run: members, a state. */
  keep(run: Run, { member, state }: MemberJob, outcome: AdvancedMember): void {
    this.#dropState(run);
    run.state = outcome.ended ? null : { ...outcome.progress, parameters: state! };
    for (const record of outcome.history) run.history.push(record);
    if (outcome.delivered.length > 0) this.#deliver(run, member, outcome.delivered);
    if (outcome.ended) this.#end(run);
  }

  /** Keeps where a run was paused. */
  rest(run: Run, { history, progress, parameters }: PausedMember): void {
    this.#dropState(run);
    run.state = { ...progress, parameters };
    for (const record of history) run.history.push(record);
  }

  /** Records the error for every member of the run that is not there yet. */
  giveUp(run: Run, error: WireError): void {
    this.#fail(
      run,
      run.memberIndices.slice(run.delivered).map((index) => ({ index, error })),
    );
    this.#dropState(run);
    run.failure = error;
  }

  /** Begins a run again, which has delivered nothing, with the streams that it has now; its failure is none any more. */
  beginAgain(run: Run): void {
    this.#failures.delete(run);
    this.#dropState(run);
    Object.assign(run, { history: [], usedMs: 0, failure: null, over: false });
    this.#journal?.beginning(run.memberIndices, run.streams);
  }

  #dropState(run: Run): void {
    if (run.state !== null) this.buffers.giveBack(run.state.parameters);
    run.state = null;
  }

  get #failed(): FailedMember[] {
    return [...this.#failures.values()].flat();
  }

  /** Members of the run, from index `first` on, which have its epochs since the last one in common. */
  #deliver(run: Run, first: number, members: readonly DeliveredMember[]): void {
    const { history, retries } = run;
    Object.assign(run, { history: [], usedMs: 0, retries: 0 });
    this.#lastLoss = history.at(-1)?.loss ?? null;
    for (const [place, delivered] of members.entries()) {
      countShared(delivered.parameters.buffer);
      if (delivered.model !== null) countShared(delivered.model.buffer);
      const trained: TrainedMember = { index: first + place, ...delivered, history };
      if (retries > 0) this.#retried.push({ index: trained.index, retries });
      run.delivered++;
      this.#trained.push(trained);
      this.#journal?.member(trained);
      this.#onMember(trained);
    }
  }

  /** A callback may end a run before its last snapshots. */
  #end(run: Run): void {
    const message = 'was not trained, because its run was ended before its cycle';
    const missing = run.memberIndices.slice(run.delivered).map((index) => {
      const error = new TuttiError('ERR_CANCELLED', `Member ${index} ${message}`, { member: index });
      return { index, error: toWire(error) };
    });
    this.#fail(run, missing);
  }

  #fail(run: Run, failures: readonly FailedMember[]): void {
    run.over = true;
    if (failures.length === 0) return;
    this.#failures.set(run, failures);
    for (const failure of failures) this.#journal?.failure(failure);
  }

  /**
   * The ensemble of what is kept, and of what was before.
   * @throws ERR_MEMBERS_FAILED when every member failed, ERR_THREAD_START when no thread could start.
   */
  ensemble(work: TrainingWork, { interrupted, wallMs, executors, journalLost }: RunFacts): TrainedEnsemble {
    const { runs, dataset } = work;
    const plan = trainedPlan(work.plan, runs);
    const { task, features, encoding, preprocessing, hash } = dataset;
    const members = [...work.kept, ...this.#trained].sort(inPlanOrder);
    const failures = [...work.failures, ...this.#failed].sort(inPlanOrder);
    const retried = this.#retried.sort(inPlanOrder);
    if (members.length === 0 && failures.length > 0 && !interrupted) throw allFailed(failures);
    const modules = modulesOf(plan);
    return {
      plan,
      task,
      features,
      encoding,
      preprocessing,
      datasetHash: hash,
      trainedOn: work.trainedOn ?? trainingFacts(dataset),
      // The caller named them for the training, which has run them.
      ...(modules.length === 0 ? {} : { allowedModules: modules }),
      members,
      failures,
      ...(retried.length === 0 ? {} : { retried }),
      ...(journalLost === null ? {} : { checkpointError: journalLost }),
      complete: members.length === plan.members.length,
      wallMs,
      executors: [...new Set([...work.executors, ...executors])],
      baseline: null,
      ...NOT_YET_FITTED,
    };
  }
}

/** What is known of a training when it has ended. */
export interface RunFacts {
  readonly interrupted: boolean;
  readonly wallMs: number;
  readonly executors: readonly string[];
  /** Why its journal could not be written any more; null where it could. */
  readonly journalLost: WireError | null;
}

function inPlanOrder(a: { readonly index: number }, b: { readonly index: number }): number {
  return a.index - b.index;
}

function allFailed(failures: readonly FailedMember[]): TuttiError {
  const first = fromWire(failures[0]!.error);
  // That is about the pool and no member.
  if (failures.every(({ error }) => error.code === 'ERR_THREAD_START')) return first;
  const count = failures.length === 1 ? 'The only member' : `All ${failures.length} members`;
  const message = `${count} failed; the first error: ${first.message}`;
  return new TuttiError('ERR_MEMBERS_FAILED', message, { failed: failures.length, first: first.code }, first);
}

// The coordinator: turns options into a plan, lays out shared memory, hands members to a runner and
// collects an ensemble. Every policy lives here: order, retries, failures, stopping.

import { setMaxListeners } from 'node:events';
import type { Dataset } from '../data/dataset.js';
import type { Preprocessing } from '../data/preprocessing.js';
import { drawResample } from '../data/resample.js';
import { arenaBytes } from '../engines/wasm/arena.js';
import { failOption, fromWire, TuttiError, toWire } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { compileKernels } from '../kernels/kernels.js';
import { ControlBlock } from '../memory/control-block.js';
import { createSharedMemory, layoutTraining, writeDataset } from '../memory/layout.js';
import { memberChoices, parseTrainingOptions, resolvePlan, type TrainingOptions } from '../model/options.js';
import type { EnsemblePlan, MemberSpec } from '../model/spec.js';
import type { Ensemble, FailedMember, TrainedMember } from './ensemble.js';
import { type CandidateRows, drawCandidates } from './member-rows.js';
import { plannedWeightsLength } from './member-weights.js';
import { requireMemory, resultBytes } from './memory-estimate.js';
import { readProgress, type TrainingProgress } from './progress.js';
import { createInlineRunner, type MemberRunner } from './runner.js';
import { givenTangents, sharedExtras, writeExtras } from './shared-extras.js';
import type { EpochDecision, EpochEvent, MemberOutcome, TrainingShare } from './train-member.js';

/** How a training is run; nothing here changes the bytes of a finished member, but a callback's decisions. */
export interface TrainingSettings {
  /** Who runs the members. @default an inline runner on the calling thread */
  readonly runner?: MemberRunner;
  /** Kept in the ensemble, so that it can predict raw rows. */
  readonly preprocessing?: Preprocessing | null;
  /** Stops the training; running members are given up, finished ones kept or not as `onInterrupt` says. */
  readonly signal?: AbortSignal;
  /** `reject` with the signal's reason, or `keep` the finished members. @default 'reject' */
  readonly onInterrupt?: 'reject' | 'keep';
  /** Tries again after a lost thread, per member. @default 1 */
  readonly retries?: number;
  /** Observer, called about ten times a second and at the end; never delays the training. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Observer of finished members, in order of completion. */
  readonly onMember?: (member: TrainedMember) => void;
  /** Awaited at the end of every epoch of every member; what it returns changes the training. */
  readonly onEpochEnd?: (event: EpochEvent) => EpochDecision | undefined | Promise<EpochDecision | undefined>;
}

const PROGRESS_INTERVAL_MS = 100;
/** How long a thread may take to answer the stop flag before it is killed: a few of the slowest steps. */
const STOP_GRACE_MS = 700;

let trainings = 0;

/**
 * Trains an ensemble on a dataset.
 *
 * @returns the ensemble; members that failed are listed in `failures`, the others kept.
 * @throws ERR_OPTION for bad options, ERR_MEMORY when it would not fit, ERR_MEMBERS_FAILED when every
 * member failed, and the signal's reason when stopped (unless `onInterrupt` is 'keep').
 *
 * **Source:** Breiman, "Bagging predictors", 1996; Goodfellow, Bengio, Courville, Deep Learning, 7.11.
 */
export async function trainEnsemble(
  dataset: Dataset,
  options: TrainingOptions = {},
  settings: TrainingSettings = {},
): Promise<Ensemble> {
  const started = performance.now();
  settings.signal?.throwIfAborted();
  const runner = settings.runner ?? createInlineRunner();
  const plan = preparePlan(dataset, parseTrainingOptions(options));
  const rows = drawCandidates(plan, dataset);
  const slots = Math.min(runner.threads, plan.members.length);
  const training = prepareTraining(dataset, plan, rows, slots, settings.preprocessing ?? null);
  try {
    const run = new TrainingRun(dataset, plan, training, runner, settings, started);
    return await run.finish();
  } finally {
    runner.release(training.id);
  }
}

/** Resolves options against a dataset, refusing what cannot fit before a million specs are made. */
function preparePlan(dataset: Dataset, options: TrainingOptions): EnsemblePlan {
  const context = {
    task: dataset.task,
    features: dataset.features,
    tangents: givenTangents(dataset),
    seed: options.seed ?? randomSeed(),
    arithmetic: resolveArithmetic(options.arithmetic ?? 'auto'),
  };
  const { choices, total } = memberChoices(options, context);
  requireMemory(resultBytes(choices, total, dataset), `Training ${total} members`);
  return resolvePlan(options, context);
}

/** A seed for those who gave none; it is part of the plan, so the run can be repeated. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

function prepareTraining(
  dataset: Dataset,
  plan: EnsemblePlan,
  rows: CandidateRows,
  slots: number,
  preprocessing: Preprocessing | null,
): TrainingShare {
  const { candidates, validation } = rows;
  const bytes = largestArena(dataset, plan, rows);
  const layout = layoutTraining(
    dataset,
    { candidates: candidates.length, validation: validation.length },
    slots,
    bytes,
    sharedExtras(plan, dataset),
  );
  const what = `Training on ${dataset.rows} rows × ${dataset.features} features with ${slots} threads`;
  requireMemory(layout.totalBytes, what);
  const memory = createSharedMemory(layout.totalBytes, what);
  writeDataset(memory.buffer, layout.dataset, dataset);
  writeExtras(memory.buffer, layout, plan, dataset, candidates, preprocessing);
  new Uint32Array(memory.buffer, layout.candidates.offset, candidates.length).set(candidates);
  new Uint32Array(memory.buffer, layout.validation.offset, validation.length).set(validation);
  return {
    id: `${process.pid}-${++trainings}`,
    module: compileKernels(plan.arithmetic),
    memory,
    layout,
    task: dataset.task,
    seed: plan.seed,
  };
}

/** Bytes of the largest arena any member needs. */
function largestArena(dataset: Dataset, plan: EnsemblePlan, rows: CandidateRows): number {
  const evaluated = Math.max(rows.candidates.length, rows.validation.length);
  const largest = new Map<string, number>();
  let bytes = 0;
  for (const member of plan.members) {
    // A nearest-neighbour member copies rows and needs no arena.
    if (member.engine !== 'wasm') continue;
    const inBag = resampleLength(member, plan.seed, dataset, rows);
    const { streams: _, ...rest } = member;
    const key = JSON.stringify([rest, inBag]);
    let size = largest.get(key);
    if (size === undefined) {
      size = arenaBytes(member, dataset.features, dataset.task, { inBag, evaluated });
      largest.set(key, size);
    }
    bytes = Math.max(bytes, size);
  }
  return bytes;
}

/** Only groups make the length depend on the draw; the others never draw more than there is. */
function resampleLength(member: MemberSpec, seed: number, dataset: Dataset, rows: CandidateRows): number {
  const { candidates } = rows;
  if (member.resample.kind === 'stratified') return candidates.length + outputClasses(dataset);
  if (member.resample.kind !== 'grouped') return candidates.length;
  return drawResample(member.resample, seed, member.streams.resample, dataset, candidates).length;
}

/** Rounding within each class can add at most one row per class. */
function outputClasses(dataset: Dataset): number {
  return dataset.task.kind === 'classification' ? dataset.task.classes.length : 0;
}

/** One training under way: a queue of members, as many lanes as slots, and what came of it. */
class TrainingRun {
  readonly #dataset: Dataset;
  readonly #plan: EnsemblePlan;
  readonly #training: TrainingShare;
  readonly #runner: MemberRunner;
  readonly #settings: TrainingSettings;
  readonly #started: number;
  readonly #control: ControlBlock;
  readonly #trained: TrainedMember[] = [];
  readonly #failures: FailedMember[] = [];
  readonly #hardStop = new AbortController();
  #next = 0;
  #lastLoss: number | null = null;
  #fatal: unknown = null;

  constructor(
    dataset: Dataset,
    plan: EnsemblePlan,
    training: TrainingShare,
    runner: MemberRunner,
    settings: TrainingSettings,
    started: number,
  ) {
    this.#dataset = dataset;
    this.#plan = plan;
    this.#training = training;
    this.#runner = runner;
    this.#settings = settings;
    this.#started = started;
    this.#control = new ControlBlock(training.memory.buffer, training.layout.slots);
    // Every running job listens to this signal; more than ten are no leak.
    setMaxListeners(0, this.#hardStop.signal);
  }

  async finish(): Promise<Ensemble> {
    const { signal, onProgress, onInterrupt } = this.#settings;
    const stop = () => this.#stop();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const timer = onProgress && setInterval(() => this.#report(), PROGRESS_INTERVAL_MS);
    try {
      const { slots } = this.#training.layout;
      await Promise.all(Array.from({ length: slots }, (_, slot) => this.#runSlot(slot)));
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', stop);
    }
    if (this.#fatal !== null) throw this.#fatal;
    this.#report();
    if (signal?.aborted && onInterrupt !== 'keep') throw signal.reason;
    return this.#collect(signal?.aborted === true);
  }

  /** Takes members off the queue until there are none; one at a time per slot. */
  async #runSlot(slot: number): Promise<void> {
    while (this.#next < this.#plan.members.length && !this.#control.stopRequested) {
      const member = this.#next++;
      try {
        await this.#runMember(member, slot);
      } catch (error) {
        if (this.#control.stopRequested) return;
        // The runner has ended: that is no failure of this member, and no other can run.
        if (error instanceof TuttiError && error.code === 'ERR_CANCELLED') return this.#fail(error);
        this.#failures.push({ index: member, error: toWire(error) });
      }
    }
  }

  async #runMember(member: number, slot: number): Promise<void> {
    const spec = this.#plan.members[member]!;
    const length = plannedWeightsLength(this.#plan, member, this.#dataset);
    const weights = new Float32Array(new SharedArrayBuffer(length * 4));
    const outcome = await this.#runWithRetries(member, spec, slot, weights);
    if (outcome.status === 'stopped') return;
    const { history, epoch, inBagRows } = outcome;
    const trained: TrainedMember = { index: member, weights, history, epoch, inBagRows };
    this.#trained.push(trained);
    this.#lastLoss = history.at(-1)?.loss ?? null;
    this.#observe(() => this.#settings.onMember?.(trained));
  }

  async #runWithRetries(
    member: number,
    spec: MemberSpec,
    slot: number,
    weights: Float32Array<SharedArrayBuffer>,
  ): Promise<MemberOutcome> {
    const { retries = 1, onEpochEnd } = this.#settings;
    const hook = onEpochEnd && ((event: EpochEvent) => this.#askCallback(onEpochEnd, event));
    for (let attempt = 0; ; attempt++) {
      try {
        const job = { training: this.#training, spec, member, slot, weights };
        return await this.#runner.run(job, hook, this.#hardStop.signal);
      } catch (error) {
        const lost = error instanceof TuttiError && error.code === 'ERR_THREAD_LOST';
        if (!lost || this.#control.stopRequested) throw error;
        this.#control.end(slot);
        if (attempt >= retries) throw threadLost(member, attempt + 1, error);
      }
    }
  }

  /** A callback that throws, or answers nonsense, ends the training with that error. */
  async #askCallback(
    onEpochEnd: NonNullable<TrainingSettings['onEpochEnd']>,
    event: EpochEvent,
  ): Promise<EpochDecision | undefined> {
    try {
      const decision = await onEpochEnd(event);
      const rate = decision?.learningRate;
      if (rate !== undefined && !(rate > 0 && Number.isFinite(rate))) {
        failOption('learningRate', 'a positive number when `onEpochEnd` returns one', rate);
      }
      return decision;
    } catch (error) {
      this.#fail(error);
      return { stop: true };
    }
  }

  /** Raises the flag every thread reads at each step; a thread that does not answer is killed. */
  #stop(): void {
    this.#control.requestStop();
    setTimeout(() => this.#hardStop.abort(), STOP_GRACE_MS).unref();
  }

  #report(): void {
    const { onProgress } = this.#settings;
    if (onProgress === undefined) return;
    const counts = {
      planned: this.#plan.members.length,
      done: this.#trained.length,
      failed: this.#failures.length,
      lastLoss: this.#lastLoss,
    };
    const elapsedMs = performance.now() - this.#started;
    this.#observe(() =>
      onProgress(readProgress(this.#control, this.#training.layout.slots, counts, elapsedMs)),
    );
  }

  /** An observer that throws stops the training with its error rather than being ignored. */
  #observe(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the whole training with an error. */
  #fail(error: unknown): void {
    this.#fatal ??= error;
    this.#stop();
  }

  #collect(interrupted: boolean): Ensemble {
    const { task, features, targetScale, featureScale, hash } = this.#dataset;
    const members = this.#trained.sort((a, b) => a.index - b.index);
    const failures = this.#failures.sort((a, b) => a.index - b.index);
    if (members.length === 0 && failures.length > 0 && !interrupted) throw allFailed(failures);
    return {
      plan: this.#plan,
      task,
      features,
      targetScale,
      featureScale,
      preprocessing: this.#settings.preprocessing ?? null,
      datasetHash: hash,
      members,
      failures,
      complete: members.length === this.#plan.members.length,
      wallMs: performance.now() - this.#started,
    };
  }
}

function threadLost(member: number, attempts: number, cause: TuttiError): TuttiError {
  const message = `Member ${member} lost its thread ${attempts} times and was given up: ${cause.message}`;
  return new TuttiError('ERR_THREAD_LOST', message, { member, attempts }, cause);
}

function allFailed(failures: readonly FailedMember[]): TuttiError {
  const first = fromWire(failures[0]!.error);
  const count = failures.length === 1 ? 'The only member' : `All ${failures.length} members`;
  const message = `${count} failed; the first error: ${first.message}`;
  return new TuttiError('ERR_MEMBERS_FAILED', message, { failed: failures.length, first: first.code }, first);
}

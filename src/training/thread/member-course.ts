// One member between its epochs, for whoever steps it: its rows and trainer, what an epoch's end decides
// (history, early stopping, a callback's wishes) and what a job leaves behind. It knows no steps.

import type { ResampleSource } from '../../data/resample.js';
import { engineOf } from '../../engines/registry.js';
import {
  diverged,
  type MemberTrainer,
  type TrainerContext,
  type TyingTrainer,
} from '../../engines/shared/engine.js';
import type { EpochRecord } from '../../ensemble/ensemble.js';
import { drawMember, type MemberDraw } from '../../ensemble/member-rows.js';
import { TuttiError } from '../../errors.js';
import type { Executor } from '../../kernels/executor.js';
import type { ControlBlock } from '../../memory/control-block.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import { cycleOf, membersLeft, placeInRun } from '../../model/snapshots.js';
import { type EpochMemberSpec, isOptimised, type MemberSpec } from '../../model/spec.js';
import type { LocalMemberJob, TrainingShare } from '../local/local-job.js';
import type { MemberProgress } from '../plan/runs.js';
import { logEpoch } from '../session/epoch-log.js';
import type {
  AdvancedMember,
  DeliveredMember,
  EpochEvent,
  EpochHook,
  HandedMember,
  PausedMember,
} from '../session/job.js';

/** The course of one member's training through a job. */
export class MemberCourse {
  readonly trainer: MemberTrainer;
  readonly #job: LocalMemberJob;
  readonly #spec: EpochMemberSpec;
  readonly #draw: MemberDraw;
  readonly #control: ControlBlock;
  readonly #onEpochEnd: EpochHook | undefined;
  readonly #history: EpochRecord[] = [];
  /** How many of them were handed over, and the state with them. */
  #handedOver = 0;
  #handedState: Float32Array<SharedArrayBuffer> | null = null;
  #progress: MemberProgress;
  #ended: boolean;

  private constructor(
    job: LocalMemberJob,
    spec: EpochMemberSpec,
    draw: MemberDraw,
    trainer: MemberTrainer,
    control: ControlBlock,
    onEpochEnd: EpochHook | undefined,
  ) {
    const { from, anchor } = job;
    this.trainer = trainer;
    this.#job = job;
    this.#spec = spec;
    this.#draw = draw;
    this.#control = control;
    this.#onEpochEnd = onEpochEnd;
    this.#progress = from ?? beginning(firstRate(spec));
    this.#ended = false;
    if (anchor !== null) this.tying.tieTo(anchor.values, anchor.memberCount);
  }

  /** Takes up the job's state, or draws the initial weights. `offsetBytes` as of the trainer's context. */
  static async begin(
    job: LocalMemberJob,
    spec: EpochMemberSpec,
    executor: Executor,
    control: ControlBlock,
    onEpochEnd: EpochHook | undefined,
    offsetBytes = 0,
  ): Promise<MemberCourse> {
    const { training, member, from } = job;
    const draw = drawFromMemory(training, spec);
    requireStoppingRows(spec, draw, member);
    const { by, load } = engineOf(spec).training;
    if (by !== 'epochs') throw failTraining(spec, member);
    const { createTrainer } = await load();
    const context = trainerContext(job, executor, control, offsetBytes);
    const trainer = await createTrainer(context, spec, member, draw, from?.parameters ?? null);
    return new MemberCourse(job, spec, draw, trainer, control, onEpochEnd);
  }

  /** @throws ERR_INTERNAL where the engine's members cannot be tied. */
  get tying(): TyingTrainer {
    const { tying } = this.trainer;
    if (tying !== undefined) return tying;
    throw new TuttiError('ERR_INTERNAL', `Members of engine ${this.#spec.engine} cannot be tied`);
  }

  /** Epochs finished. */
  get epoch(): number {
    return this.#progress.epoch;
  }

  get learningRate(): number {
    return this.#progress.learningRate;
  }

  /** The job has nothing left to train. */
  get finished(): boolean {
    return this.#ended || this.epoch >= this.#job.until;
  }

  /** Records an epoch's mean loss and decides whether it was the last. */
  async endEpoch(loss: number): Promise<void> {
    const { member, epochLog } = this.#job;
    const { epochs, earlyStopping } = this.#spec;
    const { learningRate } = this.#progress;
    const epoch = this.epoch + 1;
    let { best } = this.#progress;
    const { stopping } = this.#draw;
    const validationLoss = stopping.length === 0 ? undefined : this.trainer.evaluate(stopping);
    const record: EpochRecord =
      validationLoss === undefined
        ? { epoch, loss, learningRate }
        : { epoch, loss, learningRate, validationLoss };
    if (validationLoss !== undefined && !Number.isFinite(validationLoss))
      throw diverged(member, epoch, validationLoss, 'its loss on the rows it stops by');
    this.#history.push(record);
    if (epochLog !== undefined) logEpoch(epochLog, record);
    if (validationLoss !== undefined && validationLoss < best.loss) {
      best = { epoch, loss: validationLoss };
      this.trainer.keepWeights();
    }
    const decision = await this.#onEpochEnd?.(eventOf(record, member, epochs));
    this.#progress = { epoch, best, learningRate: decision?.learningRate ?? learningRate };
    const patient = validationLoss === undefined || epoch - best.epoch < earlyStopping!.patience;
    this.#ended = epoch === epochs || decision?.stop === true || !patient || this.#control.deliveryRequested;
  }

  /** The member as it stands between two epochs, for whoever keeps it. */
  handOver(): HandedMember {
    const history = this.#history.slice(this.#handedOver);
    this.#handedOver = this.#history.length;
    // It is wanted again when nobody has the one before any more.
    const isLongEnough = this.#handedState?.length === this.trainer.stateLengthFloats;
    this.#handedState = this.#saveState(isLongEnough ? this.#handedState! : this.#newState());
    return { history, progress: this.#progress, parameters: this.#handedState };
  }

  /** Hands the member over for good. */
  pause(): PausedMember {
    const parameters = this.#saveState(this.#newState());
    return { status: 'paused', history: this.#history, progress: this.#progress, parameters };
  }

  #newState(): Float32Array<SharedArrayBuffer> {
    return new Float32Array(allocateShared(4 * this.trainer.stateLengthFloats));
  }

  #saveState<State extends Float32Array>(state: State): State {
    this.trainer.saveState(state);
    return state;
  }

  /** Delivers members when the run or the member's cycle is over, and saves the state when the run goes on. */
  finish(): AdvancedMember {
    const { state } = this.#job;
    const { epoch, best } = this.#progress;
    const complete = this.#ended || epoch === cycleOf(this.#spec).last;
    if (!this.#ended && state !== null) {
      // Others may be drawn to these weights, so a member that diverged in its last step must not rest unnoticed.
      this.trainer.requireFinite();
      this.trainer.saveState(state);
    }
    if (this.#ended && best.epoch > 0) this.trainer.restoreWeights();
    return {
      status: 'advanced',
      history: this.#history,
      progress: { epoch, best, learningRate: this.#progress.learningRate },
      delivered: complete ? this.#deliver() : [],
      ended: this.#ended,
    };
  }

  /** Finite weights may still answer with what is not, since no loss was taken after the last step. @throws ERR_DIVERGED */
  #tryWeights(): void {
    const { training, member } = this.#job;
    const rows = Math.min(TRIAL_ROWS, training.layout.candidates.length);
    const loss = this.trainer.evaluate(this.#draw.inBag.subarray(0, rows));
    if (!Number.isFinite(loss)) throw diverged(member, this.epoch, loss);
  }

  /** All that the run leaves now, each by its place in the run. */
  #deliver(): DeliveredMember[] {
    const first = placeInRun(this.#spec);
    return Array.from({ length: membersLeft(this.#spec) }, (_, place) => this.#deliverOne(first + place));
  }

  #deliverOne(place: number): DeliveredMember {
    const { epoch, best } = this.#progress;
    const { weightCount, topology } = this.trainer;
    const weights = new Float32Array(allocateShared(4 * weightCount));
    this.trainer.exportWeights(weights, place);
    if (best.epoch === 0) this.#tryWeights();
    return {
      parameters: weights,
      model: topology === undefined ? null : sharedText(topology),
      epoch: best.epoch > 0 ? best.epoch : epoch,
      inBagRows: this.#draw.inBagRows,
    };
  }
}

/** Rows that finished weights are tried on, one panel: weights that overflow do so on most rows. */
const TRIAL_ROWS = 8;

/** A text in UTF-8, in shared memory. */
function sharedText(text: string): Uint8Array<SharedArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const shared = new Uint8Array(allocateShared(bytes.length));
  shared.set(bytes);
  return shared;
}

/** Where a job's member is trained. @param offsetBytes as of the context. */
export function trainerContext(
  { training, slot }: LocalMemberJob,
  executor: Executor,
  control: ControlBlock,
  offsetBytes = 0,
): TrainerContext {
  const { layout, memory, task, targets, seed } = training;
  return { executor, memory, control, layout, task, targets, seed, slot, offsetBytes };
}

/** The error of a spec that is not as its engine trains. */
export function failTraining({ engine }: MemberSpec, member: number): TuttiError {
  return new TuttiError(
    'ERR_INTERNAL',
    `Engine ${engine} does not train as the spec of member ${member} says`,
  );
}

/** Written out, not spread, because it is made every epoch: V8 makes hidden classes for objects that are. */
function eventOf(record: EpochRecord, member: number, epochs: number): EpochEvent {
  const { epoch, loss, learningRate, validationLoss } = record;
  if (validationLoss === undefined) return { member, epochs, epoch, loss, learningRate };
  return { member, epochs, epoch, loss, learningRate, validationLoss };
}

/** The learning rate that a member's first epoch has, before its schedule. */
function firstRate(spec: EpochMemberSpec): number {
  if (isOptimised(spec)) return spec.optimizer.learningRate;
  const { training } = engineOf(spec);
  return training.by === 'epochs' ? training.learningRate!(spec) : 0;
}

/** Where a member stands before its first epoch. */
export function beginning(learningRate: number): MemberProgress {
  return { epoch: 0, learningRate, best: { epoch: 0, loss: Number.POSITIVE_INFINITY } };
}

/** Draws the member's rows from the candidate lists, labels and groups that lie in shared memory. */
export function drawFromMemory({ memory, layout, seed }: TrainingShare, spec: MemberSpec): MemberDraw {
  const { buffer } = memory;
  const { dataset, candidates, validation } = layout;
  const words = (offset: number, length: number) => new Int32Array(buffer, offset, length);
  const source: ResampleSource = {
    rows: dataset.rows,
    labels: words(dataset.labels, dataset.targetsStrideBytes === 0 ? dataset.rows : 0),
    groups: dataset.groups === 0 ? null : words(dataset.groups, dataset.rows),
    times: dataset.times === 0 ? null : words(dataset.times, dataset.rows),
    timeGap: dataset.timeGap,
  };
  return drawMember(seed, spec, source, dataset.features, {
    candidates: new Uint32Array(buffer, candidates.offset, candidates.length),
    validation: new Uint32Array(buffer, validation.offset, validation.length),
  });
}

function requireStoppingRows(spec: EpochMemberSpec, draw: MemberDraw, member: number): void {
  if (spec.earlyStopping === null || spec.earlyStopping.optional || draw.stopping.length > 0) return;
  throw new TuttiError(
    'ERR_OPTION',
    `Member ${member} has no rows to stop early on: its resample leaves too few out of bag`,
    { member, option: 'earlyStopping' },
  );
}

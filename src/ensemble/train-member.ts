// Trains one member from its draw to its exported weights. Thread-agnostic: it runs inside a pool thread
// or on the caller's, and its result depends on the seed and the spec alone.

import type { Task } from '../data/dataset.js';
import type { ResampleSource } from '../data/resample.js';
import type { MemberTrainer } from '../engines/engine.js';
import { distinctRows, storeRows } from '../engines/neighbours/stored-rows.js';
import { createWasmTrainer } from '../engines/wasm/trainer.js';
import { TuttiError } from '../errors.js';
import type { Kernels } from '../kernels/kernels.js';
import { ControlBlock } from '../memory/control-block.js';
import type { TrainingLayout } from '../memory/layout.js';
import type { MemberSpec, NetworkMemberSpec } from '../model/spec.js';
import type { EpochRecord } from './ensemble.js';
import { drawMember, type MemberDraw } from './member-rows.js';

/** What all members of one training share; plain data and shared memory, so it crosses threads. */
export interface TrainingShare {
  /** Unique within the process. */
  readonly id: string;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: TrainingLayout;
  readonly task: Task;
  readonly seed: number;
}

/** One member to train: the job of a thread. */
export interface MemberJob {
  readonly training: TrainingShare;
  readonly spec: MemberSpec;
  readonly member: number;
  /** The arena and progress record to use; no other running job has it. */
  readonly slot: number;
  /** Receives the finished weights, unpadded, all at once. */
  readonly weights: Float32Array<SharedArrayBuffer>;
}

/** How a job ended. A stopped member leaves no weights. */
export type MemberOutcome =
  | {
      readonly status: 'done';
      readonly history: readonly EpochRecord[];
      readonly epoch: number;
      readonly inBagRows: number;
    }
  | { readonly status: 'stopped' };

/** What a callback at an epoch's end is told. */
export interface EpochEvent extends EpochRecord {
  readonly member: number;
  readonly epochs: number;
}

/** What a callback may ask for: no further epochs, or another base learning rate from the next epoch on. */
export interface EpochDecision {
  readonly stop?: boolean;
  readonly learningRate?: number;
}

/** Awaited after every epoch. */
export type EpochHook = (event: EpochEvent) => Promise<EpochDecision | undefined>;

/** Trains a member with kernels bound to the training's memory. */
export async function trainMember(
  job: MemberJob,
  kernels: Kernels,
  onEpochEnd?: EpochHook,
): Promise<MemberOutcome> {
  const { training, spec, member, slot } = job;
  const { layout, memory, task, seed } = training;
  const control = new ControlBlock(memory.buffer, layout.slots);
  const draw = drawFromMemory(training, spec);
  if (spec.engine === 'neighbours') {
    storeRows(memory.buffer, layout.dataset, spec, draw, job.weights, member);
    return { status: 'done', history: [], epoch: 0, inBagRows: distinctRows(draw.inBag).length };
  }
  requireStoppingRows(spec, draw, member);
  const context = { kernels, memory, control, layout, task, seed, slot };
  const trainer = createWasmTrainer(context, spec, member, draw, draw.stopping.length);
  control.begin(slot, member, spec.epochs, trainer.stepsPerEpoch);
  try {
    const run = await runEpochs(job, spec, trainer, draw.stopping, control, onEpochEnd);
    if (run === null) return { status: 'stopped' };
    trainer.exportWeights(job.weights);
    return { status: 'done', ...run, inBagRows: new Set(draw.inBag).size };
  } finally {
    control.end(slot);
  }
}

/** Runs the epochs and leaves the chosen weights in the trainer; null when a stop was requested. */
async function runEpochs(
  { member, slot }: MemberJob,
  spec: NetworkMemberSpec,
  trainer: MemberTrainer,
  stopping: Uint32Array,
  control: ControlBlock,
  onEpochEnd: EpochHook | undefined,
): Promise<{ history: EpochRecord[]; epoch: number } | null> {
  const { epochs, earlyStopping } = spec;
  const history: EpochRecord[] = [];
  let learningRate = spec.optimizer.learningRate;
  let best = { epoch: 0, loss: Number.POSITIVE_INFINITY };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const loss = trainer.runEpoch(epoch, learningRate);
    if (loss === null) return null;
    const validationLoss = earlyStopping === null ? undefined : trainer.evaluate(stopping);
    const record = { epoch, loss, learningRate, ...(validationLoss === undefined ? {} : { validationLoss }) };
    history.push(record);
    control.endEpoch(slot, epoch, loss);
    if (validationLoss !== undefined && validationLoss < best.loss) {
      best = { epoch, loss: validationLoss };
      trainer.keepWeights();
    }
    const decision = await onEpochEnd?.({ ...record, member, epochs });
    learningRate = decision?.learningRate ?? learningRate;
    if (decision?.stop === true) break;
    if (earlyStopping !== null && epoch - best.epoch >= earlyStopping.patience) break;
  }
  if (best.epoch === 0) return { history, epoch: history.length };
  trainer.restoreWeights();
  return { history, epoch: best.epoch };
}

/** Draws the member's rows from the candidate lists, labels and groups that lie in shared memory. */
function drawFromMemory({ memory, layout, seed }: TrainingShare, spec: MemberSpec): MemberDraw {
  const { buffer } = memory;
  const { dataset, candidates, validation } = layout;
  const words = (offset: number, length: number) => new Int32Array(buffer, offset, length);
  const source: ResampleSource = {
    rows: dataset.rows,
    labels: words(dataset.labels, dataset.targetsStrideBytes === 0 ? dataset.rows : 0),
    groups: dataset.groups === 0 ? null : words(dataset.groups, dataset.rows),
  };
  return drawMember(seed, spec, source, dataset.features, {
    candidates: new Uint32Array(buffer, candidates.offset, candidates.length),
    validation: new Uint32Array(buffer, validation.offset, validation.length),
  });
}

function requireStoppingRows(spec: MemberSpec, draw: MemberDraw, member: number): void {
  if (spec.earlyStopping === null || draw.stopping.length > 0) return;
  throw new TuttiError(
    'ERR_OPTION',
    `Member ${member} has no rows to stop early on: its resample leaves too few out of bag`,
    { member, option: 'earlyStopping' },
  );
}

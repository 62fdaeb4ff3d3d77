// What training is given of a member, whatever its engine, and what an engine makes of it: one that can be advanced
// epoch by epoch, or one that is there at once. The loop (order of epochs, early stopping, history) is
// src/training/thread/train-member.ts, for every engine.

import type { Scale, Task } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import type { Executor } from '../../kernels/executor.js';
import { allFinite } from '../../math/statistics.js';
import type { ControlBlock } from '../../memory/control-block.js';
import type { TrainingLayout } from '../../memory/layout.js';

/** Where a member is trained, beside its own spec and rows. */
export interface TrainerContext {
  /** Bound to the memory. */
  readonly executor: Executor;
  readonly memory: WebAssembly.Memory;
  readonly control: ControlBlock;
  readonly layout: TrainingLayout;
  readonly task: Task;
  /** The scale of the targets. */
  readonly targets: Scale;
  readonly seed: number;
  /** The arena and progress record this member uses. */
  readonly slot: number;
  /** Where in the slot's arena the member's own begins, when it shares the slot. */
  readonly offsetBytes: number;
}

/** The rows and columns of one member, drawn before its engine starts. */
export interface MemberRows {
  /** The resample: row numbers of the dataset, in any order, with repetitions. */
  readonly inBag: Uint32Array;
  /** Random subspace: ascending column numbers, or null for all. */
  readonly columns: Uint32Array | null;
  /** Rows that decide when to stop; empty without early stopping. */
  readonly stopping: Uint32Array;
}

/** Lengths that size a member's arena beside its spec. */
export interface ArenaSizes {
  readonly inBag: number;
  /** Most rows given to `evaluate` at once. */
  readonly evaluated: number;
}

/** A member that was fitted at once, in shared memory. */
export interface FittedMember {
  readonly parameters: Float32Array<SharedArrayBuffer>;
  /** Its stored model; null where the weights say it all. */
  readonly model: Uint8Array<SharedArrayBuffer> | null;
}

/** A member whose layers can be tied to those of others. */
export interface TyingTrainer {
  /**
   * Draws the tied layers toward the anchor after every step from now on.
   * @param anchor the tied layers' values, one after the other, in the state's layout.
   * @param members live members of the group.
   */
  tieTo(anchor: Float32Array, members: number): void;
  /** For members that step in lockstep; their spec asks for exact tying. */
  readonly lockstep: LockstepTrainer;
}

/** A member's step in two halves, between which a group adds what its members owe each other. */
export interface LockstepTrainer {
  /** The tied layers' parameters, and the gradient that the next `applyGradient` takes for them; live views. */
  readonly tied: readonly { readonly weights: Float32Array; readonly gradient: Float32Array }[];
  beginEpoch(epoch: number): void;
  /**
   * Computes the gradient of a step; `step` counts from 0 within the epoch.
   * @returns the summed loss of its examples and their number.
   * @throws ERR_DIVERGED when the loss is not finite.
   */
  computeGradient(
    epoch: number,
    step: number,
    learningRate: number,
  ): { readonly lossSum: number; readonly examples: number };
  /** Hands the gradient to the optimizer. */
  applyGradient(): void;
}

/** One member in training. Epochs count from 1. */
export interface MemberTrainer {
  readonly stepsPerEpoch: number;
  /**
   * Trains one epoch over the resample in a fresh keyed order.
   * @returns the mean training loss per example, or null when a stop was requested before its end.
   * @throws ERR_DIVERGED when the loss of a step is not finite.
   */
  runEpoch(epoch: number, learningRate: number): number | null;
  /** Mean loss per example over these rows, without changing anything. */
  evaluate(rows: Uint32Array): number;
  /** Remembers the current weights as the best so far. */
  keepWeights(): void;
  /** Goes back to the weights last kept. */
  restoreWeights(): void;
  /** Floats of the member's state: what must outlive a job that does not end its training. */
  readonly stateLengthFloats: number;
  /** Writes the state into f32[stateLengthFloats], whatever is in it. */
  saveState(into: Float32Array): void;
  /** @throws ERR_DIVERGED when a parameter is not finite. */
  requireFinite(): void;
  /** What tying asks of a member. @default the engine's members cannot be tied */
  readonly tying?: TyingTrainer;
  /** Numbers that {@link exportWeights} writes. */
  readonly weightCount: number;
  /**
   * Writes the unpadded parameters: for a network of the wasm engine per layer W[inputs, units] row-major, then the bias.
   * @param place of the member in its run: one that leaves several at its end is asked for each of them in turn, and may
   * change what `evaluate` takes to that one.
   */
  exportWeights(into: Float32Array, place: number): void;
  /** What prediction needs beside weights and spec: a stored model, as text. @default nothing */
  readonly topology?: string;
  /** Lets go of what the trainer holds outside of the training's memory. @default nothing */
  dispose?(): void;
}

/**
 * The error of a member that is lost to numbers that are not finite.
 * @param what became so: its loss, its loss on other rows than it trains on, one of its weights.
 */
export function diverged(member: number, epoch: number, value: number, what = 'its loss'): TuttiError {
  return new TuttiError(
    'ERR_DIVERGED',
    `Member ${member} diverged in epoch ${epoch}: ${what} became ${value}; a smaller \`learningRate\` may help`,
    { member, epoch, loss: String(value) },
  );
}

/** @throws ERR_DIVERGED when a parameter is not finite. */
export function requireFinite(parameters: Float32Array, member: number, epoch: number): void {
  if (allFinite(parameters)) return;
  const value = parameters.find((own) => !Number.isFinite(own))!;
  throw diverged(member, epoch, value, 'one of its weights');
}

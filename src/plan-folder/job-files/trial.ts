// A piece of a plan is trained on one thread to see how long it takes. What it trains is kept, as all that is trained of
// a plan; where it takes longer than is worth waiting for, it is stopped, goes on in its task, and its pace tells the rest.

import type { TrainingProgress } from '../../training/session/progress.js';
import type { PlannedPiece } from './pieces.js';

/** Trains members of the plan on one thread; rejects with the signal's reason where that stops it. */
export type TrainTrial = (
  members: readonly number[],
  watch: {
    readonly signal: AbortSignal;
    /** Called when threads have the dataset and the first member begins. */
    onPlan(): void;
    onProgress(progress: TrainingProgress): void;
  },
) => Promise<unknown>;

export interface TrialLimits {
  /** After so long a piece is stopped whose pace is known by then. */
  readonly enoughMs: number;
  /** After so long any is: tasks are no shorter, so that it is one of its own. */
  readonly mostMs: number;
}

/**
 * Milliseconds that one thread takes for an effort of 1 of the piece's kind.
 * @param signal ends the trial, and the caller's work with it. @param now a clock, in milliseconds.
 */
export async function measurePiece(
  piece: PlannedPiece,
  train: TrainTrial,
  { enoughMs, mostMs }: TrialLimits,
  signal?: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<number> {
  const enough = new AbortController();
  const stop = signal === undefined ? enough.signal : AbortSignal.any([enough.signal, signal]);
  let began = now();
  /** Of its members, whole and in parts. */
  let done = 0;
  const judge = () => {
    const ms = now() - began;
    if (ms >= mostMs || (ms >= enoughMs && done > 0)) enough.abort(STOPPED);
  };
  const timer = setInterval(judge, 100);
  try {
    await train(piece.members, {
      signal: stop,
      onPlan: () => {
        began = now();
      },
      onProgress: ({ planned, elapsedMs, remainingMs }) => {
        // The share of the work that is done, as the estimate of the rest takes it.
        if (remainingMs !== null) done = (planned * elapsedMs) / (elapsedMs + remainingMs);
        judge();
      },
    });
    // To the end: nothing of it is an estimate.
    done = piece.members.length;
  } catch (error) {
    signal?.throwIfAborted();
    if (!enough.signal.aborted) throw error;
  } finally {
    clearInterval(timer);
  }
  const ms = Math.max(now() - began, 0);
  // One of which nothing is done by then takes as long as a task, or longer.
  const whole = done > 0 ? (ms * piece.members.length) / done : Math.max(ms, mostMs);
  return whole / piece.effort;
}

const STOPPED = new Error('The trial has shown enough');

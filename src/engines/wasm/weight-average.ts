// The average of a member's weights over its training, which is then its result: an exponential one of every step, or the
// plain one of the epochs' ends.

import type { WeightAverageSpec } from '../../model/spec.js';

/** What an average is made of and with. */
export interface AveragedWeights {
  /** Both laid out alike. */
  readonly parameters: Float32Array;
  readonly average: Float32Array;
  /** average += share · (parameters − average). */
  pull(share: number): void;
}

/**
 * ema: the average moves by max(1 − decay, 1/(n + 1)) of the way at the n-th step (from 0) since its start: a plain mean at
 * first, so that the weights of the beginning do not linger. swa: the mean of the weights at the end of every epoch since.
 * Before its start the average is the weights as they are.
 * **Source:** Polyak and Juditsky (1992); Izmailov et al. (2018), Averaging weights leads to wider optima and better
 * generalization.
 */
export class WeightAverage {
  readonly #spec: WeightAverageSpec;
  readonly #weights: AveragedWeights;
  readonly #stepsPerEpoch: number;
  /** Epochs before the average begins. */
  readonly #before: number;

  constructor(spec: WeightAverageSpec, epochs: number, stepsPerEpoch: number, weights: AveragedWeights) {
    this.#spec = spec;
    this.#weights = weights;
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#before = epochsBefore(spec.trajectoryStart, epochs);
  }

  /** @param done steps since training began, this one included. */
  afterStep(done: number): void {
    const { kind, decay } = this.#spec;
    const n = done - 1 - this.#before * this.#stepsPerEpoch;
    if (kind === 'ema' && n >= 0) this.#take(n, 1 - decay!);
  }

  /** @param epoch that ended, from 1. */
  afterEpoch(epoch: number): void {
    const n = epoch - 1 - this.#before;
    if (n < 0) this.#weights.average.set(this.#weights.parameters);
    else if (this.#spec.kind === 'swa') this.#take(n, 0);
  }

  #take(n: number, least: number): void {
    if (n === 0) this.#weights.average.set(this.#weights.parameters);
    else this.#weights.pull(Math.max(least, 1 / (n + 1)));
  }
}

/** Epochs of a run before a share of it is over; at least one is left. */
export function epochsBefore(share: number, epochs: number): number {
  return Math.min(epochs - 1, Math.floor(share * epochs));
}

// The Gaussian that a member's weights trace at the end of its training, and members drawn from it.

import { RandomStream, type StreamKey } from '../../math/random.js';
import type { SwagSpec } from '../../model/spec.js';
import { epochsBefore } from './weight-average.js';

/** What is gathered, each region laid out like the parameters. */
export interface SwagRegions {
  readonly mean: Float32Array;
  /** Sum of squared deviations from the mean. */
  readonly squares: Float32Array;
  /** The last `rank` deviations, in turn. */
  readonly deviations: readonly Float32Array[];
}

/**
 * At the end of every epoch since its start: the mean of the weights so far, their squared deviations, and how far this
 * epoch's are from the mean. Members are mean + (Σ^½ z₁ + D z₂ / √(K − 1)) / √2, Σ the variances of single weights and D the
 * last K deviations, z₁ and z₂ standard normal.
 * **Source:** Maddox et al. (2019), A simple baseline for Bayesian uncertainty in deep learning, eq. 1.
 */
export class Swag {
  readonly #regions: SwagRegions;
  readonly #before: number;

  constructor({ trajectoryStart }: SwagSpec, epochs: number, regions: SwagRegions) {
    this.#regions = regions;
    this.#before = epochsBefore(trajectoryStart, epochs);
  }

  /** @param epoch that ended, from 1. */
  afterEpoch(epoch: number, parameters: Float32Array): void {
    const n = epoch - this.#before;
    if (n < 1) return;
    const { mean, squares, deviations } = this.#regions;
    const deviation = deviations[(n - 1) % deviations.length]!;
    if (n === 1) {
      mean.set(parameters);
      squares.fill(0);
      deviation.fill(0);
      return;
    }
    for (let i = 0; i < parameters.length; i++) {
      const w = parameters[i]!;
      const off = w - mean[i]!;
      const centre = Math.fround(mean[i]! + off / n);
      mean[i] = centre;
      squares[i] = squares[i]! + off * (w - centre);
      deviation[i] = w - centre;
    }
  }

  /** How many epochs are gathered after this one. */
  gathered(epoch: number): number {
    return Math.max(0, epoch - this.#before);
  }

  /**
   * Draws a member after the last epoch, of which one at least is gathered.
   * @param epoch the last one.
   * @param unpack writes a region's numbers in canonical order, in which they are drawn.
   * @param into f32[parameters], canonical.
   */
  draw(
    key: StreamKey,
    epoch: number,
    unpack: (region: Float32Array) => Float32Array,
    into: Float32Array,
  ): void {
    const random = new RandomStream(key);
    const { mean, squares, deviations } = this.#regions;
    const gathered = this.gathered(epoch);
    into.set(unpack(mean));
    const sums = Float64Array.from(into);
    const spread = unpack(squares);
    for (let i = 0; i < sums.length; i++) {
      sums[i] = sums[i]! + Math.sqrt(Math.max(0, spread[i]!) / (2 * gathered)) * random.normal();
    }
    const rank = Math.min(gathered, deviations.length);
    for (let column = 0; rank > 1 && column < rank; column++) {
      const scale = random.normal() / Math.sqrt(2 * (rank - 1));
      const deviation = unpack(deviations[column]!);
      for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + scale * deviation[i]!;
    }
    into.set(sums);
  }
}

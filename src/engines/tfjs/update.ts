// The optimizer's step on flat parameters, in plain numbers: the update equations of the wasm engine's kernels
// (src/kernels/assembly/update.ts), which TensorFlow.js's own optimizers are not quite. Only + − × ÷ and square
// roots, so the same gradient gives the same weights everywhere.

import {
  type AdamFactors,
  adamSteps,
  NEGLIGIBLE_MOMENT,
  STEPS_BETWEEN_FLUSHES,
} from '../../kernels/update-block.js';
import type { OptimisedMemberSpec, OptimizerSpec } from '../../model/spec.js';

type NormPenalty = OptimisedMemberSpec['normPenalty'];

/** A weight's place in the flat parameters. */
export interface ParameterRange {
  readonly start: number;
  readonly length: number;
  /** Matrices and kernels, which penalties and decay pull at; biases and norms' scales are left alone. */
  readonly isKernel: boolean;
}

export interface Optimizer {
  /** f32[parameters]: momentum or first moments. */
  readonly first: Float32Array;
  /** f32[parameters]: second moments; empty for sgd. */
  readonly second: Float32Array;
  /**
   * Updates the parameters in place.
   * @param step number of the step since training began, from 1.
   */
  apply(parameters: Float32Array, gradient: Float32Array, learningRate: number, step: number): void;
}

/** An optimizer that has seen nothing yet. */
export function createOptimizer(
  spec: OptimizerSpec,
  penalty: NormPenalty,
  ranges: readonly ParameterRange[],
): Optimizer {
  const length = ranges.reduce((sum, range) => sum + range.length, 0);
  const first = new Float32Array(length);
  const second = new Float32Array(spec.kind === 'sgd' ? 0 : length);
  const factorsOf = spec.kind === 'sgd' ? null : adamSteps(spec);
  return {
    first,
    second,
    apply(parameters, gradient, learningRate, step) {
      if ((step - 1) % STEPS_BETWEEN_FLUSHES === 0) for (const moment of [first, second]) flush(moment);
      const factors = factorsOf === null ? null : factorsOf(learningRate, step);
      for (const range of ranges) {
        if (range.isKernel) penalise(parameters, gradient, penalty, range);
        if (spec.kind === 'sgd') sgd(spec, parameters, gradient, first, learningRate, range);
        else adam(spec, factors!, parameters, gradient, first, second, range);
      }
    },
  };
}

/** g + l2·w + l1·sign(w). */
function penalise(
  w: Float32Array,
  g: Float32Array,
  { l1, l2 }: NormPenalty,
  { start, length }: ParameterRange,
): void {
  if (l1 === 0 && l2 === 0) return;
  for (let i = start; i < start + length; i++) g[i] = g[i]! + l2 * w[i]! + l1 * Math.sign(w[i]!);
}

/** buffer = momentum·buffer + g; w −= lr·buffer, or lr·(g + momentum·buffer) with Nesterov. */
function sgd(
  { momentum, nesterov }: Extract<OptimizerSpec, { kind: 'sgd' }>,
  w: Float32Array,
  g: Float32Array,
  buffer: Float32Array,
  learningRate: number,
  { start, length }: ParameterRange,
): void {
  for (let i = start; i < start + length; i++) {
    const moved = momentum * buffer[i]! + g[i]!;
    buffer[i] = moved;
    w[i] = w[i]! - learningRate * (nesterov ? g[i]! + momentum * moved : moved);
  }
}

/** {@link adamSteps}; biases do not decay. */
function adam(
  { beta1, beta2 }: Exclude<OptimizerSpec, { kind: 'sgd' }>,
  { stepSize, tolerance, keep: kernelKeep }: AdamFactors,
  w: Float32Array,
  g: Float32Array,
  first: Float32Array,
  second: Float32Array,
  { start, length, isKernel }: ParameterRange,
): void {
  const keep = isKernel ? kernelKeep : 1;
  for (let i = start; i < start + length; i++) {
    const slope = g[i]!;
    const m = beta1 * first[i]! + (1 - beta1) * slope;
    const v = beta2 * second[i]! + (1 - beta2) * slope * slope;
    first[i] = m;
    second[i] = v;
    w[i] = keep * w[i]! - (stepSize * m) / (Math.sqrt(v) + tolerance);
  }
}

function flush(moment: Float32Array): void {
  for (let i = 0; i < moment.length; i++) if (Math.abs(moment[i]!) < NEGLIGIBLE_MOMENT) moment[i] = 0;
}

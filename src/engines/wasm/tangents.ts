// Tangent propagation inside a network's program: where tangents lie, their way forward through the network
// linearised where it stands, and the way back of the penalty's gradient. The way back leaves in `curvature`
// what tangents' lengths owe to where the smooth activations stand; the main backward pass adds it.

import type { RegionAllocator } from '../../memory/layout.js';
import { maskGradient } from './dropout.js';
import type { NetworkLayout } from './network-layout.js';
import { type Block, lengthOf } from './panels.js';
import type { NetworkProgram } from './program.js';

/** One stage's tangents: u = A t of the stage below; t = act′(z) ⊙ u (⊙ mask), in u's place unless smooth. */
interface TangentStage {
  readonly u: Block;
  readonly t: Block;
  /** ∂penalty/∂u. */
  readonly gradient: Block;
}

export interface TangentLayout {
  /** Tangent vectors of the batch, written by a gather. */
  readonly input: Block;
  readonly stages: readonly TangentStage[];
}

/** Lays out one tangent's way; hidden stages lend their gradients, which the main backward pass writes later. */
export function layoutTangents(
  { input, stages }: NetworkLayout,
  panels: number,
  regions: RegionAllocator,
): TangentLayout {
  const like = ({ stride }: Block): Block => ({ address: regions.take(panels * stride), stride });
  return {
    input: like(input),
    stages: stages.map(({ output, gradient, activation }, index) => {
      const u = like(output);
      const isLast = index === stages.length - 1;
      return { u, t: activation === null ? u : like(output), gradient: isLast ? like(gradient) : gradient };
    }),
  };
}

/**
 * The penalty of one gathered tangent vector per example, Σ_b strength · weight_b · ‖(∇ₓf)ᵀv‖², f the raw
 * outputs. Runs after a training pass on the same batch, before its backward pass. Hands the gradient of the
 * weights to the update block; what the block holds of biases afterwards means nothing, for they have none.
 * **Source:** Simard, Victorri, LeCun, Denker (1992), Tangent prop; Goodfellow, Bengio, Courville, Deep
 * Learning, 7.14, eq. 7.67.
 */
export function runTangent(
  program: NetworkProgram,
  layout: TangentLayout,
  panels: number,
  strength: number,
  updateBlock: number,
): number {
  pushForward(program, layout, panels);
  const { kernels, stages, rowWeights } = program;
  const { u, gradient } = layout.stages.at(-1)!;
  const { units } = stages.at(-1)!.shape;
  const from = [u.address, u.stride, panels, units, rowWeights] as const;
  const penalty = kernels.tangentPenalty(...from, strength, gradient.address);
  pullBack(program, layout, panels, updateBlock);
  return penalty;
}

function pushForward(program: NetworkProgram, layout: TangentLayout, panels: number): void {
  const { kernels, stages, inputDropout } = program;
  if (inputDropout !== null) maskGradient(kernels, inputDropout, layout.input, panels);
  let below = layout.input;
  for (const [index, { operator, output, slope, activation, derivative, dropout }] of stages.entries()) {
    const { u, t } = layout.stages[index]!;
    const length = lengthOf(u, panels);
    operator.linear(below, u, panels);
    if (activation !== null) kernels.product(u.address, derivative, t.address, length);
    else if (slope !== 1) kernels.multiplySlope(u.address, output.address, slope, length);
    if (dropout !== null) maskGradient(kernels, dropout, t, panels);
    below = t;
  }
}

function pullBack(program: NetworkProgram, layout: TangentLayout, panels: number, updateBlock: number): void {
  const { kernels, stages } = program;
  for (let index = stages.length - 1; ; index--) {
    const { operator } = stages[index]!;
    const { gradient } = layout.stages[index]!;
    const entering = index === 0 ? layout.input : layout.stages[index - 1]!.t;
    operator.weightGradient(entering, gradient, panels, updateBlock);
    if (index === 0) return;
    const below = stages[index - 1]!;
    const { u, gradient: next } = layout.stages[index - 1]!;
    operator.inputGradient(gradient, below.output, next, panels, below.slope);
    if (below.dropout !== null) maskGradient(kernels, below.dropout, next, panels);
    if (below.activation !== null) {
      const length = lengthOf(next, panels);
      kernels.addProduct(below.curvature, below.secondDerivative, u.address, next.address, length);
      kernels.multiply(next.address, below.derivative, length);
    }
  }
}

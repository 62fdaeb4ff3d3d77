// Tangent propagation inside a network's passes: where tangents lie, their way forward through the network
// linearised where it stands, and the way back of the penalty's gradient. The way back leaves in `curvature`
// what tangents' lengths owe to where the smooth activations stand; the main backward pass adds it.

import { TuttiError } from '../../errors.js';
import type { Operand } from '../../kernels/operand.js';
import type { RegionAllocator } from '../../memory/layout.js';
import { maskGradient } from './dropout.js';
import type { NetworkLayout } from './network-layout.js';
import type { Operator } from './operator-kind.js';
import type { Block } from './panels.js';
import type { BoundNetwork } from './passes.js';
import type { UpdateBlocks } from './update-blocks.js';

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
 * outputs; not counted in the loss. Comes after a training pass on the same batch, before its backward pass. Hands the gradient of the
 * weights to the update blocks; what those hold of biases afterwards means nothing, for they have none.
 * **Source:** Simard, Victorri, LeCun, Denker (1992), Tangent prop; Goodfellow, Bengio, Courville, Deep
 * Learning, 7.14, eq. 7.67.
 */
export function callTangent(
  network: BoundNetwork,
  layout: TangentLayout,
  panels: Operand,
  strength: number,
  updates: UpdateBlocks,
): void {
  pushForward(network, layout, panels);
  const { calls, stages, rowWeights } = network;
  const { u, gradient } = layout.stages.at(-1)!;
  const { units } = stages.at(-1)!.shape;
  calls.uncounted(() => {
    const from = [u.address, u.stride, panels, units, rowWeights] as const;
    calls.tangentPenalty(...from, strength, gradient.address);
  });
  pullBack(network, layout, panels, updates);
}

function pushForward(network: BoundNetwork, layout: TangentLayout, panels: Operand): void {
  const { calls, stages, inputDropout } = network;
  if (inputDropout !== null) maskGradient(calls, inputDropout, layout.input, panels);
  let below = layout.input;
  for (const [index, { operator, output, slope, activation, derivative, dropout }] of stages.entries()) {
    const { u, t } = layout.stages[index]!;
    requireLinear(operator)(below, u, panels);
    if (activation !== null) calls.product(u.address, derivative, t.address, u.stride, panels);
    else if (slope !== 1) calls.multiplySlope(u.address, output.address, slope, u.stride, panels);
    if (dropout !== null) maskGradient(calls, dropout, t, panels);
    below = t;
  }
}

/** What is not linear is refused when a plan is made. */
function requireLinear({ linear }: Operator) {
  if (linear === undefined)
    throw new TuttiError('ERR_INTERNAL', 'Expected tangents to pass linear layers alone');
  return linear;
}

function pullBack(
  network: BoundNetwork,
  layout: TangentLayout,
  panels: Operand,
  updates: UpdateBlocks,
): void {
  const { calls, stages } = network;
  for (let index = stages.length - 1; ; index--) {
    const { operator } = stages[index]!;
    const { gradient } = layout.stages[index]!;
    const entering = index === 0 ? layout.input : layout.stages[index - 1]!.t;
    operator.weightGradient(entering, gradient, panels, updates);
    if (index === 0) return;
    const below = stages[index - 1]!;
    const { u, gradient: next } = layout.stages[index - 1]!;
    operator.inputGradient(gradient, below.output, next, panels, below.slope);
    if (below.dropout !== null) maskGradient(calls, below.dropout, next, panels);
    if (below.activation !== null) {
      const { address, stride } = next;
      calls.addProduct(below.curvature, below.secondDerivative, u.address, address, stride, panels);
      calls.multiply(address, below.derivative, stride, panels);
    }
  }
}

// The gradient of the loss with respect to a network's inputs: what attacks climb. Of the loss alone, without
// penalties, and without touching the parameters.

import type { Operand } from '../../kernels/operand.js';
import { type DropoutLayout, maskGradient } from './dropout.js';
import type { Block } from './panels.js';
import { type BoundNetwork, callGradientBelow, type Pass } from './passes.js';

/**
 * From the head's gradient, which the loss wrote for the last forward pass, down to ∂J/∂x: panels[inputs]
 * into `into`. Overwrites the gradients of the hidden stages.
 * @param pass the kind of the forward pass.
 */
export function callInputGradient(network: BoundNetwork, panels: Operand, into: Block, pass: Pass): void {
  const { calls, stages } = network;
  for (let index = stages.length - 1; index > 0; index--) {
    const below = stages[index - 1]!;
    const { address, stride } = below.gradient;
    callGradientBelow(network, index, panels);
    if (below.dropout !== null) dropGradient(network, below.dropout, below.gradient, panels, pass);
    if (below.activation !== null) calls.multiply(address, below.derivative, stride, panels);
  }
  callFirstInputGradient(network, panels, into, pass);
}

/** The last part of {@link callInputGradient}, where the first stage's gradient is that of the loss already. */
export function callFirstInputGradient(
  network: BoundNetwork,
  panels: Operand,
  into: Block,
  pass: Pass,
): void {
  const { stages, inputDropout } = network;
  const { operator, gradient, input } = stages[0]!;
  operator.inputGradient(gradient, input, into, panels, 1);
  if (inputDropout !== null) dropGradient(network, inputDropout, into, panels, pass);
}

function dropGradient(
  { calls }: BoundNetwork,
  dropout: DropoutLayout,
  gradient: Block,
  panels: Operand,
  pass: Pass,
): void {
  const { address, stride } = gradient;
  if (pass === 'training') maskGradient(calls, dropout, gradient, panels);
  else calls.scaleRows(address, address, stride, panels, dropout.rows, dropout.factors);
}

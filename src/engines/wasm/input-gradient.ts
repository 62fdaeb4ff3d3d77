// The gradient of the loss with respect to a network's inputs: what attacks climb. Of the loss alone, without
// penalties, and without touching the parameters.

import { type DropoutLayout, maskGradient } from './dropout.js';
import { type Block, lengthOf } from './panels.js';
import type { NetworkProgram, Pass } from './program.js';

/** What is not read. */
const NOTHING: Block = { address: 0, stride: 0 };

/**
 * From the head's gradient, which `runLoss` wrote for the last forward pass, down to ∂J/∂x: panels[inputs]
 * into `into`. Overwrites the gradients of the hidden stages.
 * @param pass the kind of the forward pass.
 */
export function runInputGradient(program: NetworkProgram, panels: number, into: Block, pass: Pass): void {
  const { kernels, stages } = program;
  for (let index = stages.length - 1; index > 0; index--) {
    const { operator, gradient } = stages[index]!;
    const below = stages[index - 1]!;
    operator.inputGradient(gradient, below.output, below.gradient, panels, below.slope);
    if (below.dropout !== null) dropGradient(program, below.dropout, below.gradient, panels, pass);
    if (below.activation !== null) {
      kernels.multiply(below.gradient.address, below.derivative, lengthOf(below.gradient, panels));
    }
  }
  runFirstInputGradient(program, panels, into, pass);
}

/** The last part of {@link runInputGradient}, where the first stage's gradient is that of the loss already. */
export function runFirstInputGradient(
  program: NetworkProgram,
  panels: number,
  into: Block,
  pass: Pass,
): void {
  const { stages, inputDropout } = program;
  const { operator, gradient } = stages[0]!;
  operator.inputGradient(gradient, NOTHING, into, panels, 1);
  if (inputDropout !== null) dropGradient(program, inputDropout, into, panels, pass);
}

function dropGradient(
  { kernels }: NetworkProgram,
  dropout: DropoutLayout,
  gradient: Block,
  panels: number,
  pass: Pass,
): void {
  const { address, stride } = gradient;
  if (pass === 'training') maskGradient(kernels, dropout, gradient, panels);
  else kernels.scaleRows(address, address, stride, panels, dropout.rows, dropout.factors);
}

// The shapes that follow from a spec and a task: layers with their inputs and units, parameter counts.
// Everything that must agree on them (engines, bundles, memory estimates) asks here.

import { outputCount, type Task } from '../data/dataset.js';
import type { Activation, Loss, MemberSpec } from './spec.js';

/** A dense layer with its input size: W is (inputs, units), the bias (units). */
export interface LayerShape {
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
}

/** Units of the output layer: one logit for a binary head, a mean and a raw variance per target for a Gaussian one. */
export function headUnits(loss: Loss, task: Task): number {
  switch (loss) {
    case 'binaryCrossEntropy':
      return 1;
    case 'gaussianNll':
      return 2 * outputCount(task);
    case 'softmaxCrossEntropy':
    case 'squaredError':
      return outputCount(task);
    default:
      return loss satisfies never;
  }
}

/** Features one member sees out of all. */
export function memberFeatures(spec: MemberSpec, features: number): number {
  return Math.max(1, Math.round(spec.featureShare * features));
}

/** The member's layers from input to output; the output layer is linear, its non-linearity belongs to the loss. */
export function layerShapes(spec: MemberSpec, features: number, task: Task): readonly LayerShape[] {
  const shapes: LayerShape[] = [];
  let inputs = memberFeatures(spec, features);
  for (const { units, activation } of spec.network.layers) {
    shapes.push({ inputs, units, activation });
    inputs = units;
  }
  shapes.push({ inputs, units: headUnits(spec.loss, task), activation: 'linear' });
  return shapes;
}

/** Length of a member's unpadded weights: Σ inputs × units + units. */
export function parameterCount(shapes: readonly LayerShape[]): number {
  return shapes.reduce((sum, { inputs, units }) => sum + inputs * units + units, 0);
}

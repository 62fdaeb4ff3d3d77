// The shapes that follow from a spec and a task: layers with their inputs and units, parameter counts.
// Everything that must agree on them (engines, bundles, memory estimates) asks here.

import type { Task } from '../data/dataset/dataset.js';
import { failOption } from '../errors.js';
import { inputShapes } from './embedding-layer.js';
import { type ImageShape, imageFeatures } from './image.js';
import { columnsOfRuns, type InputsSpec } from './inputs.js';
import { weightCount } from './layer-kind.js';
import { imageOf, type LayerShape, shapeOf, type TrainedShape, weightShapes } from './layers.js';
import { headUnits } from './losses.js';
import type { MemberSpec, NetworkMemberSpec } from './spec.js';

/** Features one member sees out of all. */
export function memberFeatures(spec: Pick<MemberSpec, 'featureShare'>, features: number): number {
  return Math.max(1, Math.round(spec.featureShare * features));
}

/**
 * The member's layers from input to output; the output layer is linear, its non-linearity belongs to the loss.
 * @throws ERR_OPTION when the features are no image of the stated size, or a layer does not fit its image.
 */
export function layerShapes(spec: NetworkMemberSpec, features: number, task: Task): readonly LayerShape[] {
  const { layers, image, inputs: embedded } = spec.network;
  requireImageSize(image, features);
  requireKnownColumns(embedded, features);
  const shapes: LayerShape[] = inputShapes(embedded, memberFeatures(spec, features));
  let inputs = shapes.at(-1)?.units ?? memberFeatures(spec, features);
  let below = image;
  const hidden: LayerShape[] = [];
  for (const [index, layer] of layers.entries()) {
    const shape = shapeOf(layer, { inputs, image: below, index, below: hidden });
    hidden.push(shape);
    inputs = shape.units;
    below = imageOf(shape);
  }
  shapes.push(...hidden, { kind: 'dense', inputs, units: headUnits(spec, task), activation: 'linear' });
  return shapes;
}

/** @throws ERR_OPTION when the features are no image of the stated size. */
export function requireImageSize(image: ImageShape | null, features: number): void {
  if (image === null || imageFeatures(image) === features) return;
  const { channels, height, width } = image;
  failOption('image', `channels × height × width of the ${features} features`, [channels, height, width]);
}

/** @throws ERR_OPTION when what is embedded are not the columns that there are. */
function requireKnownColumns(inputs: InputsSpec | undefined, features: number): void {
  if (inputs === undefined || columnsOfRuns(inputs.columns) === features) return;
  const columns = columnsOfRuns(inputs.columns);
  failOption('numericEmbedding', `of ${columns} columns, as the network was made for`, features);
}

/** Length of a member's unpadded weights: Σ inputs × units + units of the weight matrices, less the biases they lack. */
export function parameterCount(shapes: readonly TrainedShape[]): number {
  return shapes.flatMap(weightShapes).reduce((sum, matrix) => sum + weightCount(matrix), 0);
}

// Where the numbers of a network lie: the stages it runs through, and which regions of an arena they use. Activations
// and gradients are batch panels.

import type { SmoothActivation } from '../../kernels/activation-kind.js';
import type { Operand } from '../../kernels/operand.js';
import { layerLengthFloats } from '../../kernels/weight-layout.js';
import type { RegionAllocator } from '../../memory/layout.js';
import { inputLayers } from '../../model/embedding-layer.js';
import type { WeightShape } from '../../model/layer-kind.js';
import { type TrainedShape, weightShapes } from '../../model/layers.js';
import type { Activation, ActivityPenaltySpec, DropoutSpec } from '../../model/spec.js';
import { type DropoutLayout, layoutDropout } from './dropout.js';
import { operatorKeptBytes, operatorScratchBytes } from './operators.js';
import { type Block, panelStrideOf } from './panels.js';

/** Slopes of the leaky family max(z, slope·z), which the forward kernels apply themselves. */
const SLOPES: Readonly<Record<Exclude<Activation, SmoothActivation>, number>> = {
  linear: 1,
  relu: 0,
  leakyRelu: 0.01,
};

/** Whether an activation is a kernel of its own, outside the leaky family. */
function isSmooth(activation: Activation): activation is SmoothActivation {
  return !(activation in SLOPES);
}

/** Where one layer's numbers lie. */
export interface StageLayout {
  readonly shape: TrainedShape;
  /** The parameters, `paddedParameterCount` floats: of each matrix W in column panels, then the bias. */
  readonly weights: number;
  /** Where its matrices lie, in the order of `weightShapes`. */
  readonly matrices: readonly number[];
  /** What the layer keeps for the pass back, while training; else 0. */
  readonly kept: number;
  /** The most panels of a pass. */
  readonly panels: number;
  /** Applied by the operator; 1 leaves z as it is. */
  readonly slope: number;
  /** Applied after the operator, or null for the leaky family. */
  readonly activation: SmoothActivation | null;
  readonly input: Block;
  readonly output: Block;
  /** ∂J/∂z of this layer; address 0 in a program that only predicts. */
  readonly gradient: Block;
  /** Activation derivatives of smooth activations while training; else 0. */
  readonly derivative: number;
  /** Of smooth activations under tangent propagation, laid out like the output: d²h/dz², else 0. */
  readonly secondDerivative: number;
  /** Beside it: what tangents add to ∂J/∂z. */
  readonly curvature: number;
  /** What a skip connection that ends here brings: the output of an earlier stage. */
  readonly skipped: Block | null;
  /** Gradients of what its output is added to by skip connections that begin behind it. */
  readonly skipGradients: readonly Block[];
  /** Scratch of the operators, which run one after the other. */
  readonly scratch: number;
  /** Of the output, after the activation. */
  readonly dropout: DropoutLayout | null;
  /** α of the activity penalty on the output, after dropout; 0 for none. */
  readonly activityPenalty: number;
}

/** Where submodels share weights: from which stage on there are copies of the batch, one for each, and how many panels then. */
export interface Spread {
  readonly from: number;
  readonly panels: Operand;
}

export interface NetworkLayout {
  readonly stages: readonly StageLayout[];
  /** Input panels, written by a gather. */
  readonly input: Block;
  /** The first stage then reads the masked copy of the input. */
  readonly inputDropout: DropoutLayout | null;
  /** f32[8 × panels]: weights of the examples in the loss; read where an activity penalty is on. */
  readonly rowWeights: number;
  /** Start of all parameters and their padded length: the layout of the optimizer's moments too. */
  readonly weights: number;
  readonly weightsLength: number;
  /** Absent where every stage has the panels of the batch. */
  readonly spread?: Spread | undefined;
}

/** The panels of a stage, of `panels` that the batch has. @param stage from 0; −1 for the input */
export function panelsAt({ spread }: Pick<NetworkLayout, 'spread'>, stage: number, panels: Operand): Operand {
  return spread !== undefined && stage >= spread.from ? spread.panels : panels;
}

/** Padded length in floats of all layers' parameters. */
export function paddedParameterCount(shapes: readonly TrainedShape[]): number {
  return shapes.flatMap(weightShapes).reduce((sum, matrix) => sum + paddedLength(matrix), 0);
}

/** Floats of a matrix with its bias and their padding. */
export function paddedLength({ inputs, units, hasBias }: WeightShape): number {
  return layerLengthFloats(inputs, units, hasBias);
}

/** What a member's spec does to activations beside the layers themselves. */
export interface ActivationTechniques {
  readonly dropout: DropoutSpec | null;
  readonly activityPenalty: ActivityPenaltySpec | null;
  /** Whether tangents will pass through. */
  readonly hasTangents: boolean;
  /** Where the batch's weights in the loss lie. */
  readonly rowWeights: number;
}

/** What of a network may lie elsewhere than among its activations. */
export interface PlacesElsewhere {
  /** Its input, which several networks may share. */
  readonly input?: Block | undefined;
  /** The factors of its dropout. */
  readonly factors?: RegionAllocator | undefined;
}

/** A network of its layers alone. */
export const NO_TECHNIQUES: ActivationTechniques = {
  dropout: null,
  activityPenalty: null,
  hasTangents: false,
  rowWeights: 0,
};

/**
 * Lays a network out: activations for up to `panels` panels, and gradients when it is to be trained.
 * @param weights where the parameters lie.
 */
export function layoutNetwork(
  shapes: readonly TrainedShape[],
  weights: number,
  panels: number,
  regions: RegionAllocator,
  mode: 'train' | 'predict',
  { dropout, activityPenalty, hasTangents, rowWeights }: ActivationTechniques = NO_TECHNIQUES,
  elsewhere: PlacesElsewhere = {},
): NetworkLayout {
  const { factors = regions } = elsewhere;
  const block = (rows: number): Block => {
    const stride = panelStrideOf(rows);
    return { address: regions.take(panels * stride), stride };
  };
  /** Dropout of layer `layer`'s output, 0 being the input; null where everything is kept. */
  const drop = (layer: number, rows: number, source: Block, output: () => Block): DropoutLayout | null => {
    const keep = (layer === 0 ? dropout?.inputKeep : dropout?.hiddenKeep[layer - 1]) ?? 1;
    if (dropout === null || keep === 1) return null;
    const blocks = { source, output: output(), rows, panels };
    return layoutDropout({ keep, scaling: dropout.scaling }, layer, blocks, regions, factors, mode);
  };
  const { inputs } = shapes[0]!;
  const input = elsewhere.input ?? block(inputs);
  const inputDropout = drop(0, inputs, input, () => block(inputs));
  const scratch = regions.take(Math.max(...shapes.map((shape) => operatorScratchBytes(shape, panels, mode))));
  const stages: (StageLayout & { readonly skipGradients: Block[] })[] = [];
  const lead = inputLayers(shapes);
  let below = inputDropout?.output ?? input;
  let next = weights;
  for (const shape of shapes) {
    const { units, activation } = shape;
    const smooth = isSmooth(activation) ? activation : null;
    const under = stages.at(-1);
    const source = shape.kind === 'add' ? stages[stages.length - 1 - shape.skip]! : null;
    // Nobody asks what the sum was before the other was added to it.
    const lends = source !== null && under !== undefined && under.slope === 1 && isPlain(under);
    const output = lends ? under.output : block(units);
    const trains = mode === 'train';
    // Of hidden layers, from 1; what stands before those is none.
    const layer = stages.length + 1 - lead;
    const gradient = !trains ? { address: 0, stride: output.stride } : lends ? under.gradient : block(units);
    source?.skipGradients.push(gradient);
    const matrices: number[] = [];
    const weights = next;
    for (const matrix of weightShapes(shape)) {
      matrices.push(next);
      next += paddedLength(matrix) * 4;
    }
    const keptBytes = trains ? operatorKeptBytes(shape, panels) : 0;
    stages.push({
      ...{ shape, weights, matrices, panels },
      kept: keptBytes > 0 ? regions.take(keptBytes) : 0,
      slope: isSmooth(activation) ? 1 : SLOPES[activation],
      activation: smooth,
      input: below,
      output,
      gradient,
      skipped: source?.output ?? null,
      skipGradients: [],
      derivative: trains && smooth !== null ? block(units).address : 0,
      secondDerivative: hasTangents && smooth !== null ? block(units).address : 0,
      curvature: hasTangents && smooth !== null ? block(units).address : 0,
      scratch,
      dropout: layer > 0 ? drop(layer, units, output, () => output) : null,
      activityPenalty: activityPenalty?.layers.includes(layer) ? activityPenalty.strength : 0,
    });
    below = output;
  }
  const weightsLength = paddedParameterCount(shapes);
  return { stages, input, inputDropout, rowWeights, weights, weightsLength };
}

/** Whether a stage puts out what its operator did, and nothing else is done with that. */
function isPlain({ activation, dropout, activityPenalty, skipGradients }: StageLayout): boolean {
  return activation === null && dropout === null && activityPenalty === 0 && skipGradients.length === 0;
}

/** Every dropout of a program, in the order of its layers. */
export function dropoutsOf({ inputDropout, stages }: NetworkLayout): readonly DropoutLayout[] {
  return [inputDropout, ...stages.map(({ dropout }) => dropout)].filter((dropout) => dropout !== null);
}

/** The same network with parameters that lie elsewhere, laid out alike. */
export function movedNetwork(network: NetworkLayout, weights: number): NetworkLayout {
  const by = weights - network.weights;
  const stages = network.stages.map((stage) => ({
    ...stage,
    weights: stage.weights + by,
    matrices: stage.matrices.map((matrix) => matrix + by),
  }));
  return { ...network, stages, weights };
}

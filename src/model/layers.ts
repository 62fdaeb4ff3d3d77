// All kinds of hidden layers. To add one: its types in layer-types.ts, its file, and its places here; then its operator
// in src/engines/wasm/operators.ts.

import { type AddShape, add, addOption } from './add-layer.js';
import {
  type ConvolutionShape,
  convolution,
  convolutionOption,
  convolutionSpec,
} from './convolution-layer.js';
import { type DenseShape, dense, denseOption, denseSpec } from './dense-layer.js';
import { type EmbeddingShape, embedding, type FactorsShape, factors } from './embedding-layer.js';
import type { ImageShape } from './image.js';
import type {
  InitialDraw,
  LayerKind,
  LayerPlace,
  SchemaMaker,
  ShapeKind,
  WeightShape,
} from './layer-kind.js';
import { type LayerNormShape, layerNorm, layerNormOption, layerNormSpec } from './layer-norm-layer.js';
import type {
  Activation,
  AddLayer,
  ConvolutionLayer,
  ConvolutionOption,
  DenseLayer,
  DenseOption,
  LayerNormLayer,
  LayerNormOption,
  LayerOption,
  LayerSpec,
  PoolLayer,
  PoolOption,
} from './layer-types.js';
import { averagePool, maxPool, type PoolShape, poolOption, poolSpec } from './pool-layers.js';
import { type Expanded, expandResidual, residual, residualOption } from './residual-block.js';
import { type OwnShape, own, type SharedShape, shared } from './shared-layer.js';

/** Of each kind what a user writes, its spec and its shape. */
interface Kinds {
  readonly dense: { written: DenseOption; spec: DenseLayer; shape: DenseShape };
  readonly conv2d: { written: ConvolutionOption; spec: ConvolutionLayer; shape: ConvolutionShape };
  readonly maxPool: { written: PoolOption; spec: PoolLayer; shape: PoolShape };
  readonly averagePool: { written: PoolOption; spec: PoolLayer; shape: PoolShape };
  readonly layerNorm: { written: LayerNormOption; spec: LayerNormLayer; shape: LayerNormShape };
  readonly add: { written: AddLayer; spec: AddLayer; shape: AddShape };
}

type KindRecords = {
  readonly [K in keyof Kinds]: LayerKind<Kinds[K]['written'], Kinds[K]['spec'], Kinds[K]['shape']>;
};

const KINDS: KindRecords = { dense, conv2d: convolution, maxPool, averagePool, layerNorm, add };

/** What users write: the kinds of layers, and what stands for several of them. */
const WRITTEN = { ...KINDS, residual };

/** Those that stand before the hidden ones, which are not written as layers: their shapes. */
interface InputShapes {
  readonly embedding: EmbeddingShape;
  readonly factors: FactorsShape;
}

/** What layers are while they are trained where submodels share weights. */
interface SubmodelShapes {
  readonly shared: SharedShape;
  readonly own: OwnShape;
}

type Shapes = { readonly [K in keyof Kinds]: Kinds[K]['shape'] } & InputShapes & SubmodelShapes;

const SHAPES: { readonly [K in keyof Shapes]: ShapeKind<Shapes[K]> } = {
  ...KINDS,
  ...{ embedding, factors },
  ...{ shared, own },
};

/** The shape of a kind of layer. */
export type ShapeOf<K extends keyof Shapes> = Shapes[K];

/** Of a hidden layer, or of the last. */
export type HiddenShape = DenseShape | ConvolutionShape | PoolShape | LayerNormShape | AddShape;

export type LayerShape = HiddenShape | EmbeddingShape | FactorsShape;

/** Of a layer as it is trained. */
export type TrainedShape = LayerShape | SharedShape | OwnShape;

/** A hidden layer as an object. */
export type LayerObject = Exclude<LayerOption, string>;

/** Layers as users write them, as objects. */
export function layerOptionSchema(z: SchemaMaker) {
  return z.discriminatedUnion('kind', [
    ...([denseOption(z), convolutionOption(z), poolOption(z)] as const),
    ...([layerNormOption(z), addOption(z), residualOption(z)] as const),
  ]);
}

export function layerSpecSchema(z: SchemaMaker) {
  return z.discriminatedUnion('kind', [
    ...([denseSpec(z), convolutionSpec(z), poolSpec(z)] as const),
    ...([layerNormSpec(z), addOption(z)] as const),
  ]);
}

/** What kinds are called, and what they look like in words, for messages. */
export const KIND_NAMES = listed(Object.keys(WRITTEN));
export const EXAMPLES = listed(Object.values(WRITTEN).map(({ example }) => `\`${example}\``));

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** The fields that words say, whatever numbers they hold; null for no layer. */
export function fieldsOfWords(words: string): object | null {
  for (const kind of Object.values(WRITTEN)) {
    const fields = kind.read(words);
    if (fields !== null) return fields;
  }
  return null;
}

/** Layers that have units of their own, and an activation: all but those that hand on what is below them. */
export function hasUnits({ kind }: { readonly kind: keyof typeof WRITTEN }): boolean {
  return kind === 'residual' || KINDS[kind].hasUnits;
}

// A union of layers is taken apart by the kind that each names; these say so to the compiler.

function resolveAs<K extends keyof Kinds>(kind: K, layer: Kinds[K]['written'], activation: Activation) {
  return KINDS[kind].resolve(layer, activation);
}

function describeAs<K extends keyof Kinds>(kind: K, layer: Kinds[K]['spec']): string {
  return KINDS[kind].describe(layer);
}

function shapeAs<K extends keyof Kinds>(kind: K, layer: Kinds[K]['spec'], place: LayerPlace) {
  return KINDS[kind].shape(layer, place);
}

function weightsAs<K extends keyof Shapes>(kind: K, shape: Shapes[K]): readonly WeightShape[] {
  return SHAPES[kind].weights(shape);
}

function fanOutAs<K extends keyof Shapes>(kind: K, shape: Shapes[K]): number {
  return SHAPES[kind].fanOut(shape);
}

function initialAs<K extends keyof Shapes>(kind: K, shape: Shapes[K]) {
  const { initial } = SHAPES[kind];
  if (initial === undefined) return null;
  return (parameters: Float32Array, draw: InitialDraw) => initial(shape, parameters, draw);
}

function imageAs<K extends keyof Shapes>(kind: K, shape: Shapes[K]): ImageShape | null {
  return SHAPES[kind].image(shape);
}

/** What stands between the sums of dense hidden layers and their activations. */
export type Norm = 'none' | 'layer';

/**
 * The layers that one as it was written stands for. @param activation of a layer that names none. @param norm of dense layers.
 * @param below the layers so far.
 */
export function expandLayer(
  layer: LayerObject,
  activation: Activation,
  norm: Norm,
  below: readonly LayerSpec[],
): Expanded {
  if (layer.kind === 'residual') return expandResidual(layer, below, activation);
  const spec = resolveAs(layer.kind, layer, activation);
  if (norm === 'none' || spec.kind !== 'dense') return { layers: [spec], carrier: 0 };
  const sums: LayerSpec = { ...spec, activation: 'linear' };
  return { layers: [sums, { kind: 'layerNorm', activation: spec.activation }], carrier: 1 };
}

/** One layer in few words, as in messages and in `tutti inspect`. */
export function describeLayer(layer: LayerSpec): string {
  return describeAs(layer.kind, layer);
}

/** @throws ERR_OPTION where a layer does not fit what is below. */
export function shapeOf(layer: LayerSpec, place: LayerPlace): HiddenShape {
  return shapeAs(layer.kind, layer, place);
}

/** A layer's matrices, in canonical order. */
export function weightShapes(shape: TrainedShape): readonly WeightShape[] {
  return weightsAs(shape.kind, shape);
}

/** What writes a layer's initial values; null where they are drawn by the member's `init`. */
export function initialOf(
  shape: TrainedShape,
): ((parameters: Float32Array, draw: InitialDraw) => void) | null {
  return initialAs(shape.kind, shape);
}

/** Outputs that one input reaches. */
export function fanOut(shape: TrainedShape): number {
  return fanOutAs(shape.kind, shape);
}

/** The image a layer puts out, or null when it is a vector. */
export function imageOf(shape: LayerShape): ImageShape | null {
  return imageAs(shape.kind, shape);
}

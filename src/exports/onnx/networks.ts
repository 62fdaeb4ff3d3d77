// The middle of the graph: networks of one shape run as one. Their first layers, which read the same rows, are one product
// with all their weights side by side; after it each layer is a product batched over members. Convolutions are one with as
// many filters, then grouped ones.

import { failOption } from '../../errors.js';
import { joined } from '../../math/joined.js';
import type {
  PortableAdd,
  PortableConvolution,
  PortableDense,
  PortableLayer,
  PortableLayerNorm,
  PortableNetwork,
  PortablePool,
} from '../../model/portable-network.js';
import type { WindowGeometry } from '../../model/windows.js';
import { activated } from './activations.js';
import { callInputs, inputsKey } from './embedded-inputs.js';
import { type Graph, once, type Value } from './graph.js';
import type { EncodedFeatures } from './inputs.js';
import type { RawOutputs } from './members.js';

/** Runs all networks, those of one shape together, in the order of the first of each shape. */
export function callNetworks(
  graph: Graph,
  encoded: EncodedFeatures,
  networks: readonly PortableNetwork[],
): RawOutputs[] {
  const groups = new Map<string, PortableNetwork[]>();
  for (const network of networks.map(withTwoLogits)) {
    const key = shapeKey(network);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [network]);
    else group.push(network);
  }
  const padded = once(() => withZeros(graph, encoded));
  return [...groups.values()].map((group) => ({
    value: callGroup(graph, encoded, padded, group),
    members: group,
  }));
}

/** One logit is that of the second class against a first one of 0: so all networks of classes end alike. */
function withTwoLogits(network: PortableNetwork): PortableNetwork {
  const last = network.layers.at(-1)!;
  if (network.head.kind !== 'sigmoid' || last.kind !== 'dense') return network;
  const weight = Float32Array.from({ length: 2 * last.inputs }, (_, at) =>
    at % 2 === 0 ? 0 : last.weight[(at - 1) / 2]!,
  );
  const two: PortableDense = { ...last, units: 2, weight, bias: Float32Array.of(0, last.bias[0]!) };
  return { ...network, layers: [...network.layers.slice(0, -1), two], head: { kind: 'softmax', classes: 2 } };
}

/** Equal for networks that can run as one. */
function shapeKey({ columns, inputs, image, layers, head }: PortableNetwork): string {
  const shapes = layers.map((layer) => {
    const { weight: _, bias: __, ...shape } = { weight: null, bias: null, ...layer };
    return shape;
  });
  const levels = head.kind === 'quantiles' ? head.levels : [];
  return JSON.stringify([columns?.length ?? null, inputsKey(inputs), image, shapes, head.kind, levels]);
}

/**
 * Where the work of a group stands. rows: [rows, width], the same for all members. joined: [rows, members × units].
 * members: [members, rows, units]. image: [rows, channels, height, width], of all members `shared`, else those of each
 * after the other.
 */
type State =
  | { readonly at: 'rows' | 'joined' | 'members'; readonly value: Value }
  | { readonly at: 'image'; readonly value: Value; readonly shared: boolean };

function callGroup(
  graph: Graph,
  encoded: EncodedFeatures,
  padded: () => EncodedFeatures,
  group: readonly PortableNetwork[],
): Value {
  const [first] = group;
  let weights = group.map(({ layers }) => layers);
  let state: State;
  const needsOrder = first!.layers[0]!.kind !== 'dense';
  if (first!.inputs !== null) {
    const features = inOwnOrder(graph, encoded, padded);
    const value = callInputs(
      graph,
      features,
      group.map(({ inputs }) => inputs!),
    );
    state = { at: 'members', value };
  } else if (first!.image !== null) {
    state = { at: 'image', value: imageOf(graph, encoded, padded, first!), shared: true };
  } else if (first!.columns !== null) {
    const from = padded();
    if (needsOrder)
      failOption('featureShare', '1 for networks that begin with a norm', first!.columns.length);
    state = { at: 'members', value: gatherSubspaces(graph, from, group) };
    weights = group.map(({ columns, layers }) => scaled(layers, (row) => from.factors[columns![row]!]!));
  } else if (needsOrder) {
    state = { at: 'rows', value: inOwnOrder(graph, encoded, padded) };
  } else {
    state = { at: 'rows', value: encoded.value };
    weights = group.map(({ layers }) => inGraphOrder(layers, encoded));
  }
  const count = group.length;
  const depth = first!.layers.length;
  const earlier: State[] = [];
  for (let at = 0; at < depth; at++) {
    const layers = weights.map((layers) => layers[at]!);
    state = callLayer(graph, earlier, state, layers, count);
    earlier.push(state);
  }
  return byMember(graph, state, count, outputsOf(first!));
}

function outputsOf({ layers }: PortableNetwork): number {
  const last = layers.at(-1)!;
  return last.kind === 'dense'
    ? last.units
    : failOption('layers', 'networks that end in a dense layer', last.kind);
}

/** One layer of all members of a group. @param earlier what the layers below put out; the last is the state. */
function callLayer(
  graph: Graph,
  earlier: readonly State[],
  state: State,
  layers: readonly PortableLayer[],
  count: number,
): State {
  const [layer] = layers;
  switch (layer!.kind) {
    case 'dense':
      return callDense(graph, state, layers as readonly PortableDense[], count);
    case 'conv2d':
      return callConvolution(graph, state, layers as readonly PortableConvolution[]);
    case 'layerNorm':
      return callLayerNorm(graph, state, layers as readonly PortableLayerNorm[], count);
    case 'add': {
      const { units, skip } = layer as PortableAdd;
      const skipped = earlier[earlier.length - 1 - skip]!;
      return callAdd(graph, [skipped, state], units, count);
    }
    case 'maxPool':
    case 'averagePool':
      return callPool(graph, state, layer as PortablePool);
    default:
      return layer satisfies never;
  }
}

function callDense(graph: Graph, state: State, layers: readonly PortableDense[], count: number): State {
  const { inputs, units, activation } = layers[0]!;
  const from = flattened(graph, state, inputs, count);
  if (from.at === 'rows' || count === 1) {
    const x = from.value;
    const w = graph.constant(
      'weights',
      [inputs, count * units],
      sideBySide(
        layers.map(({ weight }) => weight),
        inputs,
      ),
    );
    const b = graph.constant('biases', [count * units], joined(layers.map(({ bias }) => bias)));
    const z = graph.node('Gemm', [x, w, b], {}, 'dense');
    return { at: count === 1 ? 'rows' : 'joined', value: activated(graph, z, activation) };
  }
  const x = byMember(graph, from, count, inputs);
  const w = graph.constant('weights', [count, inputs, units], joined(layers.map(({ weight }) => weight)));
  const b = graph.constant('biases', [count, 1, units], joined(layers.map(({ bias }) => bias)));
  const z = graph.node('Add', [graph.node('MatMul', [x, w], {}, 'product'), b], {}, 'dense');
  return { at: 'members', value: activated(graph, z, activation) };
}

/** Mean and variance over the last axis, [rows, units] or [members, rows, units]; gains and shifts of each member. */
function callLayerNorm(
  graph: Graph,
  state: State,
  layers: readonly PortableLayerNorm[],
  count: number,
): State {
  const { units, epsilon, activation } = layers[0]!;
  const from = atUnits(graph, state, units, count);
  const [shape, axis] = from.at === 'members' ? [[count, 1, units], 2] : [[units], 1];
  const d = graph.node('Sub', [from.value, meanOf(graph, from.value, axis)], {}, 'centred');
  const variance = meanOf(graph, graph.node('Mul', [d, d]), axis);
  const root = graph.node('Sqrt', [graph.node('Add', [variance, graph.numbers('epsilon', epsilon)])]);
  const gains = graph.constant('gains', shape, joined(layers.map(({ weight }) => weight)));
  const shifts = graph.constant('shifts', shape, joined(layers.map(({ bias }) => bias)));
  const scaled = graph.node('Mul', [graph.node('Div', [d, root]), gains]);
  const z = graph.node('Add', [scaled, shifts], {}, 'norm');
  return { at: from.at, value: activated(graph, z, activation) };
}

function meanOf(graph: Graph, value: Value, axis: number): Value {
  return graph.node('ReduceMean', [value], { axes: [axis], keepdims: 1 });
}

function callAdd(graph: Graph, states: readonly State[], units: number, count: number): State {
  const [a, b] = states.map((state) => atUnits(graph, state, units, count));
  return { at: b!.at, value: graph.node('Add', [a!.value, b!.value], {}, 'sum') };
}

/** With the units of one member on the last axis: rows of one, else those of each. */
function atUnits(
  graph: Graph,
  state: State,
  units: number,
  count: number,
): Extract<State, { at: 'rows' | 'joined' | 'members' }> {
  if (count === 1) {
    const { value } = flattened(graph, state, units, count);
    return { at: 'rows', value };
  }
  // The same for all of them: gains and shifts make them differ.
  if (state.at === 'rows') return { at: 'members', value: reshaped(graph, state.value, [1, -1, units]) };
  return { at: 'members', value: byMember(graph, flattened(graph, state, units, count), count, units) };
}

/** Whatever it was, as numbers of rows: of all members, or of each. */
function flattened(graph: Graph, state: State, width: number, count: number): State {
  if (state.at !== 'image') {
    // One member that gathered its columns: [1, rows, width].
    if (state.at !== 'members' || count > 1) return state;
    return { at: 'rows', value: reshaped(graph, state.value, [-1, width]) };
  }
  const alone = state.shared || count === 1;
  const value = reshaped(graph, state.value, [-1, alone ? width : count * width]);
  return { at: alone ? 'rows' : 'joined', value };
}

/** [members, rows, units] of what is joined; of one member too. */
function byMember(graph: Graph, state: State, count: number, units: number): Value {
  if (state.at === 'members') return state.value;
  if (count === 1) return reshaped(graph, state.value, [1, -1, units]);
  const apart = reshaped(graph, state.value, [-1, count, units]);
  return graph.node('Transpose', [apart], { perm: [1, 0, 2] }, 'members');
}

function callConvolution(graph: Graph, state: State, layers: readonly PortableConvolution[]): State {
  if (state.at !== 'image') return failOption('layers', 'convolutions of images alone', state.at);
  const { filters, geometry, activation } = layers[0]!;
  const { channels, windowHeight, windowWidth, strideY, strideX } = geometry;
  const shape = [layers.length * filters, channels, windowHeight, windowWidth];
  const w = graph.constant('filters', shape, joined(layers.map(filtersFirst)));
  const b = graph.constant('biases', [layers.length * filters], joined(layers.map(({ bias }) => bias)));
  const z = graph.node(
    'Conv',
    [state.value, w, b],
    {
      kernel_shape: [windowHeight, windowWidth],
      strides: [strideY, strideX],
      pads: padsOf(geometry),
      group: state.shared ? 1 : layers.length,
    },
    'convolution',
  );
  return { at: 'image', value: activated(graph, z, activation), shared: false };
}

/** Zeros above, left, below and right. */
function padsOf(geometry: WindowGeometry): number[] {
  const { top, left, height, width, outHeight, outWidth } = geometry;
  const below = (outHeight - 1) * geometry.strideY + geometry.windowHeight - height - top;
  const right = (outWidth - 1) * geometry.strideX + geometry.windowWidth - width - left;
  return [top, left, Math.max(0, below), Math.max(0, right)];
}

/** W[channels, y, x, filters] as [filters, channels, y, x]. */
function filtersFirst({ weight, filters }: PortableConvolution): Float32Array {
  const taps = weight.length / filters;
  return Float32Array.from(weight, (_, at) => weight[(at % taps) * filters + Math.floor(at / taps)]!);
}

function callPool(graph: Graph, state: State, { kind, geometry }: PortablePool): State {
  if (state.at !== 'image') return failOption('layers', 'poolings of images alone', state.at);
  const { windowHeight, windowWidth, strideY, strideX } = geometry;
  const attributes = { kernel_shape: [windowHeight, windowWidth], strides: [strideY, strideX] };
  const value = graph.node(kind === 'maxPool' ? 'MaxPool' : 'AveragePool', [state.value], attributes, 'pool');
  return { ...state, value };
}

/** The columns of each member of a group, [members, rows, columns]. */
function gatherSubspaces(graph: Graph, from: EncodedFeatures, group: readonly PortableNetwork[]): Value {
  const width = group[0]!.columns!.length;
  const places = group.flatMap(({ columns }) => Array.from(columns!, (feature) => from.places[feature]!));
  const indices = graph.integers('columns', places, [group.length, width]);
  const gathered = graph.node('Gather', [from.value, indices], { axis: 1 }, 'subspaces');
  return graph.node('Transpose', [gathered], { perm: [1, 0, 2] }, 'members');
}

/** The features in the order of the ensemble, f32[rows, features]. */
function inOwnOrder(graph: Graph, encoded: EncodedFeatures, padded: () => EncodedFeatures): Value {
  const { places, factors } = encoded;
  const inOrder = places.every((place, at) => place === at);
  const from = inOrder ? encoded : padded();
  const value = inOrder
    ? from.value
    : graph.node('Gather', [from.value, graph.integers('pixels', from.places)], { axis: 1 }, 'pixels');
  if (factors.every((factor) => factor === 1)) return value;
  return graph.node('Mul', [value, graph.numbers('factors', Array.from(factors))], {}, 'pixels');
}

/** The features in the order of the ensemble as an image, f32[rows, channels, height, width]. */
function imageOf(
  graph: Graph,
  encoded: EncodedFeatures,
  padded: () => EncodedFeatures,
  { image, columns, member }: PortableNetwork,
): Value {
  if (columns !== null)
    failOption('featureShare', 'absent for layers on images', `a share in member ${member}`);
  const value = inOwnOrder(graph, encoded, padded);
  const { channels, height, width } = image!;
  return reshaped(graph, value, [-1, channels, height, width]);
}

/** The same with a column of zeros where features are 0 in every row. */
function withZeros(graph: Graph, encoded: EncodedFeatures): EncodedFeatures {
  const { value, width, places } = encoded;
  if (!places.includes(-1)) return encoded;
  const pads = graph.integers('pads', [0, 0, 0, 1]);
  return {
    ...encoded,
    value: graph.node('Pad', [value, pads], { mode: 'constant' }, 'padded'),
    width: width + 1,
    places: places.map((place) => (place < 0 ? width : place)),
  };
}

/** Layers whose first one takes the columns as the graph has them, each times its factor. */
function inGraphOrder(layers: readonly PortableLayer[], { width, places, factors }: EncodedFeatures) {
  const [first, ...others] = layers;
  if (first!.kind !== 'dense') return layers;
  const { weight, units } = first as PortableDense;
  const ordered = new Float32Array(width * units);
  for (const [feature, place] of places.entries()) {
    if (place < 0) continue;
    for (let unit = 0; unit < units; unit++)
      ordered[place * units + unit] = weight[feature * units + unit]! * factors[feature]!;
  }
  return [{ ...(first as PortableDense), inputs: width, weight: ordered }, ...others];
}

/** Layers whose first weights' rows are multiplied by factors. */
function scaled(layers: readonly PortableLayer[], factor: (row: number) => number): readonly PortableLayer[] {
  const [first, ...others] = layers;
  const { units, weight } = first as PortableDense;
  const own = weight.map((value, at) => value * factor(Math.floor(at / units)));
  return [{ ...(first as PortableDense), weight: own }, ...others];
}

function reshaped(graph: Graph, value: Value, shape: readonly number[]): Value {
  return graph.node('Reshape', [value, graph.integers('shape', shape)], {}, 'reshaped');
}

/** Matrices of so many rows, side by side. */
function sideBySide(matrices: readonly Float32Array[], rows: number): Float32Array {
  const width = matrices[0]!.length / rows;
  const all = new Float32Array(matrices.length * rows * width);
  for (const [at, matrix] of matrices.entries()) {
    for (let row = 0; row < rows; row++)
      all.set(matrix.subarray(row * width, (row + 1) * width), (row * matrices.length + at) * width);
  }
  return all;
}

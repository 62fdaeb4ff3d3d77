// The branch of one member: its layers in the order of TensorFlow.js, whose images have their channels last.

import { channelsLast } from '../../engines/tfjs/model-input.js';
import { failOption } from '../../errors.js';
import type { ImageShape } from '../../model/image.js';
import type { Activation } from '../../model/layer-types.js';
import { requireBareInputs } from '../../model/portable-inputs.js';
import {
  LEAKY_SLOPE,
  type PortableConvolution,
  type PortableLayerNorm,
  type PortableNetwork,
  type PortablePool,
} from '../../model/portable-network.js';
import type { WindowGeometry } from '../../model/windows.js';
import type { LayerGraph } from './layer-graph.js';

/** What becomes of the last layer's raw outputs z: unit u is factors[u] · z[from[u]] + offsets[u], or 0 for from −1. */
export interface MemberHead {
  readonly units: number;
  readonly activation: 'linear' | 'softmax';
  readonly from: readonly number[];
  readonly factors: readonly number[];
  readonly offsets: readonly number[];
}

/** A matrix, row-major. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** @returns the name of the layer that has its answers. */
export function addMember(
  graph: LayerGraph,
  network: PortableNetwork,
  features: number,
  encoded: string,
  head: MemberHead,
): string {
  requireBareInputs(network, 'a tf.LayersModel');
  const { columns, image, layers } = network;
  let h = encoded;
  let shape = image;
  if (shape !== null) {
    const { channels, height, width } = shape;
    h = graph.add('Reshape', { target_shape: [channels, height, width] }, [h]);
    h = graph.add('Permute', { dims: [2, 3, 1] }, [h]);
  }
  /** Names of what each layer puts out. */
  const outputs: string[] = [];
  for (const [at, layer] of layers.entries()) {
    if (at > 0) outputs.push(h);
    if (layer.kind === 'layerNorm') {
      if (at === 0 && columns !== null)
        failOption(
          'featureShare',
          '1 for a tf.LayersModel of networks that begin with a norm',
          columns.length,
        );
      h = normalised(graph, h, layer);
      continue;
    }
    if (layer.kind === 'add') {
      h = graph.add('Add', {}, [h, outputs[at - 1 - layer.skip]!]);
      continue;
    }
    if (layer.kind !== 'dense') {
      h = layer.kind === 'conv2d' ? convolution(graph, h, layer) : pool(graph, h, layer);
      shape = imageAfter(layer.geometry, layer.kind === 'conv2d' ? layer.filters : layer.geometry.channels);
      continue;
    }
    let kernel: Matrix = { rows: layer.inputs, columns: layer.units, values: layer.weight };
    if (at === 0 && columns !== null) kernel = spread(kernel, columns, features);
    if (shape !== null) {
      h = graph.add('Flatten', {}, [h]);
      kernel = reordered(kernel, channelsLast(shape));
      shape = null;
    }
    h =
      at < layers.length - 1
        ? activated(graph, layer.activation, (own) => dense(graph, h, kernel, layer.bias, own))
        : dense(graph, h, ...headOf(kernel, layer.bias, head), head.activation);
  }
  return h;
}

export function dense(
  graph: LayerGraph,
  input: string,
  { rows, columns, values }: Matrix,
  bias: Float32Array,
  activation: string,
): string {
  const weights = [
    { name: 'kernel', shape: [rows, columns], values },
    { name: 'bias', shape: [columns], values: bias },
  ];
  return graph.add('Dense', { units: columns, activation, use_bias: true }, [input], weights);
}

export function diagonal(factors: readonly number[]): Matrix {
  const size = factors.length;
  const values = new Float32Array(size * size);
  for (const [at, factor] of factors.entries()) values[at * size + at] = factor;
  return { rows: size, columns: size, values };
}

function normalised(graph: LayerGraph, input: string, layer: PortableLayerNorm): string {
  const { units, epsilon, activation, weight, bias } = layer;
  const weights = [
    { name: 'gamma', shape: [units], values: weight },
    { name: 'beta', shape: [units], values: bias },
  ];
  const h = graph.add('LayerNormalization', { axis: [-1], epsilon }, [input], weights);
  if (activation === 'linear') return h;
  return activated(graph, activation, (own) =>
    own === 'linear' ? h : graph.add('Activation', { activation: own }, [h]),
  );
}

/** TensorFlow.js has leakyRelu as a layer only, and silu by its other name. */
function activated(graph: LayerGraph, activation: Activation, layer: (own: string) => string): string {
  if (activation === 'silu') return layer('swish');
  if (activation !== 'leakyRelu') return layer(activation);
  return graph.add('LeakyReLU', { alpha: LEAKY_SLOPE }, [layer('linear')]);
}

function convolution(graph: LayerGraph, input: string, layer: PortableConvolution): string {
  const { geometry, filters, bias, activation } = layer;
  const { channels, windowHeight, windowWidth } = geometry;
  const taps = channelsLast({ channels, height: windowHeight, width: windowWidth });
  const { values } = reordered({ rows: taps.length, columns: filters, values: layer.weight }, taps);
  const weights = [
    { name: 'kernel', shape: [windowHeight, windowWidth, channels, filters], values },
    { name: 'bias', shape: [filters], values: bias },
  ];
  const config = {
    ...{ filters, kernel_size: [windowHeight, windowWidth], use_bias: true },
    ...{ strides: [geometry.strideY, geometry.strideX], padding: paddingOf(geometry) },
    data_format: 'channels_last',
  };
  return activated(graph, activation, (own) =>
    graph.add('Conv2D', { ...config, activation: own }, [input], weights),
  );
}

/** Windows that reach beyond the image do so as `same` has them; without any both are the same. */
function paddingOf(geometry: WindowGeometry): 'same' | 'valid' {
  const { height, width, outHeight, outWidth, strideY, strideX, windowHeight, windowWidth } = geometry;
  const inside =
    (outHeight - 1) * strideY + windowHeight <= height && (outWidth - 1) * strideX + windowWidth <= width;
  return inside ? 'valid' : 'same';
}

function pool(graph: LayerGraph, input: string, { kind, geometry }: PortablePool): string {
  const config = {
    pool_size: [geometry.windowHeight, geometry.windowWidth],
    strides: [geometry.strideY, geometry.strideX],
    ...{ padding: 'valid', data_format: 'channels_last' },
  };
  return graph.add(kind === 'maxPool' ? 'MaxPooling2D' : 'AveragePooling2D', config, [input]);
}

function imageAfter({ outHeight, outWidth }: WindowGeometry, channels: number): ImageShape {
  return { channels, height: outHeight, width: outWidth };
}

/** Row order[i] at i. */
function reordered({ rows, columns, values }: Matrix, order: Uint32Array): Matrix {
  const own = new Float32Array(values.length);
  for (const [at, row] of order.entries())
    own.set(values.subarray(row * columns, (row + 1) * columns), at * columns);
  return { rows, columns, values: own };
}

/** Rows at these places among `rows`, the others zero: a random subspace of all features. */
function spread({ columns, values }: Matrix, places: Uint32Array, rows: number): Matrix {
  const own = new Float32Array(rows * columns);
  for (const [at, row] of places.entries())
    own.set(values.subarray(at * columns, (at + 1) * columns), row * columns);
  return { rows, columns, values: own };
}

/** The last layer with what becomes of its outputs in it. */
function headOf(
  kernel: Matrix,
  bias: Float32Array,
  { units, from, factors, offsets }: MemberHead,
): [Matrix, Float32Array] {
  const values = new Float32Array(kernel.rows * units);
  for (let at = 0; at < values.length; at++) {
    const [row, unit] = [Math.floor(at / units), at % units];
    const source = from[unit]!;
    values[at] = source < 0 ? 0 : kernel.values[row * kernel.columns + source]! * factors[unit]!;
  }
  const own = Float32Array.from({ length: units }, (_, unit) => {
    const source = from[unit]!;
    return (source < 0 ? 0 : bias[source]! * factors[unit]!) + offsets[unit]!;
  });
  return [{ rows: kernel.rows, columns: units, values }, own];
}

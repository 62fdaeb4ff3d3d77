// Parameters of a whole network between their two forms: the padded panels that kernels work on and the
// unpadded canonical vector that is saved, hashed and exported. Initialisation draws in canonical order.

import { layerLengthFloats, packWeights, unpackWeights } from '../../kernels/weight-layout.js';
import { RandomStream, type StreamKey } from '../../math/random.js';
import { type InitialDraw, type InitialRows, type WeightShape, weightCount } from '../../model/layer-kind.js';
import { fanOut, initialOf, type TrainedShape, weightShapes } from '../../model/layers.js';
import { parameterCount } from '../../model/network.js';
import type { Initialisation } from '../../model/spec.js';

/** Canonical → padded: `canonical` f32[parameterCount], `packed` f32[paddedParameterCount]. */
export function packParameters(
  shapes: readonly TrainedShape[],
  canonical: Float32Array,
  packed: Float32Array,
): void {
  eachLayer(shapes, canonical, packed, packWeights);
}

/** Padded → canonical. */
export function unpackParameters(
  shapes: readonly TrainedShape[],
  packed: Float32Array,
  canonical: Float32Array,
): void {
  eachLayer(shapes, canonical, packed, unpackWeights);
}

/** Hands every matrix's part of both forms to `convert`, as views. */
function eachLayer(
  shapes: readonly TrainedShape[],
  canonical: Float32Array,
  packed: Float32Array,
  convert: typeof unpackWeights,
): void {
  let start = 0;
  let packedStart = 0;
  for (const { inputs, units, hasBias } of shapes.flatMap(weightShapes)) {
    const bias = start + inputs * units;
    const end = hasBias ? bias + units : bias;
    convert(
      packed.subarray(packedStart),
      inputs,
      units,
      canonical.subarray(start, bias),
      canonical.subarray(bias, end),
    );
    start = end;
    packedStart += layerLengthFloats(inputs, units, hasBias);
  }
}

/**
 * Initial parameters in canonical order, one word of the stream per weight but where a kind of layer has values of its own;
 * biases are zero.
 * @param rows that the member is fitted to, for layers whose values follow from them.
 * @param parameters where to write them, f32[parameterCount] or longer.
 * He: uniform in ±√(6 / fan-in). Glorot: uniform in ±√(6 / (fan-in + fan-out)). Ntk: normal of variance 1 / fan-in, and then biases
 * normal of variance 1.
 * **Source:** He et al. (2015), Delving deep into rectifiers, eq. 10; Glorot and Bengio (2010), eq. 16; Jacot, Gabriel, Hongler (2018),
 * Neural tangent kernel, section 3.
 */
export function initialParameters(
  shapes: readonly TrainedShape[],
  init: Initialisation,
  key: StreamKey,
  rows: InitialRows | null = null,
  parameters: Float32Array = new Float32Array(parameterCount(shapes)),
): Float32Array {
  const random = new RandomStream(key);
  const draw = { init, random, rows };
  let next = 0;
  for (const shape of shapes) {
    const length = parameterCount([shape]);
    const own = parameters.subarray(next, next + length).fill(0);
    (initialOf(shape) ?? drawnBy(shape))(own, draw);
    next += length;
  }
  return parameters;
}

/** Every matrix drawn by the member's `init`. */
function drawnBy(shape: TrainedShape) {
  return (parameters: Float32Array, { init, random }: InitialDraw): void => {
    let next = 0;
    for (const matrix of weightShapes(shape)) {
      if (init === 'ntk') {
        next = drawNormal(matrix, parameters, next, random);
        continue;
      }
      const bound = Math.sqrt(6 / (init === 'he' ? matrix.inputs : matrix.inputs + fanOut(shape)));
      const end = next + matrix.inputs * matrix.units;
      for (let i = next; i < end; i++) parameters[i] = (2 * random.uniform() - 1) * bound;
      next += weightCount(matrix);
    }
  };
}

/** @returns the end of what was drawn. */
function drawNormal(
  { inputs, units, hasBias }: WeightShape,
  parameters: Float32Array,
  start: number,
  random: RandomStream,
): number {
  const bias = start + inputs * units;
  const end = hasBias ? bias + units : bias;
  const spread = 1 / Math.sqrt(inputs);
  for (let i = start; i < end; i++) parameters[i] = random.normal() * (i < bias ? spread : 1);
  return end;
}

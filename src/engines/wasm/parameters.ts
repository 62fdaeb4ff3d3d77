// Parameters of a whole network between their two forms: the padded panels that kernels work on and the
// unpadded canonical vector that is saved, hashed and exported. Initialisation draws in canonical order.

import { layerLengthFloats, packWeights, unpackWeights } from '../../kernels/weight-layout.js';
import { RandomStream, type StreamKey } from '../../math/random.js';
import { fanOut, type LayerShape, weightShape } from '../../model/layers.js';
import { parameterCount } from '../../model/network.js';
import type { Initialisation } from '../../model/spec.js';

/** Canonical → padded: `canonical` f32[parameterCount], `packed` f32[paddedParameterCount]. */
export function packParameters(
  shapes: readonly LayerShape[],
  canonical: Float32Array,
  packed: Float32Array,
): void {
  eachLayer(shapes, canonical, packed, packWeights);
}

/** Padded → canonical. */
export function unpackParameters(
  shapes: readonly LayerShape[],
  packed: Float32Array,
  canonical: Float32Array,
): void {
  eachLayer(shapes, canonical, packed, unpackWeights);
}

/** Hands every layer's part of both forms to `convert`, as views. */
function eachLayer(
  shapes: readonly LayerShape[],
  canonical: Float32Array,
  packed: Float32Array,
  convert: typeof unpackWeights,
): void {
  let start = 0;
  let packedStart = 0;
  for (const { inputs, units } of shapes.map(weightShape)) {
    const bias = start + inputs * units;
    const end = bias + units;
    convert(
      packed.subarray(packedStart),
      inputs,
      units,
      canonical.subarray(start, bias),
      canonical.subarray(bias, end),
    );
    start = end;
    packedStart += layerLengthFloats(inputs, units);
  }
}

/**
 * Initial parameters in canonical order, one word of the stream per weight; biases are zero.
 * @param parameters where to write them, f32[parameterCount] or longer.
 * He: uniform in ±√(6 / fan-in). Glorot: uniform in ±√(6 / (fan-in + fan-out)).
 * **Source:** He et al. (2015), Delving deep into rectifiers, eq. 10; Glorot and Bengio (2010), eq. 16.
 */
export function initialParameters(
  shapes: readonly LayerShape[],
  init: Initialisation,
  key: StreamKey,
  parameters: Float32Array = new Float32Array(parameterCount(shapes)),
): Float32Array {
  const stream = new RandomStream(key);
  let next = 0;
  for (const shape of shapes) {
    const { inputs, units } = weightShape(shape);
    const bound = Math.sqrt(6 / (init === 'he' ? inputs : inputs + fanOut(shape)));
    for (let i = 0; i < inputs * units; i++) parameters[next++] = (2 * stream.uniform() - 1) * bound;
    parameters.fill(0, next, next + units);
    next += units;
  }
  return parameters;
}

// Networks with layer normalisation and skip connections in double precision, one row at a time: outputs and losses alone, whose
// gradients tests estimate by finite differences. Not a test itself.

import { LAYER_NORM_EPSILON } from '../../src/model/layer-norm-layer.js';
import type { LayerShape } from '../../src/model/layers.js';
import { activate } from './reference-network.js';

/** Raw outputs of a network of dense layers, norms and adds. @param flat its parameters, canonical. */
export function rawOutputs(
  shapes: readonly LayerShape[],
  flat: ArrayLike<number>,
  x: readonly number[],
): number[] {
  const outputs: number[][] = [];
  let next = 0;
  let h = [...x];
  for (const shape of shapes) {
    const { kind, inputs, units, activation } = shape;
    const input = h;
    if (kind === 'dense') {
      const bias = next + inputs * units;
      const own = next;
      h = Array.from({ length: units }, (_, o) =>
        input.reduce((sum, v, i) => sum + v * flat[own + i * units + o]!, flat[bias + o]!),
      );
      next = bias + units;
    } else if (kind === 'layerNorm') {
      const own = next;
      const mean = input.reduce((sum, v) => sum + v, 0) / units;
      const variance = input.reduce((sum, v) => sum + (v - mean) ** 2, 0) / units;
      const root = Math.sqrt(variance + LAYER_NORM_EPSILON);
      h = input.map((v, o) => (flat[own + o]! * (v - mean)) / root + flat[own + units + o]!);
      next += 2 * units;
    } else if (kind === 'add') {
      const skipped = outputs[outputs.length - 1 - shape.skip]!;
      h = input.map((v, o) => v + skipped[o]!);
    } else throw new Error(`${kind} has a reference of its own`);
    h = h.map((z) => activate(activation, z)[0]);
    outputs.push(h);
  }
  return h;
}

/** ∂f/∂at by central differences. */
export function slopes(at: ArrayLike<number>, f: (moved: Float64Array) => number, step = 1e-5): Float64Array {
  const moved = Float64Array.from(at);
  return moved.map((value, place) => {
    const own = Float64Array.from(at);
    own[place] = value + step;
    const above = f(own);
    own[place] = value - step;
    return (above - f(own)) / (2 * step);
  });
}

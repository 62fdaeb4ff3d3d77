// The packed form of a layer's weights.
import t from 'tap';
import {
  layerLengthFloats,
  PANEL_UNITS,
  packWeights,
  unpackWeights,
  weightIndex,
  weightLengthFloats,
} from '../../src/kernels/weight-layout.js';
import { numbers } from './harness.js';

t.test('packing and unpacking are inverse, and padding is zero', async (t) => {
  for (const [inputs, units] of [
    [1, 1],
    [3, 5],
    [7, 96],
    [5, 97],
    [2, 193],
    [0, 3],
    [4, 0],
  ] as const) {
    const [weights, bias] = [numbers(inputs * units, 1), numbers(units, 2)];
    const packed = new Float32Array(layerLengthFloats(inputs, units)).fill(9);
    packWeights(packed, inputs, units, weights, bias);
    const [againWeights, againBias] = [new Float32Array(inputs * units), new Float32Array(units)];
    unpackWeights(packed, inputs, units, againWeights, againBias);
    t.same([againWeights, againBias], [weights, bias]);
    t.equal(packed.filter((value) => value === 0).length, packed.length - (inputs + 1) * units);
  }
});

t.test('weightIndex is where packing puts a weight, biases lie behind all of them', async (t) => {
  const [inputs, units] = [3, PANEL_UNITS + 5];
  const weights = Float32Array.from({ length: inputs * units }, (_, at) => at + 1);
  const packed = new Float32Array(layerLengthFloats(inputs, units));
  packWeights(packed, inputs, units, weights, new Float32Array(units).fill(-1));
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < units; o++) t.equal(packed[weightIndex(inputs, units, i, o)], weights[i * units + o]);
  }
  t.equal(packed.indexOf(-1), weightLengthFloats(inputs, units));
});

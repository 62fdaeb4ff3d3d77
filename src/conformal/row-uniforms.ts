// The number that a randomised set is drawn by: a row's own, so that a row has the same set however, and beside whichever
// others, it is predicted.

import type { Values } from '../data/dataset/dataset.js';
import { RandomStream, streamKey } from '../math/random.js';
import { threefry2x32 } from '../math/threefry.js';

/** Uniform numbers in [0, 1) for the rows that conformity was made of, by their places, f64[rows]. */
export function knownUniforms(rows: number): Float64Array {
  const stream = new RandomStream(streamKey(0, 'conformal'));
  const uniforms = new Float64Array(rows);
  for (let row = 0; row < rows; row++) uniforms[row] = stream.uniform();
  return uniforms;
}

/** Uniform numbers in [0, 1) for new rows: a keyed hash of each one's features. */
export function rowUniforms(features: number): (x: Values, row: number) => number {
  const [k0, k1] = streamKey(0, 'conformal', 1);
  const state = new Uint32Array(2);
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  return (x, row) => {
    state[0] = k0;
    state[1] = k1;
    for (let feature = 0; feature < features; feature++) {
      // −0 is 0.
      number[0] = x[row * features + feature]! + 0;
      threefry2x32(state[0]!, state[1]!, words[0]!, words[1]!, state);
    }
    return ((state[0]! >>> 5) * 2 ** 26 + (state[1]! >>> 6)) * 2 ** -53;
  };
}

// Random calls of operations that fill batches or blocks.
import { roundUp4 } from '../../../src/kernels/weight-layout.js';
import type { MakeCalls } from './calls.js';
import type { Space } from './space.js';

/** Rows of a dataset and the numbers of some of them. */
function dataset(space: Space) {
  const [features, rows, count] = [space.upTo(space.pick(70, 700)), space.upTo(60), space.upTo(70)];
  const stride = roundUp4(features) * 4 + space.pick(0, 0, 16);
  const x = space.put((rows * stride) / 4);
  return { features, rows, count, stride, x, indices: space.putIntegers(count, 0, rows - 1) };
}

function block(space: Space) {
  return space.shape(space.upTo(40), space.upTo(12));
}

export const BATCHES = {
  gatherRows(space) {
    const { x, stride, indices, count, features } = dataset(space);
    const out = space.shape(features, Math.ceil(count / 8));
    return [x, stride, indices, count, features, space.putPanels(out), out.stride];
  },
  gatherColumns(space) {
    const { x, stride, indices, count, features } = dataset(space);
    const chosen = space.upTo(50);
    const columns = space.putIntegers(chosen, 0, features - 1);
    const out = space.shape(chosen, Math.ceil(count / 8));
    return [x, stride, indices, count, columns, chosen, space.putPanels(out), out.stride];
  },
  gatherLabels(space) {
    const { rows, count, indices } = dataset(space);
    const out = space.putIntegers(Math.ceil(count / 8) * 8, 5, 6);
    return [space.putIntegers(rows, 0, 9), indices, count, out];
  },
  gatherWeights(space) {
    const { rows, count, indices } = dataset(space);
    const weights = space.chance(0.3) ? 0 : space.put(rows);
    return [weights, indices, count, space.number(), space.put(Math.ceil(count / 8) * 8)];
  },
  shuffle(space) {
    const count = space.chance(0.1) ? space.between(0, 2) : space.upTo(3000);
    return [space.putIntegers(count, 0, 9999), count, space.key(), space.key()];
  },
  copy(space) {
    const shape = block(space);
    return [space.putPanels(shape), space.putPanels(shape), shape.stride, shape.panels];
  },
  clear(space) {
    const shape = block(space);
    return [space.putPanels(shape), shape.stride, shape.panels];
  },
} satisfies MakeCalls;

// Random calls of dense layers and updates.
import { stepWriter, UPDATE_BLOCK_BYTES, writeUpdate } from '../../../src/kernels/update-block.js';
import {
  layerLengthFloats,
  layerNormScratchBytes,
  orthogonaliseScratchBytes,
  roundUp4,
  weightGradientScratchBytes,
  weightLengthFloats,
} from '../../../src/kernels/weight-layout.js';
import type { OptimizerSpec } from '../../../src/model/spec.js';
import type { MakeCalls } from './calls.js';
import type { Space } from './space.js';

/** Inputs, units and panels of a layer, with all that is odd about them. */
function layer(space: Space) {
  const limit = space.pick(12, 40, 300);
  const [inputs, units] = [space.upTo(limit), space.chance(0.1) ? 1 : space.upTo(limit)];
  const panels = space.upTo(Math.max(1, Math.min(25, Math.floor(30_000 / (inputs + units)))));
  return { inputs, units, x: space.shape(inputs, panels), z: space.shape(units, panels), panels };
}

/** Weights with their biases, padding zero as it always is. */
function putLayer(space: Space, inputs: number, units: number): number {
  const start = space.put(layerLengthFloats(inputs, units));
  const padded = roundUp4(units);
  for (let o = units; o < padded; o++) {
    const first = o - (o % 96);
    const width = Math.min(96, padded - first);
    for (let i = 0; i < inputs; i++) space.floats[start / 4 + first * inputs + i * width + (o - first)] = 0;
    space.floats[start / 4 + padded * inputs + o] = 0;
  }
  return start;
}

function optimizer(space: Space): OptimizerSpec {
  const momentum = space.pick(0, 0.9);
  const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, tolerance: 1e-8 };
  return space.pick<OptimizerSpec>(
    { kind: 'sgd', learningRate: 0.01, momentum, nesterov: momentum > 0 && space.chance(0.5) },
    { kind: 'adam', ...rates, weightDecay: 0 },
    { kind: 'adamW', ...rates, weightDecay: 0.01 },
  );
}

/** An update block for weights at `w`, with what it refers to: gradients or moments. */
export function putUpdate(space: Space, w: number, count: number): number {
  // Negative moments of the second order have no root; none is ever that.
  const [first, second] = [space.put(count), space.put(count, () => Math.abs(space.number()))];
  const block = space.room(UPDATE_BLOCK_BYTES);
  space.floats.fill(0, block / 4, (block + UPDATE_BLOCK_BYTES) / 4);
  const [firstOffset, secondOffset] = [first - w, second - w];
  if (space.chance(0.3)) {
    const kind = space.pick('store' as const, 'accumulate' as const);
    writeUpdate(space.buffer, block, { kind, gradientOffset: firstOffset });
    return block;
  }
  const chosen = optimizer(space);
  const normPenalty = { l1: space.pick(0, 0, 1e-3), l2: space.pick(0, 0, 1e-2) };
  writeUpdate(space.buffer, block, {
    ...{ kind: 'optimizer', optimizer: chosen, normPenalty },
    ...{ firstOffset, secondOffset },
  });
  const step = space.between(1, 50);
  const factors = { rate: 1, bias: space.pick(1, 0.1), decay: space.pick(1, 0.5) };
  stepWriter(space.buffer, block, chosen, factors).writeStep(0.01, step);
  return block;
}

export const DENSE = {
  forward(space) {
    const { inputs, units, panels, x, z } = layer(space);
    const [from, w] = [space.putPadded(x), putLayer(space, inputs, units)];
    return [from, x.stride, panels, inputs, w, units, space.putPanels(z), z.stride, space.slope()];
  },
  forwardRow(space) {
    const { inputs, units, x, z } = layer(space);
    const [from, w] = [space.putPadded({ ...x, panels: 1 }), putLayer(space, inputs, units)];
    return [from, inputs, w, units, space.putPanels({ ...z, panels: 1 }), space.slope()];
  },
  linear(space) {
    const { inputs, units, panels, x, z } = layer(space);
    const [from, w] = [space.putPadded(x), putLayer(space, inputs, units)];
    const scratch = space.scratch(roundUp4(units) * 4);
    return [from, x.stride, panels, inputs, w, units, space.putPanels(z), z.stride, scratch];
  },
  inputGradient(space) {
    const { inputs, units, panels, x, z } = layer(space);
    const [dz, w] = [space.putPadded(z), putLayer(space, inputs, units)];
    const slope = space.slope();
    const h = slope === 1 ? 0 : space.putPadded(x);
    return [dz, z.stride, panels, units, w, inputs, h, slope, space.putPanels(x), x.stride];
  },
  weightGradient(space) {
    const { inputs, units, panels, x, z } = layer(space);
    const [from, dz] = [space.putPadded(x), space.putPadded(z)];
    const w = putLayer(space, inputs, units);
    const update = putUpdate(space, w, layerLengthFloats(inputs, units));
    const scratch = space.scratch(weightGradientScratchBytes(panels));
    return [from, x.stride, panels, inputs, dz, z.stride, units, w, scratch, update];
  },
} satisfies MakeCalls;

/** Panels of a layer normalisation, what it keeps of them, and gains with shifts behind them. */
function normalisation(space: Space) {
  const rows = space.upTo(space.pick(5, 40, 300));
  const panels = space.upTo(Math.max(1, Math.min(25, Math.floor(15_000 / rows))));
  const shape = space.shape(rows, panels);
  return { rows, panels, shape, x: space.putPadded(shape), w: putLayer(space, 1, rows) };
}

export const NORMALISATION = {
  layerNorm(space) {
    const { rows, panels, shape, x, w } = normalisation(space);
    const statistics = space.chance(0.5) ? 0 : space.put(panels * 16);
    const to = [space.putPanels(shape), shape.stride, space.slope(), statistics];
    return [x, shape.stride, panels, rows, w, 1e-5, ...to];
  },
  layerNormInputGradient(space) {
    const { rows, panels, shape, x, w } = normalisation(space);
    const from = [space.putPadded(shape), shape.stride, panels, rows, w, x, shape.stride];
    return [...from, space.put(panels * 16), space.slope(), space.putPanels(shape), shape.stride];
  },
  layerNormWeightGradient(space) {
    const { rows, panels, shape, x, w } = normalisation(space);
    const from = [x, shape.stride, panels, rows, space.putPadded(shape), shape.stride];
    const update = putUpdate(space, w, layerLengthFloats(1, rows));
    const scratch = space.scratch(layerNormScratchBytes(rows));
    return [...from, space.put(panels * 16), w, scratch, update];
  },
} satisfies MakeCalls;

export const UPDATES = {
  applyUpdate(space) {
    const [weights, biases] = [roundUp4(space.upTo(500)), roundUp4(space.upTo(40))];
    const w = space.put(weights + biases);
    const gradient = space.put(weights + biases);
    return [w, gradient, weights, biases, putUpdate(space, w, weights + biases)];
  },
  pullToward(space) {
    const count = roundUp4(space.upTo(500));
    return [space.put(count), space.put(count), count, space.random()];
  },
  flushDenormals(space) {
    const count = roundUp4(space.upTo(500));
    return [space.put(count), count, space.pick(1e-30, 1e-3, Math.abs(space.number()))];
  },
  limitNorm(space) {
    const count = roundUp4(space.upTo(500));
    return [space.put(count), count, space.pick(1e-3, 1, 1e3)];
  },
  orthogonalise(space) {
    const [inputs, units] = [space.upTo(40), space.pick(space.upTo(40), 90 + space.upTo(20))];
    const scratch = space.scratch(orthogonaliseScratchBytes(inputs, units));
    return [space.put(weightLengthFloats(inputs, units)), inputs, units, scratch];
  },
} satisfies MakeCalls;

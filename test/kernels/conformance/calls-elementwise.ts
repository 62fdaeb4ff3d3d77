// Random calls of activations, techniques and predictions.
import { roundUp4 } from '../../../src/kernels/weight-layout.js';
import type { MakeCalls } from './calls.js';
import type { Panels, Space } from './space.js';

function block(space: Space): Panels {
  return space.shape(space.upTo(40), space.upTo(12));
}

/** As many blocks of one shape, which is said behind them. */
function blocks(space: Space, count: number): number[] {
  const shape = block(space);
  return [...Array.from({ length: count }, () => space.putPanels(shape)), shape.stride, shape.panels];
}

/** Where a result goes that may take the place of an operand. */
function besideOrAt(space: Space, operand: number, shape: Panels): number {
  return space.chance(0.4) ? operand : space.putPanels(shape);
}

function putMask(space: Space, { stride, panels }: Panels): number {
  const count = (stride * panels) / 4;
  const start = space.room(count);
  for (let at = start; at < start + count; at++) space.bytes[at] = space.pick(0, 255);
  return start;
}

function perturbation(space: Space): number[] {
  const { rows, stride, panels } = block(space);
  const [x, origin, gradient] = [1, 2, 3].map(() => space.put((stride * panels) / 4));
  const bounds = [1, 2, 3].map(() => space.put(rows));
  return [x!, origin!, gradient!, stride, panels, rows, ...bounds, space.number()];
}

export const ACTIVATIONS = {
  activate(space) {
    const shape = block(space);
    const derivative = space.chance(0.5) ? 0 : space.putPanels(shape);
    return [space.between(0, 6), space.putPanels(shape), derivative, shape.stride, shape.panels];
  },
  secondDerivative: (space) => [space.between(0, 6), ...blocks(space, 2)],
  multiply: (space) => blocks(space, 2),
  multiplySlope(space) {
    const [a, h, stride, panels] = blocks(space, 2) as [number, number, number, number];
    return [a, h, space.slope(), stride, panels];
  },
  product(space) {
    const shape = block(space);
    const a = space.putPanels(shape);
    return [a, space.putPanels(shape), besideOrAt(space, a, shape), shape.stride, shape.panels];
  },
  add: (space) => blocks(space, 2),
  addProduct: (space) => blocks(space, 4),
  addActivityGradient(space) {
    const shape = block(space);
    const [dh, h] = [space.putPanels(shape), space.putPanels(shape)];
    const weights = space.putRowWeights(shape.panels);
    return [dh, h, shape.stride, shape.panels, shape.rows, weights, space.number(), space.slope()];
  },
} satisfies MakeCalls;

export const TECHNIQUES = {
  drawMask(space) {
    const shape = block(space);
    const mask = putMask(space, shape);
    const threshold = space.between(1, 65535);
    return [mask, shape.stride, shape.panels, threshold, space.key(), space.key(), space.between(0, 9)];
  },
  applyMask(space) {
    const shape = block(space);
    const input = space.putPanels(shape);
    const [mask, out] = [putMask(space, shape), besideOrAt(space, input, shape)];
    return [input, mask, space.number(), out, shape.stride, shape.panels];
  },
  scaleRows(space) {
    const shape = block(space);
    const input = space.putPanels(shape);
    const out = besideOrAt(space, input, shape);
    return [input, out, shape.stride, shape.panels, shape.rows, space.put(shape.rows)];
  },
  addNoise(space) {
    const shape = block(space);
    const x = space.putPanels(shape);
    return [x, shape.stride, shape.panels, shape.rows, space.random(), space.key(), space.key()];
  },
  perturbMax: perturbation,
  perturbEuclidean: perturbation,
} satisfies MakeCalls;

export const PREDICTIONS = {
  logSoftmax(space) {
    const shape = block(space);
    return [space.putPanels(shape), shape.stride, shape.panels, space.chance(0.05) ? 0 : shape.rows];
  },
  binaryLogProbabilities(space) {
    const panels = space.upTo(12);
    const [z, out] = [space.shape(1, panels), space.shape(2, panels)];
    return [space.putPanels(z), z.stride, panels, space.putPanels(out), out.stride];
  },
  gaussianMoments(space) {
    const outputs = space.upTo(20);
    const shape = space.shape(2 * outputs, space.upTo(12));
    return [space.putPanels(shape), shape.stride, shape.panels, outputs];
  },
  unpanel(space) {
    const [rows, count] = [space.upTo(60), space.upTo(70)];
    const shape = space.shape(rows, Math.ceil(count / 8));
    const stride = space.pick(rows * 4, roundUp4(rows) * 4 + 16);
    return [space.putPanels(shape), shape.stride, rows, count, space.put((count * stride) / 4), stride];
  },
  exp(space) {
    const [count, width] = [space.upTo(50), space.upTo(20)];
    const input = space.put(count * width);
    return [input, space.chance(0.5) ? input : space.put(count * width), count, width];
  },
  countActive(space) {
    const [rows, count] = [space.upTo(40), space.upTo(90)];
    const shape = space.shape(rows, Math.ceil(count / 8));
    return [space.putPanels(shape), shape.stride, rows, count, Math.abs(space.number())];
  },
} satisfies MakeCalls;

/** Blocks of submodels, one of which may have a panel for all of them. */
function submodels(space: Space) {
  const [rows, count, repeats] = [space.upTo(30), space.upTo(5), space.chance(0.4) ? 1 : 0];
  const groups = space.upTo(5);
  const panels = repeats === 1 ? groups * count : space.upTo(5 * count);
  const all = space.shape(rows, panels);
  const one = repeats === 1 ? space.shape(rows, groups) : all;
  const table = () => (space.chance(0.3) ? 0 : space.put(count * roundUp4(rows)));
  return { rows, count, repeats, panels, all, one, table };
}

export const SUBMODELS = {
  scaleSubmodels(space) {
    const { rows, count, repeats, panels, all, one, table } = submodels(space);
    const x = space.putPanels(one);
    const out = repeats === 1 ? space.putPanels(all) : besideOrAt(space, x, all);
    const tables = [table(), table()];
    return [x, one.stride, repeats, panels, rows, count, ...tables, out, all.stride, space.slope()];
  },
  submodelGradients(space) {
    const { rows, count, repeats, panels, all, one, table } = submodels(space);
    const [dz, x] = [space.putPanels(all), space.putPanels(one)];
    const from = [dz, all.stride, panels, rows, count, x, one.stride, repeats];
    return [...from, table(), table(), space.scratch(128)];
  },
  scaleSubmodelsGradient(space) {
    const { rows, count, repeats, all, one, table } = submodels(space);
    const [dz, h, slope] = [space.putPanels(all), space.putPanels(one), space.slope()];
    const dx = repeats === 1 ? space.putPanels(one) : besideOrAt(space, dz, all);
    return [dz, all.stride, one.panels, rows, count, repeats, table(), h, slope, dx, one.stride];
  },
  meanOfSubmodels(space) {
    const [rows, count, panels] = [space.upTo(30), space.upTo(5), space.upTo(5)];
    const [all, one] = [space.shape(rows, panels * count), space.shape(rows, panels)];
    const [z, out] = [space.putPanels(all), space.putPanels(one)];
    return [z, all.stride, panels, rows, count, space.pick(0, 1), out, one.stride];
  },
} satisfies MakeCalls;

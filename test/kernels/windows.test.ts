// Convolution and pooling against the double-precision twin's loops, over odd sizes, strides, paddings and
// channels, in both arithmetics, between guards of NaNs.
import t from 'tap';
import { UPDATE_BLOCK_BYTES, writeUpdate } from '../../src/kernels/update-block.js';
import { layerLengthFloats } from '../../src/kernels/weight-layout.js';
import { windowWorkBytes } from '../../src/kernels/window-record.js';
import type { ConvolutionShape } from '../../src/model/convolution-layer.js';
import type { PoolShape } from '../../src/model/pool-layers.js';
import { type Padding, windowGeometry } from '../../src/model/windows.js';
import { addWeightGradient, affine, affineTranspose } from '../support/reference-layers.js';
import {
  type Arena,
  EXECUTORS,
  excess,
  type Kernels,
  magnitudes,
  numbers,
  type Panels,
  ROUNDING,
  setUp,
} from './harness.js';

type Shape = ConvolutionShape | PoolShape;

/** channels, height, width; window; stride; padding; filters (0: pooling). Every tile height is met. */
const CASES: readonly [number[], [number, number], [number, number], Padding, number][] = [
  [[1, 5, 5], [3, 3], [1, 1], 'valid', 1],
  [[1, 28, 28], [3, 3], [1, 1], 'valid', 8],
  [[2, 7, 6], [3, 2], [1, 1], 'same', 2],
  [[3, 9, 8], [3, 3], [2, 2], 'same', 3],
  [[3, 9, 8], [2, 4], [2, 3], 'valid', 4],
  [[4, 6, 7], [5, 5], [1, 2], 'same', 5],
  [[8, 13, 13], [3, 3], [1, 1], 'valid', 16],
  [[5, 4, 4], [1, 1], [1, 1], 'valid', 7],
  [[2, 4, 5], [4, 5], [1, 1], 'valid', 9],
  [[1, 1, 17], [1, 4], [1, 3], 'same', 11],
  [[2, 8, 3], [2, 1], [3, 2], 'valid', 6],
  [[1, 3, 3], [2, 2], [1, 1], 'valid', 100],
  [[7, 3, 3], [3, 3], [2, 2], 'same', 97],
  [[1, 2, 2], [5, 5], [1, 1], 'same', 3],
];

const POOLS: readonly [number[], [number, number], [number, number]][] = [
  [
    [1, 4, 4],
    [2, 2],
    [2, 2],
  ],
  [
    [3, 7, 5],
    [2, 2],
    [2, 2],
  ],
  [
    [2, 9, 8],
    [3, 3],
    [2, 2],
  ],
  [
    [5, 4, 6],
    [1, 3],
    [1, 2],
  ],
  [
    [2, 7, 7],
    [2, 2],
    [3, 3],
  ],
  [
    [4, 6, 6],
    [6, 6],
    [6, 6],
  ],
  [
    [1, 5, 5],
    [1, 1],
    [1, 1],
  ],
];

function convolution([channels, height, width]: number[], at: (typeof CASES)[number]): ConvolutionShape {
  const geometry = windowGeometry(
    { channels: channels!, height: height!, width: width! },
    at[1],
    at[2],
    at[3],
  );
  const units = at[4] * geometry.outHeight * geometry.outWidth;
  const inputs = channels! * height! * width!;
  return { kind: 'conv2d', inputs, units, activation: 'linear', filters: at[4], geometry };
}

function pool(kind: PoolShape['kind'], [image, size, stride]: (typeof POOLS)[number]): PoolShape {
  const [channels, height, width] = image as [number, number, number];
  const geometry = windowGeometry({ channels, height, width }, size, stride, 'valid');
  const units = channels * geometry.outHeight * geometry.outWidth;
  return { kind, inputs: channels * height * width, units, activation: 'linear', geometry };
}

/** A row-major batch, example by example through a function. */
function each(
  values: ArrayLike<number>,
  rows: number,
  visit: (example: Float64Array, index: number) => number[],
) {
  const all = Float64Array.from(values);
  const examples = Array.from({ length: all.length / rows }, (_, b) =>
    all.subarray(b * rows, (b + 1) * rows),
  );
  return Float64Array.from(examples.flatMap(visit));
}

const row = (values: ArrayLike<number>, rows: number, index: number) =>
  Float64Array.from(values).subarray(index * rows, (index + 1) * rows);

/** max(z, slope·z), and the mask of the layer below. */
const leaky = (slope: number) => (z: number) => Math.max(z, slope * z);
const masked = (dx: Float64Array, h: Float32Array, slope: number) =>
  dx.map((v, i) => (h[i]! > 0 ? v : v * slope));

function check(
  t: Tap.Test,
  arena: Arena,
  panels: Panels,
  expected: Float64Array,
  bound: Float64Array,
  what: string,
) {
  const worst = excess(arena.takePanels(panels), expected, bound);
  if (!(worst <= 1) || !arena.paddingRowsAreZero(panels) || !arena.guardsHold()) {
    t.fail(`${what}: ${worst} of the bound, guards ${arena.guardsHold()}`);
  }
}

declare namespace Tap {
  type Test = Pick<typeof t, 'fail'>;
}

const SLOPES = [0, 1, 0.01];
const bounds = (magnitude: Float64Array, terms: number) =>
  magnitude.map((m) => (terms + 4) * ROUNDING * m + 1e-30);

function values(shape: Shape, batch: number, seed: number) {
  const filters = shape.kind === 'conv2d' ? shape.filters : 0;
  const { channels, windowHeight, windowWidth } = shape.geometry;
  const taps = channels * windowHeight * windowWidth;
  return {
    ...{ filters, taps, slope: SLOPES[seed % 3]! },
    x: numbers(batch * shape.inputs, seed),
    dz: numbers(batch * shape.units, seed + 1),
    w: numbers(taps * filters, seed + 2),
    b: numbers(filters, seed + 3),
  };
}

for (const executor of EXECUTORS) {
  const batches = [1, 11];
  const convolutions = CASES.flatMap((at, seed) =>
    batches.map((batch) => ({ shape: convolution(at[0], at), batch, seed: seed + batch })),
  );

  t.test(
    `${executor.name}: convolve is activation(conv(x) + b), and its linear part without b`,
    async (t) => {
      const { arena, kernels } = setUp(executor);
      for (const { shape, batch, seed } of convolutions) {
        const { filters, taps, slope, x, w, b } = values(shape, batch, seed);
        arena.reset();
        const from = arena.putPanels(x, shape.inputs, (seed % 3) * 16);
        const weights = arena.putWeights(taps, filters, w, b);
        const scratch = arena.alloc(windowWorkBytes(shape.geometry, filters));
        for (const withBias of [true, false]) {
          const bias = withBias ? b : new Float32Array(filters);
          const to = arena.allocPanels(batch, shape.units);
          const applied = withBias ? slope : 1;
          const target = [to.address, to.stride, applied, scratch] as const;
          kernels.convolve(
            shape.geometry,
            from.address,
            from.stride,
            from.count,
            weights,
            filters,
            withBias ? 1 : 0,
            ...target,
          );
          const expected = each(x, shape.inputs, (h) => affine(shape, w, bias, h)).map(leaky(applied));
          const size = each(magnitudes(x), shape.inputs, (h) =>
            affine(shape, magnitudes(w), magnitudes(bias), h),
          );
          check(t, arena, to, expected, bounds(size, taps), `case ${seed}, batch ${batch}, bias ${withBias}`);
        }
      }
      t.pass('all cases');
    },
  );

  t.test(`${executor.name}: convolveInputGradient is the transpose, through the slope below`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const { shape, batch, seed } of convolutions) {
      const { filters, taps, slope, x, dz, w, b } = values(shape, batch, seed);
      arena.reset();
      const from = arena.putPanels(dz, shape.units, (seed % 3) * 16);
      const below = arena.putPanels(x, shape.inputs);
      const to = arena.allocPanels(batch, shape.inputs);
      const weights = arena.putWeights(taps, filters, w, b);
      const scratch = arena.alloc(windowWorkBytes(shape.geometry, filters));
      const rest = [slope === 1 ? 0 : below.address, slope, to.address, to.stride, scratch] as const;
      kernels.convolveInputGradient(
        shape.geometry,
        from.address,
        from.stride,
        from.count,
        weights,
        filters,
        ...rest,
      );
      const expected = each(dz, shape.units, (d, i) => [
        ...affineTranspose(shape, w, row(x, shape.inputs, i), d),
      ]);
      const size = each(magnitudes(dz), shape.units, (d) => affineTranspose(shape, magnitudes(w), [], d));
      check(
        t,
        arena,
        to,
        masked(expected, x, slope),
        bounds(size, taps * filters),
        `case ${seed}, batch ${batch}`,
      );
    }
    t.pass('all cases');
  });

  t.test(
    `${executor.name}: convolveWeightGradient stores and accumulates dW and db, padding zero`,
    async (t) => {
      const { arena, kernels } = setUp(executor);
      for (const { shape, batch, seed } of convolutions) {
        const { filters, taps, x, dz, w, b } = values(shape, batch, seed);
        arena.reset();
        const from = arena.putPanels(x, shape.inputs, (seed % 3) * 16);
        const above = arena.putPanels(dz, shape.units);
        const weights = arena.putWeights(taps, filters, w, b);
        const length = layerLengthFloats(taps, filters);
        const gradient = arena.put(new Float32Array(length));
        const block = arena.alloc(UPDATE_BLOCK_BYTES);
        const scratch = arena.alloc(windowWorkBytes(shape.geometry, filters));
        const run = (kind: 'store' | 'accumulate') => {
          writeUpdate(arena.memory, block, { kind, gradientOffset: gradient - weights });
          const rest = [above.address, above.stride, weights, filters, scratch, block] as const;
          kernels.convolveWeightGradient(shape.geometry, from.address, from.stride, from.count, ...rest);
          return arena.take(gradient, length);
        };
        const sums = (h: ArrayLike<number>, d: ArrayLike<number>) => {
          const total = { w: new Float64Array(taps * filters), b: new Float64Array(filters) };
          for (let i = 0; i < batch; i++) {
            addWeightGradient(shape, row(h, shape.inputs, i), row(d, shape.units, i), total);
          }
          return total;
        };
        const stored = run('store');
        const expected = sums(x, dz);
        const size = sums(magnitudes(x), magnitudes(dz));
        const terms = batch * shape.geometry.outHeight * shape.geometry.outWidth;
        const actual = arena.takeWeights(gradient, taps, filters);
        const worst = Math.max(
          excess(actual.weights, expected.w, bounds(size.w, terms)),
          excess(actual.bias, expected.b, bounds(size.b, terms)),
        );
        const total = (list: Float32Array) => list.reduce((sum, v) => sum + Math.abs(v), 0);
        const padded = total(stored) - total(actual.weights) - total(actual.bias);
        if (!(worst <= 1) || Math.abs(padded) > 1e-4 * total(stored) || !arena.guardsHold()) {
          t.fail(`case ${seed}, batch ${batch}: ${worst} of the bound, padding ${padded}`);
        }
        t.same(
          run('accumulate'),
          stored.map((v) => 2 * v),
          'twice the gradient',
        );
      }
    },
  );

  for (const kind of ['maxPool', 'averagePool'] as const) {
    t.test(`${executor.name}: ${kind}, its linear part and its gradient`, async (t) => {
      const { arena, kernels } = setUp(executor);
      for (const [seed, at] of POOLS.entries()) {
        for (const batch of batches) checkPool(t, arena, kernels, pool(kind, at), batch, seed);
      }
      t.pass('all cases');
    });
  }

  t.test(`${executor.name}: max pooling keeps a NaN, whichever tap it is`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const { geometry, inputs, units } = pool('maxPool', POOLS[0]!);
    for (let tap = 0; tap < inputs; tap++) {
      const x = Float32Array.from({ length: inputs }, (_, at) => (at === tap ? Number.NaN : at));
      arena.reset();
      const [from, out] = [arena.putPanels(x, inputs), arena.allocPanels(1, units)];
      const scratch = arena.alloc(windowWorkBytes(geometry, 0));
      kernels.maxPool(geometry, from.address, from.stride, from.count, out.address, out.stride, 0, scratch);
      const notNumbers = Array.from(arena.takePanels(out), Number.isNaN);
      t.equal(
        notNumbers.filter(Boolean).length,
        1,
        `a NaN at ${tap} is in its window's maximum and in no other`,
      );
    }
  });
}

function checkPool(
  t: Tap.Test,
  arena: Arena,
  kernels: Kernels,
  shape: PoolShape,
  batch: number,
  seed: number,
) {
  const { geometry, inputs, units } = shape;
  const { slope, x, dz } = values(shape, batch, seed);
  const tangent = numbers(batch * inputs, seed + 9);
  arena.reset();
  const [from, moved] = [arena.putPanels(x, inputs, 16), arena.putPanels(tangent, inputs, 16)];
  const above = arena.putPanels(dz, units);
  const [out, linear] = [arena.allocPanels(batch, units), arena.allocPanels(batch, units)];
  const choice = arena.allocPanels(batch, units);
  const [below, dx] = [arena.putPanels(x, inputs), arena.allocPanels(batch, inputs)];
  const scratch = arena.alloc(windowWorkBytes(geometry, 0));
  const last = [dx.address, dx.stride, scratch] as const;
  if (shape.kind === 'maxPool') {
    const to = (panels: Panels) => [panels.address, panels.stride, choice.address, scratch] as const;
    kernels.maxPool(geometry, from.address, from.stride, from.count, ...to(out));
    kernels.maxPoolChosen(geometry, moved.address, moved.stride, moved.count, ...to(linear));
    const { address, stride, count } = above;
    kernels.maxPoolInputGradient(geometry, address, stride, count, choice.address, slope, ...last);
  } else {
    const to = (panels: Panels) => [panels.address, panels.stride, scratch] as const;
    kernels.averagePool(geometry, from.address, from.stride, from.count, ...to(out));
    kernels.averagePool(geometry, moved.address, moved.stride, moved.count, ...to(linear));
    const { address, stride, count } = above;
    kernels.averagePoolInputGradient(geometry, address, stride, count, below.address, slope, ...last);
  }
  const forward = each(x, inputs, (h) => affine(shape, [], [], h));
  const along = each(tangent, inputs, (v, i) => affine(shape, [], [], v, row(x, inputs, i)));
  const back = each(dz, units, (d, i) => affineTranspose(shape, [], row(x, inputs, i), d));
  const loose = (values: Float64Array) => values.map(() => 64 * ROUNDING);
  const what = `${shape.kind} ${seed}, batch ${batch}`;
  check(t, arena, out, forward, loose(forward), what);
  check(t, arena, linear, along, loose(along), `${what}, linear`);
  check(t, arena, dx, masked(back, x, slope), loose(back), `${what}, gradient`);
}

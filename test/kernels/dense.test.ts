// The dense layer: forward, input gradient, weight gradient, against their double-precision twins.
import t from 'tap';
import { bindExecutor } from '../../src/kernels/bound-executor.js';
import { UPDATE_BLOCK_BYTES, writeUpdate } from '../../src/kernels/update-block.js';
import { layerLengthFloats, roundUp4, weightGradientScratchBytes } from '../../src/kernels/weight-layout.js';
import {
  Arena,
  bindKernels,
  EXECUTORS,
  excess,
  layerShapes,
  magnitudes,
  numbers,
  ROUNDING,
  setUp,
} from './harness.js';
import * as reference from './reference.js';

const SLOPES = [0, 1, 0.01];

/** A layer's values for a shape: everything float32, so the twin starts from the same numbers. */
function layer(inputs: number, units: number, batch: number) {
  const seed = inputs * 1009 + units * 31 + batch;
  return {
    x: numbers(batch * inputs, seed),
    weights: numbers(inputs * units, seed + 1),
    bias: numbers(units, seed + 2),
    dz: numbers(batch * units, seed + 3),
    slope: SLOPES[seed % 3]!,
  };
}

/** Bounds of a sum of `terms` products per element of `magnitude`. */
function bounds(magnitude: Float64Array, terms: number): Float64Array {
  return magnitude.map((m) => (terms + 3) * ROUNDING * m);
}

for (const executor of EXECUTORS) {
  t.test(`${executor.name}: NaN, and −∞ times a slope of 0, are NaN after the activation`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [z, slope] of [
      [Number.NEGATIVE_INFINITY, 0],
      [Number.NaN, 0],
      [Number.NaN, 0.1],
    ] as const) {
      for (let units = 1; units <= 7; units++) {
        arena.reset();
        const from = arena.putPanels(Float32Array.of(1), 1);
        const w = arena.putWeights(1, units, new Float32Array(units).fill(z), new Float32Array(units));
        const to = arena.allocPanels(1, units);
        kernels.forward(from.address, from.stride, from.count, 1, w, units, to.address, to.stride, slope);
        const all = Array.from(arena.takePanels(to)).every(Number.isNaN);
        t.ok(all, `max(z·slope, z) of ${z} with slope ${slope}, ${units} units`);
      }
    }
  });

  t.test(`${executor.name}: forward is activation(x W + b) for every shape`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [inputs, units, batch] of layerShapes()) {
      const { x, weights, bias, slope } = layer(inputs, units, batch);
      arena.reset();
      const from = arena.putPanels(x, inputs, (inputs % 3) * 16);
      const w = arena.putWeights(inputs, units, weights, bias);
      const to = arena.allocPanels(batch, units);
      kernels.forward(from.address, from.stride, from.count, inputs, w, units, to.address, to.stride, slope);
      const expected = reference.forward(x, inputs, weights, bias, units, slope);
      const magnitude = reference.forward(
        magnitudes(x),
        inputs,
        magnitudes(weights),
        magnitudes(bias),
        units,
        1,
      );
      const worst = excess(arena.takePanels(to), expected, bounds(magnitude, inputs));
      if (!(worst <= 1) || !arena.paddingRowsAreZero(to) || !arena.guardsHold()) {
        t.fail(`inputs ${inputs}, units ${units}, batch ${batch}: ${worst} of the bound`);
      }
    }
    t.pass('all shapes');
  });

  t.test(
    `${executor.name}: forwardRow is forward of one example, bit for bit, and keeps to its lane`,
    async (t) => {
      const { arena, kernels } = setUp(executor);
      const shapes = [...layerShapes()].map(([inputs, units]) => [inputs, units] as const);
      for (const [inputs, units] of [...shapes, [5, 97], [3, 256], [200, 130]] as const) {
        const { x, weights, bias, slope } = layer(inputs, units, 1);
        arena.reset();
        const from = arena.putPanels(x, inputs);
        const w = arena.putWeights(inputs, units, weights, bias);
        const [to, expected] = [arena.allocPanels(1, units), arena.allocPanels(1, units)];
        kernels.forward(
          ...([
            from.address,
            from.stride,
            1,
            inputs,
            w,
            units,
            expected.address,
            expected.stride,
            slope,
          ] as const),
        );
        kernels.forwardRow(from.address, inputs, w, units, to.address, slope);
        t.same(arena.takePanels(to), arena.takePanels(expected), `inputs ${inputs}, units ${units}`);
        const lanes = arena.take(to.address, units * 8).filter((_, at) => at % 8 !== 0);
        t.ok(lanes.every(Number.isNaN), 'lanes that were not written');
        t.ok(arena.paddingRowsAreZero(to) && arena.guardsHold());
      }
      for (const z of [Number.NEGATIVE_INFINITY, Number.NaN]) {
        arena.reset();
        const from = arena.putPanels(Float32Array.of(1), 1);
        const w = arena.putWeights(1, 4, new Float32Array(4).fill(z), new Float32Array(4));
        const to = arena.allocPanels(1, 4);
        kernels.forwardRow(from.address, 1, w, 4, to.address, 0);
        t.ok(arena.takePanels(to).every(Number.isNaN), `max(z·slope, z) of ${z} with slope 0`);
      }
    },
  );

  t.test(`${executor.name}: linear is forward without biases and activation, bit for bit`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [inputs, units, batch] of layerShapes()) {
      const { x, weights } = layer(inputs, units, batch);
      arena.reset();
      const from = arena.putPanels(x, inputs);
      const w = arena.putWeights(inputs, units, weights, new Float32Array(units));
      const [expected, to] = [arena.allocPanels(batch, units), arena.allocPanels(batch, units)];
      const of = [from.address, from.stride, from.count, inputs, w, units] as const;
      kernels.forward(...of, expected.address, expected.stride, 1);
      // Biases that would show.
      arena.floats.fill(7, w / 4 + inputs * roundUp4(units), w / 4 + layerLengthFloats(inputs, units));
      kernels.linear(...of, to.address, to.stride, arena.alloc(roundUp4(units) * 4));
      const same = excess(arena.takePanels(to), arena.takePanels(expected), 0) === 0;
      if (!same || !arena.paddingRowsAreZero(to) || !arena.guardsHold()) {
        t.fail(`inputs ${inputs}, units ${units}, batch ${batch}`);
      }
    }
    t.pass('all shapes');
  });

  t.test(`${executor.name}: inputGradient is dz Wᵀ times the slope of the input's activation`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [inputs, units, batch] of layerShapes()) {
      const { x: h, weights, bias, dz, slope } = layer(inputs, units, batch);
      arena.reset();
      const w = arena.putWeights(inputs, units, weights, bias);
      const from = arena.putPanels(dz, units, (units % 3) * 16);
      const layerInput = arena.putPanels(h, inputs);
      const to = arena.allocPanels(batch, inputs);
      kernels.inputGradient(
        ...([from.address, from.stride, from.count, units, w, inputs] as const),
        ...([slope === 1 ? 0 : layerInput.address, slope, to.address, to.stride] as const),
      );
      const expected = reference.inputGradient(dz, units, weights, inputs, h, slope);
      const magnitude = reference.inputGradient(magnitudes(dz), units, magnitudes(weights), inputs, h, 1);
      const worst = excess(arena.takePanels(to), expected, bounds(magnitude, units));
      if (!(worst <= 1) || !arena.paddingRowsAreZero(to) || !arena.guardsHold()) {
        t.fail(`inputs ${inputs}, units ${units}, batch ${batch}: ${worst} of the bound`);
      }
    }
    t.pass('all shapes');
  });

  t.test(`${executor.name}: weightGradient stores xᵀ dz and the column sums of dz`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [inputs, units, batch] of layerShapes()) {
      const { x, dz } = layer(inputs, units, batch);
      arena.reset();
      const gradient = storeGradient(arena, kernels.weightGradient, x, inputs, dz, units, 'store');
      const expected = reference.weightGradient(x, inputs, dz, units);
      const magnitude = reference.weightGradient(magnitudes(x), inputs, magnitudes(dz), units);
      const worst = Math.max(
        excess(gradient.weights, expected.weights, bounds(magnitude.weights, batch)),
        excess(gradient.bias, expected.bias, bounds(magnitude.bias, batch)),
      );
      if (!(worst <= 1) || !gradient.paddingIsZero || !arena.guardsHold()) {
        t.fail(`inputs ${inputs}, units ${units}, batch ${batch}: ${worst} of the bound`);
      }
    }
    t.pass('all shapes');
  });

  t.test(`${executor.name}: accumulating a gradient twice doubles it, exactly`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const { x, dz } = layer(19, 29, 21);
    const once = storeGradient(arena, kernels.weightGradient, x, 19, dz, 29, 'store');
    const twice = storeGradient(arena, kernels.weightGradient, x, 19, dz, 29, 'accumulate', 2);
    t.same(
      twice.weights,
      once.weights.map((g) => g + g),
    );
    t.same(
      twice.bias,
      once.bias.map((g) => g + g),
    );
  });

  t.test(`${executor.name}: padding lanes never reach a gradient`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const [inputs, units, batch] = [11, 13, 19];
    const { x, dz } = layer(inputs, units, batch);
    const clean = storeGradient(arena, kernels.weightGradient, x, inputs, dz, units, 'store');
    arena.reset();
    const dirty = storeGradient(arena, kernels.weightGradient, x, inputs, dz, units, 'store', 1, 1e6);
    t.same(dirty.weights, clean.weights);
    t.same(dirty.bias, clean.bias);
  });

  t.test(
    `${executor.name}: empty batches, layers without inputs or units write nothing but biases`,
    async (t) => {
      const { arena, kernels } = setUp(executor);
      const w = arena.put(numbers(64, 1));
      const x = arena.put(new Float32Array(256));
      const out = arena.alloc(1024);
      const scratch = arena.alloc(weightGradientScratchBytes(1));
      const block = arena.alloc(UPDATE_BLOCK_BYTES);
      writeUpdate(arena.memory, block, { kind: 'store', gradientOffset: out - w });
      const before = arena.used.slice();
      kernels.forward(x, 256, 0, 4, w, 4, out, 128, 0);
      kernels.forward(x, 256, 1, 4, w, 0, out, 128, 0);
      kernels.inputGradient(x, 128, 0, 4, w, 4, 0, 1, out, 128);
      kernels.inputGradient(x, 128, 1, 4, w, 0, 0, 1, out, 128);
      kernels.weightGradient(x, 128, 1, 4, x, 128, 0, w, scratch, block);
      t.same(arena.used, before, 'nothing written');
      kernels.forward(x, 0, 1, 0, w, 4, out, 128, 1);
      const bias = arena.take(w, 4);
      t.same(
        arena.take(out, 32),
        Float32Array.from({ length: 32 }, (_, at) => bias[at >> 3]!),
        'biases alone',
      );
    },
  );

  t.test(`${executor.name}: addresses above 2 GiB give the same bytes`, async (t) => {
    const { kernels: low, arena } = setUp(executor);
    const far = new Arena(0x9000_0000 / 65536);
    const high = bindKernels(bindExecutor(executor.code, far.memory), far);
    far.reset(0x8800_0000);
    const { x, dz } = layer(29, 101, 17);
    const below = storeGradient(arena, low.weightGradient, x, 29, dz, 101, 'store');
    const above = storeGradient(far, high.weightGradient, x, 29, dz, 101, 'store');
    t.same(above.weights, below.weights);
    t.ok(far.guardsHold());
  });
}

/** Runs weightGradient `times` in a storing mode; `lanes` is what x holds in its padding lanes. */
function storeGradient(
  arena: Arena,
  weightGradient: ReturnType<typeof setUp>['kernels']['weightGradient'],
  x: Float32Array,
  inputs: number,
  dz: Float32Array,
  units: number,
  kind: 'store' | 'accumulate',
  times = 1,
  lanes = 0,
) {
  const from = arena.putPanels(x, inputs, (inputs % 3) * 16);
  for (let lane = from.batch; lane < from.count * 8; lane++) {
    const start = (from.address + Math.floor(lane / 8) * from.stride) / 4 + (lane % 8);
    for (let i = 0; i < inputs; i++) arena.floats[start + i * 8] = lanes;
  }
  const delta = arena.putPanels(dz, units, (units % 2) * 16);
  const w = arena.alloc(layerLengthFloats(inputs, units) * 4);
  const gradient = arena.put(new Float32Array(layerLengthFloats(inputs, units)));
  const scratch = arena.alloc(weightGradientScratchBytes(from.count));
  const block = arena.alloc(UPDATE_BLOCK_BYTES);
  writeUpdate(arena.memory, block, { kind, gradientOffset: gradient - w });
  for (let run = 0; run < times; run++) {
    weightGradient(
      ...([from.address, from.stride, from.count, inputs, delta.address, delta.stride, units] as const),
      ...([w, scratch, block] as const),
    );
  }
  const taken = arena.takeWeights(gradient, inputs, units);
  const total = arena.take(gradient, layerLengthFloats(inputs, units)).filter((g) => g !== 0).length;
  const nonZero = taken.weights.filter((g) => g !== 0).length + taken.bias.filter((g) => g !== 0).length;
  return { ...taken, paddingIsZero: total === nonZero && roundUp4(units) >= units };
}

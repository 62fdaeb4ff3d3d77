// What becomes of a gradient: the optimizers in PyTorch's form, penalties, accumulated gradients, denormals.
import t from 'tap';
import { stepWriter, UPDATE_BLOCK_BYTES, writeUpdate } from '../../src/kernels/update-block.js';
import {
  biasLengthFloats,
  layerLengthFloats,
  weightGradientScratchBytes,
  weightLengthFloats,
} from '../../src/kernels/weight-layout.js';
import type { OptimizerSpec } from '../../src/model/spec.js';
import { EXECUTORS, excess, numbers, setUp } from './harness.js';
import * as reference from './reference.js';

const NO_PENALTY = { l1: 0, l2: 0 };
const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, tolerance: 1e-8, weightDecay: 0 } as const;

const CASES: readonly [string, OptimizerSpec, { l1: number; l2: number }][] = [
  ['sgd', { kind: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false }, NO_PENALTY],
  ['sgd with momentum', { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: false }, NO_PENALTY],
  [
    'sgd with Nesterov momentum',
    { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true },
    NO_PENALTY,
  ],
  [
    'sgd with l1 and l2',
    { kind: 'sgd', learningRate: 0.1, momentum: 0.5, nesterov: false },
    { l1: 0.02, l2: 0.1 },
  ],
  ['adam', { kind: 'adam', ...adam }, NO_PENALTY],
  ['adam with l1 and l2', { kind: 'adam', ...adam }, { l1: 0.02, l2: 0.1 }],
  ['adamW', { kind: 'adamW', ...adam, weightDecay: 0.1 }, NO_PENALTY],
  ['adamW with l2', { kind: 'adamW', ...adam, weightDecay: 0.1 }, { l1: 0, l2: 0.1 }],
];

const [INPUTS, UNITS] = [7, 13];
const LENGTH = layerLengthFloats(INPUTS, UNITS);

for (const executor of EXECUTORS) {
  for (const [name, optimizer, normPenalty] of CASES) {
    t.test(`${executor.name}: ${name} follows its formula for 30 steps, fused and flat alike`, async (t) => {
      const { arena, kernels } = setUp(executor);
      const weights = numbers(INPUTS * UNITS, 1);
      weights[3] = 0; // sign(0) = 0
      const bias = numbers(UNITS, 2);
      const w = arena.putWeights(INPUTS, UNITS, weights, bias);
      const first = arena.put(new Float32Array(LENGTH));
      const second = arena.put(new Float32Array(LENGTH));
      const flatW = arena.putWeights(INPUTS, UNITS, weights, bias);
      arena.put(new Float32Array(LENGTH));
      arena.put(new Float32Array(LENGTH));
      const gradient = arena.alloc(LENGTH * 4);
      const [block, storeBlock] = [arena.alloc(UPDATE_BLOCK_BYTES), arena.alloc(UPDATE_BLOCK_BYTES)];
      const [firstOffset, secondOffset] = [first - w, second - w];
      writeUpdate(arena.memory, block, {
        kind: 'optimizer',
        optimizer,
        normPenalty,
        firstOffset,
        secondOffset,
      });
      writeUpdate(arena.memory, storeBlock, { kind: 'store', gradientOffset: gradient - w });
      const writer = stepWriter(arena.memory, block, optimizer);
      const scratch = arena.alloc(weightGradientScratchBytes(2));
      const batch = 11;
      const expectedWeights = Array.from(weights, (value) => ({ w: value, first: 0, second: 0 }));
      const expectedBias = Array.from(bias, (value) => ({ w: value, first: 0, second: 0 }));
      const x = arena.allocPanels(batch, INPUTS);
      const dz = arena.allocPanels(batch, UNITS);
      for (let step = 1; step <= 30; step++) {
        const [xs, ds] = [numbers(batch * INPUTS, step + 50), numbers(batch * UNITS, step + 99)];
        fill(arena, x, xs);
        fill(arena, dz, ds);
        writer.writeStep(optimizer.learningRate, step);
        const operands = [
          x.address,
          x.stride,
          x.count,
          INPUTS,
          dz.address,
          dz.stride,
          UNITS,
          w,
          scratch,
        ] as const;
        kernels.weightGradient(...operands, storeBlock);
        kernels.weightGradient(...operands, block);
        kernels.applyUpdate(
          flatW,
          gradient,
          weightLengthFloats(INPUTS, UNITS),
          biasLengthFloats(UNITS),
          block,
        );
        const g = reference.weightGradient(xs, INPUTS, ds, UNITS);
        expectedWeights.forEach((state, at) => {
          reference.optimize(state, g.weights[at]!, optimizer, normPenalty, true, step);
        });
        expectedBias.forEach((state, at) => {
          reference.optimize(state, g.bias[at]!, optimizer, normPenalty, false, step);
        });
      }
      const got = arena.takeWeights(w, INPUTS, UNITS);
      const largest = Math.max(1, ...expectedWeights.map((state) => Math.abs(state.w)));
      const tolerance = 2e-5 * largest;
      t.ok(
        excess(
          got.weights,
          expectedWeights.map((state) => state.w),
          tolerance,
        ) <= 1,
        'weights',
      );
      t.ok(
        excess(
          got.bias,
          expectedBias.map((state) => state.w),
          tolerance,
        ) <= 1,
        'biases',
      );
      t.same(arena.take(flatW, LENGTH), arena.take(w, LENGTH), 'the flat update gives the same bytes');
      t.ok(arena.guardsHold());
      const padding = arena.take(w, LENGTH).filter((value) => value === 0).length;
      t.equal(padding, (INPUTS + 1) * 3, 'padding stays zero');
    });
  }

  t.test(
    `${executor.name}: flushDenormals zeroes what is below the threshold and keeps the rest`,
    async (t) => {
      const { arena, kernels } = setUp(executor);
      const values = [1e-40, -1e-40, 1e-31, -1e-31, 1e-29, -1e-29, 0, 3];
      const at = arena.put(values);
      kernels.flushDenormals(at, 8, 1e-30);
      t.same(arena.take(at, 8), Float32Array.of(0, 0, 0, 0, 1e-29, -1e-29, 0, 3));
      t.ok(arena.guardsHold());
    },
  );

  t.test(`${executor.name}: thousands of zero gradients leave no denormal in Adam's moments`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const optimizer: OptimizerSpec = { kind: 'adam', ...adam };
    const w = arena.put(numbers(16, 1));
    const first = arena.put(numbers(16, 2));
    const second = arena.put(numbers(16, 3).map((value) => value * value));
    const gradient = arena.put(new Float32Array(16));
    const block = arena.alloc(UPDATE_BLOCK_BYTES);
    const offsets = { firstOffset: first - w, secondOffset: second - w };
    writeUpdate(arena.memory, block, { kind: 'optimizer', optimizer, normPenalty: NO_PENALTY, ...offsets });
    const writer = stepWriter(arena.memory, block, optimizer);
    let denormals = 0;
    for (let step = 1; step <= 3000; step++) {
      writer.writeStep(0.01, step);
      kernels.applyUpdate(w, gradient, 16, 0, block);
      if (step % 128 === 0) {
        kernels.flushDenormals(first, 16, 2 ** -100);
        kernels.flushDenormals(second, 16, 2 ** -100);
      }
      for (const moment of [...arena.take(first, 16), ...arena.take(second, 16)]) {
        if (moment !== 0 && Math.abs(moment) < 2 ** -126) denormals++;
      }
    }
    t.equal(denormals, 0);
    t.same(arena.take(first, 16), new Float32Array(16), 'the first moment has become zero');
  });
}

function fill(
  arena: ReturnType<typeof setUp>['arena'],
  panels: { address: number },
  values: Float32Array,
): void {
  const copy = arena.putPanels(values, (panels as { rows: number } & typeof panels).rows);
  arena.words.copyWithin(panels.address / 4, copy.address / 4, (copy.address + copy.count * copy.stride) / 4);
}

// The losses against their twins, the twins' gradients against finite differences, and what becomes of
// probabilities too small to matter.
import t from 'tap';
import { EXECUTORS, excess, integers, numbers, setUp } from './harness.js';
import type { LossResult } from './reference.js';
import * as reference from './reference.js';

const BATCHES = [1, 7, 8, 9, 31, 64];

interface LossCase {
  readonly name: string;
  /** Rows of z and of targets for a count of outputs. */
  rows(outputs: number): number;
  readonly outputs: readonly number[];
  twin(z: ArrayLike<number>, outputs: number, targets: Float32Array, weights: Float32Array): LossResult;
}

/** Targets are labels for the first two, values for the others. */
const CASES: readonly LossCase[] = [
  {
    name: 'softmaxCrossEntropy',
    rows: (classes) => classes,
    outputs: [1, 2, 3, 4, 5, 10, 17, 101],
    twin: (z, classes, labels, weights) => reference.softmaxCrossEntropy(z, classes, labels, weights),
  },
  {
    name: 'binaryCrossEntropy',
    rows: () => 1,
    outputs: [1],
    twin: (z, _, labels, weights) => reference.binaryCrossEntropy(z, labels, weights),
  },
  {
    name: 'squaredError',
    rows: (outputs) => outputs,
    outputs: [1, 2, 3, 5, 8],
    twin: reference.squaredError,
  },
  { name: 'gaussianNll', rows: (outputs) => 2 * outputs, outputs: [1, 2, 3, 5], twin: reference.gaussianNll },
  {
    name: 'huber',
    rows: (outputs) => outputs,
    outputs: [1, 2, 3, 5],
    twin: (...given) => reference.huber(...given, DELTA),
  },
  {
    name: 'focalCrossEntropy',
    rows: (classes) => classes,
    outputs: [1, 2, 3, 4, 17],
    twin: (...given) => reference.focalCrossEntropy(...given, FOCUS),
  },
  {
    name: 'poissonNll',
    rows: (outputs) => outputs,
    outputs: [1, 2, 3, 5],
    twin: (...given) => reference.poissonNll(...given, FACTORS.slice(0, 2 * given[1])),
  },
  {
    name: 'pinball',
    rows: (outputs) => LEVELS.length * outputs,
    outputs: [1, 2, 3, 5],
    twin: (...given) => reference.pinball(...given, LEVELS),
  },
  {
    name: 'binaryCrossEntropies',
    rows: (outputs) => outputs,
    outputs: [1, 2, 3, 5],
    twin: reference.binaryCrossEntropies,
  },
];

const [DELTA, FOCUS] = [0.75, 2];
const LEVELS = [0.125, 0.25, 0.5, 0.9375];
/** Of counts around 2. */
const FACTORS = Float32Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? 0.5 : 2));

function targetsOf(name: string, outputs: number, batch: number): Float32Array {
  if (name === 'softmaxCrossEntropy' || name === 'focalCrossEntropy')
    return Float32Array.from(integers(batch, outputs, 5));
  if (name === 'binaryCrossEntropy') return Float32Array.from(integers(batch, 2, 6));
  if (name === 'binaryCrossEntropies') return Float32Array.from(integers(batch * outputs, 2, 6));
  return numbers(batch * outputs, 7);
}

for (const { name, rows, outputs, twin } of CASES) {
  t.test(`the gradient of ${name}'s twin agrees with central differences`, async (t) => {
    for (const count of outputs.slice(0, 4)) {
      const batch = 3;
      const z = Float64Array.from(numbers(batch * rows(count), 1), (value) => 3 * value);
      const targets = targetsOf(name, count, batch);
      const weights = numbers(batch, 2).map(Math.abs);
      const { dz } = twin(z, count, targets, weights);
      const numeric = z.map((value, at) => {
        const h = 1e-5;
        const above = twin(z.with(at, value + h), count, targets, weights).loss;
        return (above - twin(z.with(at, value - h), count, targets, weights).loss) / (2 * h);
      });
      t.ok(excess(dz, numeric, 1e-8) <= 1, `${count} outputs`);
    }
  });

  for (const executor of EXECUTORS) {
    t.test(
      `${executor.name}: ${name} gives loss and gradient, in place and apart, and only the loss`,
      async (t) => {
        const { arena, kernels } = setUp(executor);
        for (const batch of BATCHES) {
          for (const count of outputs) {
            arena.reset();
            const values = numbers(batch * rows(count), batch + count).map((value) => 6 * value);
            const targets = targetsOf(name, count, batch);
            const weights = numbers(batch, 3).map(Math.abs);
            const z = arena.putPanels(values, rows(count));
            const dz = arena.allocPanels(batch, rows(count));
            const lanes = arena.put(Float32Array.from({ length: z.count * 8 }, (_, b) => weights[b] ?? 0));
            const labels = arena.putInts(Int32Array.from({ length: z.count * 8 }, (_, b) => targets[b] ?? 0));
            const goals = arena.putPanels(targets, count, 32);
            const constants = arena.put(name === 'pinball' ? LEVELS : FACTORS.slice(0, 2 * count));
            const run = (to: number): number => {
              const [address, stride, panels] = [z.address, z.stride, z.count];
              const compared = [address, stride, panels, count, goals.address, goals.stride] as const;
              switch (name) {
                case 'softmaxCrossEntropy':
                  return kernels.softmaxCrossEntropy(address, stride, panels, count, labels, lanes, to);
                case 'binaryCrossEntropy':
                  return kernels.binaryCrossEntropy(address, stride, panels, labels, lanes, to);
                case 'focalCrossEntropy':
                  return kernels.focalCrossEntropy(address, stride, panels, count, labels, FOCUS, lanes, to);
                case 'huber':
                  return kernels.huber(...compared, DELTA, lanes, to);
                case 'poissonNll':
                  return kernels.poissonNll(...compared, constants, lanes, to);
                case 'pinball':
                  return kernels.pinball(...compared, constants, LEVELS.length, lanes, to);
                default:
                  return kernels[name as 'squaredError'](...compared, lanes, to);
              }
            };
            const expected = twin(values, count, targets, weights);
            const evaluated = run(0);
            const returned = run(dz.address);
            const scale = Math.max(1, ...expected.dz.map(Math.abs));
            const worst = Math.max(
              excess([returned], [expected.loss], 2e-6 * Math.max(batch, Math.abs(expected.loss))),
              excess(arena.takePanels(dz), expected.dz, 1e-6 * scale),
            );
            const apart = arena.takePanels(dz);
            const inPlace = run(z.address);
            const same =
              evaluated === returned && inPlace === returned && excess(arena.takePanels(z), apart, 0) === 0;
            if (!(worst <= 1) || !same || !arena.paddingRowsAreZero(dz) || !arena.guardsHold()) {
              t.fail(`batch ${batch}, outputs ${count}: ${worst} of the bound, same ${same}`);
            }
          }
        }
        t.pass('all shapes');
      },
    );
  }
}

for (const executor of EXECUTORS) {
  t.test(
    `${executor.name}: softmax gradients are zero or above 2⁻⁵⁰, never denormal, for any logits`,
    async (t) => {
      const { arena, kernels } = setUp(executor);
      for (const scale of [1, 30, 100, 1e4, 1e30]) {
        arena.reset();
        const z = arena.putPanels(
          numbers(8 * 10, 4).map((value) => value * scale),
          10,
        );
        const lanes = arena.put(new Float32Array(8).fill(1 / 8));
        const labels = arena.putInts(new Int32Array(8));
        const loss = kernels.softmaxCrossEntropy(z.address, z.stride, 1, 10, labels, lanes, z.address);
        const gradients = arena.takePanels(z);
        t.ok(Number.isFinite(loss));
        t.ok(gradients.every((g) => g === 0 || Math.abs(g) > 2 ** -50));
      }
    },
  );

  t.test(`${executor.name}: a NaN logit makes the loss NaN, so that divergence is seen`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const rows of [1, 3]) {
      const z = arena.putPanels(Float32Array.from([Number.NaN, 1, 2]).subarray(0, rows), rows);
      const lanes = arena.put([1, 0, 0, 0, 0, 0, 0, 0]);
      const labels = arena.putInts(new Int32Array(8));
      const softmax = kernels.softmaxCrossEntropy(z.address, z.stride, 1, rows, labels, lanes, 0);
      t.ok(Number.isNaN(softmax));
      t.ok(Number.isNaN(kernels.binaryCrossEntropy(z.address, z.stride, 1, labels, lanes, 0)));
      t.ok(Number.isNaN(kernels.squaredError(z.address, z.stride, 1, 1, lanes, 32, lanes, 0)));
    }
  });
}

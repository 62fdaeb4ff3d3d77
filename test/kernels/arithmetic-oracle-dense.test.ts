// Dense layers and updates against docs/ARITHMETIC.md, bit by bit.
import t from 'tap';
import { stepWriter, UPDATE_BLOCK_BYTES, writeUpdate } from '../../src/kernels/update-block.js';
import { layerLengthFloats, roundUp4, weightGradientScratchBytes } from '../../src/kernels/weight-layout.js';
import type { OptimizerSpec } from '../../src/model/spec.js';
import { type Arena, EXECUTORS, type Kernels, numbers, type Panels, setUp } from './harness.js';
import { difference, hard, oracleOf, padded, sizes } from './oracle-cases.js';
import * as oracle from './oracle-dense.js';

const SLOPES = [0, 1, Math.fround(0.01)];

/** Shapes of layers: random ones, layers of one unit, widths at the edges of column panels, long batches. */
function* shapes(): Generator<readonly [inputs: number, units: number, batch: number]> {
  yield* sizes(100, [400, 400, 200], 200_000, 1) as Generator<[number, number, number]>;
  for (const [inputs, batch] of sizes(60, [400, 200], 50_000, 2)) yield [inputs!, 1, batch!];
  yield* [
    [1, 1, 1],
    [400, 1, 61],
    [3, 400, 9],
    [7, 96, 17],
    [2, 97, 8],
    [5, 193, 10],
    [13, 64, 12],
  ] as const;
  yield* [
    [9, 5, 200],
    [130, 33, 3],
    [64, 1, 33],
    [65, 1, 8],
    [6, 8, 200],
    [400, 12, 4],
  ] as const;
}

interface Layer extends oracle.Dense {
  readonly x: Float32Array;
  readonly dz: Float32Array;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly slope: number;
}

function layer(inputs: number, units: number, batch: number): Layer {
  const seed = inputs * 1009 + units * 31 + batch;
  const examples = padded(batch);
  return {
    ...{ inputs, units, examples, slope: SLOPES[seed % 3]! },
    x: hard(examples * inputs, seed),
    dz: hard(examples * units, seed + 1),
    weights: hard(inputs * units, seed + 2),
    bias: hard(units, seed + 3),
  };
}

/** Runs a layer's kernels; what each writes, row-major. */
function run(arena: Arena, kernels: Kernels, { inputs, units, examples, slope, ...values }: Layer) {
  arena.reset();
  const x = arena.putPanels(values.x, inputs);
  const dz = arena.putPanels(values.dz, units);
  const w = arena.putWeights(inputs, units, values.weights, values.bias);
  const [out, dx] = [arena.allocPanels(examples, units), arena.allocPanels(examples, inputs)];
  const [of, to] = [
    [x.address, x.stride, x.count, inputs, w, units] as const,
    [out.address, out.stride] as const,
  ];
  kernels.forward(...of, ...to, slope);
  const forward = take(arena, out);
  kernels.linear(...of, ...to, arena.alloc(roundUp4(units) * 4));
  const linear = take(arena, out);
  const row = arena.allocPanels(1, units);
  kernels.forwardRow(x.address, inputs, w, units, row.address, slope);
  const from = [dz.address, dz.stride, dz.count, units, w, inputs] as const;
  kernels.inputGradient(...from, x.address, slope, dx.address, dx.stride);
  const gradient = arena.alloc(layerLengthFloats(inputs, units) * 4);
  const block = arena.alloc(UPDATE_BLOCK_BYTES);
  writeUpdate(arena.memory, block, { kind: 'store', gradientOffset: gradient - w });
  const scratch = arena.alloc(weightGradientScratchBytes(x.count));
  const sides = [x.address, x.stride, x.count, inputs, dz.address, dz.stride, units, w] as const;
  kernels.weightGradient(...sides, scratch, block);
  const { weights, bias } = arena.takeWeights(gradient, inputs, units);
  return {
    forward,
    linear,
    row: take(arena, row),
    dx: take(arena, dx),
    weights,
    bias,
    intact: arena.guardsHold(),
  };
}

function take(arena: Arena, panels: Panels): Float32Array {
  return Float32Array.from(arena.takePanels(panels));
}

for (const executor of EXECUTORS) {
  const { arithmetic } = executor;
  const { madd } = oracleOf(arithmetic);

  t.test(`${executor.name}: dense layers are as they are defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [inputs, units, batch] of shapes()) {
      const own = layer(inputs, units, batch);
      const { x, dz, weights, bias, slope } = own;
      const found = run(arena, kernels, own);
      const forward = oracle.forward(madd, own, x, weights, bias, slope);
      const gradient = oracle.weightGradient(madd, own, x, dz);
      const differences = {
        forward: difference(found.forward, forward),
        forwardRow: difference(found.row, forward.subarray(0, units)),
        linear: difference(found.linear, oracle.forward(madd, own, x, weights, null, 1)),
        inputGradient: difference(found.dx, oracle.inputGradient(madd, own, dz, weights, x, slope)),
        weights: difference(found.weights, gradient.weights),
        bias: difference(found.bias, gradient.bias),
      };
      for (const [what, text] of Object.entries(differences)) {
        if (text !== '') t.fail(`${what} of ${inputs} inputs, ${units} units, batch ${batch}: ${text}`);
      }
      if (!found.intact) t.fail('guards');
    }
    t.pass('all shapes');
  });

  t.test(`${executor.name}: what is not finite passes through a layer as it is defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of bad) {
      for (const units of [1, 2, 7, 9]) {
        for (const slope of SLOPES) {
          const own = { ...layer(5, units, 16), slope };
          own.x[17] = value;
          own.dz[units + 1] = value;
          const found = run(arena, kernels, own);
          const { x, dz, weights, bias } = own;
          const gradient = oracle.weightGradient(madd, own, x, dz);
          t.equal(difference(found.forward, oracle.forward(madd, own, x, weights, bias, slope)), '');
          t.equal(difference(found.dx, oracle.inputGradient(madd, own, dz, weights, x, slope)), '');
          t.equal(difference(found.weights, gradient.weights), '');
          t.equal(difference(found.bias, gradient.bias), '');
        }
      }
    }
  });

  t.test(`${executor.name}: every update is as it is defined, in a layer and flat`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [name, update] of Object.entries(UPDATES)) {
      for (const [inputs, units, batch] of [
        [7, 9, 11],
        [70, 1, 30],
        [5, 100, 3],
      ] as const) {
        const text = checkUpdate(arena, kernels, madd, layer(inputs, units, batch), update);
        t.equal(text, '', `${name} of ${inputs} inputs, ${units} units`);
      }
    }
  });
}

interface Tried {
  readonly kind: 'store' | 'accumulate' | 'optimizer';
  readonly optimizer?: OptimizerSpec;
  readonly l1?: number;
  readonly l2?: number;
}

const ADAM = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, tolerance: 1e-8 } as const;
const SGD = { kind: 'sgd', learningRate: 0.1 } as const;
const UPDATES: Readonly<Record<string, Tried>> = {
  store: { kind: 'store' },
  accumulate: { kind: 'accumulate' },
  sgd: { kind: 'optimizer', optimizer: { ...SGD, momentum: 0, nesterov: false } },
  momentum: { kind: 'optimizer', optimizer: { ...SGD, momentum: 0.9, nesterov: false } },
  nesterov: { kind: 'optimizer', optimizer: { ...SGD, momentum: 0.9, nesterov: true }, l2: 0.01 },
  adam: { kind: 'optimizer', optimizer: { kind: 'adam', ...ADAM, weightDecay: 0 } },
  adamW: { kind: 'optimizer', optimizer: { kind: 'adamW', ...ADAM, weightDecay: 0.1 }, l1: 0.003 },
  'adam, penalised': {
    kind: 'optimizer',
    optimizer: { kind: 'adam', ...ADAM, weightDecay: 0 },
    l1: 0.1,
    l2: 0.2,
  },
};

/** Updates a layer in its weight gradient and a copy of it flat; where either differs from the definition. */
function checkUpdate(
  arena: Arena,
  kernels: Kernels,
  madd: ReturnType<typeof oracleOf>['madd'],
  own: Layer,
  tried: Tried,
): string {
  arena.reset();
  const { inputs, units } = own;
  const length = layerLengthFloats(inputs, units);
  const moments = [numbers(length, 5), numbers(length, 6).map(Math.abs)] as const;
  const place = () => {
    const w = arena.putWeights(inputs, units, own.weights, own.bias);
    return { w, first: arena.put(moments[0]), second: arena.put(moments[1]) };
  };
  const [fused, flat] = [place(), place()];
  const blockOf = ({ w, first, second }: typeof fused) => {
    const block = arena.alloc(UPDATE_BLOCK_BYTES);
    writeBlock(arena, block, tried, first - w, second - w);
    return block;
  };
  const [block, flatBlock] = [blockOf(fused), blockOf(flat)];
  const [x, dz] = [arena.putPanels(own.x, inputs), arena.putPanels(own.dz, units)];
  const scratch = arena.alloc(weightGradientScratchBytes(x.count));
  const sides = [x.address, x.stride, x.count, inputs, dz.address, dz.stride, units] as const;
  kernels.weightGradient(...sides, fused.w, scratch, block);
  const gradient = oracle.weightGradient(madd, own, own.x, own.dz);
  const packed = arena.putWeights(inputs, units, gradient.weights, gradient.bias);
  kernels.applyUpdate(flat.w, packed, length - roundUp4(units), roundUp4(units), flatBlock);
  const expected = updated(arena, madd, own, gradient, moments, readBlock(arena, block, tried));
  const found = [fused, flat].flatMap(({ w, first, second }) =>
    [w, first, second].map((at, part) => {
      const { weights, bias } = arena.takeWeights(at, inputs, units);
      return difference([...weights, ...bias], expected[part]!);
    }),
  );
  return found.join('');
}

function writeBlock(
  arena: Arena,
  block: number,
  tried: Tried,
  firstOffset: number,
  secondOffset: number,
): void {
  const { kind, optimizer, l1 = 0, l2 = 0 } = tried;
  if (kind !== 'optimizer') {
    writeUpdate(arena.memory, block, { kind, gradientOffset: firstOffset });
    return;
  }
  const normPenalty = { l1, l2 };
  writeUpdate(arena.memory, block, { kind, optimizer: optimizer!, normPenalty, firstOffset, secondOffset });
  stepWriter(arena.memory, block, optimizer!, { rate: 1, bias: 0.3, decay: 0.7 }).writeStep(0.02, 3);
}

type Tuple10 = [number, number, number, number, number, number, number, number, number, number];

/** The block's fields, whose places update-block.ts names. */
function readBlock(arena: Arena, block: number, { kind, optimizer }: Tried): oracle.Update {
  const [stepSize, beta1, oneMinusBeta1, beta2, oneMinusBeta2, tolerance, keep, l1, l2, biasStepSize] =
    Array.from(arena.take(block + 16, 10)) as readonly number[] as Tuple10;
  const mode = kind === 'optimizer' ? (optimizer!.kind === 'sgd' ? 'sgd' : 'adam') : kind;
  const nesterov = arena.ints[block / 4 + 3] === 1;
  return {
    ...{ mode, nesterov, stepSize, beta1, oneMinusBeta1, beta2, oneMinusBeta2, tolerance, keep, l1, l2 },
    biasStepSize,
  };
}

/** Weights and biases, then what is remembered of them, in their canonical order. */
function updated(
  arena: Arena,
  madd: ReturnType<typeof oracleOf>['madd'],
  { inputs, units, weights, bias }: Layer,
  gradient: oracle.Gradient,
  moments: readonly [Float32Array, Float32Array],
  block: oracle.Update,
): readonly (readonly number[])[] {
  const canonical = moments.map((packed) => {
    const read = arena.takeWeights(arena.put(packed), inputs, units);
    return [...read.weights, ...read.bias];
  });
  const all = [...weights, ...bias].map((w, at) => {
    const isWeight = at < weights.length;
    const g = isWeight ? gradient.weights[at]! : gradient.bias[at - weights.length]!;
    return oracle.update(
      madd,
      block,
      { w, first: canonical[0]![at]!, second: canonical[1]![at]! },
      g,
      isWeight,
    );
  });
  return [all.map(({ w }) => w), all.map(({ first }) => first), all.map(({ second }) => second)];
}

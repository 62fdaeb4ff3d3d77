// Losses, what they grow by, predictions and activations against docs/ARITHMETIC.md, bit by bit.
import t from 'tap';
import { activationKind, SMOOTH_ACTIVATIONS } from '../../src/kernels/activation-kind.js';
import { type Arena, EXECUTORS, integers, type Kernels, numbers, type Panels, setUp } from './harness.js';
import { difference, hard, oracleOf, padded, sizes } from './oracle-cases.js';
import * as oracle from './oracle-losses.js';

/** Scores of all sizes, hard cases among them. */
function scores(count: number, seed: number): Float32Array {
  const sizes = integers(count, 4, seed + 3);
  return hard(count, seed).map((value, at) => value * [0.5, 5, 30, 100][sizes[at]!]!);
}

/** Levels of quantiles, and factors that make counts of targets: enough for any width. */
const LEVELS = 3;
const CONSTANTS = numbers(2 * 260, 77).map((value) => Math.abs(value));

/** A batch with padding lanes of weight 0, and what a loss compares it with. */
function batchOf(width: number, batch: number, seed: number) {
  const examples = padded(batch);
  const isReal = (_: number, b: number) => b < batch;
  return {
    examples,
    width,
    z: scores(examples * width, seed),
    targets: numbers(examples * width, seed + 1),
    labels: integers(examples, Math.max(2, width), seed + 2),
    rowWeights: numbers(examples, seed + 4).map((w, b) => (isReal(w, b) ? Math.abs(w) : 0)),
  };
}

type Batch = ReturnType<typeof batchOf>;

function take(arena: Arena, panels: Panels): Float32Array {
  return Float32Array.from(arena.takePanels(panels));
}

/** Where a batch lies, and what a loss kernel is given of it. */
function place(arena: Arena, { z, targets, labels, rowWeights, width }: Batch, outputs: number) {
  arena.reset();
  const from = arena.putPanels(z, width);
  return {
    from,
    targets: arena.putPanels(targets.slice(0, rowWeights.length * outputs), outputs),
    labels: arena.putInts(labels),
    rowWeights: arena.put(rowWeights),
    constants: arena.put(CONSTANTS),
    dz: arena.allocPanels(rowWeights.length, width),
  };
}

type Place = ReturnType<typeof place>;

/** Each loss: the outputs of a width, how its kernel is called, and how it is defined. */
const LOSSES = {
  softmaxCrossEntropy: {
    widthOf: (outputs: number) => outputs,
    run: (k: Kernels, p: Place) =>
      k.softmaxCrossEntropy(
        p.from.address,
        p.from.stride,
        p.from.count,
        p.from.rows,
        p.labels,
        p.rowWeights,
        p.dz.address,
      ),
    define: ({ functions }: Oracle, b: Batch) =>
      oracle.softmaxCrossEntropy(functions, b.z, b.width, b.labels, b.rowWeights),
  },
  binaryCrossEntropy: {
    widthOf: () => 1,
    run: (k: Kernels, p: Place) =>
      k.binaryCrossEntropy(p.from.address, p.from.stride, p.from.count, p.labels, p.rowWeights, p.dz.address),
    define: ({ functions }: Oracle, b: Batch) =>
      oracle.binaryCrossEntropy(functions, b.z, b.labels, b.rowWeights),
  },
  squaredError: {
    widthOf: (outputs: number) => outputs,
    run: (k: Kernels, p: Place) => k.squaredError(...against(p, p.from.rows)),
    define: ({ madd }: Oracle, b: Batch) => oracle.squaredError(madd, b.z, b.width, b.targets, b.rowWeights),
  },
  gaussianNll: {
    widthOf: (outputs: number) => 2 * outputs,
    run: (k: Kernels, p: Place) => k.gaussianNll(...against(p, p.from.rows / 2)),
    define: ({ functions }: Oracle, b: Batch) =>
      oracle.gaussianNll(functions, b.z, b.width / 2, b.targets, b.rowWeights),
  },
  huber: {
    widthOf: (outputs: number) => outputs,
    run: (k: Kernels, p: Place) => {
      const [truth, rest] = [compared(p, p.from.rows), [p.rowWeights, p.dz.address] as const];
      return k.huber(...truth, 0.3, ...rest);
    },
    define: ({ madd }: Oracle, b: Batch) =>
      oracle.huber(madd, b.z, b.width, b.targets, Math.fround(0.3), b.rowWeights),
  },
  focalCrossEntropy: {
    widthOf: (outputs: number) => outputs,
    run: (k: Kernels, { from, labels, rowWeights, dz }: Place) => {
      const { address, stride, count, rows } = from;
      return k.focalCrossEntropy(address, stride, count, rows, labels, 1.7, rowWeights, dz.address);
    },
    define: ({ functions }: Oracle, b: Batch) =>
      oracle.focalCrossEntropy(functions, b.z, b.width, b.labels, Math.fround(1.7), b.rowWeights),
  },
  poissonNll: {
    widthOf: (outputs: number) => outputs,
    run: (k: Kernels, p: Place) => {
      const [truth, rest] = [compared(p, p.from.rows), [p.rowWeights, p.dz.address] as const];
      return k.poissonNll(...truth, p.constants, ...rest);
    },
    define: (own: Oracle, b: Batch) =>
      oracle.poissonNll(own, b.z, b.width, b.targets, CONSTANTS, b.rowWeights),
  },
  pinball: {
    widthOf: (outputs: number) => outputs * LEVELS,
    run: (k: Kernels, p: Place) => {
      const [truth, rest] = [compared(p, p.from.rows / LEVELS), [p.rowWeights, p.dz.address] as const];
      return k.pinball(...truth, p.constants, LEVELS, ...rest);
    },
    define: ({ functions }: Oracle, b: Batch) => {
      const levels = [...CONSTANTS.slice(0, LEVELS)];
      return oracle.pinball(functions, b.z, b.width / LEVELS, b.targets, levels, b.rowWeights);
    },
  },
  binaryCrossEntropies: {
    widthOf: (outputs: number) => outputs,
    run: (k: Kernels, p: Place) => k.binaryCrossEntropies(...against(p, p.from.rows)),
    define: (own: Oracle, b: Batch) =>
      oracle.binaryCrossEntropies(own, b.z, b.width, b.targets, b.rowWeights),
  },
  tangentPenalty: {
    widthOf: (outputs: number) => outputs,
    run: (k: Kernels, p: Place) =>
      k.tangentPenalty(
        p.from.address,
        p.from.stride,
        p.from.count,
        p.from.rows,
        p.rowWeights,
        0.3,
        p.dz.address,
      ),
    define: ({ madd }: Oracle, b: Batch) =>
      oracle.tangentPenalty(madd, b.z, b.width, b.rowWeights, Math.fround(0.3)),
  },
} as const;

function compared({ from, targets }: Place, outputs: number) {
  return [from.address, from.stride, from.count, outputs, targets.address, targets.stride] as const;
}

function against(place: Place, outputs: number) {
  return [...compared(place, outputs), place.rowWeights, place.dz.address] as const;
}

type Oracle = ReturnType<typeof oracleOf>;

for (const executor of EXECUTORS) {
  const { arithmetic } = executor;
  const own = oracleOf(arithmetic);
  const { madd, functions } = own;

  for (const [name, { widthOf, run, define }] of Object.entries(LOSSES)) {
    t.test(`${executor.name}: ${name} is as it is defined, over examples ascending`, async (t) => {
      const { arena, kernels } = setUp(executor);
      let seed = 0;
      for (const [outputs, batch] of sizes(60, [130, 200], 4_000, 5)) {
        const one = batchOf(widthOf(outputs!), batch!, ++seed * 10);
        const at = place(arena, one, /gaussianNll|pinball/.test(name) ? outputs! : one.width);
        const loss = run(kernels, at);
        const expected = define(own, one);
        const text = difference([loss, ...take(arena, at.dz)], [expected.loss, ...expected.dz]);
        if (text !== '' || !arena.guardsHold()) t.fail(`${outputs} outputs, batch ${batch}: ${text}`);
      }
      t.pass('all sizes');
    });
  }

  t.test(`${executor.name}: smoothing labels is as it is defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    let seed = 0;
    for (const [width, batch] of sizes(40, [60, 100], 2_000, 6)) {
      const one = batchOf(width!, batch!, ++seed * 10);
      const at = place(arena, one, width!);
      const before = hard(one.z.length, seed);
      const dz = arena.putPanels(before, width!);
      const { address, stride, count } = at.from;
      const smoothed = [at.labels, at.rowWeights, 0.1, dz.address] as const;
      const growth = kernels.smoothLabels(address, stride, count, width!, ...smoothed);
      const { z, labels, rowWeights } = one;
      const defined = oracle.smoothLabels(madd, z, width!, labels, rowWeights, Math.fround(0.1), before);
      t.equal(
        difference([growth, ...take(arena, dz)], [defined.loss, ...defined.dz]),
        '',
        `${width} × ${batch}`,
      );
    }
  });

  t.test(`${executor.name}: predictions are as they are defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [width, batch] of [
      [1, 9],
      [2, 30],
      [10, 17],
      [7, 64],
    ] as const) {
      const { z, examples } = batchOf(2 * width, batch, width);
      arena.reset();
      const [soft, moments] = [arena.putPanels(z, 2 * width), arena.putPanels(z, 2 * width)];
      kernels.logSoftmax(soft.address, soft.stride, soft.count, 2 * width);
      t.equal(difference(take(arena, soft), oracle.logSoftmax(functions, z, 2 * width)), '', 'logSoftmax');
      kernels.gaussianMoments(moments.address, moments.stride, moments.count, width);
      const defined = z.map((v, at) => (at % (2 * width) < width ? v : oracle.varianceOf(functions, v)));
      t.equal(difference(take(arena, moments), defined), '', 'gaussianMoments');
      const single = arena.putPanels(z.slice(0, examples), 1);
      const out = arena.allocPanels(examples, 2);
      kernels.binaryLogProbabilities(single.address, single.stride, single.count, out.address, out.stride);
      const both = [...z.slice(0, examples)].flatMap((v) => [
        -functions.softplus(v),
        -functions.softplus(-v),
      ]);
      t.equal(difference(take(arena, out), both), '', 'binaryLogProbabilities');
    }
  });

  t.test(`${executor.name}: functions and activations are as they are defined, for any number`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const values = Float32Array.of(...scores(3_000, 8), ...numbers(997, 9), Number.NaN, 88.72284, -87.33654);
    const rest = [
      0.625,
      -0.625,
      -27.725887,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1e38,
      -1e38,
      0,
    ];
    const z = Float32Array.of(...values, ...rest);
    for (const kind of SMOOTH_ACTIVATIONS) {
      arena.reset();
      const [h, derivative, second] = [arena.put(z), arena.alloc(z.length * 4), arena.alloc(z.length * 4)];
      kernels.secondDerivative(activationKind(kind), h, second, z.length * 4, 1);
      kernels.activate(activationKind(kind), h, derivative, z.length * 4, 1);
      const defined = [...z].map((v) => functions.activation(kind, v));
      t.equal(
        difference(
          arena.take(h, z.length),
          defined.map((one) => one.value),
        ),
        '',
        kind,
      );
      t.equal(
        difference(
          arena.take(derivative, z.length),
          defined.map((one) => one.derivative),
        ),
        '',
        kind,
      );
      t.equal(
        difference(
          arena.take(second, z.length),
          defined.map((one) => one.second),
        ),
        '',
        kind,
      );
    }
    const [input, out] = [arena.put(z), arena.alloc(z.length * 4)];
    kernels.exp(input, out, z.length, 1);
    t.equal(
      difference(
        arena.take(out, z.length),
        [...z].map((v) => functions.exp(v)),
      ),
      '',
      'exp',
    );
  });
}

// A recorded list of calls does what the calls would have done, to the bit.
import t from 'tap';
import { type CallList, callListWords, recordCalls, VARIABLE_ADDRESS } from '../../src/kernels/call-list.js';
import type { Kernels } from '../../src/kernels/kernels.js';
import { UPDATE_BLOCK_BYTES, writeUpdate } from '../../src/kernels/update-block.js';
import { layerLengthFloats, roundUp4, weightGradientScratchBytes } from '../../src/kernels/weight-layout.js';
import { ARITHMETICS, type Arena, integers, numbers, setUp } from './harness.js';

const [ROWS, FEATURES, UNITS, CLASSES, BATCH] = [40, 7, 13, 3, 11];
const WORDS = callListWords(20);

/** A step of a small network, of every operation that can be recorded; it ends in stored gradients. */
function placeStep(arena: Arena) {
  const padded = roundUp4(FEATURES);
  const panels = Math.ceil(BATCH / 8);
  const x = arena.put(numbers(ROWS * padded, 1).map((value, at) => (at % padded < FEATURES ? value : 0)));
  const labels = arena.putInts(integers(ROWS, CLASSES, 2));
  const rowWeights = arena.put(numbers(ROWS, 3).map((value) => value + 2));
  const columns = arena.putInts([...Array(FEATURES).keys()]);
  const [input, other] = [arena.allocPanels(BATCH, FEATURES), arena.allocPanels(BATCH, FEATURES)];
  const [hidden, dHidden] = [arena.allocPanels(BATCH, UNITS), arena.allocPanels(BATCH, UNITS)];
  const derivative = arena.alloc(panels * hidden.stride);
  const [z, dz] = [arena.allocPanels(BATCH, CLASSES), arena.allocPanels(BATCH, CLASSES)];
  const [single, twoRows] = [arena.allocPanels(BATCH, 1), arena.allocPanels(BATCH, 2)];
  const [dSingle, dTwoRows] = [arena.allocPanels(BATCH, 1), arena.allocPanels(BATCH, 2)];
  const targets = arena.putPanels(numbers(BATCH, 4), 1);
  const mask = arena.putInts(integers((panels * hidden.stride) / 16, 2, 5).map((bit) => -bit >>> 0));
  const [batchLabels, batchWeights] = [arena.alloc(panels * 32), arena.alloc(panels * 32)];
  const sizes = [
    [FEATURES, UNITS],
    [UNITS, CLASSES],
    [UNITS, 1],
    [UNITS, 2],
  ] as const;
  const layers = sizes.map(([inputs, units], layer) =>
    arena.putWeights(inputs, units, numbers(inputs * units, 6 + layer), numbers(units, 16 + layer)),
  );
  const gradient = arena.alloc(layerLengthFloats(FEATURES, UNITS) * 4);
  const scratch = arena.alloc(weightGradientScratchBytes(panels));
  const block = arena.alloc(UPDATE_BLOCK_BYTES);
  writeUpdate(arena.memory, block, { kind: 'store', gradientOffset: gradient - layers[0]! });
  const length = (panels * hidden.stride) / 4;
  const step = (kernels: Kernels, indices: number): number => {
    const row = padded * 4;
    kernels.gatherRows(x, row, indices, BATCH, FEATURES, other.address, other.stride);
    kernels.gatherColumns(x, row, indices, BATCH, columns, FEATURES, input.address, input.stride);
    kernels.gatherLabels(labels, indices, BATCH, batchLabels);
    kernels.gatherWeights(rowWeights, indices, BATCH, 1 / BATCH, batchWeights);
    const from = [hidden.address, hidden.stride, panels, UNITS] as const;
    const [w0, w1, w2, w3] = layers as [number, number, number, number];
    kernels.forward(
      input.address,
      input.stride,
      panels,
      FEATURES,
      w0,
      UNITS,
      hidden.address,
      hidden.stride,
      1 / 3,
    );
    kernels.activate('gelu', hidden.address, derivative, length);
    kernels.applyMask(hidden.address, mask, 1.25, hidden.address, length);
    kernels.forward(...from, w1, CLASSES, z.address, z.stride, 1);
    kernels.forward(...from, w2, 1, single.address, single.stride, 1);
    kernels.forward(...from, w3, 2, twoRows.address, twoRows.stride, 1);
    const of = [z.address, z.stride, panels, CLASSES, batchLabels, batchWeights] as const;
    let loss = kernels.softmaxCrossEntropy(...of, dz.address) + kernels.smoothLabels(...of, 0.1, dz.address);
    const one = [single.address, single.stride, panels] as const;
    loss += kernels.binaryCrossEntropy(...one, batchLabels, batchWeights, dSingle.address);
    const truth = [targets.address, targets.stride, batchWeights] as const;
    loss += kernels.squaredError(...one, 1, ...truth, dSingle.address);
    loss += kernels.gaussianNll(twoRows.address, twoRows.stride, panels, 1, ...truth, dTwoRows.address);
    const below = [hidden.address, 0.3, dHidden.address, dHidden.stride] as const;
    kernels.inputGradient(dz.address, dz.stride, panels, CLASSES, w1, UNITS, ...below);
    const activity = [batchWeights, 0.01, 0.3] as const;
    kernels.addActivityGradient(dHidden.address, hidden.address, hidden.stride, panels, UNITS, ...activity);
    kernels.multiply(dHidden.address, derivative, length);
    const to = [dHidden.address, dHidden.stride, UNITS, w0, scratch, block] as const;
    kernels.weightGradient(input.address, input.stride, panels, FEATURES, ...to);
    return loss;
  };
  const results = () => [
    ...arena.take(gradient, layerLengthFloats(FEATURES, UNITS)),
    ...[z, dz, dSingle, dTwoRows, other].flatMap((panels) => [...arena.takePanels(panels)]),
  ];
  return { step, results, x };
}

for (const arithmetic of ARITHMETICS) {
  t.test(
    `${arithmetic}: a list runs the recorded calls in order, with the address it is given`,
    async (t) => {
      const { arena, kernels } = setUp(arithmetic);
      const { step, results } = placeStep(arena);
      const list = record(arena, kernels, WORDS, (recorder) => step(recorder, VARIABLE_ADDRESS))!;
      for (const seed of [1, 2]) {
        const indices = arena.putInts(integers(BATCH, ROWS, seed));
        const loss = list.run(indices);
        const recorded = results();
        t.equal(step(kernels, indices), loss);
        t.same(results(), recorded);
      }
      t.ok(arena.guardsHold());
    },
  );
}

t.test('a list ends after a loss that is not finite, before any update', async (t) => {
  const { arena, kernels } = setUp('strict');
  const { step, results, x } = placeStep(arena);
  const list = record(arena, kernels, WORDS, (recorder) => step(recorder, VARIABLE_ADDRESS))!;
  const indices = arena.putInts(integers(BATCH, ROWS, 1));
  list.run(indices);
  const before = results().slice(0, layerLengthFloats(FEATURES, UNITS));
  arena.floats.fill(Number.NaN, x / 4, x / 4 + ROWS * roundUp4(FEATURES));
  t.notOk(Number.isFinite(list.run(indices)));
  t.same(results().slice(0, before.length), before);
});

t.test('what cannot be recorded is no list, and what has no room is an error', async (t) => {
  const { arena, kernels } = setUp('strict');
  const { step } = placeStep(arena);
  t.equal(
    record(arena, kernels, WORDS, (recorder) => recorder.shuffle(1024, 1, 0, 0)),
    null,
  );
  t.throws(() => record(arena, kernels, 40, (recorder) => step(recorder, VARIABLE_ADDRESS)), {
    code: 'ERR_INTERNAL',
    message: /more than its 40 words/,
  });
  t.throws(
    () =>
      record(arena, kernels, WORDS, () => {
        throw new RangeError('of the caller');
      }),
    { message: 'of the caller' },
  );
});

function record(
  arena: Arena,
  kernels: Kernels,
  words: number,
  make: (recorder: Kernels) => unknown,
): CallList | null {
  return recordCalls(kernels, arena.memory, arena.alloc(words * 4), words, make);
}

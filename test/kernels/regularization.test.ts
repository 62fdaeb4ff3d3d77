// Masks, factors per unit, the activity penalty, label smoothing and noise, against the same in double
// precision and one number at a time.
import t from 'tap';
import { lossOf } from '../support/reference-network.js';
import { isKept, normalAt } from '../support/reference-noise.js';
import { EXECUTORS, excess, integers, numbers, ROUNDING, setUp, testEach } from './harness.js';

const KEY = [0xdeadbeef, 0x12345678] as const;

testEach(
  t,
  'a mask keeps the floats whose 16-bit number is below the threshold, layer by layer',
  (t, { arena, kernels }) => {
    for (const layer of [0, 1, 5]) {
      for (const [count, keep] of [
        [16, 0.5],
        [32, 0.8],
        [480, 0.01],
        [16, 1 / 65536],
        [64, 65535 / 65536],
      ] as const) {
        arena.reset();
        const mask = arena.alloc(count);
        kernels.drawMask(mask, count * 4, 1, Math.round(65536 * keep), ...KEY, layer);
        const bytes = new Int8Array(arena.memory.buffer, mask, count);
        t.same(
          [...bytes],
          Array.from({ length: count }, (_, e) => (isKept(KEY, layer, e, keep) ? -1 : 0)),
        );
        t.ok(arena.guardsHold());
      }
    }
  },
);

testEach(t, 'masks keep their share of the units', (t, { arena, kernels }) => {
  const count = 1 << 20;
  const mask = arena.alloc(count);
  for (const keep of [0.5, 0.8]) {
    kernels.drawMask(mask, count * 4, 1, Math.round(65536 * keep), ...KEY, 1);
    const kept = new Int8Array(arena.memory.buffer, mask, count).reduce((sum, byte) => sum - byte, 0);
    // Five standard deviations of a binomial.
    t.ok(Math.abs(kept / count - keep) < 5 * Math.sqrt((keep * (1 - keep)) / count));
  }
});

testEach(t, 'a mask is applied in place or beside its input', (t, { arena, kernels }) => {
  for (const inPlace of [true, false]) {
    arena.reset();
    const values = numbers(96, 3);
    const input = arena.put(values);
    const mask = arena.alloc(96);
    kernels.drawMask(mask, 384, 1, 40000, ...KEY, 0);
    const out = inPlace ? input : arena.alloc(96 * 4);
    kernels.applyMask(input, mask, 1.25, out, 384, 1);
    const expected = values.map((v, e) => (isKept(KEY, 0, e, 40000 / 65536) ? Math.fround(1.25 * v) : 0));
    t.same(arena.take(out, 96), expected);
    if (!inPlace) t.same(arena.take(input, 96), values);
    t.ok(arena.guardsHold());
  }
});

testEach(t, 'factors scale the rows of panels and leave their padding', (t, { arena, kernels }) => {
  for (const [batch, rows] of [
    [1, 1],
    [9, 5],
    [24, 12],
  ] as const) {
    arena.reset();
    const values = numbers(batch * rows, rows);
    const factors = numbers(rows, 9);
    const input = arena.putPanels(values, rows);
    const out = arena.putPanels(new Float32Array(batch * rows), rows);
    const at = arena.put(factors);
    kernels.scaleRows(input.address, out.address, input.stride, input.count, rows, at);
    const expected = values.map((v, i) => Math.fround(v * factors[i % rows]!));
    t.same(arena.takePanels(out), Float64Array.from(expected));
    t.ok(arena.paddingRowsAreZero(out) && arena.guardsHold());
  }
});

for (const executor of EXECUTORS) {
  t.test(`the activity gradient is strength · weight · sign(h) · slope (${executor.name})`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const slope of [0, 0.01, 1]) {
      arena.reset();
      const [batch, rows] = [13, 7];
      const h = numbers(batch * rows, 4).map((v, i) => (i % 5 === 0 ? 0 : v));
      const dh = numbers(batch * rows, 5);
      const weights = numbers(16, 6);
      const hAt = arena.putPanels(h, rows, 32);
      const dhAt = arena.putPanels(dh, rows, 32);
      const weightsAt = arena.put(weights);
      const { address, stride, count } = dhAt;
      kernels.addActivityGradient(address, hAt.address, stride, count, rows, weightsAt, 0.3, slope);
      const expected = Float64Array.from(dh, (v, i) => {
        const sign = Math.sign(h[i]!) * (h[i]! > 0 ? 1 : slope);
        return v + 0.3 * weights[Math.floor(i / rows)]! * sign;
      });
      t.ok(excess(arena.takePanels(dhAt), expected, 4 * ROUNDING) <= 1);
      t.ok(arena.paddingRowsAreZero(dhAt) && arena.guardsHold());
    }
  });

  t.test(
    `smoothing turns a cross-entropy and its gradient into that of smoothed labels (${executor.name})`,
    async (t) => {
      const { arena, kernels } = setUp(executor);
      for (const [batch, classes] of [
        [1, 1],
        [11, 1],
        [5, 2],
        [19, 10],
      ] as const) {
        arena.reset();
        const z = numbers(batch * classes, classes).map((v) => 3 * v);
        const padded = Math.ceil(batch / 8) * 8;
        const labels = integers(padded, Math.max(classes, 2), 2).map((v, b) => (b < batch ? v : 0));
        const weights = numbers(padded, 3).map((v, b) => (b < batch ? 0.6 + 0.5 * v : 0));
        const zAt = arena.putPanels(z, classes);
        const dz = arena.allocPanels(batch, classes);
        const [labelsAt, weightsAt] = [arena.putInts(labels), arena.put(weights)];
        const { address, stride, count } = zAt;
        const loss =
          classes === 1
            ? kernels.binaryCrossEntropy(address, stride, count, labelsAt, weightsAt, dz.address)
            : kernels.softmaxCrossEntropy(address, stride, count, classes, labelsAt, weightsAt, dz.address);
        const shared = [address, stride, count, classes, labelsAt, weightsAt, 0.2] as const;
        t.equal(kernels.smoothLabels(...shared, 0), kernels.smoothLabels(...shared, dz.address));
        const kind = classes === 1 ? 'binaryCrossEntropy' : 'softmaxCrossEntropy';
        let total = 0;
        const gradient: number[] = [];
        for (let b = 0; b < batch; b++) {
          const own = [...z.subarray(b * classes, (b + 1) * classes)];
          const [value, slope] = lossOf(kind, own, labels[b]!, [], 0.2);
          total += weights[b]! * value;
          gradient.push(...slope.map((v) => v * weights[b]!));
        }
        t.ok(Math.abs(loss + kernels.smoothLabels(...shared, 0) - total) < 40 * ROUNDING * batch);
        t.ok(excess(arena.takePanels(dz), gradient, 16 * ROUNDING) <= 1);
        t.ok(arena.paddingRowsAreZero(dz) && arena.guardsHold());
      }
    },
  );

  t.test(`noise adds Box and Muller's deviates of the key's stream (${executor.name})`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const [batch, rows] = [24, 7];
    const values = numbers(batch * rows, 8);
    const x = arena.putPanels(values, rows);
    kernels.addNoise(x.address, x.stride, x.count, rows, 0.5, ...KEY);
    const expected = Float64Array.from(values, (v, i) => {
      const [b, r] = [Math.floor(i / rows), i % rows];
      return v + 0.5 * normalAt(KEY, (Math.floor(b / 8) * rows + r) * 8 + (b % 8));
    });
    t.ok(excess(arena.takePanels(x), expected, 1e-6) <= 1);
    t.ok(arena.paddingRowsAreZero(x) && arena.guardsHold());
  });
}

testEach(t, 'noise has the moments of a normal deviate', (t, { arena, kernels }) => {
  const n = 1 << 19;
  const x = arena.put(new Float32Array(n));
  kernels.addNoise(x, n * 4, 1, n / 8, 2, ...KEY);
  const moment = (power: number) => arena.take(x, n).reduce((sum, v) => sum + (v / 2) ** power, 0) / n;
  const near = (power: number, expected: number, variance: number) =>
    t.ok(Math.abs(moment(power) - expected) < 5 * Math.sqrt(variance / n), `moment ${power}`);
  near(1, 0, 1);
  near(2, 1, 2);
  near(3, 0, 15);
  near(4, 3, 96);
});

testEach(t, 'active units are counted over the examples that exist', (t, { arena, kernels }) => {
  for (const batch of [1, 3, 4, 5, 8, 13]) {
    arena.reset();
    const values = numbers(batch * 6, batch);
    const h = arena.putPanels(values, 6);
    // Whatever padding lanes hold does not count.
    for (let lane = batch % 8; lane > 0 && lane < 8; lane++) {
      arena.floats[(h.address + (h.count - 1) * h.stride) / 4 + lane] = 5;
    }
    const expected = values.filter((v) => Math.abs(v) > 0.25).length;
    t.equal(kernels.countActive(h.address, h.stride, 6, batch, 0.25), expected);
  }
});

// From the last layer's panels to log probabilities, moments and row-major rows.
import t from 'tap';
import { EXECUTORS, excess, numbers, setUp } from './harness.js';
import * as reference from './reference.js';

const SHAPES = [1, 2, 3, 4, 5, 10, 33].flatMap((rows) => [1, 8, 13].map((batch) => [rows, batch] as const));

for (const executor of EXECUTORS) {
  t.test(`${executor.name}: logSoftmax gives log probabilities that sum to one`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [classes, batch] of SHAPES) {
      arena.reset();
      const values = numbers(batch * classes, classes).map((value) => 30 * value);
      const z = arena.putPanels(values, classes, 16);
      kernels.logSoftmax(z.address, z.stride, z.count, classes);
      const got = arena.takePanels(z);
      t.ok(excess(got, reference.logSoftmax(values, classes), 1e-5) <= 1);
      const sums = Array.from({ length: batch }, (_, b) => {
        return got.subarray(b * classes, (b + 1) * classes).reduce((sum, value) => sum + Math.exp(value), 0);
      });
      t.ok(
        excess(
          sums,
          sums.map(() => 1),
          1e-5,
        ) <= 1,
      );
      t.ok(arena.guardsHold());
    }
  });

  t.test(`${executor.name}: binaryLogProbabilities gives log p₀ and log p₁ of one logit`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const values = Float32Array.of(-80, -20, -1, 0, 1, 20, 80, 3, -3);
    const z = arena.putPanels(values, 1);
    const out = arena.allocPanels(9, 2);
    kernels.binaryLogProbabilities(z.address, z.stride, z.count, out.address, out.stride);
    const expected = [...values].flatMap((value) => [
      -reference.softplus(value),
      -reference.softplus(-value),
    ]);
    t.ok(
      excess(
        arena.takePanels(out),
        expected,
        expected.map((e) => 1e-6 * Math.abs(e) + 2 ** -39),
      ) <= 1,
    );
    t.ok(arena.paddingRowsAreZero(out) && arena.guardsHold());
  });

  t.test(`${executor.name}: gaussianMoments turns raw variances into σ² and leaves the means`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const values = numbers(13 * 6, 2).map((value) => 8 * value);
    const z = arena.putPanels(values, 6, 32);
    kernels.gaussianMoments(z.address, z.stride, z.count, 3);
    const expected = Float64Array.from(values, (value, at) =>
      at % 6 < 3 ? value : reference.varianceOf(value),
    );
    t.ok(
      excess(
        arena.takePanels(z),
        expected,
        expected.map((e) => 1e-6 * Math.abs(e)),
      ) <= 1,
    );
    t.ok(arena.guardsHold());
  });

  t.test(`${executor.name}: unpanel writes rows at their stride and nothing between`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [rows, batch] of SHAPES) {
      arena.reset();
      const values = numbers(batch * rows, rows);
      const z = arena.putPanels(values, rows);
      const stride = rows + 3;
      const out = arena.put(new Float32Array(batch * stride).fill(7));
      kernels.unpanel(z.address, z.stride, rows, batch, out, stride * 4);
      const expected = Float32Array.from({ length: batch * stride }, (_, at) => {
        return at % stride < rows ? values[Math.floor(at / stride) * rows + (at % stride)]! : 7;
      });
      t.same(arena.take(out, batch * stride), expected);
      t.ok(arena.guardsHold());
    }
  });
}

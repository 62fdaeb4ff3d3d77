// The kernels of tangent propagation against double precision.

import t from 'tap';
import { activationKind, SMOOTH_ACTIVATIONS } from '../../src/kernels/activation-kind.js';
import { activate } from '../support/reference-network.js';
import { secondDerivative } from '../support/reference-objective.js';
import { EXECUTORS, excess, magnitudes, numbers, ROUNDING, setUp } from './harness.js';

for (const executor of EXECUTORS) {
  const { arithmetic } = executor;
  t.test(`second derivatives of the smooth activations (${arithmetic})`, async (t) => {
    const z = Float32Array.from({ length: 4000 }, (_, at) => (at - 2000) / 80);
    z.set([-1e20, 1e20, -100, 100]);
    for (const kind of SMOOTH_ACTIVATIONS) {
      const { arena, kernels } = setUp(executor);
      const out = arena.alloc(z.length * 4);
      kernels.secondDerivative(activationKind(kind), arena.put(z), out, z.length * 4, 1);
      const expected = Float64Array.from(z, (value) => secondDerivative(kind, value));
      expected.set([kind === 'selu' ? expected[0]! : 0, 0], 0);
      const ratio = excess(arena.take(out, z.length), expected, 1e-6);
      t.ok(ratio <= 1, `${kind}: ${ratio}`);
      t.ok(arena.guardsHold());
    }
  });

  t.test(`elementwise kernels (${arithmetic})`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const [a, b, c, sum] = [1, 2, 3, 4].map((seed) => numbers(52, seed)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    b[5] = 0;
    const at = {
      a: arena.put(a),
      b: arena.put(b),
      c: arena.put(c),
      sum: arena.put(sum),
      out: arena.alloc(208),
    };
    kernels.product(at.a, at.b, at.out, 208, 1);
    t.same(
      arena.take(at.out, 52),
      a.map((v, i) => v * b[i]!),
    );
    kernels.addProduct(at.sum, at.a, at.b, at.c, 208, 1);
    const expected = Float64Array.from(sum, (v, i) => v + a[i]! * b[i]! * c[i]!);
    t.ok(excess(arena.take(at.sum, 52), expected, 4 * ROUNDING) <= 1);
    kernels.add(at.c, at.b, 208, 1);
    t.same(
      arena.take(at.c, 52),
      c.map((v, i) => v + b[i]!),
    );
    kernels.multiplySlope(at.a, at.b, 0.25, 208, 1);
    t.same(
      arena.take(at.a, 52),
      a.map((v, i) => v * (b[i]! > 0 ? 1 : 0.25)),
    );
    t.ok(arena.guardsHold());
  });

  t.test(`the penalty and its gradient (${arithmetic})`, async (t) => {
    for (const [batch, rows] of [
      [1, 1],
      [9, 3],
      [24, 10],
    ] as const) {
      const { arena, kernels } = setUp(executor);
      const values = numbers(batch * rows, 1);
      const u = arena.putPanels(values, rows);
      const du = arena.allocPanels(batch, rows);
      const weights = new Float32Array(u.count * 8);
      weights.set(numbers(batch, 2).map(Math.abs));
      const penalty = kernels.tangentPenalty(
        ...([u.address, u.stride, u.count, rows, arena.put(weights), 0.7, du.address] as const),
      );
      const pull = Float64Array.from(values, (v, at) => 0.7 * weights[Math.floor(at / rows)]! * v);
      const total = values.reduce((sum, v, at) => sum + v * pull[at]!, 0);
      t.ok(Math.abs(penalty - total) <= 1e-6 * total);
      const expected = pull.map((v) => 2 * v);
      const bound = magnitudes(expected).map((v) => v * 4 * ROUNDING);
      t.ok(excess(arena.takePanels(du), expected, bound) <= 1);
      t.ok(arena.paddingRowsAreZero(du));
      t.ok(arena.guardsHold());
    }
  });
}

t.test('the second derivatives of the reference are those of its first', async (t) => {
  for (const kind of SMOOTH_ACTIVATIONS) {
    for (const z of [-2.3, -0.4, 0.1, 0.7, 3.1]) {
      const estimate = (activate(kind, z + 1e-5)[1] - activate(kind, z - 1e-5)[1]) / 2e-5;
      t.ok(Math.abs(secondDerivative(kind, z) - estimate) < 1e-9, `${kind} at ${z}`);
    }
  }
});

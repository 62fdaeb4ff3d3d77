// Steps of an attack: the kernels against the plain form that attacks on trained ensembles use, and both
// against what the definition promises.

import t from 'tap';
import type { AttackNorm } from '../../src/model/spec.js';
import { type AttackBall, attackBall, attackStep, perturb } from '../../src/techniques/perturb.js';
import { type Arena, EXECUTORS, excess, numbers, setUp } from './harness.js';

const NORMS: AttackNorm[] = ['linf', 'l2'];

function ballOf(features: number): AttackBall {
  const radius = numbers(features, 4).map((value, i) => (i % 5 === 3 ? 0 : 0.1 + 0.1 * Math.abs(value)));
  return {
    radius,
    low: radius.map((_, i) => (i % 2 === 0 ? -0.5 : -2)),
    high: radius.map((_, i) => (i % 3 === 0 ? 0.4 : 2)),
  };
}

/** A batch, moved a little already, its gradient, with some examples and features without any. */
function caseOf(batch: number, features: number) {
  const origin = numbers(batch * features, 1);
  const { radius } = ballOf(features);
  const start = origin.map((value, at) => value + 0.3 * radius[at % features]! * numbers(1, at)[0]!);
  const gradient = numbers(batch * features, 2).map((value, at) =>
    Math.floor(at / features) === 1 || at % 7 === 0 ? 0 : value * 1e-12,
  );
  return { origin, start, gradient };
}

function put(arena: Arena, batch: number, features: number) {
  const { origin, start, gradient } = caseOf(batch, features);
  const ball = ballOf(features);
  const x = arena.putPanels(start, features);
  const addresses = [origin, gradient].map((values) => arena.putPanels(values, features).address);
  const vectors = [ball.radius, ball.low, ball.high].map((values) => arena.put(values));
  return { x, addresses, vectors };
}

for (const executor of EXECUTORS) {
  const { arithmetic } = executor;
  for (const norm of NORMS) {
    t.test(`${norm} steps equal the plain form (${arithmetic})`, async (t) => {
      for (const [batch, features] of [
        [1, 1],
        [7, 3],
        [8, 8],
        [19, 13],
      ] as const) {
        for (const step of [1, 0.3]) {
          const { arena, kernels } = setUp(executor);
          const { x, addresses, vectors } = put(arena, batch, features);
          const [origin, gradient] = addresses as [number, number];
          const [radius, low, high] = vectors as [number, number, number];
          const kernel = norm === 'linf' ? kernels.perturbMax : kernels.perturbEuclidean;
          kernel(x.address, origin, gradient, x.stride, x.count, features, radius, low, high, step);
          const expected = caseOf(batch, features);
          perturb(norm, expected.start, expected.origin, expected.gradient, ballOf(features), step);
          const ratio = excess(arena.takePanels(x), expected.start, 4e-7);
          t.ok(ratio <= 1, `${batch} × ${features}: ${ratio}`);
          t.ok(arena.paddingRowsAreZero(x));
          t.ok(arena.guardsHold());
        }
      }
    });
  }
}

t.test('a step of a whole radius goes to the corner the gradient points to', async (t) => {
  const ball = {
    radius: Float32Array.of(0.5, 0.5, 0.5),
    low: numbers(3, 1).fill(-9),
    high: numbers(3, 1).fill(9),
  };
  const x = Float32Array.of(1, 2, 3);
  perturb('linf', x, x.slice(), Float32Array.of(1e-30, -7, 0), ball, 1);
  t.same([...x], [1.5, 1.5, 3]);
});

t.test('the L2 step has length one in units of the radii, along radius² times the gradient', async (t) => {
  const radius = Float32Array.of(1, 2);
  const ball = { radius, low: Float32Array.of(-9, -9), high: Float32Array.of(9, 9) };
  const x = new Float32Array(2);
  perturb('l2', x, new Float32Array(2), Float32Array.of(3, 2), ball, 1);
  t.ok(Math.abs(x[0]! - 0.6) < 1e-6);
  t.ok(Math.abs(x[1]! - 1.6) < 1e-6);
});

t.test('several steps stay in the ball and the bounds, but where the original is beyond them', async (t) => {
  for (const norm of NORMS) {
    const { origin } = caseOf(19, 13);
    const ball = ballOf(13);
    const x = origin.slice();
    for (let step = 0; step < 10; step++)
      perturb(norm, x, origin, numbers(x.length, step), ball, attackStep(10));
    for (let row = 0; row < 19; row++) {
      let squares = 0;
      for (let i = 0; i < 13; i++) {
        const [value, o, r] = [x[row * 13 + i]!, origin[row * 13 + i]!, ball.radius[i]!];
        t.ok(Math.abs(value - o) <= r * (1 + 1e-5) + 1e-7);
        t.ok(value >= Math.min(ball.low[i]!, o) && value <= Math.max(ball.high[i]!, o));
        squares += r === 0 ? 0 : ((value - o) / r) ** 2;
      }
      if (norm === 'l2') t.ok(squares <= 1 + 1e-5);
    }
  }
});

t.test('radii are shares of the range, or absolute in the units of the data; bounds too', async (t) => {
  const mean = [10, 0];
  const std = [2, 0.5];
  const ranges = {
    ...{ low: [-1, -2], high: [1, 4], std },
    encode: (value: number, i: number) => (value - mean[i]!) / std[i]!,
  };
  const share = attackBall({ epsilon: 0.1, scale: 'range', bounds: null }, ranges, null);
  t.same([...share.radius], [Math.fround(0.2), Math.fround(0.1 * 6)]);
  t.same([...share.low, ...share.high], [-1, -2, 1, 4]);
  const absolute = attackBall({ epsilon: 1, scale: 'absolute', bounds: [0, 16] }, ranges, [1]);
  t.same([...absolute.radius, ...absolute.low, ...absolute.high], [2, 0, 32]);
});

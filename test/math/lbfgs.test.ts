// The minimum of convex functions whose minimum is known.

import t from 'tap';
import { minimise, type WithGradient } from '../../src/math/lbfgs.js';

/** ½ Σ cᵢ (xᵢ − i)², with curvatures from 1 to 100. */
const SIZE = 12;
const curvature = (i: number) => 10 ** ((2 * i) / (SIZE - 1));
const bowl: WithGradient = (x, gradient) => {
  let value = 0;
  for (let i = 0; i < x.length; i++) {
    gradient[i] = curvature(i) * (x[i]! - i);
    value += (curvature(i) * (x[i]! - i) ** 2) / 2;
  }
  return value;
};

t.test('a long valley of 12 dimensions', async (t) => {
  const x = new Float64Array(SIZE).fill(-3);
  const steps = minimise(bowl, x, { tolerance: 1e-8, iterations: 500 });
  t.ok(steps < 200, `${steps} steps`);
  for (let i = 0; i < SIZE; i++) t.ok(Math.abs(x[i]! - i) < 1e-7);
});

t.test('a sum of exponentials has its minimum where their slopes cancel', async (t) => {
  const x = Float64Array.of(5);
  const slopes: WithGradient = ([own], gradient) => {
    gradient[0] = Math.exp(own!) - 2 * Math.exp(-own!);
    return Math.exp(own!) + 2 * Math.exp(-own!);
  };
  minimise(slopes, x, { tolerance: 1e-10, iterations: 100 });
  t.ok(Math.abs(x[0]! - Math.LN2 / 2) < 1e-9);
});

t.test('it ends where it is when it is told to, and at once where there is nothing to do', async (t) => {
  const x = new Float64Array(SIZE).fill(-3);
  t.equal(minimise(bowl, x, { tolerance: 0, iterations: 3 }), 3);
  const there = Float64Array.from({ length: SIZE }, (_, i) => i);
  t.equal(minimise(bowl, there, { tolerance: 0, iterations: 10 }), 0);
});

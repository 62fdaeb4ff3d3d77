// Sparse codes: the lecture's example, recovery of known codes, and the conditions that mark an optimum.

import t from 'tap';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { type Dictionary, sparseCode } from '../../src/techniques/sparse-coding.js';
import { failure } from '../data/helpers.js';

/** Goodfellow, Bengio, Courville, Deep Learning, equation 7.47, as on the lecture's slide. */
const B: Dictionary = {
  rows: 5,
  atoms: 6,
  values: [
    ...[3, -1, 2, -5, 4, 1],
    ...[4, 2, -3, -1, 1, 3],
    ...[-1, 5, 4, 2, -3, -2],
    ...[3, 1, 2, -3, 0, -3],
    ...[-5, 4, -2, 2, -5, -1],
  ],
};
const H = [0, 2, 0, 0, -3, 0];
const Y = [-14, 1, 19, 2, 23];

function times({ values, rows, atoms }: Dictionary, h: ArrayLike<number>): number[] {
  return Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let atom = 0; atom < atoms; atom++) sum += values[row * atoms + atom]! * h[atom]!;
    return sum;
  });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(b, (value, i) => Math.abs(value - a[i]!)));
}

function randomProblem(rows: number, atoms: number, nonZeros: number, seed: number) {
  const random = new RandomStream(streamKey(seed, 'noise'));
  const dictionary = {
    rows,
    atoms,
    values: Float64Array.from({ length: rows * atoms }, () => random.normal()),
  };
  const h = new Float64Array(atoms);
  while (h.filter((value) => value !== 0).length < nonZeros)
    h[random.below(atoms)] = 1 + 2 * random.uniform();
  return { dictionary, h, y: times(dictionary, h) };
}

t.test("the slide's input is its dictionary times its code", async (t) => {
  t.strictSame(times(B, H), Y);
});

t.test("the slide's input decodes to (0, 2, 0, 0, −3, 0) by matching pursuit with two atoms", async (t) => {
  const code = sparseCode(B, Y, { method: 'orthogonalMatchingPursuit', nonZeros: 2 });
  t.ok(largestDifference(code.h, H) < 1e-12, `${code.h}`);
  t.strictSame(code.support, [1, 4]);
  t.ok(code.residual < 1e-12);
  t.equal(code.converged, true);
  const more = sparseCode(B, Y, { method: 'orthogonalMatchingPursuit', nonZeros: 5 });
  t.strictSame(more.support, [1, 4], 'nothing is left to explain for a third');
});

for (const method of ['ista', 'fista'] as const) {
  t.test(`the slide's input decodes to the same code in the L1 form by ${method}`, async (t) => {
    const small = sparseCode(B, Y, { method, penalty: 0.01 });
    t.equal(small.converged, true);
    t.strictSame(small.support, [1, 4]);
    t.ok(largestDifference(small.h, H) < 1e-3, `${small.h}`);
    const refitted = sparseCode(B, Y, { method, penalty: 1, refit: true });
    t.ok(largestDifference(refitted.h, H) < 1e-12, `${refitted.h}`);
  });
}

t.test('one atom alone gets its least-squares coefficient', async (t) => {
  const { h } = sparseCode(B, Y, { method: 'orthogonalMatchingPursuit', nonZeros: 1 });
  // The fifth column correlates most: b·y / ‖b‖² = −227 / 51.
  t.ok(largestDifference(h, [0, 0, 0, 0, -227 / 51, 0]) < 1e-12);
});

t.test('matching pursuit leaves a residual orthogonal to the atoms it chose', async (t) => {
  const { dictionary, y } = randomProblem(20, 50, 10, 3);
  const code = sparseCode(dictionary, y, { method: 'orthogonalMatchingPursuit', nonZeros: 6 });
  t.equal(code.support.length, 6);
  const residual = times(dictionary, code.h).map((value, row) => y[row]! - value);
  for (const atom of code.support) {
    const product = residual.reduce(
      (sum, value, row) => sum + value * dictionary.values[row * 50 + atom]!,
      0,
    );
    t.ok(Math.abs(product) < 1e-9, `atom ${atom}: ${product}`);
  }
});

t.test('matching pursuit and the L1 form find a code of 3 of 60 atoms from 40 numbers', async (t) => {
  const { dictionary, h, y } = randomProblem(40, 60, 3, 5);
  const greedy = sparseCode(dictionary, y, { method: 'orthogonalMatchingPursuit', nonZeros: 3 });
  t.ok(largestDifference(greedy.h, h) < 1e-10);
  const relaxed = sparseCode(dictionary, y, { method: 'fista', penalty: 0.5, refit: true });
  t.ok(largestDifference(relaxed.h, h) < 1e-10);
});

t.test('the L1 form fulfils the optimality conditions, and its two algorithms agree', async (t) => {
  for (const [seed, penalty] of [
    [1, 0.3],
    [2, 2],
    [3, 8],
  ] as const) {
    const { dictionary, y } = randomProblem(15, 25, 6, seed);
    const code = sparseCode(dictionary, y, { method: 'fista', penalty, tolerance: 1e-14 });
    t.equal(code.converged, true);
    const residual = times(dictionary, code.h).map((value, row) => y[row]! - value);
    for (let atom = 0; atom < 25; atom++) {
      const product = residual.reduce(
        (sum, value, row) => sum + value * dictionary.values[row * 25 + atom]!,
        0,
      );
      const value = code.h[atom]!;
      // bᵀ(y − B h) = λ sign(h) where h ≠ 0, and at most λ in size elsewhere.
      if (value === 0) t.ok(Math.abs(product) <= penalty * (1 + 1e-5), `atom ${atom}: ${product}`);
      else t.ok(Math.abs(product - penalty * Math.sign(value)) < 1e-4 * penalty, `atom ${atom}: ${product}`);
    }
    const plain = sparseCode(dictionary, y, { method: 'ista', penalty, tolerance: 1e-14 });
    t.ok(largestDifference(plain.h, code.h) < 1e-4);
    t.ok(
      code.iterations < plain.iterations,
      `${code.iterations} accelerated steps, ${plain.iterations} plain`,
    );
  }
});

t.test('an orthonormal dictionary gives the soft threshold of the coefficients', async (t) => {
  const identity = { rows: 4, atoms: 4, values: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
  const { h } = sparseCode(identity, [3, -0.5, -2, 0], { method: 'ista', penalty: 0.75 });
  t.ok(largestDifference(h, [2.25, 0, -1.25, 0]) < 1e-6, `${h}`);
});

t.test('from the largest correlation on, the penalty leaves nothing', async (t) => {
  const largest = 227;
  t.strictSame(sparseCode(B, Y, { method: 'fista', penalty: largest }).support, []);
  t.strictSame(sparseCode(B, Y, { method: 'fista', penalty: largest - 1 }).support, [4]);
  t.strictSame(sparseCode(B, [0, 0, 0, 0, 0], { method: 'ista', penalty: 1 }).support, []);
});

t.test('atoms that are zero or repeated are passed over', async (t) => {
  const twins = { rows: 2, atoms: 3, values: [0, 1, 1, 0, 1, 1] };
  const code = sparseCode(twins, [2, 1], { method: 'orthogonalMatchingPursuit', nonZeros: 2 });
  t.strictSame(code.support, [1]);
  t.ok(largestDifference(code.h, [0, 1.5, 0]) < 1e-15);
  t.equal(code.converged, false);
});

t.test('shapes that do not fit and settings out of range are refused', async (t) => {
  const omp = { method: 'orthogonalMatchingPursuit', nonZeros: 2 } as const;
  t.equal(
    failure(() => sparseCode(B, [1, 2], omp)),
    "ERR_SHAPE Expected `y` to have 5 values, as the dictionary's rows, got 2",
  );
  t.equal(
    failure(() => sparseCode({ ...B, atoms: 7 }, Y, omp)),
    'ERR_SHAPE Expected `dictionary` to have 35 values (5 × 7), got 30',
  );
  t.equal(
    failure(() => sparseCode({ ...B, rows: 0 }, Y, omp)),
    'ERR_OPTION Expected `dictionary.rows` to be an integer ≥ 1, got 0',
  );
  t.equal(
    failure(() => sparseCode(B, [1, 2, Number.NaN, 4, 5], omp)),
    'ERR_DATA Expected `y` to hold finite numbers, got NaN',
  );
  t.equal(
    failure(() => sparseCode(B, Y, { ...omp, nonZeros: 6 })),
    'ERR_OPTION Expected `nonZeros` to be an integer from 1 to 5, got 6',
  );
  t.equal(
    failure(() => sparseCode(B, Y, { method: 'ista', penalty: 0 })),
    'ERR_OPTION Expected `penalty` to be a number > 0, got 0',
  );
  t.match(
    failure(() => sparseCode(B, Y, { method: 'lars' as 'ista', penalty: 1 })),
    /`method` to be/,
  );
});

// Tangent distance: identities, closed forms, and least squares solved another way.

import t from 'tap';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { imageTangents } from '../../src/techniques/image-tangents.js';
import {
  createOneSided,
  createTwoSided,
  tangentDistance,
  tangentPlanes,
} from '../../src/techniques/tangent-distance.js';
import { failure } from '../data/helpers.js';

const IMAGE = { channels: 1, height: 8, width: 8 };

function normals(length: number, seed: number): Float32Array {
  const random = new RandomStream(streamKey(seed, 'noise'));
  return Float32Array.from({ length }, () => random.normal());
}

/** Smooth images: noise would have tangents that say little. */
function blob(column: number, row: number, size = 1.8): Float32Array {
  return Float32Array.from({ length: 64 }, (_, i) =>
    Math.exp(-(((i % 8) - column) ** 2 + (Math.floor(i / 8) - row) ** 2) / (2 * size * size)),
  );
}

function euclidean(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - y[i]!) ** 2;
  return Math.sqrt(sum);
}

/** Squared distances of every example of `queries` to every one of `stored`, by the functions under test. */
function squares(
  queries: { x: Float32Array; tangents: Float32Array },
  stored: { x: Float32Array; tangents: Float32Array },
  features: number,
  stiffness = 0,
) {
  const planes = tangentPlanes(queries.x, features, queries.tangents, stiffness);
  const other = tangentPlanes(stored.x, features, stored.tangents, stiffness);
  const one: number[] = [];
  const two: number[] = [];
  const out = new Float64Array(other.rows);
  for (let row = 0; row < planes.rows; row++) {
    createOneSided(other)(planes.x.subarray(row * features, (row + 1) * features), out);
    one.push(...out);
    createTwoSided(other)(planes, row, out);
    two.push(...out);
  }
  return { one, two };
}

/**
 * min ‖d − Σ aᵢ tᵢ‖² + Σ κᵢ aᵢ² by conjugate gradients on the normal equations: slow, and nothing like the code
 * under test.
 */
function leastSquares(d: number[], tangents: number[][], kappa: number[]): number {
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const apply = (a: number[]) =>
    tangents.map(
      (own, i) => kappa[i]! * a[i]! + tangents.reduce((sum, other, j) => sum + a[j]! * dot(own, other), 0),
    );
  let a = tangents.map(() => 0);
  let r = tangents.map((own) => dot(own, d));
  let p = r;
  for (let step = 0; step < 200 && dot(r, r) > 1e-28; step++) {
    const q = apply(p);
    const alpha = dot(r, r) / dot(p, q);
    a = a.map((value, i) => value + alpha * p[i]!);
    const next = r.map((value, i) => value - alpha * q[i]!);
    const beta = dot(next, next) / dot(r, r);
    p = next.map((value, i) => value + beta * p[i]!);
    r = next;
  }
  const rest = d.map((value, f) => value - tangents.reduce((sum, own, i) => sum + a[i]! * own[f]!, 0));
  return dot(rest, rest) + a.reduce((sum, value, i) => sum + kappa[i]! * value * value, 0);
}

t.test('distances are the least squares they stand for, with and without a spring', async (t) => {
  const [features, directions] = [20, 5];
  const make = (seed: number) => ({
    x: normals(3 * features, seed),
    tangents: normals(3 * directions * features, seed + 1),
  });
  const queries = make(1);
  const stored = make(3);
  const vectors = (of: typeof stored, row: number) =>
    Array.from({ length: directions }, (_, i) => {
      const at = (row * directions + i) * features;
      return [...of.tangents.subarray(at, at + features)];
    });
  for (const stiffness of [0, 0.1]) {
    const { one, two } = squares(queries, stored, features, stiffness);
    for (let at = 0; at < 9; at++) {
      const [q, s] = [Math.floor(at / 3), at % 3];
      const d = Array.from(
        { length: features },
        (_, f) => queries.x[q * features + f]! - stored.x[s * features + f]!,
      );
      const kappa = (own: number[][]) =>
        own.map(() => (stiffness * own.flat().reduce((sum, value) => sum + value * value, 0)) / directions);
      const movable = vectors(stored, s);
      const both = [...movable, ...vectors(queries, q)];
      const expectedOne = leastSquares(d, movable, kappa(movable));
      const expectedTwo = leastSquares(d, both, [...kappa(movable), ...kappa(vectors(queries, q))]);
      t.ok(Math.abs(one[at]! / expectedOne - 1) < 1e-5, `one-sided ${one[at]} for ${expectedOne}`);
      t.ok(Math.abs(two[at]! / expectedTwo - 1) < 1e-4, `two-sided ${two[at]} for ${expectedTwo}`);
    }
  }
});

t.test('in the plane: a point to a line, and two lines that meet', async (t) => {
  const origin = { x: Float32Array.of(0, 0), tangents: Float32Array.of(2, 2) };
  const point = { x: Float32Array.of(3, 1), tangents: Float32Array.of(0, 5) };
  const { one, two } = squares(point, origin, 2);
  t.ok(Math.abs(one[0]! - 2) < 1e-6, 'the diagonal passes (3, 1) at √2');
  t.ok(two[0]! < 1e-9, 'the diagonal and the vertical through (3, 1) meet');
});

t.test('in space: two lines that pass each other at distance 4', async (t) => {
  const a = { x: Float32Array.of(1, 7, 0), tangents: Float32Array.of(3, 0, 0) };
  const b = { x: Float32Array.of(-5, 2, 4), tangents: Float32Array.of(1, 1, 0) };
  t.ok(Math.abs(squares(a, b, 3).two[0]! - 16) < 1e-4);
});

t.test('an image is at distance 0 from itself, and from itself moved along its plane', async (t) => {
  const x = blob(3.2, 4.1);
  const kinds = ['translateX', 'rotation', 'thickness'] as const;
  const tangents = imageTangents(x, IMAGE, { kinds });
  const moved = x.map(
    (value, i) => value + 0.4 * tangents[i]! - 0.7 * tangents[64 + i]! + 0.1 * tangents[128 + i]!,
  );
  for (const sides of ['one', 'two'] as const) {
    t.equal(tangentDistance(x, x, IMAGE, { sides }), 0);
    const distance = tangentDistance(moved, x, IMAGE, { sides, kinds, stiffness: 0 });
    t.ok(distance < 1e-6 * euclidean(x, moved), `${sides}-sided: ${distance}`);
  }
});

t.test('a real shift by half a pixel is nearly free, a different image is not', async (t) => {
  const x = blob(3.5, 3.5);
  const shifted = blob(4, 3.5);
  const other = blob(3.5, 3.5, 1).map((value, i) => value + blob(5.5, 5.5, 1)[i]!);
  for (const sides of ['one', 'two'] as const) {
    const share = (y: Float32Array) =>
      tangentDistance(y, x, IMAGE, { sides, stiffness: 0 }) / euclidean(x, y);
    t.ok(share(shifted) < 0.2, `${share(shifted)}`);
    t.ok(share(other) > 0.3, `${share(other)}`);
  }
});

t.test('two-sided is symmetric, at most one-sided, and that at most Euclidean', async (t) => {
  for (let seed = 1; seed <= 10; seed++) {
    const x = normals(64, seed).map((value, i) => blob(3, 4)[i]! + 0.2 * value);
    const y = normals(64, seed + 50).map((value, i) => blob(4, 3, 2.2)[i]! + 0.2 * value);
    for (const stiffness of [0, 0.05]) {
      const two = tangentDistance(x, y, IMAGE, { stiffness });
      const back = tangentDistance(y, x, IMAGE, { stiffness });
      t.ok(Math.abs(two / back - 1) < 1e-5, `${two} and ${back}`);
      const one = tangentDistance(x, y, IMAGE, { stiffness, sides: 'one' });
      const plain = euclidean(x, y);
      t.ok(two <= one && one <= plain, `${two} ≤ ${one} ≤ ${plain}`);
      t.ok(two >= 0);
    }
  }
});

t.test('a stiffer spring brings the distance back to the Euclidean one', async (t) => {
  const [x, y] = [blob(3, 3), blob(4, 4)];
  let previous = 0;
  for (const stiffness of [0, 0.01, 0.1, 1, 10, 1e6]) {
    const distance = tangentDistance(x, y, IMAGE, { stiffness });
    t.ok(distance >= previous, `stiffness ${stiffness}: ${distance}`);
    previous = distance;
  }
  t.ok(Math.abs(previous / euclidean(x, y) - 1) < 1e-4);
});

t.test('repeated, dependent and vanishing tangents change nothing', async (t) => {
  const x = { x: Float32Array.of(0, 0, 0), tangents: Float32Array.of(1, 2, 0) };
  const y = { x: Float32Array.of(1, 1, 1), tangents: Float32Array.of(0, 0, 1) };
  const expected = squares(x, y, 3);
  const many = { x: x.x, tangents: Float32Array.of(1, 2, 0, -2, -4, 0, 0, 0, 0) };
  const more = { x: y.x, tangents: Float32Array.of(0, 0, 0, 0, 0, 1, 0, 0, 3) };
  const got = squares(many, more, 3);
  t.ok(Math.abs(got.one[0]! - expected.one[0]!) < 1e-6);
  t.ok(Math.abs(got.two[0]! - expected.two[0]!) < 1e-5);
});

t.test('what does not fit is refused', async (t) => {
  t.equal(
    failure(() => tangentDistance(new Float32Array(64), new Float32Array(63), IMAGE)),
    'ERR_SHAPE Expected `y` to have 64 numbers, as `x`, got 63',
  );
  t.match(
    failure(() => tangentDistance(new Float32Array(60), new Float32Array(60), IMAGE)),
    /ERR_SHAPE .*whole images/,
  );
  t.equal(
    failure(() => tangentPlanes(new Float32Array(6), 3, new Float32Array(7))),
    'ERR_SHAPE Expected `tangents` to be whole vectors for 2 rows of 3 features, got 7 numbers',
  );
  t.equal(
    failure(() => tangentDistance(blob(1, 1), blob(2, 2), IMAGE, { stiffness: -1 })),
    'ERR_OPTION Expected `stiffness` to be a number ≥ 0, got -1',
  );
  t.match(
    failure(() => tangentDistance(blob(1, 1), blob(2, 2), IMAGE, { sides: 'both' as 'two' })),
    /`sides` to be one or two/,
  );
});

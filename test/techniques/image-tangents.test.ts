// Tangent vectors against finite differences of images that are really transformed.

import t from 'tap';
import { TANGENT_KINDS, type TangentKind } from '../../src/model/image.js';
import { imageTangents } from '../../src/techniques/image-tangents.js';
import { failure } from '../data/helpers.js';
import { relativeDistance } from '../support/relative-distance.js';

const SHAPE = { channels: 2, height: 24, width: 20 };
const { channels, height, width } = SHAPE;
const FEATURES = channels * height * width;
const RADIUS = Math.max(height, width) / 2;

/** A smooth scene: brightness of a channel at (column, row). */
function scene(channel: number, column: number, row: number): number {
  const blob = (c: number, r: number, size: number) =>
    Math.exp(-((column - c) ** 2 + (row - r) ** 2) / (2 * size * size));
  return channel === 0
    ? blob(8, 10, 2.6) + 0.6 * blob(12, 15, 2.2) - 0.3 * blob(10, 8, 2.4)
    : 2 * blob(11, 12, 2.8) + 0.5 * blob(7, 14, 2.1);
}

/** The pixels of the scene whose content was moved: the brightness at p is what was at `source(p)`. */
function render(source: (column: number, row: number) => readonly [number, number]): Float64Array {
  return Float64Array.from({ length: FEATURES }, (_, i) => {
    const pixel = i % (height * width);
    const [column, row] = source(pixel % width, Math.floor(pixel / width));
    return scene(Math.floor(i / (height * width)), column, row);
  });
}

/** Where the content at (column, row) came from when the transformation `kind` was done by `alpha` ≪ 1. */
function sourceOf(kind: Exclude<TangentKind, 'thickness'>, alpha: number) {
  const a = alpha / RADIUS;
  const matrices = {
    translateX: [1, 0, 0, 1],
    translateY: [1, 0, 0, 1],
    rotation: [Math.cos(a), Math.sin(a), -Math.sin(a), Math.cos(a)],
    scaling: [1 / (1 + a), 0, 0, 1 / (1 + a)],
    hyperbolicParallel: [1 / (1 + a), 0, 0, 1 + a],
    hyperbolicDiagonal: [Math.cosh(a), -Math.sinh(a), -Math.sinh(a), Math.cosh(a)],
  } as const;
  const [m0, m1, m2, m3] = matrices[kind];
  const shift = [kind === 'translateX' ? alpha : 0, kind === 'translateY' ? alpha : 0] as const;
  return (column: number, row: number): [number, number] => {
    const u = column - (width - 1) / 2 - shift[0];
    const v = row - (height - 1) / 2 - shift[1];
    return [m0 * u + m1 * v + (width - 1) / 2, m2 * u + m3 * v + (height - 1) / 2];
  };
}

/** The scene as it is, sampled at the pixels. */
const still = Float32Array.from(render((column, row) => [column, row]));

for (const kind of TANGENT_KINDS) {
  if (kind === 'thickness') continue;
  t.test(`${kind} is the change of an image that is really transformed`, async (t) => {
    const delta = 1e-3;
    const plus = render(sourceOf(kind, delta));
    const minus = render(sourceOf(kind, -delta));
    const expected = plus.map((value, i) => (value - minus[i]!) / (2 * delta));
    // Sampled narrowly, the derivative's own error is small: it falls with the square of pixels per blob.
    const narrow = imageTangents(still, SHAPE, { kinds: [kind], sigma: 0 });
    t.ok(
      relativeDistance(narrow, expected) < 0.08,
      `central differences: ${relativeDistance(narrow, expected)}`,
    );
    const smooth = imageTangents(still, SHAPE, { kinds: [kind] });
    t.ok(relativeDistance(smooth, expected) < 0.25, `smoothed: ${relativeDistance(smooth, expected)}`);
  });
}

/** The smoothed function Σ pixels · Gaussian at any place, in doubles and on its own. */
function smoothed(
  image: ArrayLike<number>,
  channel: number,
  column: number,
  row: number,
  sigma: number,
): number {
  let sum = 0;
  for (let pixel = 0; pixel < height * width; pixel++) {
    const square = (column - (pixel % width)) ** 2 + (row - Math.floor(pixel / width)) ** 2;
    sum += image[channel * height * width + pixel]! * Math.exp(-square / (2 * sigma * sigma));
  }
  return sum / (2 * Math.PI * sigma * sigma);
}

for (const kind of TANGENT_KINDS) {
  t.test(`${kind} agrees with finite differences of the smoothed function to 1e-3`, async (t) => {
    const sigma = 1.1;
    const delta = 1e-4;
    // A rough image, for which smoothing matters, with dark edges so that nothing is cut off.
    const image = still.map((value, i) => (value > 0.05 ? value + 0.3 * Math.cos(7 * i) : 0));
    const at = (channel: number, column: number, row: number) => smoothed(image, channel, column, row, sigma);
    const gradient = (channel: number, c: number, r: number) => [
      (at(channel, c + delta, r) - at(channel, c - delta, r)) / (2 * delta),
      (at(channel, c, r + delta) - at(channel, c, r - delta)) / (2 * delta),
    ];
    const squares = Array.from({ length: FEATURES }, (_, i) => {
      const pixel = i % (height * width);
      const [a, b] = gradient(Math.floor(i / (height * width)), pixel % width, Math.floor(pixel / width));
      return a! * a! + b! * b!;
    });
    const steepest = Math.sqrt(Math.max(...squares));
    const expected = squares.map((square, i) => {
      if (kind === 'thickness') return square / steepest;
      const pixel = i % (height * width);
      const moved = (alpha: number) =>
        at(
          Math.floor(i / (height * width)),
          ...sourceOf(kind, alpha)(pixel % width, Math.floor(pixel / width)),
        );
      return (moved(delta) - moved(-delta)) / (2 * delta);
    });
    const tangents = imageTangents(image, SHAPE, { kinds: [kind], sigma });
    t.ok(relativeDistance(tangents, expected) < 1e-3, `${relativeDistance(tangents, expected)}`);
  });
}

t.test('thickness widens: content that moves outward along its own gradient', async (t) => {
  const delta = 1e-3;
  const slope = (channel: number, column: number, row: number) => [
    (scene(channel, column + delta, row) - scene(channel, column - delta, row)) / (2 * delta),
    (scene(channel, column, row + delta) - scene(channel, column, row - delta)) / (2 * delta),
  ];
  const moved = (alpha: number) =>
    Float64Array.from({ length: FEATURES }, (_, i) => {
      const channel = Math.floor(i / (height * width));
      const column = i % width;
      const row = Math.floor(i / width) % height;
      const [a, b] = slope(channel, column, row);
      return scene(channel, column + alpha * a!, row + alpha * b!);
    });
  const plus = moved(delta);
  const minus = moved(-delta);
  const change = plus.map((value, i) => (value - minus[i]!) / (2 * delta));
  const steepest = Math.sqrt(Math.max(...change));
  const tangent = imageTangents(still, SHAPE, { kinds: ['thickness'], sigma: 0 });
  t.ok(
    relativeDistance(
      tangent,
      change.map((value) => value / steepest),
    ) < 0.08,
  );
  t.ok(
    tangent.every((value) => value >= 0),
    'nothing gets darker',
  );
});

t.test('a ramp has its exact slope inside, for any smoothing', async (t) => {
  const shape = { channels: 1, height: 15, width: 15 };
  const ramp = Float32Array.from({ length: 225 }, (_, i) => 3 * (i % 15) - 2 * Math.floor(i / 15));
  for (const sigma of [0, 0.05, 0.5, 1, 1.5]) {
    const tangents = imageTangents(ramp, shape, { kinds: ['translateX', 'translateY'], sigma });
    t.ok(Math.abs(tangents[112]! + 3) < 1e-5, `across, sigma ${sigma}`);
    t.ok(Math.abs(tangents[225 + 112]! - 2) < 1e-5, `down, sigma ${sigma}`);
  }
});

t.test('the border is a background of zeros, or repeats the outermost pixels', async (t) => {
  const white = new Float32Array(16).fill(1);
  const shape = { channels: 1, height: 4, width: 4 };
  const zero = imageTangents(white, shape, { kinds: ['translateX'], sigma: 0 });
  t.strictSame([...zero.subarray(0, 4)], [-0.5, -0, -0, 0.5]);
  const replicate = imageTangents(white, shape, { border: 'replicate' });
  t.ok(
    replicate.every((value) => Math.abs(value) < 1e-12),
    'a flat image stays as it is',
  );
});

t.test('rows and kinds come in the order asked for, each as if alone', async (t) => {
  const kinds = ['rotation', 'thickness', 'translateY'] as const;
  const two = Float32Array.from([...still, ...still.map((value) => 2 * value + 1)]);
  const together = imageTangents(two, SHAPE, { kinds });
  for (const [row, image] of [two.subarray(0, FEATURES), two.subarray(FEATURES)].entries()) {
    for (const [k, kind] of kinds.entries()) {
      const at = (row * kinds.length + k) * FEATURES;
      const alone = imageTangents(image, SHAPE, { kinds: [kind] });
      t.strictSame(together.subarray(at, at + FEATURES), alone, `row ${row}, ${kind}`);
    }
  }
});

t.test('tangents of standardised images are those of the images, divided by the deviations', async (t) => {
  const mean = Array.from({ length: FEATURES }, (_, i) => Math.sin(i));
  const std = Array.from({ length: FEATURES }, (_, i) => 0.5 + ((i * 7) % 11) / 5);
  const x = still.map((value, i) => (value - mean[i]!) / std[i]!);
  const plain = imageTangents(still, SHAPE);
  const scaled = imageTangents(x, SHAPE, { scale: { mean, std } });
  const expected = plain.map((value, i) => value / std[i % FEATURES]!);
  t.ok(relativeDistance(scaled, expected) < 1e-6, `${relativeDistance(scaled, expected)}`);
});

t.test('images of the wrong shape and unknown kinds are refused', async (t) => {
  const shape = { channels: 1, height: 2, width: 3 };
  t.equal(
    failure(() => imageTangents(new Float32Array(7), shape)),
    'ERR_SHAPE Expected `x` to be whole images of 1 × 2 × 3 = 6 numbers, got 7',
  );
  t.equal(
    failure(() => imageTangents(new Float32Array(6), shape, { scale: { mean: [0], std: [1] } })),
    'ERR_SHAPE Expected `scale` to have 6 of each (1 × 2 × 3), got 1 means and 1 deviations',
  );
  t.equal(
    failure(() => imageTangents(new Float32Array(6), { ...shape, width: 0 })),
    'ERR_OPTION Expected `image.width` to be an integer ≥ 1, got 0',
  );
  t.match(
    failure(() => imageTangents(new Float32Array(6), shape, { kinds: ['shear' as 'rotation'] })),
    /^ERR_OPTION Expected `kinds` to be a list of translateX, .*, got "shear"$/,
  );
  t.match(
    failure(() => imageTangents(new Float32Array(6), shape, { kinds: [] })),
    /non-empty list/,
  );
  t.match(
    failure(() => imageTangents(new Float32Array(6), shape, { sigma: -1 })),
    /`sigma` to be a number ≥ 0/,
  );
});

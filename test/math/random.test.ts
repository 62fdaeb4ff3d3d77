import t from 'tap';
import { TuttiError } from '../../src/errors.js';
import { PURPOSES, RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';
import { mean, variance } from '../../src/math/statistics.js';
import { threefry2x32 } from '../../src/math/threefry.js';

const draws = 100000;

/** Chi-square statistic of counts against equal expectations. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
}

t.test('a key chains threefry over the seed, (purpose, member) and (epoch, step)', async (t) => {
  const k = new Uint32Array(2);
  threefry2x32(5, 3, PURPOSES.order, 2, k); // seed 3·2³² + 5
  threefry2x32(k[0]!, k[1]!, 11, 4, k);
  t.same(streamKey(3 * 2 ** 32 + 5, 'order', 2, 11, 4), [k[0], k[1]]);
});

t.test('keys differ when any one of seed, purpose, member, epoch and step differs', async (t) => {
  const keys = [
    streamKey(1, 'init'),
    streamKey(2, 'init'),
    streamKey(2 ** 32 + 1, 'init'),
    streamKey(1, 'order'),
    streamKey(1, 'init', 1),
    streamKey(1, 'init', 0, 1),
    streamKey(1, 'init', 0, 0, 1),
  ];
  t.equal(new Set(keys.map(String)).size, keys.length);
});

t.test('every purpose has a number of its own', async (t) => {
  const numbers = Object.values(PURPOSES);
  t.equal(new Set(numbers).size, numbers.length);
});

t.test('a seed that is not a non-negative safe integer is refused', async (t) => {
  for (const seed of [-1, 1.5, Number.NaN, 2 ** 53]) {
    t.throws(
      () => streamKey(seed, 'init'),
      new TuttiError(
        'ERR_OPTION',
        `Expected \`seed\` to be an integer from 0 to 9007199254740991, got ${seed}`,
      ),
    );
  }
  t.doesNotThrow(() => streamKey(Number.MAX_SAFE_INTEGER, 'init'));
});

t.test('words 2c and 2c + 1 of a stream are block c of threefry', async (t) => {
  const key = streamKey(9, 'resample', 3);
  const stream = new RandomStream(key);
  const block = new Uint32Array(2);
  for (let c = 0; c < 5; c++) {
    threefry2x32(key[0], key[1], c, 0, block);
    t.equal(stream.uint32(), block[0]);
    t.equal(stream.uint32(), block[1]);
  }
});

t.test('below(n) is exactly ⌊word · n / 2³²⌋, also where word · n exceeds 2⁵³', async (t) => {
  const key = streamKey(1, 'order');
  for (const n of [1, 2, 10, 65537, 2 ** 21 + 1, 4294967291, 2 ** 32]) {
    const words = new RandomStream(key);
    const stream = new RandomStream(key);
    for (let i = 0; i < 200; i++) {
      const expected = Number((BigInt(words.uint32()) * BigInt(n)) >> 32n);
      if (stream.below(n) !== expected) t.fail(`n = ${n}, draw ${i}`);
    }
  }
  t.pass();
});

t.test('below(10) is uniform (chi-square, 9 degrees of freedom, 99.9 % point 27.9)', async (t) => {
  const stream = new RandomStream(streamKey(42, 'order'));
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < draws; i++) counts[stream.below(10)]!++;
  t.ok(chiSquare(counts) < 27.9, `chi-square ${chiSquare(counts)}`);
});

t.test('uniform() fills [0, 1) evenly', async (t) => {
  const stream = new RandomStream(streamKey(42, 'noise'));
  const values = Array.from({ length: draws }, () => stream.uniform());
  t.ok(values.every((value) => value >= 0 && value < 1));
  t.ok(Math.abs(mean(values) - 0.5) < 4 * Math.sqrt(1 / 12 / draws));
  t.ok(Math.abs(variance(values) - 1 / 12) < 0.001);
});

t.test('normal() has mean 0, variance 1 and kurtosis 3', async (t) => {
  const stream = new RandomStream(streamKey(42, 'noise', 1));
  const values = Array.from({ length: draws }, () => stream.normal());
  t.ok(Math.abs(mean(values)) < 4 / Math.sqrt(draws));
  t.ok(Math.abs(variance(values) - 1) < 4 * Math.sqrt(2 / draws));
  t.ok(Math.abs(mean(values.map((value) => value ** 4)) - 3) < 4 * Math.sqrt(96 / draws));
});

t.test('shuffleInPlace swaps i = n−1 … 1 with below(i + 1), one word each', async (t) => {
  const key = streamKey(4, 'order', 1, 2);
  const twin = new RandomStream(key);
  const expected = [0, 1, 2, 3, 4, 5, 6];
  for (let i = 6; i >= 1; i--) {
    const j = Number((BigInt(twin.uint32()) * BigInt(i + 1)) >> 32n);
    [expected[i], expected[j]] = [expected[j]!, expected[i]!];
  }
  const stream = new RandomStream(key);
  const shuffled = Uint32Array.of(0, 1, 2, 3, 4, 5, 6);
  shuffleInPlace(shuffled, stream);
  t.same(Array.from(shuffled), expected);
  t.equal(stream.uint32(), twin.uint32(), 'no further word was used');
});

t.test(
  'all 24 orders of four elements are equally likely (chi-square, 23 df, 99.9 % point 49.7)',
  async (t) => {
    const stream = new RandomStream(streamKey(8, 'order'));
    const counts = new Map<string, number>();
    for (let i = 0; i < 24000; i++) {
      const order = [0, 1, 2, 3];
      shuffleInPlace(order, stream);
      counts.set(String(order), (counts.get(String(order)) ?? 0) + 1);
    }
    t.equal(counts.size, 24);
    t.ok(chiSquare([...counts.values()]) < 49.7);
  },
);

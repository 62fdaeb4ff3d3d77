import t from 'tap';
import { cos, exp, integerPower, log, powersOf } from '../../src/math/functions.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

/** Largest relative error of `ours` against `theirs` over 20 000 points of [low, high]. */
function worst(
  ours: (x: number) => number,
  theirs: (x: number) => number,
  low: number,
  high: number,
  relative = true,
): number {
  const stream = new RandomStream(streamKey(7, 'noise'));
  let largest = 0;
  for (let i = 0; i < 20000; i++) {
    const x = low + (high - low) * stream.uniform();
    const expected = theirs(x);
    const error = Math.abs(ours(x) - expected) / (relative ? Math.abs(expected) : 1);
    largest = Math.max(largest, error);
  }
  return largest;
}

t.test('exp agrees with Math.exp to 1e-15 relative over its normal range', async (t) => {
  t.ok(worst(exp, Math.exp, -1, 1) < 1e-15);
  t.ok(worst(exp, Math.exp, -708, 709) < 1e-15);
});

t.test('exp handles the ends of its range', async (t) => {
  t.equal(exp(0), 1);
  t.equal(exp(-800), 0);
  t.equal(exp(Number.NEGATIVE_INFINITY), 0);
  t.equal(exp(710), Number.POSITIVE_INFINITY);
  t.ok(Math.abs(exp(709.7) / Math.exp(709.7) - 1) < 1e-15);
  t.ok(exp(-745) > 0, 'the smallest subnormals are reached');
  t.ok(Number.isNaN(exp(Number.NaN)));
});

t.test('log agrees with Math.log to 1e-15 relative', async (t) => {
  t.ok(worst(log, Math.log, 0.5, 2) < 1e-15, 'around 1, where the result is small');
  t.ok(worst(log, Math.log, 0, 1e6) < 1e-15);
  t.ok(
    worst(
      (x) => log(2 ** x),
      (x) => Math.log(2 ** x),
      -1070,
      1023,
    ) < 1e-15,
  );
});

t.test('log handles the ends of its range', async (t) => {
  t.equal(log(1), 0);
  t.equal(log(0), Number.NEGATIVE_INFINITY);
  t.equal(log(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  t.ok(Number.isNaN(log(-1)));
  t.ok(Number.isNaN(log(Number.NaN)));
  t.ok(Math.abs(log(Number.MIN_VALUE) / Math.log(Number.MIN_VALUE) - 1) < 1e-15);
});

t.test('cos agrees with Math.cos to 1e-15, also after many turns', async (t) => {
  t.ok(worst(cos, Math.cos, -4, 4, false) < 1e-15);
  t.ok(worst(cos, Math.cos, -1.6e6, 1.6e6, false) < 1e-15);
  t.equal(cos(0), 1);
  t.equal(cos(Math.PI), -1);
  t.ok(Number.isNaN(cos(2e6)), 'refused where the argument reduction would lose digits');
});

t.test('powers from squares that are kept are those by squaring, to the bit', (t) => {
  for (const base of [0.9, 0.95, 0.999, 1.0007]) {
    const power = powersOf(base);
    for (const exponent of [...Array(200).keys(), 4095, 65_537, 2 ** 31 + 33]) {
      if (power(exponent) !== integerPower(base, exponent)) t.fail(`${base} to the ${exponent}`);
    }
    t.ok(Math.abs(power(50) / base ** 50 - 1) < 1e-14);
  }
  t.end();
});

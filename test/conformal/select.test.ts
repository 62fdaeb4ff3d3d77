import t from 'tap';
import { selectAt, selectMass } from '../../src/conformal/select.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

/** Numbers with ties, with long tails, in order and against it. */
function samples(): Float64Array[] {
  const random = new RandomStream(streamKey(3, 'noise'));
  return [1, 2, 3, 10, 599, 601, 5000].flatMap((size) => [
    Float64Array.from({ length: size }, () => random.normal()),
    Float64Array.from({ length: size }, () => Math.floor(4 * random.uniform())),
    Float64Array.from({ length: size }, (_, at) => at),
    Float64Array.from({ length: size }, (_, at) => -at),
    Float64Array.from({ length: size }, () => 1 / (1e-9 + random.uniform())),
  ]);
}

t.test('the number of any place is that of the sorted numbers', async (t) => {
  for (const values of samples()) {
    const sorted = values.slice().sort();
    for (const share of [0, 0.05, 0.1, 0.5, 0.9, 0.95, 1]) {
      const at = Math.round(share * (values.length - 1));
      const own = values.slice();
      t.equal(selectAt(own, at), sorted[at], `${at} of ${values.length}`);
      t.same(own.sort(), sorted, 'none is lost');
    }
  }
});

t.test('with equal shares the mass is a count', async (t) => {
  for (const values of samples()) {
    const sorted = values.slice().sort();
    for (const place of [1, Math.ceil(0.9 * values.length), values.length]) {
      const found = selectMass(values.slice(), new Float64Array(values.length).fill(1), place);
      t.equal(found, sorted[place - 1]);
    }
  }
});

t.test('with any shares it is where their sum, value by value, reaches the mass', async (t) => {
  const random = new RandomStream(streamKey(4, 'noise'));
  for (const values of samples()) {
    const shares = Float64Array.from(values, () => 2 ** -Math.floor(4 * random.uniform()));
    const pairs = [...values].map((value, at) => [value, shares[at]!] as const).sort((a, b) => a[0] - b[0]);
    const all = shares.reduce((sum, share) => sum + share, 0);
    for (const part of [0.03, 0.5, 0.9, 0.999]) {
      let sum = 0;
      let expected = Number.NaN;
      for (const [value, share] of pairs) {
        sum += share;
        expected = value;
        if (sum >= part * all) break;
      }
      t.equal(selectMass(values.slice(), shares.slice(), part * all), expected);
    }
  }
});

t.test('a mass that all shares together do not reach gives the largest', async (t) => {
  t.equal(selectMass(Float64Array.of(3, 1, 2), Float64Array.of(1, 1, 1), 4), 3);
});

import t from 'tap';
import { normalQuantile, twoSidedNormal } from '../../src/math/normal.js';

t.test('two-sided tails agree with published values of the normal distribution', async (t) => {
  // 2 (1 − Φ(z)): Abramowitz and Stegun 1964, tables 26.1 and 26.2; erfc(z/√2) by C's math library.
  const known = [
    [0, 1],
    [0.5, 0.6170750774519738],
    [1, 0.31731050786291415],
    [1.959963984540054, 0.05],
    [2.4, 0.016395071849192276],
    [2.6, 0.009322376047437502],
    [3, 0.0026997960632601913],
    [5, 5.733031437583892e-7],
    [10, 1.5239706048321186e-23],
    [30, 9.813427854297528e-198],
  ] as const;
  for (const [z, p] of known) {
    t.ok(Math.abs(twoSidedNormal(z) - p) <= 1e-12 * p, `${z}: ${twoSidedNormal(z)}`);
    t.equal(twoSidedNormal(-z), twoSidedNormal(z));
  }
});

t.test('it is a number at the ends, and falls all the way', async (t) => {
  t.equal(twoSidedNormal(Number.POSITIVE_INFINITY), 0);
  t.equal(twoSidedNormal(60), 0);
  t.ok(Number.isNaN(twoSidedNormal(Number.NaN)));
  let last = 1;
  for (let z = 0.01; z < 8; z += 0.01) {
    const p = twoSidedNormal(z);
    t.ok(p < last && p > 0, String(z));
    last = p;
  }
});

t.test('quantiles are those of SciPy’s norm.ppf', async (t) => {
  const known = [
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798409],
    [1e-5, -4.264890793922825],
    [0.025, -1.9599639845400545],
    [0.075, -1.4395314709384563],
    [0.3, -0.5244005127080409],
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.999999, 4.753424308817087],
  ] as const;
  for (const [p, z] of known)
    t.ok(Math.abs(normalQuantile(p) - z) <= 1e-14 * Math.max(1, Math.abs(z)), `${p}`);
  t.same([normalQuantile(0), normalQuantile(1)], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

import t from 'tap';
import { twoSidedCoin } from '../../src/math/binomial.js';
import { close } from '../measure/synthetic.js';

t.test('as SciPy has it', async (t) => {
  // scipy.stats.binomtest(heads, heads + tails, 0.5).pvalue, of SciPy 1.x in double precision.
  const known: readonly (readonly [heads: number, tails: number, p: number])[] = [
    [1, 0, 1],
    [10, 2, 0.03857421875],
    [7, 7, 1],
    [25, 41, 0.06401750413722565],
    [0, 60, 1.734723475976807e-18],
    [300, 371, 0.006841895632001823],
    [4821, 5010, 0.05794259904764842],
    [499_000, 501_000, 0.0456082998653896],
  ];
  for (const [heads, tails, p] of known) {
    t.ok(close(twoSidedCoin(heads, tails), p, 1e-8), `${heads}, ${tails}: ${twoSidedCoin(heads, tails)}`);
    t.equal(twoSidedCoin(tails, heads), twoSidedCoin(heads, tails));
  }
});

t.test('by enumeration of all ways that a coin falls', async (t) => {
  const tosses = 11;
  for (let heads = 0; heads <= tosses; heads++) {
    let asUneven = 0;
    for (let way = 0; way < 2 ** tosses; way++) {
      const ones = [...way.toString(2)].filter((bit) => bit === '1').length;
      if (Math.abs(2 * ones - tosses) >= Math.abs(2 * heads - tosses)) asUneven++;
    }
    t.ok(close(twoSidedCoin(heads, tosses - heads), asUneven / 2 ** tosses, 1e-12));
  }
  t.equal(twoSidedCoin(0, 0), 1);
});

import t from 'tap';
import { mcNemar } from '../../../src/measure/scores/mcnemar.js';

/** Classes of which 1 is right: `counts` of rows that both, the first, the second, none gets right. */
function rows(both: number, first: number, second: number, neither: number) {
  const cells = [both, first, second, neither].flatMap((count, cell) =>
    Array.from({ length: count }, () => cell),
  );
  return [
    Int32Array.from(cells, () => 1),
    Int32Array.from(cells, (cell) => Number(cell < 2)),
    Int32Array.from(cells, (cell) => Number(cell % 2 === 0)),
  ] as const;
}

t.test('counts who alone is right, and tosses a coin for it', async (t) => {
  // scipy.stats.binomtest(10, 12, 0.5).pvalue
  const { pValue, ...counts } = mcNemar(...rows(30, 10, 2, 5), null);
  t.strictSame(counts, { firstAlone: 10, secondAlone: 2, both: 30, neither: 5, exact: true });
  t.ok(Math.abs(pValue - 0.03857421875) < 1e-12);
  t.equal(mcNemar(...rows(9, 0, 0, 3), null).pValue, 1);
});

t.test('with weights a normal deviate, whose size all weights alike do not change', async (t) => {
  const data = rows(40, 30, 14, 6);
  const ones = mcNemar(...data, new Float32Array(90).fill(1));
  const halves = mcNemar(...data, new Float32Array(90).fill(0.5));
  t.equal(ones.exact, false);
  t.equal(halves.pValue, ones.pValue);
  // McNemar's own χ² of one degree: (30 − 14)²/(30 + 14), of which scipy.stats.chi2.sf has 0.0158614.
  t.ok(Math.abs(ones.pValue - 0.0158614) < 1e-6, `${ones.pValue}`);
  const none = Float32Array.from({ length: 90 }, (_, row) => (row < 40 ? 1 : 0));
  t.same([mcNemar(...data, none).pValue, mcNemar(...data, none).both], [1, 40]);
});

t.test('under equality it rejects no more often than it says', async (t) => {
  // Every table of 12 rows that one alone gets right, with its chance under a fair coin: the test at 5 % must not exceed it.
  let rejected = 0;
  for (let way = 0; way < 2 ** 12; way++) {
    const first = way.toString(2).replaceAll('0', '').length;
    if (mcNemar(...rows(1, first, 12 - first, 1), null).pValue <= 0.05) rejected++;
  }
  t.ok(rejected > 0 && rejected / 2 ** 12 <= 0.05);
});

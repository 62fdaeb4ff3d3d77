// The benchmark's summaries; the measurements themselves are not tests.

import t from 'tap';
import { logLogSlope, median, quantile, spread } from '../../scripts/bench/statistics.js';

t.test('the median is the middle value, or the mean of the two in the middle', async (t) => {
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([4, 1, 3, 2]), 2.5);
  t.equal(median([10, 9, 1]), 9, 'by number, not by text');
  t.ok(Number.isNaN(median([])));
});

t.test('a quantile is a value that was measured', async (t) => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at);
  t.equal(quantile(values, 0.5), 100);
  t.equal(quantile(values, 0.99), 198);
  t.equal(quantile([7], 0.99), 7);
  t.ok(Number.isNaN(quantile([], 0.5)));
});

t.test('a spread keeps its samples in the order they were taken', async (t) => {
  t.same(spread([2, 5, 1]), { median: 2, min: 1, max: 5, samples: [2, 5, 1] });
});

t.test('the log-log slope is the exponent of a power law, whatever its factor', async (t) => {
  const x = [1, 2, 4, 8];
  for (const power of [0.5, 1, 2]) {
    const slope = logLogSlope(
      x,
      x.map((value) => 7 * value ** power),
    );
    t.ok(Math.abs(slope - power) < 1e-12, `${power}`);
  }
});

import t from 'tap';
import {
  allFinite,
  CompensatedSum,
  mean,
  median,
  quantile,
  sum,
  variance,
} from '../../src/math/statistics.js';

t.test('a compensated sum keeps what a plain sum loses', async (t) => {
  t.equal(sum([1, 1e100, 1, -1e100]), 2);
  t.equal(sum(new Float64Array(10).fill(0.1)), 1);
  const running = new CompensatedSum();
  for (let i = 0; i < 1e5; i++) running.add(0.1);
  t.equal(running.value, 10000);
});

t.test('mean and population variance', async (t) => {
  t.equal(mean([1, 2, 3, 4]), 2.5);
  t.equal(variance([1, 2, 3, 4]), 1.25);
  t.equal(variance([1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4]), 1.25, 'no cancellation around a large mean');
  t.equal(variance([1, 2, 3, 4], 0), 7.5, 'the second moment around 0');
  t.ok(Number.isNaN(mean([])));
});

t.test('quantiles interpolate linearly between order statistics, as R and NumPy do', async (t) => {
  const values = [7, 1, 3, 5];
  t.equal(quantile(values, 0), 1);
  t.equal(quantile(values, 1), 7);
  t.equal(quantile(values, 0.25), 2.5);
  t.equal(median(values), 4);
  t.equal(median([2, 9, 4]), 4);
  t.same(values, [7, 1, 3, 5], 'the input is left as it was');
  t.ok(Number.isNaN(median([])));
});

t.test('numbers are all finite, or one of them is not', async (t) => {
  t.ok(allFinite(new Float32Array(0)));
  t.ok(allFinite(Float64Array.of(0, -1, Number.MAX_VALUE)));
  for (const not of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    t.notOk(allFinite(Float32Array.of(1, not, 2)), `${not}`);
  }
});

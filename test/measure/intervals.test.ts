import t from 'tap';
import { errorCorrelation } from '../../src/measure/error-correlation.js';
import { close, correlatedErrors } from './synthetic.js';

t.test('95 % intervals of v, c and ρ hold the truth about 95 times in 100', async (t) => {
  const truth = { v: 2, c: 0.8, rho: 0.4 };
  const repetitions = 200;
  const inside = { v: 0, c: 0, rho: 0 };
  for (let seed = 0; seed < repetitions; seed++) {
    const errors = correlatedErrors(6, 150, { v: truth.v, c: truth.c, seed });
    const { intervals } = errorCorrelation(errors, new Float64Array(150), {
      ...{ task: 'regression', replicates: 200, seed, covariance: false },
    });
    for (const key of ['v', 'c', 'rho'] as const) {
      const { low, high } = intervals![key]!;
      if (low <= truth[key] && truth[key] <= high) inside[key]++;
    }
  }
  // Percentile intervals of skewed figures on 150 rows cover a little less than they say.
  for (const key of ['v', 'c', 'rho'] as const) {
    t.ok(inside[key] >= 0.86 * repetitions && inside[key] <= 0.995 * repetitions, `${key}: ${inside[key]}`);
  }
});

t.test('intervals hold the figures, repeat with the seed, and differ with another', async (t) => {
  const errors = correlatedErrors(5, 400, { v: 1, c: 0.3, seed: 1 });
  const run = (seed: number) =>
    errorCorrelation(errors, new Float64Array(400), { task: 'regression', seed, replicates: 300 });
  const report = run(1);
  for (const key of ['v', 'c', 'rho', 'vMinusC', 'measured'] as const) {
    const { low, high } = report.intervals![key]!;
    t.ok(low < report[key]! && report[key]! < high, key);
  }
  const { measured, estimate } = report.intervals!;
  t.ok(close(measured!.low, estimate!.low, 1e-9), 'held out, the estimate is the measured error');
  t.same(run(1), report);
  t.notSame(run(2).intervals, report.intervals);
});

t.test('above 1 024 rows, random groups give intervals of the right width', async (t) => {
  const rows = 10_000;
  const v = 1;
  // Sorted by size: dealing rows out in order would make the groups far too alike.
  const errors = correlatedErrors(1, rows, { v, c: 0, seed: 4 }).map((own) =>
    own.sort((a, b) => Math.abs(a) - Math.abs(b)),
  );
  const { intervals } = errorCorrelation(errors, new Float64Array(rows), {
    ...{ task: 'regression', replicates: 1000 },
  });
  const expected = 2 * 1.96 * Math.sqrt(2 / rows); // the variance of ε² is 2v²
  const width = intervals!.v!.high - intervals!.v!.low;
  t.ok(width > 0.85 * expected && width < 1.15 * expected, `${width} against ${expected}`);
});

t.test('one row, or no replicates, has no intervals', async (t) => {
  const options = { task: 'regression' } as const;
  t.equal(errorCorrelation([[1], [2]], [0], options).intervals, null);
  t.equal(
    errorCorrelation(
      [
        [1, 1],
        [2, 2],
      ],
      [0, 0],
      { ...options, replicates: 0 },
    ).intervals,
    null,
  );
});

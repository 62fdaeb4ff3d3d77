import t from 'tap';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { quantile } from '../../../src/math/statistics.js';
import { errorCorrelation } from '../../../src/measure/foreign/error-correlation.js';
import { average, close, correlatedErrors, randomStream } from '../synthetic.js';

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
  // Three standard errors of a share of 0.95 in 200 are 0.046.
  for (const key of ['v', 'c', 'rho'] as const) {
    t.ok(inside[key] >= 0.904 * repetitions && inside[key] <= 0.995 * repetitions, `${key}: ${inside[key]}`);
  }
});

t.test('with rare errors they hold the truth nearly as often as they say', async (t) => {
  // A row in ten has errors, of an exponential size that its members share in part.
  const rows = 150;
  const repetitions = 200;
  const truth = { v: 0.1 * 2, c: (0.1 * 2) / (13 / 12) };
  const inside = { v: 0, c: 0 };
  for (let seed = 0; seed < repetitions; seed++) {
    const stream = randomStream(seed);
    const errors = Array.from({ length: 4 }, () => new Float64Array(rows));
    for (let row = 0; row < rows; row++) {
      const size = -Math.log(stream.uniform() + 2 ** -33);
      const rare = stream.uniform() < 0.1;
      // E[size²] = 2; (0.5 + u) has the mean 1 and the mean square 13/12 of a uniform u.
      for (const own of errors) own[row] = rare ? (size * (0.5 + stream.uniform())) / Math.sqrt(13 / 12) : 0;
    }
    const { intervals } = errorCorrelation(errors, new Float64Array(rows), {
      ...{ task: 'regression', replicates: 200, seed, covariance: false },
    });
    for (const key of ['v', 'c'] as const) {
      const { low, high } = intervals![key]!;
      if (low <= truth[key] && truth[key] <= high) inside[key]++;
    }
  }
  // Percentiles hold it 80 times in 100 here.
  for (const key of ['v', 'c'] as const) t.ok(inside[key] >= 0.88 * repetitions, `${key}: ${inside[key]}`);
});

t.test('they are the studentised quantiles of seeded resamples of the rows, by hand', async (t) => {
  const [rows, replicates, seed] = [40, 100, 7];
  const errors = correlatedErrors(3, rows, { v: 1, c: 0.3, seed: 5 });
  const squares = Array.from({ length: rows }, (_, row) => average(errors.map((own) => own[row]! ** 2)));
  const errorOf = (values: readonly number[]) => {
    const centre = average(values);
    return Math.sqrt(average(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
  };
  const stream = new RandomStream(streamKey(seed, 'bootstrapInterval'));
  const scores = Array.from({ length: replicates }, () => {
    const drawn = Array.from({ length: rows }, () => squares[stream.below(rows)]!);
    return (average(drawn) - average(squares)) / errorOf(drawn);
  }).sort((a, b) => a - b);
  const [low, high] = [quantile(scores, 0.95), quantile(scores, 0.05)].map(
    (score) => average(squares) - score * errorOf(squares),
  );
  const { intervals } = errorCorrelation(errors, new Float64Array(rows), {
    ...{ task: 'regression', replicates, seed, level: 0.9 },
  });
  t.ok(close(intervals!.v!.low, low!, 1e-9) && close(intervals!.v!.high, high!, 1e-9));
  t.same(intervals!.percentile, []);
});

t.test('where but two rows have errors, the intervals are of percentiles and say so', async (t) => {
  const rows = 100;
  const errors = [0, 1].map(() => Float64Array.from({ length: rows }, (_, row) => (row < 2 ? 1 + row : 0)));
  const { intervals, v } = errorCorrelation(errors, new Float64Array(rows), { task: 'regression' });
  t.ok(intervals!.percentile.includes('v'));
  t.ok(intervals!.v!.low < 1e-12);
  t.ok(intervals!.v!.high > v && Number.isFinite(intervals!.v!.high));
});

t.test('no interval goes beyond what can be', async (t) => {
  for (let seed = 0; seed < 30; seed++) {
    const errors = correlatedErrors(3, 6, { v: 1, c: 0.97, seed });
    const { intervals } = errorCorrelation(errors, new Float64Array(6), {
      task: 'regression',
      replicates: 100,
    });
    t.ok(intervals!.v!.low >= 0 && intervals!.measured!.low >= 0 && intervals!.vMinusC!.low >= 0);
    t.ok(intervals!.rho!.high <= 1 && intervals!.rho!.low >= -1 / 2);
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

import t from 'tap';
import { errorCorrelation } from '../../../src/measure/foreign/error-correlation.js';
import { average, close, correlatedErrors, randomStream } from '../synthetic.js';

type Figure = 'v' | 'c' | 'rho' | 'vMinusC' | 'measured' | 'estimate';

/** The figures of rows that count `weights` times, by the definitions; errors[member][row], NaN in bag. */
function weighted(
  errors: readonly (readonly number[])[],
  weights: readonly number[],
): Record<Figure, number> {
  let [squares, members, products, pairs, ensemble, rows] = [0, 0, 0, 0, 0, 0];
  for (const [row, weight] of weights.entries()) {
    const own = errors.map((error) => error[row]!).filter((error) => !Number.isNaN(error));
    const [k] = [own.length];
    squares += weight * own.reduce((sum, error) => sum + error * error, 0);
    members += weight * k;
    for (const [i, a] of own.entries())
      for (const [j, b] of own.entries()) if (i !== j) products += weight * a * b;
    pairs += weight * k * (k - 1);
    ensemble += weight * average(own) ** 2;
    rows += weight;
  }
  const [v, c, k] = [squares / members, products / pairs, errors.length];
  return {
    ...{ v, c, rho: c / v, vMinusC: v - c, measured: ensemble / rows },
    estimate: v / k + ((k - 1) * c) / k,
  };
}

/** √(n/(n−1) Σ (∂figure/∂weight)²) by central differences. */
function numericalErrors(errors: readonly (readonly number[])[]): Record<Figure, number> {
  const rows = errors[0]!.length;
  const step = 1e-4;
  const sums: Record<Figure, number> = { v: 0, c: 0, rho: 0, vMinusC: 0, measured: 0, estimate: 0 };
  for (let row = 0; row < rows; row++) {
    const shifted = (by: number) =>
      weighted(
        errors,
        Array.from({ length: rows }, (_, at) => (at === row ? 1 + by : 1)),
      );
    const [up, down] = [shifted(step), shifted(-step)];
    for (const name of Object.keys(sums) as Figure[])
      sums[name] += ((up[name] - down[name]) / (2 * step)) ** 2;
  }
  for (const name of Object.keys(sums) as Figure[]) sums[name] = Math.sqrt((sums[name] * rows) / (rows - 1));
  return sums;
}

t.test('held out and out of bag, they are those of the figures’ derivatives by the rows', async (t) => {
  const rows = 60;
  const stream = randomStream(3);
  const errors = correlatedErrors(4, rows, { v: 1.5, c: 0.4, seed: 8 }).map((own) => [...own]);
  const zero = new Float64Array(rows);
  const options = { task: 'regression', replicates: 0 } as const;
  const held = errorCorrelation(errors, zero, options).standardErrors;
  const masked = errors.map((own) =>
    own.map((error, row) => (row === 0 || stream.uniform() < 0.6 ? error : Number.NaN)),
  );
  const covered = masked[0]!.flatMap((_, row) =>
    masked.some((own) => !Number.isNaN(own[row]!)) ? [row] : [],
  );
  const outOfBag = masked.map((own) => own.map((error) => !Number.isNaN(error)));
  const oob = errorCorrelation(masked, zero, { ...options, outOfBag }).standardErrors;
  const ofHeld = numericalErrors(errors);
  const ofMasked = numericalErrors(masked.map((own) => covered.map((row) => own[row]!)));
  for (const name of Object.keys(ofHeld) as Figure[]) {
    t.ok(close(held[name], ofHeld[name], 1e-6), `held out, ${name}`);
    t.ok(close(oob[name], ofMasked[name], 1e-6), `out of bag, ${name}`);
  }
});

t.test('members that are all alike have a ρ of 1 without any error', async (t) => {
  const own = [...correlatedErrors(1, 50, { v: 1, c: 0, seed: 1 })[0]!];
  const { rho, standardErrors, intervals } = errorCorrelation([own, own, own], new Float64Array(50), {
    task: 'regression',
  });
  t.ok(close(rho, 1));
  t.equal(standardErrors.rho, 0);
  t.equal(standardErrors.vMinusC, 0);
  t.same(
    [...intervals!.percentile].sort(),
    ['rho', 'vMinusC'],
    'and say that their intervals are of percentiles',
  );
  t.ok(close(intervals!.rho!.low, 1, 1e-9) && close(intervals!.rho!.high, 1, 1e-9));
});

t.test('one row has none, one member those of its own error', async (t) => {
  t.same(errorCorrelation([[1], [2]], [0], { task: 'regression' }).standardErrors, {
    ...{ v: null, c: null, rho: null, vMinusC: null, measured: null, estimate: null },
  });
  const { standardErrors } = errorCorrelation([[1, 2, 3]], [0, 0, 0], { task: 'regression' });
  t.equal(standardErrors.v, standardErrors.measured);
  t.equal(standardErrors.v, standardErrors.estimate);
  t.equal(standardErrors.c, null);
  // Squares 1, 4, 9: variance of the mean = ((11/3)² + (2/3)² + (13/3)²) / (3 · 2).
  t.ok(close(standardErrors.v, Math.sqrt((121 + 4 + 169) / 9 / 6)));
});

t.test('far from zero they lose no digits', async (t) => {
  const near = correlatedErrors(2, 80, { v: 1, c: 0.5, seed: 2 });
  const shift = 1e6;
  const far = near.map((own) => own.map((error) => error + shift));
  const { standardErrors } = errorCorrelation(far, new Float64Array(80), { task: 'regression' });
  // (ε + s)² = s² + 2 s ε + ε²: to 1e-6 the spread is that of 2 s times the members' mean error.
  const means = Array.from({ length: 80 }, (_, row) => (near[0]![row]! + near[1]![row]!) / 2);
  const centre = average(means);
  const expected = 2 * shift * Math.sqrt(average(means.map((mean) => (mean - centre) ** 2)) / 79);
  t.ok(close(standardErrors.v, expected, 1e-5), `${standardErrors.v} against ${expected}`);
});

import t from 'tap';
import { studentQuantile, upperStudent } from '../../src/math/student.js';

// scipy 1.17.1: stats.t.sf(t, df)
const TAILS = [
  [0.5, 1, 0.35241638234956674],
  [2, 3.5, 0.06306926128795672],
  [1.96, 1e6, 0.024998033792634926],
  [6, 12, 3.108369432429282e-5],
  [-1.3, 7, 0.8826160823038114],
  [40, 25, 1.734990138879579e-24],
  [0, 4, 0.5],
] as const;

// scipy 1.17.1: stats.t.isf(tail, df)
const QUANTILES = [
  [0.025, 1, 12.706204736174705],
  [0.025, 9, 2.2621571627982053],
  [0.05, 30.5, 1.6963751158527456],
  [0.005, 1000, 2.580754698065951],
] as const;

t.test('the upper tail is that of scipy', async (t) => {
  for (const [at, freedom, tail] of TAILS) {
    const error = Math.abs(upperStudent(at, freedom) - tail);
    t.ok(error < 1e-11 && error < 1e-7 * tail, `t = ${at}, ${freedom} degrees: ${error}`);
  }
  t.equal(upperStudent(Number.POSITIVE_INFINITY, 3), 0);
  t.equal(upperStudent(Number.NEGATIVE_INFINITY, 3), 1);
  t.ok(Number.isNaN(upperStudent(Number.NaN, 3)));
});

t.test('so are quantiles', async (t) => {
  for (const [tail, freedom, quantile] of QUANTILES) {
    t.ok(Math.abs(studentQuantile(tail, freedom) / quantile - 1) < 1e-8, `${tail}, ${freedom} degrees`);
  }
  t.equal(Math.round(1e6 * studentQuantile(0.5, 5)), 0);
});

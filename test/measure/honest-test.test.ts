import t from 'tap';
import { errorCorrelation } from '../../src/measure/foreign/error-correlation.js';
import { honestTest } from '../../src/measure/honest-test.js';
import { close, correlatedErrors, randomStream } from './synthetic.js';

const ROWS = 120;
const MEMBERS = 3;

/** Of errors of variance v and covariance c: out of bag by a random mask, or held out. */
function report({
  v,
  c,
  seed,
  outOfBag,
  rows = ROWS,
}: Record<'v' | 'c' | 'seed', number> & { outOfBag: boolean; rows?: number }) {
  const stream = randomStream(seed + 1000);
  const errors = correlatedErrors(MEMBERS, rows, { v, c, seed });
  const mask = errors.map(() => Array.from({ length: rows }, () => stream.uniform() < 0.5));
  return errorCorrelation(errors, new Float64Array(rows), {
    ...{ task: 'regression', replicates: 0, covariance: false },
    ...(outOfBag ? { outOfBag: mask } : {}),
  });
}

t.test('the estimate, the test error, their difference and its z', async (t) => {
  const outOfBag = report({ v: 2, c: 0.6, seed: 1, outOfBag: true });
  const test = report({ v: 2, c: 0.6, seed: 2, outOfBag: false });
  const honest = honestTest(outOfBag, test)!;
  t.equal(honest.predicted, outOfBag.v / 3 + (2 / 3) * outOfBag.c!);
  t.equal(honest.measured, test.measured);
  t.equal(honest.difference, honest.predicted - honest.measured);
  t.ok(close(honest.relativeDifference, honest.predicted / honest.measured - 1));
  const error = Math.hypot(outOfBag.standardErrors.estimate!, test.standardErrors.measured!);
  t.ok(close(honest.standardError, error));
  t.ok(close(honest.z, honest.difference / error));
  t.ok(honest.pValue! > 0.05);
  t.equal(honest.consistent, true);
  t.equal(honest.level, 0.95);
});

t.test('a test error of another size is not consistent, though wide intervals may overlap', async (t) => {
  const outOfBag = report({ v: 2, c: 0.6, seed: 3, outOfBag: true, rows: 1000 });
  const test = report({ v: 2, c: 1.1, seed: 4, outOfBag: false, rows: 1000 });
  const honest = honestTest(outOfBag, test)!;
  t.ok(honest.z! < -1.96);
  t.equal(honest.consistent, false);
  t.equal(
    honestTest(outOfBag, test, { level: 1 - 1e-12 })!.consistent,
    true,
    'at a level that asks for more',
  );
});

t.test('without a standard error there is no z, and no verdict', async (t) => {
  const outOfBag = report({ v: 2, c: 0.6, seed: 1, outOfBag: true });
  const one = errorCorrelation([[1], [2], [3]], [0], { task: 'regression' });
  t.match(honestTest(outOfBag, one), { standardError: null, z: null, pValue: null, consistent: null });
});

t.test('what cannot be set against each other is refused', async (t) => {
  const outOfBag = report({ v: 2, c: 0.6, seed: 1, outOfBag: true });
  const test = report({ v: 2, c: 0.6, seed: 2, outOfBag: false });
  t.throws(() => honestTest(test, test), { code: 'ERR_SHAPE' });
  for (const level of [0, 1, Number.NaN]) {
    t.throws(() => honestTest(outOfBag, test, { level }), { code: 'ERR_OPTION', message: /`level`/ });
  }
});

t.test('predictions that are right are consistent about 95 times in 100', async (t) => {
  let consistent = 0;
  for (let seed = 0; seed < 300; seed++) {
    const outOfBag = report({ v: 2, c: 0.6, seed: 2 * seed, outOfBag: true });
    const test = report({ v: 2, c: 0.6, seed: 2 * seed + 1, outOfBag: false });
    if (honestTest(outOfBag, test)!.consistent) consistent++;
  }
  // Three standard errors of a share of 0.95 in 300 are 0.038.
  t.ok(consistent >= 274 && consistent <= 296, String(consistent));
});

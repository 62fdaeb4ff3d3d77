import t from 'tap';
import { quickExp, quickLog } from '../../src/math/quick-functions.js';
import { randomStream } from '../measure/synthetic.js';

t.test('the exponential of negative numbers and the logarithm are those of the host’s library', async (t) => {
  const random = randomStream(5);
  let worstExp = 0;
  let worstLog = 0;
  for (let i = 0; i < 200_000; i++) {
    const x = -700 * random.uniform() ** 4;
    worstExp = Math.max(worstExp, Math.abs(quickExp(x) / Math.exp(x) - 1));
    const p = 2 ** (-1000 * random.uniform() ** 4) * (0.5 + random.uniform());
    worstLog = Math.max(worstLog, Math.abs(quickLog(p) - Math.log(p)));
  }
  t.ok(worstExp < 1e-12, `${worstExp}`);
  t.ok(worstLog < 1e-12, `${worstLog}`);
});

t.test('ends', async (t) => {
  t.equal(quickExp(0), 1);
  t.equal(quickExp(-0), 1);
  t.equal(quickExp(-746), 0);
  t.equal(quickExp(Number.NEGATIVE_INFINITY), 0);
  for (const x of [-744, -710, -1e-300, -Math.LN2, -Math.LN2 / 128]) {
    t.ok(Math.abs(quickExp(x) - Math.exp(x)) <= 1e-12 * Math.exp(x) + 5e-324, `${x}`);
  }
  for (const x of [1, 2, 0.5, 1 - 2 ** -53, 2 ** -1022, 1e300]) {
    t.ok(Math.abs(quickLog(x) - Math.log(x)) <= 1e-12 * Math.max(1, Math.abs(Math.log(x))), `${x}`);
  }
});

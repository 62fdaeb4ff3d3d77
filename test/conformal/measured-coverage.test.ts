import t from 'tap';
import { requireRows, rowsNeeded } from '../../src/conformal/coverage-rank.js';
import { coverageOf, normalBound, wilson } from '../../src/conformal/measured-coverage.js';

const near = (a: number, b: number, tolerance = 1e-12) => Math.abs(a - b) <= tolerance;

t.test('intervals of shares are Wilson’s', async (t) => {
  // Newcombe 1998, Two-sided confidence intervals for the single proportion, table I, method 3.
  const z = normalBound(0.95);
  t.ok(near(z, 1.959963984540054));
  t.ok(near(normalBound(0.9), 1.6448536269514722));
  for (const [held, rows, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const { value, interval } = wilson(held / rows, rows, z);
    t.equal(value, held / rows);
    t.ok(near(interval.low, low, 5.1e-5) && near(interval.high, high, 5.1e-5), `${held} of ${rows}`);
  }
});

t.test('sets are counted by class, by size and by weight', async (t) => {
  const task = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
  const sets = Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1);
  const truth = { rows: 5, labels: Int32Array.of(0, 1, 0, 0, 0), targets: new Float64Array(0) };
  const settings = { task, asked: 0.9, conformal: 'aps', level: 0.95 } as const;
  const plain = coverageOf({ sets }, truth, null, settings);
  t.match(plain, { kind: 'classification', conformal: 'aps', asked: 0.9, rows: 5, meanSize: 6 / 5 });
  if (plain.kind !== 'classification') return;
  t.equal(plain.coverage.value, 2 / 5);
  t.equal(plain.singletons, 2 / 5);
  t.equal(plain.empty, 1 / 5);
  t.equal(plain.classes[0]?.coverage.value, 1 / 4);
  t.match(plain.classes[1], { rows: 1, meanSize: 2, coverage: { value: 1 } });
  t.equal(plain.classes[2], null);
  // As often as a row is there, or its weight: the same but for how far it is sure.
  const weighted = coverageOf({ sets }, truth, [2, 1, 0, 1, 4], settings);
  if (weighted.kind !== 'classification') return;
  t.equal(weighted.rows, 4);
  t.equal(weighted.coverage.value, 3 / 8);
  t.equal(weighted.meanSize, (2 + 2 + 2 + 4) / 8);
  const effective = 8 ** 2 / (4 + 1 + 1 + 16);
  t.same(weighted.coverage, wilson(3 / 8, effective, normalBound(0.95)));
});

t.test('intervals are counted target by target, their ends included', async (t) => {
  const task = { kind: 'regression', targets: ['y', 'z'] } as const;
  const lower = Float64Array.of(0, 10, 1, 10, 2, 10);
  const upper = Float64Array.of(1, 20, 3, 20, 5, 20);
  const truth = { rows: 3, labels: new Int32Array(0), targets: Float64Array.of(1, 9, 3.5, 15, 2, 20) };
  const measured = coverageOf({ lower, upper }, truth, null, {
    ...{ task, asked: 0.5, conformal: 'lac', level: 0.9 },
  });
  if (measured.kind !== 'regression') return t.fail('of numbers');
  t.same(
    measured.targets.map(({ coverage, meanWidth }) => [coverage.value, meanWidth]),
    [
      [2 / 3, 2],
      [2 / 3, 10],
    ],
  );
});

t.test('the rows that a coverage takes are the fewest with a rank for it', async (t) => {
  const known = [
    [0.5, 1],
    [0.8, 4],
    [0.9, 9],
    [0.95, 19],
    [0.99, 99],
    [0.999, 999],
    [0.9999, 9999],
    [0.99999, 99_999],
  ] as const;
  for (const [coverage, needed] of known) t.equal(rowsNeeded(coverage), needed);
  // By counting: n rows give n + 1 places for a new one, of which the last has no bound. In hundredths, exactly.
  for (let hundredths = 1; hundredths < 100; hundredths++) {
    let n = 1;
    while (Math.ceil((hundredths * (n + 1)) / 100) > n) n++;
    t.equal(rowsNeeded(hundredths / 100), n, `${hundredths} %`);
    const enough = { rows: n, groups: null, method: 'split' } as never;
    t.doesNotThrow(() => requireRows(enough, hundredths / 100));
  }
  const refused = (own: object) => () => requireRows(own as never, 0.95);
  t.throws(refused({ rows: 18, groups: null, method: 'jackknifeAfterBootstrap' }), {
    code: 'ERR_DATA',
    message:
      'A coverage of 0.95 needs at least 19 rows out of bag, got 18; from 18 at most 0.9473 can be guaranteed',
    details: { needed: 19, count: 18 },
  });
  t.throws(refused({ rows: 500, groups: 5, method: 'split' }), {
    message: /at least 19 groups held out, got 5; from 5 at most 0\.8333 can/,
  });
});

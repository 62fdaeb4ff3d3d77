import t from 'tap';
import { errorCorrelation } from '../../src/measure/foreign/error-correlation.js';
import { average, close, correlatedErrors, randomStream } from './synthetic.js';

const quick = { replicates: 0, task: 'regression' } as const;

t.test('a tiny example by hand', async (t) => {
  // Errors by row; · is in bag. Row 0: 2, 4, ·   row 1: 6, ·, ·   row 2: ·, ·, ·   row 3: 1, 2, 3
  const predictions = [
    [2, 6, 100, 1],
    [4, 100, 100, 2],
    [100, 100, 100, 3],
  ];
  const outOfBag = [
    [1, 1, 0, 1],
    [1, 0, 0, 1],
    [0, 0, 0, 1],
  ];
  const report = errorCorrelation(predictions, [0, 0, 0, 0], { ...quick, outOfBag });
  t.equal(report.rowsFrom, 'outOfBag');
  t.equal(report.rows, 3);
  t.ok(close(report.v, (4 + 16 + 36 + 1 + 4 + 9) / 6), 'v over (row, member)');
  t.ok(close(report.c, (2 * 8 + 2 * (2 + 3 + 6)) / (2 + 6)), 'c over (row, ordered pair)');
  t.ok(close(report.measured, (9 + 36 + 4) / 3), 'means 3, 6 and 2');
  t.ok(close(report.predicted, report.measured));
  t.ok(close(report.meanMember, (10 + 36 + 14 / 3) / 3));
  t.ok(close(report.meanMember - report.ambiguity, report.measured));
  t.same(report.memberErrors, [41 / 3, 10, 9]);
  t.same(report.covariance, [
    [41 / 3, 5, 3],
    [5, 10, 6],
    [3, 6, 9],
  ]);
  t.same(report.outOfBag, {
    totalRows: 4,
    neverOutOfBag: 1,
    coverage: 0.75,
    singleMemberRows: 1,
    meanMembersPerRow: 2,
    estimateForAllMembers: report.v / 3 + (2 * report.c!) / 3,
  });
});

t.test('in-bag predictions are not read, not even NaN', async (t) => {
  const outOfBag = [
    [true, false, true],
    [true, true, false],
  ];
  const some = errorCorrelation(
    [
      [1, Number.NaN, 2],
      [3, 1, Number.NaN],
    ],
    [0, 0, 0],
    { ...quick, outOfBag },
  );
  const others = errorCorrelation(
    [
      [1, 7, 2],
      [3, 1, 7],
    ],
    [0, 0, 0],
    { ...quick, outOfBag },
  );
  t.same(some, others);
});

t.test('random masks agree with the naive sums, and the row check is exact', async (t) => {
  const rows = 400;
  const members = 9;
  const stream = randomStream(5);
  const errors = correlatedErrors(members, rows, { v: 1, c: 0.4, seed: 2 });
  const mask = errors.map(() => Array.from({ length: rows }, () => (stream.uniform() < 0.37 ? 1 : 0)));
  const report = errorCorrelation(errors, new Float64Array(rows), { ...quick, outOfBag: mask });
  const v: number[] = [];
  const c: number[] = [];
  const perRow: number[] = [];
  const measured: number[] = [];
  for (let row = 0; row < rows; row++) {
    const own = errors.filter((_, member) => mask[member]![row]).map((error) => error[row]!);
    if (own.length === 0) continue;
    const squares = own.map((error) => error * error);
    const pairs = own.flatMap((a, i) => own.filter((_, j) => j !== i).map((b) => a * b));
    v.push(...squares);
    c.push(...pairs);
    const k = own.length;
    perRow.push(average(squares) / k + (k > 1 ? ((k - 1) * average(pairs)) / k : 0));
    measured.push(average(own) ** 2);
  }
  t.equal(report.rows, measured.length);
  t.equal(report.outOfBag!.neverOutOfBag, rows - measured.length);
  t.ok(close(report.v, average(v)));
  t.ok(close(report.c, average(c), 1e-11));
  t.ok(close(report.predicted, average(perRow), 1e-11));
  t.ok(close(report.measured, average(measured), 1e-11));
  t.ok(close(report.predicted, report.measured, 1e-12));
});

t.test('with every row out of bag for every member it is the held-out report', async (t) => {
  const errors = correlatedErrors(4, 50, { v: 1, c: 0.4, seed: 2 });
  const zero = new Float64Array(50);
  const all = errors.map(() => new Uint8Array(50).fill(1));
  const held = errorCorrelation(errors, zero, quick);
  const oob = errorCorrelation(errors, zero, { ...quick, outOfBag: all });
  for (const key of ['v', 'c', 'rho', 'predicted', 'measured', 'ambiguity', 'meanMember'] as const) {
    t.ok(close(held[key], oob[key]), key);
  }
  t.equal(oob.outOfBag!.coverage, 1);
  t.ok(close(oob.outOfBag!.estimateForAllMembers, held.predicted));
});

t.test('no pair out of bag: c is null and there is no estimate', async (t) => {
  const report = errorCorrelation(
    [
      [1, 0],
      [0, 2],
    ],
    [0, 0],
    {
      ...quick,
      outOfBag: [
        [1, 0],
        [0, 1],
      ],
    },
  );
  t.equal(report.c, null);
  t.equal(report.outOfBag!.estimateForAllMembers, null);
  t.equal(report.outOfBag!.singleMemberRows, 2);
  t.equal(report.covariance![0]![1], null);
  t.ok(close(report.predicted, report.measured));
  t.notMatch(JSON.stringify(report), /NaN/);
});

t.test('never out of bag at all is an error, not a zero', async (t) => {
  t.throws(() => errorCorrelation([[1, 0]], [0, 0], { ...quick, outOfBag: [[0, 0]] }), { code: 'ERR_DATA' });
});

import t from 'tap';
import { createErrorAccumulator } from '../../../src/measure/correlation/error-accumulator.js';
import { errorCorrelation } from '../../../src/measure/foreign/error-correlation.js';
import {
  average,
  close,
  correlatedErrors,
  naiveProducts,
  randomProbabilities,
  randomStream,
} from '../synthetic.js';

const ROWS = 301;
const quick = { replicates: 0 };

function regression(members: number, seed = 1) {
  const truth = correlatedErrors(1, ROWS, { v: 4, c: 0, seed: seed + 100 })[0]!;
  const errors = correlatedErrors(members, ROWS, { v: 2, c: 0.7, seed });
  return { truth, predictions: errors.map((own) => own.map((error, row) => error + truth[row]!)) };
}

t.test('v/k + (k − 1) c/k equals the measured error of the mean to 1e-12', async (t) => {
  for (const members of [2, 3, 16]) {
    const { truth, predictions } = regression(members);
    const report = errorCorrelation(predictions, truth, quick);
    t.ok(close(report.predicted, report.measured), `${members} members`);
    t.equal(report.predicted, report.v / members + ((members - 1) * report.c!) / members);
  }
});

t.test('figures agree with sums over rows, members and pairs, for several classes', async (t) => {
  const stream = randomStream(3);
  const classes = 4;
  const labels = Int32Array.from({ length: ROWS }, () => stream.below(classes));
  const predictions = Array.from({ length: 6 }, () => randomProbabilities(ROWS, classes, stream));
  const report = errorCorrelation(predictions, labels, quick);
  const errors = predictions.map((own) =>
    Float64Array.from(own, (p, at) => p - (labels[Math.floor(at / classes)] === at % classes ? 1 : 0)),
  );
  const products = naiveProducts(errors, ROWS);
  t.equal(report.task, 'classification');
  t.ok(close(report.v, average(products.map((own, i) => average(own[i]!)))));
  const pairs = products.flatMap((own, i) => own.filter((_, j) => j !== i).map(average));
  t.ok(close(report.c, average(pairs)));
  products.forEach((own, i) => {
    own.forEach((rows, j) => {
      if (!close(report.covariance![i]![j]!, average(rows), 1e-11)) t.fail(`covariance ${i}, ${j}`);
    });
    t.ok(close(report.memberErrors[i]!, average(own[i]!)));
  });
  t.ok(close(report.rho, report.c! / report.v));
  t.ok(close(report.vMinusC, report.v - report.c!));
  t.ok(close(report.nextMemberGain, (report.v - report.c!) / 42));
  t.ok(close(report.effectiveMembers, 6 / (1 + 5 * report.rho!)));
});

t.test('identical members: c = v, and averaging gives v', async (t) => {
  const { truth, predictions } = regression(1);
  const same = Array.from({ length: 5 }, () => predictions[0]!);
  const report = errorCorrelation(same, truth, quick);
  t.ok(close(report.c, report.v));
  t.ok(close(report.measured, report.v));
  t.ok(close(report.rho, 1));
  t.ok(close(report.effectiveMembers, 1));
  t.ok(report.ambiguity < 1e-25);
});

t.test('orthogonal errors: c = 0, and averaging gives v/k', async (t) => {
  const members = 4;
  const predictions = Array.from({ length: members }, (_, own) =>
    Float64Array.from({ length: 8 }, (_, row) => (row % members === own ? 3 : 0)),
  );
  const report = errorCorrelation(predictions, new Float64Array(8), { ...quick, task: 'regression' });
  t.equal(report.c, 0);
  t.equal(report.v, 9 / 4);
  t.equal(report.measured, report.v / members);
  t.equal(report.effectiveMembers, members);
});

t.test('one member: the ensemble is the member, and c does not exist', async (t) => {
  const { truth, predictions } = regression(1);
  const report = errorCorrelation(predictions, truth);
  t.equal(report.c, null);
  t.equal(report.rho, null);
  t.equal(report.predicted, report.v);
  t.ok(close(report.measured, report.v));
  t.equal(report.effectiveMembers, 1);
  t.same(report.curve, [{ memberCount: 1, squaredError: report.v }]);
  t.equal(report.intervals!.c, null);
  t.notMatch(JSON.stringify(report), /NaN|Infinity/);
});

t.test('ambiguity decomposition: mean member minus ambiguity is the ensemble', async (t) => {
  const { truth, predictions } = regression(7);
  const report = errorCorrelation(predictions, truth, quick);
  t.ok(close(report.meanMember - report.ambiguity, report.measured));
  t.ok(close(report.meanMember, report.v));
});

t.test('errors of zero give null for ρ and finite JSON', async (t) => {
  const truth = [1, 2, 3.5];
  const report = errorCorrelation([truth, truth], truth);
  t.equal(report.v, 0);
  t.equal(report.rho, null);
  t.equal(report.effectiveMembers, null);
  t.same(JSON.parse(JSON.stringify(report)), report);
});

t.test('one probability column counts as two classes', async (t) => {
  const second = [0.9, 0.2, 0.4, 0.7];
  const other = [0.8, 0.3, 0.6, 0.5];
  const labels = [1, 0, 1, 0];
  const two = (p: number[]) => p.map((value) => [1 - value, value]);
  const one = errorCorrelation([second, other], labels, quick);
  const both = errorCorrelation([two(second), two(other)], labels, quick);
  t.equal(one.task, 'classification');
  for (const key of ['v', 'c', 'predicted', 'measured', 'ambiguity', 'meanMember'] as const) {
    t.ok(close(one[key], both[key]), key);
  }
  t.ok(close(one.covariance![0]![1]!, both.covariance![0]![1]!));
  t.ok(close(one.memberErrors[0]!, both.memberErrors[0]!));
});

t.test('how rows are cut into blocks changes no bit', async (t) => {
  const { truth, predictions } = regression(9);
  const task = { kind: 'regression', targets: ['y'] } as const;
  const reports = [1, 7, 64, ROWS].map((size) => {
    const accumulator = createErrorAccumulator({ memberCount: 9, task, replicates: 50 });
    for (let start = 0; start < ROWS; start += size) {
      const end = Math.min(ROWS, start + size);
      accumulator.addBlock(
        predictions.map((own) => own.subarray(start, end)),
        { rows: end - start, labels: new Int32Array(0), targets: truth.subarray(start, end) },
      );
    }
    return accumulator.finish();
  });
  for (const report of reports) t.same(report, reports[0]);
});

t.test('many members and outputs are measured in pieces with the same result', async (t) => {
  const stream = randomStream(8);
  const members = 150;
  const classes = 40;
  const rows = 60; // 150 × 40 × 60 doubles exceed the scratch of one pass
  const labels = Int32Array.from({ length: rows }, () => stream.below(classes));
  const predictions = Array.from({ length: members }, () => randomProbabilities(rows, classes, stream));
  const report = errorCorrelation(predictions, labels, { ...quick, covariance: true });
  t.ok(close(report.predicted, report.measured));
  t.ok(
    close(
      average(report.covariance!.flatMap((own, i) => own.filter((_, j) => j !== i) as number[])),
      report.c,
      1e-10,
    ),
  );
  t.equal(errorCorrelation(predictions, labels, quick).covariance, null, 'left out above 128 members');
});

t.test('predictions may be flat, nested or one array with its shape', async (t) => {
  const nested = [
    [
      [1, 2],
      [3, 4],
      [5, 7],
    ],
    [
      [0, 2],
      [3, 5],
      [6, 6],
    ],
  ];
  const truth = [
    [1, 1],
    [2, 4],
    [5, 6],
  ];
  const expected = errorCorrelation(nested, truth, quick);
  const flat = nested.map((member) => Float32Array.from(member.flat()));
  t.same(errorCorrelation(flat, truth, quick), expected);
  t.same(errorCorrelation(flat, truth.flat(), { ...quick, rows: 3, task: 'regression' }), expected);
  const data = Float64Array.from(nested.flat(2));
  t.same(errorCorrelation({ data, shape: [2, 3, 2] }, truth, quick), expected);
});

t.test('class labels: columns are the sorted labels, or `classes` says which', async (t) => {
  const predictions = [
    [
      [0.7, 0.3],
      [0.4, 0.6],
    ],
    [
      [0.9, 0.1],
      [0.2, 0.8],
    ],
  ];
  const sorted = errorCorrelation(predictions, ['cat', 'dog'], quick);
  const indices = errorCorrelation(predictions, [0, 1], quick);
  t.same(sorted, indices);
  t.same(errorCorrelation(predictions, [3, 7], quick), indices);
  t.same(errorCorrelation(predictions, [false, true], quick), indices);
  const swapped = errorCorrelation(predictions, ['cat', 'dog'], { ...quick, classes: ['dog', 'cat'] });
  t.ok(swapped.v > sorted.v);
});

t.test('what does not fit is refused by name', async (t) => {
  const good = [0.1, 0.2, 0.3];
  t.throws(() => errorCorrelation([good, [0.1, Number.NaN, 0.3]], good), {
    code: 'ERR_DATA',
    message: /member 1, row 1/,
    details: { member: 1, row: 1 },
  });
  t.throws(() => errorCorrelation([good, [1, 2]], good), { code: 'ERR_SHAPE', message: /member 1/ });
  t.throws(() => errorCorrelation([], good), { code: 'ERR_SHAPE' });
  t.throws(() => errorCorrelation([good], []), { code: 'ERR_SHAPE' });
  t.throws(() => errorCorrelation([[1, 2, 3, 4]], [1, 2, 3]), { code: 'ERR_SHAPE', message: /whole number/ });
  t.throws(() => errorCorrelation([[[1, 2], [3]]], [1, 2]), {
    code: 'ERR_SHAPE',
    message: /row 1 of member 0/,
  });
  t.throws(() => errorCorrelation({ data: good, shape: [2, 2] }, good), { code: 'ERR_SHAPE' });
  const probabilities = [
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
  ];
  t.throws(() => errorCorrelation(probabilities, ['a', 'b'], { classes: ['a', 'c'] }), {
    code: 'ERR_DATA',
    message: /"b" of row 1/,
  });
  t.throws(() => errorCorrelation(probabilities, ['a', 'a']), { code: 'ERR_OPTION', message: /classes/ });
  t.throws(() => errorCorrelation([good], good, { replicates: -1 }), { code: 'ERR_OPTION' });
  t.throws(() => errorCorrelation([good], good, { level: 1 }), { code: 'ERR_OPTION' });
  t.throws(() => errorCorrelation([good], good, { outOfBag: [[1, 1]] }), { code: 'ERR_OPTION' });
  const task = { kind: 'regression', targets: ['y'] } as const;
  t.throws(() => createErrorAccumulator({ memberCount: 0, task }), { code: 'ERR_OPTION' });
  t.throws(() => createErrorAccumulator({ memberCount: 1, task }).finish(), { code: 'ERR_DATA' });
});

t.test('the formula curve ends in k and its extrapolation to 2k', async (t) => {
  const { truth, predictions } = regression(16);
  const { curve, v, c, measured } = errorCorrelation(predictions, truth, quick);
  t.same(curve[0], { memberCount: 1, squaredError: v });
  const atK = curve.find((point) => point.memberCount === 16)!;
  t.ok(close(atK.squaredError, measured));
  const last = curve.at(-1)!;
  t.equal(last.memberCount, 32);
  t.ok(close(last.squaredError, v / 32 + (31 / 32) * c!));
});

// What the report is made of, against what can be counted by hand.

import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import type { KnownRows } from '../../../src/predictions/known-rows.js';
import { driftOf } from '../../../src/report/collect/drift.js';
import { gainOf } from '../../../src/report/collect/gain.js';
import { matrixOf } from '../../../src/report/collect/matrix.js';
import { membersOf } from '../../../src/report/collect/members.js';
import { numbersOf } from '../../../src/report/collect/numbers.js';
import { reliabilityOf } from '../../../src/report/collect/reliability.js';
import { thinned } from '../../../src/report/collect/thinned.js';

const said = (mean: readonly number[], outputs: number) => ({
  ...{ rows: mean.length / outputs, outputs, mean: Float64Array.from(mean) },
  ...{ logProbabilities: null, variance: null },
});

/** Rows of two classes: the probability that each row is of class 1 by each member, and by all. */
function ofClasses(
  labels: readonly number[],
  members: readonly (readonly number[])[],
  more: Partial<KnownRows> = {},
): KnownRows {
  const both = (ones: readonly number[]) =>
    said(
      ones.flatMap((p) => [1 - p, p]),
      2,
    );
  const mean = labels.map((_, row) => members.reduce((sum, own) => sum + own[row]!, 0) / members.length);
  const combined = {
    ...both(mean),
    labels: Int32Array.from(mean, (p) => (p > 0.5 ? 1 : 0)),
    flooredCount: 0,
    varianceKind: null,
  };
  return {
    task: { kind: 'classification', classes: ['no', 'yes'] },
    ...{ rowsFrom: 'heldOut', rows: labels.length, outputs: 2, index: Uint32Array.from(labels.keys()) },
    truth: { rows: labels.length, labels: Int32Array.from(labels), targets: new Float64Array(0) },
    ...{ weights: null, combined, members: members.map(both), mask: null, ...more },
  };
}

function ofNumbers(targets: readonly number[], members: readonly (readonly number[])[]): KnownRows {
  const mean = targets.map((_, row) => members.reduce((sum, own) => sum + own[row]!, 0) / members.length);
  return {
    task: { kind: 'regression', targets: ['y'] },
    ...{ rowsFrom: 'heldOut', rows: targets.length, outputs: 1, index: Uint32Array.from(targets.keys()) },
    truth: { rows: targets.length, labels: new Int32Array(0), targets: Float64Array.from(targets) },
    combined: { ...said(mean, 1), labels: null, flooredCount: 0, varianceKind: null },
    ...{ weights: null, members: members.map((own) => said(own, 1)), mask: null },
  };
}

/** Close to within rounding. */
const near = (value: number, expected: number) => Math.abs(value - expected) < 1e-9;

t.test('the gain is the mean member’s error rate less the ensemble’s, paired by rows', async (t) => {
  // Members are wrong in one row each, another one; together they are never wrong.
  const known = ofClasses(
    [1, 1, 0, 0],
    [
      [0.2, 0.9, 0.1, 0.1],
      [0.9, 0.3, 0.1, 0.1],
      [0.9, 0.9, 0.1, 0.6],
    ],
  );
  const gain = gainOf(known, 0.95);
  t.equal(gain.metric, 'errorRate');
  t.ok(near(gain.member, 3 / 12) && near(gain.ensemble, 0) && near(gain.difference.value, 1 / 4));
  // Differences 1/3, 1/3, 0, 1/3: variance 1/36 with n − 1, standard error 1/12.
  t.ok(Math.abs(gain.difference.high! - (1 / 4 + 1.959964 / 12)) < 1e-6);
  t.ok(Math.abs(gain.difference.low! - (1 / 4 - 1.959964 / 12)) < 1e-6);
});

t.test('rows weigh as they do, and members count where the mask says', async (t) => {
  const members = [
    [0.2, 0.9],
    [0.9, 0.9],
  ];
  const weighed = gainOf(ofClasses([1, 1], members, { weights: Float32Array.of(3, 1) }), 0.9);
  t.ok(near(weighed.member, (3 * 0.5) / 4));
  const masked = gainOf(ofClasses([1, 1], members, { mask: Uint8Array.of(1, 1, 0, 1) }), 0.9);
  t.ok(near(masked.member, 0.5), 'the first row is the first member’s alone, who is wrong');
  t.equal(gainOf(ofClasses([1], [[0.9]]), 0.9).difference.low, null, 'one row has no interval');
});

t.test('of numbers it is the squared error', async (t) => {
  const gain = gainOf(
    ofNumbers(
      [0, 0],
      [
        [1, 2],
        [-1, 2],
      ],
    ),
    0.95,
  );
  t.same([gain.member, gain.ensemble, gain.difference.value], [2.5, 2, 0.5]);
});

t.test('drift is the largest distance of distribution functions', async (t) => {
  const of = (x: readonly number[]) =>
    Dataset.fromArrays({
      x,
      rows: x.length,
      features: 1,
      labels: x.map((_, row) => row % 2),
      standardise: false,
    });
  const [same] = driftOf(of([1, 2, 3, 4]), of([1, 2, 3, 4]), ['a']);
  t.same([same!.distance, same!.meanShift], [0, 0]);
  const [apart] = driftOf(of([1, 2, 3, 4]), of([5, 6]), ['a']);
  t.equal(apart!.distance, 1);
  // F reaches 3/4 at 3, where G is 1/4.
  const [partly] = driftOf(of([1, 2, 3, 9]), of([3, 8, 9, 9]), ['a']);
  t.equal(partly!.distance, 0.5);
  t.ok(near(partly!.expected, 1.6276 * Math.sqrt(1 / 4 + 1 / 4)));
});

t.test('the matrix has correlations of errors, those alike side by side', async (t) => {
  const covariance = [
    [4, 0.2, 3],
    [0.2, 1, 0.1],
    [3, 0.1, 4],
  ];
  const { order, correlation } = matrixOf(
    { members: [{ index: 5 }, { index: 6 }, { index: 9 }] as never },
    { covariance },
  )!;
  t.same([...order].sort(), [5, 6, 9]);
  t.equal(Math.abs(order.indexOf(5) - order.indexOf(9)), 1, 'the two alike');
  const at = (i: number, j: number) => correlation[order.indexOf(i)]![order.indexOf(j)]!;
  t.ok(near(at(5, 9), 0.75) && near(at(5, 6), 0.1) && near(at(6, 6), 1));
  t.equal(matrixOf({ members: [] }, { covariance: null }), null);
});

t.test('curves are thinned to their ends and what lies between, evenly along the way', async (t) => {
  const circle = Array.from({ length: 10_000 }, (_, at) => ({
    x: Math.cos(at / 6400),
    y: Math.sin(at / 6400),
  }));
  const few = thinned(circle, 50);
  t.ok(few.length <= 51 && few.length >= 45, `${few.length}`);
  t.same(few[0], { x: 1, y: 0 });
  t.ok(Math.abs(few.at(-1)!.x - circle.at(-1)!.x) < 1e-4);
  t.same(thinned([{ x: 1, y: 2 }], 50), [{ x: 1, y: 2 }]);
});

t.test('reliability has Wilson’s interval of the share that is right', async (t) => {
  // Ten rows at 0.75, eight of them right.
  const known = ofClasses([1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [new Array(10).fill(0.75)]);
  const { of } = reliabilityOf(known, true, null, null)!;
  const [bin] = of[0]!.bins;
  t.same([bin!.rows, bin!.confidence, bin!.accuracy], [10, 0.75, 0.8]);
  // Of 8 in 10: (0.8 + z²/20 ± z √(0.016 + z²/400))/(1 + z²/10) with z = 1.959964.
  t.ok(Math.abs(bin!.low - 0.4901625) < 1e-6 && Math.abs(bin!.high - 0.9433178) < 1e-6);
  t.ok(near(of[0]!.ece, 0.05));
  t.equal(reliabilityOf(ofNumbers([1], [[1]]), true, null, null), null);
  t.equal(reliabilityOf(known, false, null, null), null, 'votes are no probabilities');
});

t.test('residuals by fifths of the target, and against the normal quantiles', async (t) => {
  const targets = Array.from({ length: 10 }, (_, row) => row);
  const [figures] = numbersOf(ofNumbers(targets, [targets.map((y) => y + 1)]));
  t.same(
    figures!.byQuantile.map(({ from, to, rows, meanError, rmse }) => [from, to, rows, meanError, rmse]),
    [
      [0, 1, 2, 1, 1],
      [2, 3, 2, 1, 1],
      [4, 5, 2, 1, 1],
      [6, 7, 2, 1, 1],
      [8, 9, 2, 1, 1],
    ],
  );
  t.same(figures!.quantiles, [], 'all alike have no quantiles');
  const [spread] = numbersOf(ofNumbers([-1, 0, 1, 2], [[0, 0, 0, 0]]));
  t.equal(spread!.quantiles.length, 4);
  t.ok(near(spread!.quantiles[0]!.x, -1.1503) && near(spread!.quantiles[3]!.x, 1.1503));
  t.equal(
    spread!.residuals.counts.reduce((sum, count) => sum + count, 0),
    4,
  );
});

t.test('a member that stopped early is told from one that came to its end', async (t) => {
  const history = [1, 2, 3].map((epoch) => ({
    epoch,
    loss: 1 / epoch,
    learningRate: 0.1,
    validationLoss: 2 / epoch,
  }));
  const spec = { streams: {}, engine: 'wasm', network: { layers: [] } };
  const member = {
    history,
    inBagRows: 7,
    parameters: new Float32Array(new SharedArrayBuffer(4)),
    model: null,
  };
  const [early, end] = membersOf({
    plan: { members: [spec, spec] } as never,
    members: [
      { ...member, index: 0, epoch: 2 },
      { ...member, index: 1, epoch: 3 },
    ],
  });
  t.same([early!.stopped, early!.epoch, early!.epochs], ['early', 2, 3]);
  t.same([end!.stopped, end!.epoch, end!.epochs], ['end', 3, 3]);
  t.same(end!.loss, [
    { x: 1, y: 1 },
    { x: 2, y: 0.5 },
    { x: 3, y: 0.33333 },
  ]);
});

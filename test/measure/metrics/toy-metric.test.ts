// A metric of one's own, in one file: the mean absolute error, added to the registry and measured, drawn, printed and
// selected by like the others.

import t from 'tap';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { withAveragingWeights } from '../../../src/ensemble/predict/averaging-weights.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { selectMembers } from '../../../src/ensemble/select/select-members.js';
import { mean } from '../../../src/math/statistics.js';
import type { ScalarMetric } from '../../../src/measure/metrics/metric.js';
import { metrics, type Scores, scoreBy, selectionMetrics } from '../../../src/measure/metrics/metrics.js';
import { measurementJson } from '../../../src/report/measurement-json.js';
import { measurementLines } from '../../../src/report/measurement-text.js';
import { PLAIN } from '../../../src/report/palette.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';

const TOY: ScalarMetric = {
  name: 'toyAbsoluteError',
  title: 'absolute error',
  says: 'mean over rows of the sum over targets of |prediction − truth|',
  from: 'sums',
  of: 'everyone',
  tasks: ['regression'],
  better: 'less',
  values: 'one',
  reads: 'values',
  written: 'figure',
  listed: ['regression'],
  columns: { scores: ['regression'], curves: ['regression'] },
  sums: () => 1,
  addRows(sums, { rows, outputs, mean: predicted, truth, weights }) {
    for (let row = 0; row < rows; row++) {
      if (weights?.[row] === 0) continue;
      for (let at = row * outputs; at < (row + 1) * outputs; at++) {
        sums[0]! += (weights?.[row] ?? 1) * Math.abs(predicted[at]! - truth.targets[at]!);
      }
    }
  },
  value: ([sum], weight) => sum! / weight,
};

metrics.add(TOY);
const metric = selectionMetrics.names.at(-1)!;
const of = (scores: Scores) => Number(scoreBy(scores, TOY));
const train = linear(90, 4);
const fresh = linear(60, 4, 1, 2);
const ensemble = await trainEnsemble(train, { members: 5, epochs: 3, seed: 4 });
const measured = await evaluateEnsemble(ensemble, fresh, { replicates: 0 });

t.test('the ensemble and its members have it beside the other scores', async (t) => {
  const { mean: predicted } = await predictEnsemble(ensemble, fresh.x);
  const expected = mean(Array.from(predicted, (value, row) => Math.abs(value - fresh.targets[row]!)));
  t.ok(Math.abs(of(measured.ensemble!) - expected) < 1e-12);
  const own = measured.memberScores.map((scores) => of(scores!));
  t.ok(
    Math.abs(of(measured.meanMember) - mean(own)) < 1e-12,
    'the mean member’s is the mean of the members’',
  );
  t.ok(of(measured.ensemble!) <= of(measured.meanMember), 'as the absolute error is convex');
  const outOfBag = await evaluateOutOfBag(ensemble, train, { replicates: 0 });
  t.ok(of(outOfBag!.ensemble!) > 0);
});

t.test('its curve over sampled subsets has a spread', async (t) => {
  const [one, , all] = measured.curves!.arithmeticMean!;
  const own = measured.memberScores.map((scores) => of(scores!));
  t.ok(Math.abs(of(one!.scores) - mean(own)) < 1e-12);
  const squares = own.map((value) => (value - mean(own)) ** 2);
  t.match(one!.spread, { toyAbsoluteError: Number });
  const spread = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 4);
  t.ok(Math.abs(Number(scoreBy(one!.spread!, TOY)) - spread) < 1e-12);
  t.equal(all!.memberCount, 4);
});

t.test('texts have a column of it, JSON its name', async (t) => {
  const text = measurementLines([{ name: 'fresh', measurement: measured }], ['y'], PLAIN).join('\n');
  t.equal(text.match(/absolute error/g)?.length, 3, 'in both tables of scores, and in the curve');
  t.match(measurementJson(measured, ['y']), { toyAbsoluteError: of(measured.ensemble!) });
});

t.test('members are selected by it', async (t) => {
  const { weights, score, metric: by } = await selectMembers(ensemble, fresh, { metric, always: true });
  t.equal(by, 'toyAbsoluteError');
  const selected = withAveragingWeights(ensemble, weights);
  const again = await evaluateEnsemble(selected, fresh, { replicates: 0, curves: false });
  t.ok(Math.abs(of(again.ensemble!) - score) < 1e-9);
  t.ok(score <= of(measured.ensemble!));
});

t.test('classes have none', async (t) => {
  const classes = clusters(60, 3, 3);
  const voters = await trainEnsemble(classes, { members: 2, epochs: 1, seed: 1 });
  const scores = await evaluateEnsemble(voters, classes, { replicates: 0 });
  t.equal(scoreBy(scores.ensemble!, TOY), null);
  t.notOk('toyAbsoluteError' in measurementJson(scores, []));
  await t.rejects(selectMembers(voters, classes, { metric }), {
    message: /`metric` to be one of logLoss, errorRate, squaredError for classification/,
  });
});

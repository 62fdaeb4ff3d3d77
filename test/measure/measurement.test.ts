import t from 'tap';
import { createMeasurement } from '../../src/measure/measurement.js';
import { LOG_LOSS_FLOOR } from '../../src/measure/metrics/log-loss.js';
import { createScoreAccumulator } from '../../src/measure/scores/scores.js';
import { createSubsetCurves, drawSubsets } from '../../src/measure/scores/subset-curves.js';
import { aggregate, combiner } from '../../src/predictions/aggregate/aggregate.js';
import type { Predictions } from '../../src/predictions/predictions.js';
import { average, close, randomProbabilities, randomStream } from './synthetic.js';

const three = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const ROWS = 120;

function predictions(mean: Float32Array, outputs: number): Predictions {
  return { rows: mean.length / outputs, outputs, mean, logProbabilities: null, variance: null };
}

function classified(members: number, seed = 1) {
  const stream = randomStream(seed);
  const labels = Int32Array.from({ length: ROWS }, () => stream.below(3));
  const all = Array.from({ length: members }, () => predictions(randomProbabilities(ROWS, 3, stream), 3));
  return { all, targets: { rows: ROWS, labels, targets: new Float64Array(0) } };
}

const chosen = (name: 'arithmeticMean' | 'geometricMean' | 'majorityVote') => ({
  name,
  combine: combiner(name, three),
});

t.test('scores of classes: error rate, log-loss and squared error summed over classes', async (t) => {
  const scores = createScoreAccumulator(three);
  const mean = Float32Array.from([0.5, 0.25, 0.25, 0.25, 0.75, 0, 1, 0, 0]);
  scores.addBlock(predictions(mean, 3), {
    ...{ rows: 3, labels: Int32Array.from([0, 0, 2]), targets: new Float64Array(0) },
  });
  const result = scores.finish()!;
  t.equal(result.errorRate, 2 / 3);
  t.equal(result.accuracy, 1 / 3);
  t.ok(close(result.squaredError, (0.375 + 2 * 0.5625 + 2) / 3));
  t.ok(close(result.logLoss, -(Math.log(0.5) + Math.log(0.25) + Math.log(LOG_LOSS_FLOOR)) / 3));
  t.equal(result.rmse, null);
});

t.test('log-loss uses known logarithms, with the same floor', async (t) => {
  const scores = createScoreAccumulator(three);
  const logProbabilities = Float32Array.from([-20, 0, -20, -100, 0, -100]);
  scores.addBlock(
    { ...predictions(Float32Array.from([0, 1, 0, 0, 1, 0]), 3), logProbabilities },
    { rows: 2, labels: Int32Array.from([0, 0]), targets: new Float64Array(0) },
  );
  t.ok(close(scores.finish()!.logLoss, (20 - Math.log(LOG_LOSS_FLOOR)) / 2));
});

t.test('scores of values: RMSE per target, squared error summed over targets', async (t) => {
  const scores = createScoreAccumulator({ kind: 'regression', targets: ['y', 'z'] });
  scores.addBlock(predictions(Float32Array.from([1, 2, 3, 4]), 2), {
    ...{ rows: 2, labels: new Int32Array(0), targets: Float64Array.from([1, 0, 0, 4]) },
  });
  const result = scores.finish()!;
  t.same(result.rmse, [Math.sqrt(4.5), Math.sqrt(2)]);
  t.equal(result.squaredError, 6.5);
  t.equal(result.errorRate, null);
  t.equal(createScoreAccumulator(three).finish(), null, 'no rows, no scores');
});

t.test('one measurement holds what its parts say, whatever the blocks', async (t) => {
  const { all, targets } = classified(5);
  const run = (size: number) => {
    const measurement = createMeasurement({
      ...{ memberCount: 5, task: three, aggregator: chosen('geometricMean'), replicates: 20 },
      curves: { arithmeticMean: combiner('arithmeticMean', three) },
    });
    for (let start = 0; start < ROWS; start += size) {
      const end = Math.min(ROWS, start + size);
      measurement.addBlock(
        all.map(({ mean }) => predictions(Float32Array.from(mean.subarray(start * 3, end * 3)), 3)),
        { ...targets, rows: end - start, labels: targets.labels.subarray(start, end) },
      );
    }
    return measurement.finish();
  };
  const result = run(ROWS);
  t.same(run(7), result);
  t.same(JSON.parse(JSON.stringify(result)), result);
  const scores = createScoreAccumulator(three);
  scores.addBlock(aggregate('geometricMean', all, three), targets);
  t.same(result.ensemble, scores.finish());
  t.ok(close(result.meanMember.squaredError, result.errorCorrelation.v, 1e-12));
  t.ok(close(result.meanMember.errorRate, average(result.memberScores.map((own) => own!.errorRate!))));
  const whole = result.curves!.arithmeticMean!.at(-1)!;
  t.ok(close(whole.scores.squaredError, result.errorCorrelation.measured, 1e-6), 'rounded to f32 once');
  const [single] = result.curves!.arithmeticMean!;
  t.equal(single!.subsets, 5);
  const squares = result.memberScores.map((own) => own!.squaredError);
  const spread = Math.sqrt(squares.reduce((sum, own) => sum + (own - average(squares)) ** 2, 0) / 4);
  t.ok(close(single!.spread!.squaredError, spread, 1e-9), 'the spread over subsets has n − 1');
  t.equal(whole.spread, null, 'there is one subset of all');
  t.ok(close(result.curves!.arithmeticMean![0]!.scores.logLoss, result.meanMember.logLoss));
});

t.test('disagreement is the share of pairs that predict differently', async (t) => {
  const { all, targets } = classified(4);
  const measurement = createMeasurement({
    ...{ memberCount: 4, task: three, aggregator: chosen('majorityVote'), replicates: 0 },
  });
  measurement.addBlock(all, targets);
  const result = measurement.finish();
  const labels = all.map((own) => [...aggregate('arithmeticMean', [own], three).labels!]);
  const pairs = labels.flatMap((a, i) =>
    labels.slice(i + 1).flatMap((b) => a.map((own, row) => +(own !== b[row]))),
  );
  t.ok(close(result.disagreement, average(pairs)));
  t.equal(result.ensemble!.logLoss, null, 'votes are no probabilities');
  t.equal(result.curves, null);
});

t.test('out of bag, only covered rows are scored, each by its own members', async (t) => {
  const { all, targets } = classified(3);
  const stream = randomStream(9);
  const mask = Uint8Array.from({ length: 3 * ROWS }, () => (stream.uniform() < 0.4 ? 1 : 0));
  const measurement = createMeasurement({
    ...{ memberCount: 3, task: three, aggregator: chosen('arithmeticMean'), replicates: 0, outOfBag: true },
  });
  measurement.addBlock(all, targets, mask);
  const { errorCorrelation, ensemble, memberScores: members } = measurement.finish();
  t.equal(ensemble!.rows, errorCorrelation.rows);
  t.ok(errorCorrelation.rows < ROWS);
  t.ok(close(ensemble!.squaredError, errorCorrelation.measured, 1e-6));
  members.forEach((own, member) => {
    t.equal(
      own!.rows,
      mask.subarray(member * ROWS, (member + 1) * ROWS).reduce((sum, one) => sum + one, 0),
    );
    t.ok(close(own!.squaredError, errorCorrelation.memberErrors[member]!, 1e-12));
  });
});

t.test('subsets are distinct members, seeded, and complete at sizes one and k', async (t) => {
  t.same(drawSubsets(4, 4, 16, 1), [[0, 1, 2, 3]]);
  t.same(drawSubsets(3, 1, 16, 1), [[0], [1], [2]]);
  const drawn = drawSubsets(20, 7, 16, 1);
  t.equal(drawn.length, 16);
  for (const subset of drawn) t.equal(new Set(subset).size, 7);
  t.same(drawSubsets(20, 7, 16, 1), drawn);
  t.notSame(drawSubsets(20, 7, 16, 2), drawn);
  const counts = new Float64Array(20);
  for (const subset of drawSubsets(20, 7, 2000, 3)) for (const member of subset) counts[member]!++;
  for (const count of counts) t.ok(Math.abs(count - 700) < 100, 'every member alike');
});

t.test('the sampled curve of squared error follows the formula', async (t) => {
  const members = 12;
  const { all, targets } = classified(members, 4);
  const curves = createSubsetCurves({
    ...{ memberCount: members, task: three, combine: { arithmeticMean: combiner('arithmeticMean', three) } },
    ...{ subsets: 400, sizes: [1, 4, 12] },
  });
  curves.addBlock(all, targets);
  const measurement = createMeasurement({
    ...{ memberCount: members, task: three, aggregator: chosen('arithmeticMean'), replicates: 0 },
  });
  measurement.addBlock(all, targets);
  const { v, c } = measurement.finish().errorCorrelation;
  for (const { memberCount: size, scores } of curves.finish().arithmeticMean!) {
    t.ok(close(scores.squaredError, v / size + ((size - 1) / size) * c!, 0.01), `size ${size}`);
  }
});

t.test('pairs: as enumerated, and their means are of members by themselves', async (t) => {
  const { all, targets } = classified(4);
  const measurement = createMeasurement({
    ...{ memberCount: 4, task: three, aggregator: chosen('arithmeticMean'), replicates: 0 },
  });
  measurement.addBlock(all, targets);
  const { diversity, disagreement, errorCorrelation } = measurement.finish();
  t.ok(
    close(diversity!.disagreement, disagreement),
    'the mean over pairs of equally many rows is that over all',
  );
  const wrong = all.map((own) =>
    [...aggregate('arithmeticMean', [own], three).labels!].map((label, row) => label !== targets.labels[row]),
  );
  const both = wrong.flatMap((a, i) =>
    wrong.slice(i + 1).map((b) => average(a.map((own, row) => +(own && b[row]!)))),
  );
  t.ok(close(diversity!.doubleFault, average(both)));
  t.ok(close(errorCorrelation.ambiguity, errorCorrelation.meanMember - errorCorrelation.measured, 1e-9));
});

import t from 'tap';
import { createMeasurement } from '../../../src/measure/measurement.js';
import { combiner } from '../../../src/predictions/aggregate/aggregate.js';
import type { Predictions } from '../../../src/predictions/predictions.js';
import { average, close, randomProbabilities, randomStream } from '../synthetic.js';

const three = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const [MEMBERS, ROWS] = [5, 90];

function predictions(mean: Float32Array, outputs: number): Predictions {
  return { rows: mean.length / outputs, outputs, mean, logProbabilities: null, variance: null };
}

const stream = randomStream(12);
const all = Array.from({ length: MEMBERS }, () => predictions(randomProbabilities(ROWS, 3, stream), 3));
const labels = Int32Array.from({ length: ROWS }, () => stream.below(3));
const targets = { rows: ROWS, labels, targets: new Float64Array(0) };
// Unequal numbers of members in the rows, and rows without any.
const mask = Uint8Array.from({ length: MEMBERS * ROWS }, (_, at) =>
  stream.uniform() < (at % ROWS) / ROWS ? 1 : 0,
);

const counting = (row: number) => all.filter((_, member) => mask[member * ROWS + row] === 1);

function measured(outOfBag: boolean) {
  const combine = combiner('arithmeticMean', three);
  const measurement = createMeasurement({
    ...{
      memberCount: MEMBERS,
      task: three,
      aggregator: { name: 'arithmeticMean', combine },
      replicates: 0,
      outOfBag,
    },
  });
  measurement.addBlock(all, targets, outOfBag ? mask : null);
  return measurement.finish();
}

t.test('out of bag the mean member is the mean over rows of its members there', async (t) => {
  const { meanMember, ensemble, errorCorrelation } = measured(true);
  const perRow = (score: (own: Predictions, row: number) => number) =>
    average(
      Array.from({ length: ROWS }, (_, row) => row)
        .filter((row) => counting(row).length > 0)
        .map((row) => average(counting(row).map((own) => score(own, row)))),
    );
  const truth = (own: Predictions, row: number) => own.mean[3 * row + labels[row]!]!;
  t.ok(
    close(
      meanMember.logLoss,
      perRow((own, row) => -Math.log(truth(own, row))),
      1e-12,
    ),
  );
  const right = (own: Predictions, row: number) =>
    +(truth(own, row) === Math.max(...own.mean.subarray(3 * row, 3 * row + 3)));
  t.ok(close(meanMember.accuracy, perRow(right), 1e-12));
  t.ok(close(meanMember.squaredError, errorCorrelation.meanMember, 1e-12), 'as the error correlation has it');
  t.equal(meanMember.rows, ensemble!.rows, 'over the same rows as the ensemble');
  t.ok(ensemble!.squaredError < meanMember.squaredError && ensemble!.logLoss! < meanMember.logLoss!);
});

t.test('held out it is the mean of the members’ scores', async (t) => {
  const { meanMember, memberScores: members } = measured(false);
  t.equal(meanMember.rows, ROWS);
  for (const score of ['squaredError', 'logLoss', 'accuracy'] as const) {
    t.ok(close(meanMember[score], average(members.map((own) => own![score]!)), 1e-12), score);
  }
});

t.test('out of bag, averaging never seems to hurt where members of some rows err more', async (t) => {
  // Member 0 alone has the rows with large errors; members 1 to 3 share the others.
  const rows = 40;
  const large = (row: number) => row < 10;
  const values = Array.from({ length: 4 }, (_, member) =>
    predictions(
      Float32Array.from({ length: rows }, (_, row) => (large(row) ? 10 : 0.1 * member)),
      1,
    ),
  );
  const own = Uint8Array.from(
    { length: 4 * rows },
    (_, at) => +((Math.floor(at / rows) === 0) === large(at % rows)),
  );
  const task = { kind: 'regression', targets: ['y'] } as const;
  const measurement = createMeasurement({
    ...{ memberCount: 4, task, replicates: 0, outOfBag: true },
    aggregator: { name: 'arithmeticMean', combine: combiner('arithmeticMean', task) },
  });
  measurement.addBlock(values, { rows, labels: new Int32Array(0), targets: new Float64Array(rows) }, own);
  const { ensemble, meanMember, errorCorrelation } = measurement.finish();
  t.ok(
    errorCorrelation.v < errorCorrelation.measured,
    'v counts the large rows less than a mean over rows does',
  );
  t.ok(ensemble!.squaredError <= meanMember.squaredError);
  t.ok(close(meanMember.rmse![0]!, Math.sqrt(meanMember.squaredError)), 'an RMSE of the mean squared error');
});

t.test('the targets’ variance is over the measured rows, and far from 0 as near it', async (t) => {
  const task = { kind: 'regression', targets: ['y', 'z'] } as const;
  const values = Array.from({ length: 60 }, () => stream.normal());
  for (const offset of [0, 1.7e9]) {
    const measurement = createMeasurement({
      ...{ memberCount: 1, task, replicates: 0, outOfBag: true },
      aggregator: { name: 'arithmeticMean', combine: combiner('arithmeticMean', task) },
    });
    const covered = Uint8Array.from({ length: 30 }, (_, row) => (row < 20 ? 1 : 0));
    const all = predictions(new Float32Array(60), 2);
    measurement.addBlock(
      [all],
      { rows: 30, labels: new Int32Array(0), targets: Float64Array.from(values, (v) => v + offset) },
      covered,
    );
    const columns = [0, 1].map((column) => values.filter((_, at) => at < 40 && at % 2 === column));
    const expected = columns.map((own) => average(own.map((value) => (value - average(own)) ** 2)));
    const { targetVariance } = measurement.finish();
    t.ok(close(targetVariance, expected[0]! + expected[1]!, offset === 0 ? 1e-12 : 1e-5), String(offset));
  }
  t.equal(measured(false).targetVariance, null, 'classes have none');
});

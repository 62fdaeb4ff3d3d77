// A calibrated ensemble predicts, is measured, saved and loaded as such, the same on any number of threads; and refuses
// what it is not calibrated for.

import t from 'tap';
import { applyCalibration } from '../../../src/calibration/apply-calibration.js';
import { fitCalibration } from '../../../src/calibration/fit-calibration.js';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { predictKnownRows } from '../../../src/ensemble/evaluate/known-rows.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { createPool, Ensemble, joinEnsembles, trainEnsemble } from '../../../src/index.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { linear } from '../../support/datasets.js';

/** Two classes that overlap. */
function overlapping(rows: number, seed: number): Dataset {
  const random = new RandomStream(streamKey(seed, 'init'));
  const x = Float32Array.from({ length: 5 * rows }, () => random.normal());
  const labels = Array.from({ length: rows }, (_, row) => {
    const mean = x[5 * row]! + 0.5 * x[5 * row + 1]!;
    return mean + 0.3 * random.normal() > 0 ? 1 : 0;
  });
  return Dataset.fromArrays({ x, rows, features: 5, labels, classes: ['no', 'yes'] });
}

const train = overlapping(400, 1);
const other = overlapping(3000, 2);
/** Nets trained for so short a time are not sure enough of themselves. */
const ensemble = await trainEnsemble(train, {
  ...{ members: 12, hidden: [24], activation: 'relu', resample: 'bootstrap', epochs: 2, seed: 3 },
});

t.test(
  'temperature scaling out of bag lowers the log-loss and the calibration error of other rows',
  async (t) => {
    const calibrated = await ensemble.calibrate(train);
    const { method, rowsFrom, parameters, figures } = calibrated.calibration!;
    t.same([method, rowsFrom], ['temperature', 'outOfBag']);
    t.ok(parameters[0]! < 1, 'cooled');
    t.ok(figures!.after.logLoss < figures!.before.logLoss);
    const [before, after] = [await ensemble.evaluate(other), await calibrated.evaluate(other)];
    t.ok(after.logLoss! < before.logLoss! - 0.005, `${before.logLoss} → ${after.logLoss}`);
    const ece = (report: typeof after) =>
      report.measurement.scores!.scores.find(({ name }) => name === 'ece')!.value!;
    t.ok(ece(after) < ece(before));
    t.equal(after.accuracy, before.accuracy, 'the more probable class stays');
    t.same(
      after.measurement.errorCorrelation.v,
      before.measurement.errorCorrelation.v,
      'members stay as they are',
    );
    t.same(after.measurement.errorCorrelation.c, before.measurement.errorCorrelation.c);
  },
);

t.test('what is fitted is fitted on known rows, and applied to what members are combined into', async (t) => {
  for (const [dataset, rowsFrom] of [
    [train, 'outOfBag'],
    [other, 'heldOut'],
  ] as const) {
    for (const aggregator of ['arithmeticMean', 'geometricMean'] as const) {
      const calibrated = await ensemble.calibrate(dataset, { method: 'vector', threshold: 'f1', aggregator });
      const known = (await predictKnownRows(ensemble, dataset, rowsFrom, { aggregator }))!;
      t.strictSame(
        calibrated.calibration,
        fitCalibration(known, aggregator, { method: 'vector', threshold: 'f1' }),
      );
      const raw = await predictEnsemble(ensemble, other, { aggregator });
      t.strictSame(await predictEnsemble(calibrated, other), applyCalibration(calibrated.calibration!, raw));
      t.strictSame(await predictEnsemble(calibrated, other, { calibrated: false, aggregator }), raw);
    }
  }
});

t.test('the same bytes on one thread and two, and by a predictor row by row', async (t) => {
  const calibrations: unknown[] = [];
  const predictions: unknown[] = [];
  for (const threads of [1, 2]) {
    await using pool = createPool({ threads });
    const calibrated = await ensemble.calibrate(train, {
      method: 'isotonic',
      threshold: 'balancedAccuracy',
      runner: pool,
    });
    calibrations.push(calibrated.calibration);
    predictions.push(await calibrated.predict(other.x, { runner: pool }));
  }
  t.strictSame(calibrations[0], calibrations[1]);
  t.strictSame(predictions[0], predictions[1]);
  const calibrated = await ensemble.calibrate(train, { method: 'isotonic', threshold: 'balancedAccuracy' });
  using predictor = await calibrated.predictor();
  const whole = await calibrated.predict(other.x.subarray(0, 50));
  for (let row = 0; row < 10; row++) {
    const one = await predictor.predict(other.x.subarray(5 * row, 5 * row + 5));
    t.strictSame([...one.mean], [...whole.mean.subarray(2 * row, 2 * row + 2)]);
    t.equal(one.labels![0], whole.labels![row]);
  }
});

t.test('it is saved, and dropped with members or weights that it was not fitted to', async (t) => {
  const calibrated = await ensemble.calibrate(other, { threshold: 0.25 });
  const loaded = await Ensemble.load(await calibrated.toBytes());
  t.strictSame(loaded.calibration, calibrated.calibration);
  t.equal(loaded.contentHash(), calibrated.contentHash());
  t.not(calibrated.contentHash(), ensemble.contentHash());
  const [one, two] = [await loaded.predict(other.x), await calibrated.predict(other.x)];
  t.strictSame(one, two);
  t.ok(one.labels!.some((label, row) => label === 1 && one.mean[2 * row + 1]! < 0.5));
  t.ok(one.labels!.every((label, row) => (label === 1) === one.mean[2 * row + 1]! >= 0.25));
  t.equal(calibrated.withWeights([1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]).calibration, null);
  const more = await trainEnsemble(train, { members: 2, hidden: [4], epochs: 2, seed: 9 });
  t.equal(joinEnsembles([calibrated, more]).calibration, null);
  t.equal((await calibrated.extend(train, { members: 13 })).calibration, null);
  t.strictSame(
    (await calibrated.extend(train, { members: 12 })).calibration,
    calibrated.calibration,
    'nothing is new',
  );
});

t.test('weights that members carry count, and no others', async (t) => {
  const weighed = ensemble.withWeights([3, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  const calibrated = await weighed.calibrate(other);
  t.not(calibrated.calibration!.parameters[0], (await ensemble.calibrate(other)).calibration!.parameters[0]);
  await calibrated.predict(other.x, { weights: [6, 2, 2, 0, 2, 2, 2, 2, 2, 2, 2, 2] });
  await t.rejects(calibrated.predict(other.x, { weights: Array<number>(12).fill(1) }), {
    code: 'ERR_OPTION',
    message: /^Expected `weights` to be those that the ensemble carries, which it is calibrated for/,
  });
});

t.test('another aggregator is refused by name, and none asked for is that of the calibration', async (t) => {
  const calibrated = await ensemble.calibrate(other, { aggregator: 'geometricMean' });
  const refused = {
    code: 'ERR_OPTION',
    message:
      /^Expected `aggregator` to be geometricMean, which the ensemble is calibrated for .*, got "arithmeticMean"$/,
  };
  const asked = { aggregator: 'arithmeticMean' } as const;
  await t.rejects(calibrated.predict(other.x, asked), refused);
  await t.rejects(calibrated.evaluate(other, asked), refused);
  await t.rejects(calibrated.predictor(asked), refused);
  t.equal((await calibrated.evaluate(other)).measurement.aggregator, 'geometricMean');
  await calibrated.predict(other.x, { ...asked, calibrated: false });
});

t.test('what cannot be calibrated is refused in a line', async (t) => {
  const numbers = linear(40, 3);
  const regression = await trainEnsemble(numbers, { members: 2, hidden: [3], epochs: 1, seed: 1 });
  await t.rejects(regression.calibrate(numbers), { code: 'ERR_OPTION', message: /absent for regression/ });
  const shared = await trainEnsemble(train, {
    members: 2,
    hidden: [3],
    epochs: 1,
    seed: 1,
    resample: 'none',
  });
  await t.rejects(shared.calibrate(train), {
    code: 'ERR_DATA',
    message: /^Expected rows that are out of bag for some member to calibrate on, got none/,
  });
  await t.rejects(ensemble.calibrate(train, { method: null }), {
    code: 'ERR_OPTION',
    message: /`method` or a `threshold`/,
  });
  await t.rejects(ensemble.calibrate(overlapping(19, 5)), {
    code: 'ERR_DATA',
    message: /at least 20 rows .*, got 19/,
  });
  await t.rejects(ensemble.calibrate(other, { rowsFrom: 'outOfBag' }), { code: 'ERR_DATA' });
});

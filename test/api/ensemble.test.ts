// The face of an ensemble: each method answers what the function under it does, in words of the user's.

import { join } from 'node:path';
import t from 'tap';
import { evaluateEnsemble, evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import {
  Ensemble,
  type LabelledInputs,
  loadData,
  startTraining,
  TuttiError,
  trainEnsemble,
} from '../../src/index.js';

const COLOURS = ['red', 'blue', 'green'];
const flowers = Array.from({ length: 120 }, (_, i) => ({
  size: 3 * (i % 3) + Math.sin(7 * i),
  colour: COLOURS[(i + (i % 4)) % 3],
  kind: ['a', 'b', 'c'][i % 3],
  price: 10 + (i % 3) + Math.cos(i),
}));
const OPTIONS = { members: 3, hidden: [8], epochs: 6, seed: 1, resample: 'bootstrap' } as const;
const classes = await loadData(flowers, { target: 'kind', testShare: 0.3, seed: 1, drop: ['price'] });
const values = await loadData(flowers, { target: 'price', task: 'regression', testShare: 0.3, seed: 1 });
const classifier = await trainEnsemble(classes.train, OPTIONS);
const regressor = await trainEnsemble(values.train, OPTIONS);
const { kind: _kind, price: _price, ...flower } = flowers[0]!;

t.test('records are answered by labels and probabilities', async (t) => {
  const [row, other] = await classifier.predict([flower, { size: 3, colour: 'blue' }]);
  const { mean } = await predictEnsemble(classifier, [flower]);
  t.same(row.probabilities, { a: mean[0], b: mean[1], c: mean[2] });
  t.equal(row.label, 'a');
  t.ok(other.probabilities[other.label]! >= other.probabilities.a!);
  t.same(JSON.parse(JSON.stringify(row)), { label: 'a', probabilities: row.probabilities });
});

t.test('records are answered by values where numbers are predicted', async (t) => {
  const [row] = await regressor.predict([{ ...flower, kind: 'a' }]);
  const { mean } = await predictEnsemble(regressor, [{ ...flower, kind: 'a' }]);
  t.same({ ...row }, { value: mean[0], values: { price: mean[0] }, deviation: null });
  const gaussian = await trainEnsemble(values.train, { ...OPTIONS, loss: 'gaussianNll' });
  const [wide] = await gaussian.predict([{ ...flower, kind: 'a' }]);
  t.ok((wide.deviation?.price ?? 0) > 0);
});

t.test('what the other task has is an error that says what to look at', async (t) => {
  const [row] = await classifier.predict([flower]);
  t.throws(() => row.value, { code: 'ERR_OPTION', message: /`value` of a regression.*has `label`/ });
  const [value] = await regressor.predict([{ ...flower, kind: 'a' }]);
  const unknown = await Ensemble.load(await regressor.toBytes());
  const [same] = await unknown.predict([{ ...flower, kind: 'a' }]);
  t.equal(same.value, value.value);
  t.throws(() => same.label, { code: 'ERR_OPTION', message: /`label` of a classification.*has `value`/ });
  const report = await regressor.evaluate(values.test);
  t.throws(() => report.accuracy, { code: 'ERR_OPTION', message: /has `rmse`/ });
  t.throws(() => report.confusion, { code: 'ERR_OPTION', message: /`confusion` of a classification/ });
});

t.test('numbers, a dataset and a table are answered by arrays', async (t) => {
  const { test } = classes;
  const expected = await predictEnsemble(classifier, test);
  t.same(await classifier.predict(test), expected);
  t.same(await classifier.predict(test.x), expected);
  t.equal((await classifier.predict(classes.table)).rows, flowers.length);
});

t.test('a predictor is made once and answers one row and many', async (t) => {
  using predictor = await classifier.predictor();
  t.same(await predictor.predict([flower]), await classifier.predict([flower]));
  t.same(await predictor.predict(classes.test), await classifier.predict(classes.test));
  predictor.dispose();
  await t.rejects(predictor.predict([flower]), { code: 'ERR_CANCELLED' });
});

t.test('reports hold the measurement, its scores and the table of the command line', async (t) => {
  const report = await classifier.evaluate(classes.test);
  const measurement = await evaluateEnsemble(classifier, classes.test);
  t.same(report.measurement, measurement);
  t.equal(report.accuracy, measurement.ensemble?.accuracy);
  t.equal(report.score('accuracy').value, report.accuracy);
  t.same(report.scores, measurement.scores?.scores);
  t.same(report.confusion, measurement.scores?.confusion);
  t.same(report.baselines, measurement.baselines);
  t.throws(() => report.score('mae' as 'mcc'), {
    code: 'ERR_OPTION',
    message: /`name` to be one of accuracy, /,
  });
  t.equal(report.meanMember.logLoss, measurement.meanMember.logLoss);
  t.equal(report.errorCorrelation.rho, measurement.errorCorrelation.rho);
  t.match(`${report}`, /^ +accuracy +log-loss[\s\S]*\ntest, arithmetic mean[\s\S]*ρ = c\/v/);
  t.match(JSON.parse(JSON.stringify(report)), { accuracy: report.accuracy, errorCorrelation: {} });
  const error = await regressor.evaluate(values.test);
  t.equal(error.rmse, error.ensemble.rmseByTarget.price);
});

t.test('raw rows with their targets are evaluated like the dataset they make', async (t) => {
  const dataset = await classifier.evaluate(classes.test, { curves: false });
  const rows = [...classes.rows.test].map((row) => flowers[row]!);
  const raw = await classifier.evaluate(rows, { curves: false });
  t.same(raw.measurement, dataset.measurement);
});

t.test('what it should beat stands beside its scores, and in its file', async (t) => {
  const based = classifier.withBaseline(classes.train);
  t.equal(based.contentHash(), classifier.contentHash(), 'no prediction is another');
  const loaded = await Ensemble.load(await based.toBytes());
  t.same(loaded.baseline, based.baseline);
  const { baselines } = await loaded.evaluate(classes.test, { curves: false, replicates: 100 });
  t.same(
    baselines.map(({ name }) => name),
    ['constant', 'linear'],
  );
  t.same(
    baselines[0]!.differences.map(({ metric }) => metric),
    ['accuracy', 'logLoss'],
  );
  t.ok(baselines[0]!.differences[1]!.interval!.high > baselines[0]!.differences[1]!.difference);
  t.same((await classifier.evaluate(classes.test, { curves: false })).baselines, []);
  t.throws(() => classifier.withBaseline(values.train), { code: 'ERR_SHAPE' });
});

t.test('out of bag, and the error where nothing is', async (t) => {
  const report = await classifier.evaluateOutOfBag(classes.train);
  t.same(report.measurement, await evaluateOutOfBag(classifier, classes.train));
  t.equal((await classifier.predictOutOfBag(classes.train)).rows, classes.train.rows);
  const whole = await trainEnsemble(classes.train, { ...OPTIONS, resample: 'none', earlyStopping: 'none' });
  const expected = { code: 'ERR_DATA', message: /out of bag for some member, got none.*bootstrap/ };
  await t.rejects(whole.evaluateOutOfBag(classes.train), expected);
  await t.rejects(whole.predictOutOfBag(classes.train), expected);
});

t.test('weights, more members, a file and bytes keep what they are of', async (t) => {
  const { weights } = await classifier.select(classes.test);
  const weighted = classifier.withWeights([1, 0, 2]);
  t.equal(weights.length, 3);
  t.same(
    weighted.members.map(({ averagingWeight }) => averagingWeight),
    [1, 0, 2],
  );
  const larger = await classifier.extend(classes.train, { members: 4 });
  t.same(larger.members[0]?.parameters, classifier.members[0]?.parameters);
  const path = join(t.testdir(), 'flowers.tutti');
  const saved = await larger.save(path);
  t.equal(saved.contentHash, larger.contentHash());
  t.equal((await Ensemble.load(path)).contentHash(), saved.contentHash);
  const inspected = await Ensemble.inspect(await larger.toBytes());
  t.equal(inspected.ensemble.contentHash(), inspected.contentHash);
  t.notOk('predict' in larger.record);
  t.equal(new Ensemble(larger.record).contentHash(), saved.contentHash);
});

t.test('a started training is watched and gives an ensemble', async (t) => {
  const training = startTraining(classes.train, OPTIONS);
  let done = 0;
  for await (const progress of training.progress()) done = progress.done;
  t.equal(done, 3);
  t.equal((await training.ensemble).contentHash(), classifier.contentHash());
  const failing = startTraining(classes.train, { ...OPTIONS, loss: 'squaredError' });
  await t.rejects(failing.ensemble, TuttiError);
});

t.test('what is no rows is told what is taken', async (t) => {
  const refused: [unknown, RegExp][] = [
    ['x.csv', /`rows` to be a dataset, a table or a list of records, with their targets, got "x.csv"/],
    [flower, /`rows` .*got one record: write \[record\]/],
    [classes, /got all that loadData returned: give its `train` or its `test`/],
    [new Float32Array(2), /`rows` .*got Float32Array of length 2/],
  ];
  for (const [rows, message] of refused) {
    await t.rejects(classifier.evaluate(rows as LabelledInputs), { code: 'ERR_OPTION', message });
  }
  const alone = {
    code: 'ERR_OPTION',
    message: /`x` .*list of numbers or records.*got one record: write \[record\]/,
  };
  await t.rejects(classifier.predict(flower as never), alone);
});

t.test('an ensemble without trained members says so', async (t) => {
  const none = await trainEnsemble(classes.train, OPTIONS, {
    signal: AbortSignal.abort(),
    onInterrupt: 'keep',
  });
  t.same(none.members, []);
  const expected = { code: 'ERR_BUNDLE', message: /^This ensemble has no trained members to / };
  await t.rejects(none.evaluate(classes.test), expected);
  await t.rejects(none.evaluateOutOfBag(classes.train), expected);
  await t.rejects(none.predictOutOfBag(classes.train), expected);
  await t.rejects(none.predict([flower]), expected);
  await t.rejects(none.predictor(), expected);
  await t.rejects(none.select(classes.test), expected);
  const later = await none.extend(classes.train, { members: 3 });
  t.equal(later.contentHash(), classifier.contentHash());
});

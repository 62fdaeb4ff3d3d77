// Scores, confusion and baselines as people read them: what stands in the lists, and the sentence of an ensemble that loses.

import t from 'tap';
import { evaluateEnsemble, evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { fitBaseline } from '../../src/measure/baseline/fit-baseline.js';
import type { Measurement } from '../../src/measure/measurement.js';
import { baselineLines, lossLines } from '../../src/report/baseline-text.js';
import { type EnsembleReport, ensembleReport } from '../../src/report/ensemble-report.js';
import { measurementJson } from '../../src/report/measurement-json.js';
import { measurementLines } from '../../src/report/measurement-text.js';
import { PLAIN } from '../../src/report/palette.js';
import { reportLines } from '../../src/report/report-text.js';
import { confusionLines, scoresLines } from '../../src/report/scores-text.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';

const train = clusters(240, 4, 3);
const fresh = clusters(240, 4, 3);
// Hardly trained: a linear model does better.
const untrained = await trainEnsemble(train, { members: 3, epochs: 1, learningRate: 1e-4, seed: 1 });
const ensemble = { ...untrained, baseline: fitBaseline(train) };
const figures = { curves: false, replicates: 200 } as const;
const classes = await evaluateEnsemble(ensemble, fresh, figures);
const named = (measurement: Measurement) => ({ name: 'fresh', measurement });

t.test(
  'every listed score has a line with its interval, the parts of the Brier score one together',
  async (t) => {
    const [head, ...lines] = scoresLines([named(classes)], PLAIN);
    t.match(head, /^Scores \[95 % interval\] +fresh$/);
    const titles = lines.map((line) => line.trim().replace(/ {2,}.*$/, ''));
    t.same(titles, [
      ...['accuracy', 'balanced accuracy', 'F1, macro', 'F1, weighted', 'MCC', 'AUROC', 'average precision'],
      ...['log-loss', 'Brier score', 'reliability − resolution + uncertainty + within bins'],
      ...['ECE', 'ECE, adaptive', 'AURC', 'AURC, excess'],
    ]);
    t.match(lines[0], /accuracy +\d+\.\d\d % \[\d+\.\d, \d+\.\d\]$/);
    t.match(lines[5], /AUROC +0\.\d+ \[0\.\d+, \d\.\d+\]$/);
    t.match(lines[9], / 0\.\d+ − 0\.\d+ \+ 0\.667 [+−] /);
    const none = scoresLines([named({ ...classes, scores: null })], PLAIN);
    t.same(none, []);
  },
);

t.test('without replicates there are no intervals, and what has no value says why', async (t) => {
  const values = await evaluateEnsemble(
    await trainEnsemble(linear(60, 3), { members: 2, epochs: 1, seed: 1 }),
    linear(40, 3),
    { curves: false, replicates: 0 },
  );
  const lines = scoresLines([named(values)], PLAIN);
  t.match(lines[0], /^Scores +fresh$/);
  t.same(
    lines.slice(1, 5).map((line) => line.trim().split(' ')[0]),
    ['RMSE', 'MAE', 'R²', 'AURC'],
  );
  t.same(lines.slice(5), [
    '  No NLL, CRPS, pinball loss, coverage of 90 % intervals, width of 90 % intervals: members predict no variances',
  ]);
  t.equal(
    lines.some((line) => line.includes('[')),
    false,
  );
});

t.test('which classes were taken for which, of few classes', async (t) => {
  const lines = confusionLines(classes.scores!, ['0', '1', '2'], PLAIN);
  t.match(lines[0], /^Taken for +0 +1 +2$/);
  t.equal(lines.length, 4);
  const cells = lines.slice(1).flatMap((line) => line.trim().split(/ +/).slice(1).map(Number));
  t.equal(
    cells.reduce((sum, cell) => sum + cell, 0),
    240,
  );
  t.same(cells, classes.scores!.confusion!.flat());
  t.same(confusionLines(classes.scores!, [], PLAIN), []);
  const many = Array.from({ length: 13 }, () => new Array<number>(13).fill(0));
  t.same(confusionLines({ ...classes.scores!, confusion: many }, many.map(String), PLAIN), []);
});

t.test('a report of other rows shows the confusion, that of a training does not', async (t) => {
  const shows = (report: EnsembleReport) =>
    reportLines(report, PLAIN).some((line) => line.startsWith('Taken for'));
  const outOfBag = await evaluateOutOfBag(ensemble, train, { replicates: 0 });
  t.equal(shows(ensembleReport(ensemble, { test: classes })), true);
  t.equal(shows(ensembleReport(ensemble, { outOfBag })), false);
});

t.test('an ensemble that loses to a baseline says so, with the interval of the difference', async (t) => {
  const lines = lossLines(named(classes), 'classification');
  const sentence =
    /^The ensemble is worse than a logistic regression \(fresh\): log-loss \d\.\d+ against 0\.\d+, \+\d\.\d+ \[\+\d\.\d+, \+\d\.\d+\]\.$/;
  t.ok(
    lines.some((line) => sentence.test(line)),
    lines.join('\n'),
  );
  const text = measurementLines([named(classes)], [], PLAIN, { classes: ['0', '1', '2'] }).join('\n');
  t.match(text, /\nBaselines +accuracy +ensemble − baseline +log-loss +ensemble − baseline\n/);
  t.match(text, /\nlogistic regression, fresh +\d/);
  t.match(text, /\nTaken for +0 +1 +2\n/);
});

t.test('a difference that chance in the rows explains is told as that', async (t) => {
  const [constant, model] = classes.baselines;
  const difference = {
    metric: 'accuracy',
    difference: -0.01,
    interval: { low: -0.03, high: 0.01 },
    better: false,
  };
  const close = { ...classes, baselines: [constant!, { ...model!, differences: [difference] }] };
  t.match(
    lossLines(named(close), 'classification').at(-1),
    /is no better than a logistic.*−1\.0 % \[−3\.0 %, \+1\.0 %\], which may be chance in the rows\.$/,
  );
  const won = {
    ...classes,
    baselines: [{ ...constant!, differences: [{ ...difference, difference: 0.2, better: true }] }],
  };
  t.same(lossLines(named(won), 'classification'), []);
  t.same(baselineLines([named({ ...classes, baselines: [] })], 'classification', PLAIN), []);
});

t.test('numbers are held against the mean and a line, out of bag too', async (t) => {
  const numbers = linear(120, 3);
  const values = {
    ...(await trainEnsemble(numbers, { members: 3, epochs: 1, seed: 1 })),
    baseline: fitBaseline(numbers),
  };
  const test = await evaluateEnsemble(values, linear(80, 3), figures);
  const lines = baselineLines([named(test)], 'regression', PLAIN);
  t.match(lines[0], /^Baselines +RMSE +ensemble − baseline$/);
  t.match(lines[2], /^linear regression, fresh +0\.3\d+ +\+/);
  t.match(lines.at(-1), /^The ensemble is worse than a linear regression \(fresh\): RMSE /);
  const outOfBag = (await evaluateOutOfBag(values, numbers, { replicates: 50 }))!;
  t.same(
    outOfBag.baselines.map(({ name }) => name),
    ['constant', 'linear'],
  );
});

t.test('JSON has scores and baselines by name', async (t) => {
  const json = JSON.parse(JSON.stringify(measurementJson(classes, [])));
  t.equal(json.scores.auroc.perClass.length, 3);
  t.match(json, {
    scores: { mcc: { value: Number, interval: { low: Number, high: Number } } },
    intervals: { level: 0.95, replicates: 200 },
    baselines: {
      constant: { scores: { accuracy: { value: Number } } },
      linear: { differences: { logLoss: { difference: Number, interval: {}, better: false } } },
    },
  });
  t.equal(json.confusion.length, 3);
});

// Scores of a measurement that streams are those of the same rows whole, by the rows' weights, held out and out of bag.

import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictKnownRows } from '../../../src/ensemble/evaluate/known-rows.js';
import { fitBaseline } from '../../../src/measure/baseline/fit-baseline.js';
import { baselinePredictions } from '../../../src/measure/baseline/predict-baseline.js';
import { scoreKnownRows } from '../../../src/measure/scores/row-scores.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';

const rows = 700;
const plain = clusters(rows, 5, 3);
const weighted = Dataset.fromArrays({
  x: plain.x,
  rows,
  features: 5,
  labels: plain.labels,
  rowWeights: Float64Array.from({ length: rows }, (_, row) => row % 3),
});
const ensemble = await trainEnsemble(plain, { members: 3, hidden: [6], epochs: 2, seed: 1 });
const figures = { curves: false, replicates: 40, seed: 3 } as const;

t.test('held-out rows, with weights and without', async (t) => {
  for (const dataset of [plain, weighted]) {
    const { scores, ensemble: streamed } = await evaluateEnsemble(ensemble, dataset, figures);
    const known = (await predictKnownRows(ensemble, dataset, 'heldOut'))!;
    t.same(scores, scoreKnownRows(known, { replicates: 40, seed: 3 }));
    t.equal(scores!.weighted, dataset === weighted);
    t.equal(scores!.rows, dataset === weighted ? rows - Math.ceil(rows / 3) : rows);
    const accuracy = scores!.scores.find(({ name }) => name === 'accuracy')!.value!;
    t.equal(
      Math.abs(accuracy - streamed!.accuracy!) < 1e-12,
      dataset === plain,
      'the table weighs all rows alike',
    );
  }
});

t.test('rows out of bag', async (t) => {
  const own = await trainEnsemble(weighted, { members: 3, hidden: [6], epochs: 2, seed: 1 });
  const { scores } = (await evaluateOutOfBag(own, weighted, { replicates: 40, seed: 3 }))!;
  const known = (await predictKnownRows(own, weighted, 'outOfBag'))!;
  t.same(scores, scoreKnownRows(known, { replicates: 40, seed: 3 }));
});

t.test('geometric means by their logarithms, votes without probabilities', async (t) => {
  for (const aggregator of ['geometricMean', 'majorityVote'] as const) {
    const { scores, ensemble: streamed } = await evaluateEnsemble(ensemble, plain, {
      ...figures,
      aggregator,
    });
    const of = (name: string) => scores!.scores.find((score) => score.name === name)!.value;
    t.ok(Math.abs(of('accuracy')! - streamed!.accuracy!) < 1e-12);
    if (aggregator === 'majorityVote')
      t.same([of('logLoss'), streamed!.logLoss, of('ece')], [null, null, null]);
    else t.ok(Math.abs(of('logLoss')! - streamed!.logLoss!) < 1e-12);
  }
});

t.test('Gaussian heads have densities', async (t) => {
  const numbers = linear(300, 3, 2);
  const gaussian = await trainEnsemble(numbers, { members: 2, epochs: 3, loss: 'gaussianNll', seed: 1 });
  const { scores, ensemble: streamed } = await evaluateEnsemble(gaussian, numbers, figures);
  t.ok(scores!.scores.every(({ value, interval }) => value !== null && interval !== null));
  t.same(scores!.scores.find(({ name }) => name === 'rmse')!.perTarget!.length, 2);
  const rmse = scores!.scores.find(({ name }) => name === 'rmse')!.value!;
  t.ok(Math.abs(rmse - Math.sqrt(streamed!.squaredError / 2)) < 1e-12);
});

t.test('baselines are scored on the very rows', async (t) => {
  const based = { ...ensemble, baseline: fitBaseline(plain) };
  const { baselines } = await evaluateEnsemble(based, weighted, figures);
  const index = Uint32Array.from({ length: rows }, (_, row) => row);
  const inputs = { task: plain.task, x: weighted.x, features: 5, scale: plain.encoding.features, index };
  const known = (await predictKnownRows(ensemble, weighted, 'heldOut'))!;
  for (const [at, { name, predictions }] of baselinePredictions(based.baseline, inputs).entries()) {
    t.equal(baselines[at]!.name, name);
    t.same(baselines[at]!.scores, scoreKnownRows({ ...known, combined: predictions }, { replicates: 0 }));
  }
});

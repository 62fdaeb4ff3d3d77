// The networks of an ensemble are laid out once and rest between predictions; they answer as ones loaded afresh.

import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { predictorOf } from '../../../src/ensemble/predict/network-predictor.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';

const ROWS = 60;
const x = Float64Array.from({ length: ROWS * 4 }, (_, i) => Math.sin(i * i));
const classes = Dataset.fromArrays({
  x,
  rows: ROWS,
  features: 4,
  labels: Int32Array.from({ length: ROWS }, (_, row) => row % 3),
});
const numbers = Dataset.fromArrays({
  x,
  rows: ROWS,
  features: 4,
  targets: Float64Array.from({ length: ROWS }, (_, row) => 5 + x[row * 4]!),
});

const OPTIONS = { members: 3, hidden: [5], epochs: 2, earlyStopping: 'none' } as const;

/** The same members, of which nothing has been loaded. */
function afresh(ensemble: TrainedEnsemble): TrainedEnsemble {
  return { ...ensemble, members: ensemble.members.map((member) => ({ ...member })) };
}

t.test('a predictor that was disposed of is had again, and two at once are two', async (t) => {
  const ensemble = await trainEnsemble(classes, { ...OPTIONS, seed: 1 });
  const first = predictorOf(ensemble);
  const beside = predictorOf(ensemble);
  t.not(beside, first);
  beside.dispose();
  first.dispose();
  const again = predictorOf(ensemble);
  t.equal(again, first);
  again.dispose();
  t.not(predictorOf(ensemble, 8), first, 'blocks of another size');
});

t.test('whoever had its memory meanwhile, an ensemble answers the same', async (t) => {
  const ensembles = [
    await trainEnsemble(classes, { ...OPTIONS, seed: 1 }),
    await trainEnsemble(classes, {
      ...OPTIONS,
      seed: 2,
      featureShare: 0.5,
      hiddenKeep: 0.5,
      dropoutScaling: 'plain',
    }),
    await trainEnsemble(numbers, { ...OPTIONS, seed: 3, loss: 'gaussianNll' }),
  ];
  const expected = await Promise.all(ensembles.map((ensemble) => predictEnsemble(afresh(ensemble), x)));
  for (let round = 0; round < 3; round++) {
    for (const [at, ensemble] of ensembles.entries()) {
      t.same(await predictEnsemble(ensemble, x), expected[at]);
      // Fewer rows leave the views of another size behind.
      t.same(
        (await predictEnsemble(ensemble, x.slice(0, 4))).mean,
        expected[at]!.mean.slice(0, expected[at]!.outputs),
      );
    }
  }
  const atOnce = await Promise.all(
    [...ensembles, ...ensembles].map((ensemble) => predictEnsemble(ensemble, x)),
  );
  t.same(atOnce, [...expected, ...expected]);
});

t.test('weights that were changed in place are the ones that predict', async (t) => {
  const ensemble = await trainEnsemble(classes, { ...OPTIONS, seed: 1 });
  const before = await predictEnsemble(ensemble, x);
  for (const { parameters: weights } of ensemble.members) weights.set(weights.map((weight) => -weight));
  const after = await predictEnsemble(ensemble, x);
  t.notSame(after, before);
  t.same(after, await predictEnsemble(afresh(ensemble), x));
});

t.test('a row alone is the row among others, bit by bit, whatever the network', async (t) => {
  const networks = [
    [classes, { activation: 'tanh', featureShare: 0.75 }],
    [
      classes,
      { activation: 'leakyRelu', hidden: [7, 130], hiddenKeep: 0.5, inputKeep: 0.8, dropoutScaling: 'plain' },
    ],
    [classes, { image: [2, 2], layers: ['conv 3@2x2', 'dense 5'] }],
    [classes, { hidden: [], arithmetic: 'strict' }],
    [numbers, { activation: 'softplus', loss: 'gaussianNll' }],
    [numbers, { activation: 'gelu' }],
  ] as const;
  for (const [data, own] of networks) {
    const { hidden, ...options } = OPTIONS;
    const units = 'layers' in own ? {} : { hidden };
    const ensemble = await trainEnsemble(data, { ...options, ...units, ...own, seed: 1 } as never);
    const whole = await predictEnsemble(ensemble, x);
    const { outputs } = whole;
    for (let row = 0; row < ROWS; row += 7) {
      const alone = await predictEnsemble(ensemble, x.slice(row * 4, row * 4 + 4));
      const of = { start: row * outputs, end: (row + 1) * outputs };
      t.same(alone.mean, whole.mean.slice(of.start, of.end), `${JSON.stringify(own)}, row ${row}`);
      t.same(alone.variance, whole.variance?.slice(of.start, of.end) ?? null);
    }
  }
});

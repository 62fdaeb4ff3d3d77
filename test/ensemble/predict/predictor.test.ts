// A predictor answers as predictEnsemble does, as often as it is asked, from raw rows too.

import t from 'tap';
import { loadTraining } from '../../../src/data/load.js';
import { type DataRecord, tableFromRecords } from '../../../src/data/table/record-table.js';
import { createPredictor, predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { CENTROIDS } from '../../support/learners.js';

const FLOWERS: readonly DataRecord[] = Array.from({ length: 90 }, (_, i) => ({
  length: 2 * (i % 3) + Math.sin(7 * i),
  colour: ['red', 'blue'][(i + (i % 3)) % 2]!,
  kind: ['a', 'b', 'c'][i % 3]!,
}));
const ROWS = FLOWERS.map(({ length, colour }) => ({ length: length!, colour: colour! }));

const { train, preprocessing } = loadTraining(tableFromRecords(FLOWERS), { target: 'kind' });
const OPTIONS = { hidden: [6], epochs: 3, seed: 1 } as const;

function flowers(members = 3) {
  return trainEnsemble(train, { ...OPTIONS, members }, { preprocessing });
}

function slice<T extends { slice(start: number, end: number): T }>(values: T, row: number, width: number): T {
  return values.slice(row * width, (row + 1) * width);
}

t.test('rows one by one are the rows of a whole prediction, bit by bit', async (t) => {
  const ensemble = await flowers();
  const whole = await predictEnsemble(ensemble, train);
  const predictor = await createPredictor(ensemble);
  const width = train.features;
  for (let row = 0; row < train.rows; row++) {
    const one = await predictor.predict(train.x.slice(row * width, (row + 1) * width));
    t.same(one.mean, slice(whole.mean as Float32Array, row, whole.outputs), `row ${row}`);
    t.equal(one.labels![0], whole.labels![row]);
  }
  predictor.dispose();
});

t.test('numbers, a dataset, a table and records of the same rows are predicted alike', async (t) => {
  const ensemble = await flowers();
  const expected = await predictEnsemble(ensemble, train.x);
  const predictor = await createPredictor(ensemble);
  for (const inputs of [
    train.x,
    [...train.x],
    train,
    tableFromRecords(FLOWERS),
    tableFromRecords(ROWS),
    ROWS,
  ]) {
    t.same(await predictor.predict(inputs), expected);
    t.same(await predictEnsemble(ensemble, inputs), expected);
  }
  predictor.dispose();
});

t.test('predictions under way at once do not disturb each other', async (t) => {
  const ensemble = await flowers();
  const predictor = await createPredictor(ensemble);
  const many = Array.from({ length: 40 }, (_, i) => ROWS.slice(i, i + 1 + (i % 5)));
  const apart = [];
  for (const rows of many) apart.push(await predictor.predict(rows));
  t.same(await Promise.all(many.map((rows) => predictor.predict(rows))), apart);
  predictor.dispose();
});

t.test('one row does not wait for the whole of a long prediction', async (t) => {
  const ensemble = await flowers();
  const predictor = await createPredictor(ensemble);
  const long = Array.from({ length: 40 }, () => ROWS).flat();
  const order: string[] = [];
  const both = [
    predictor.predict(long).then(() => order.push('long')),
    predictor.predict(ROWS.slice(0, 1)).then(() => order.push('one')),
  ];
  await Promise.all(both);
  t.same(order, ['one', 'long']);
  predictor.dispose();
});

t.test('options hold for all predictions', async (t) => {
  const ensemble = await flowers();
  const options = { aggregator: 'geometricMean', weights: [2, 0, 1] } as const;
  const predictor = await createPredictor(ensemble, options);
  t.same(await predictor.predict(ROWS), await predictEnsemble(ensemble, ROWS, options));
  predictor.dispose();
});

t.test('more networks than one budget of weights all stay loaded, and answer the same', async (t) => {
  const wide = { ...OPTIONS, hidden: [1024, 1024], members: 5, epochs: 1 };
  const ensemble = await trainEnsemble(train, wide, { preprocessing });
  const predictor = await createPredictor(ensemble);
  t.same(await predictor.predict(ROWS), await predictEnsemble(ensemble, ROWS));
  predictor.dispose();
});

t.test('members of all kinds are loaded', async (t) => {
  const folder = t.testdir({ 'centroids.mjs': CENTROIDS });
  const members = [
    { hidden: [4], epochs: 2 },
    { engine: 'neighbours' },
    { learner: `${folder}/centroids.mjs` },
  ];
  const ensemble = await trainEnsemble(train, { members, seed: 1 } as never, { preprocessing });
  const predictor = await createPredictor(ensemble);
  t.same(await predictor.predict(ROWS), await predictEnsemble(ensemble, ROWS));
  predictor.dispose();
});

t.test('what is wrong with one prediction is its own error, and the next goes on', async (t) => {
  const ensemble = await flowers();
  const predictor = await createPredictor(ensemble);
  await t.rejects(predictor.predict([{ length: 1 }]), {
    code: 'ERR_DATA',
    message: /`colour` to be there/,
    details: { row: 1, column: 'colour' },
  });
  await t.rejects(predictor.predict(new Float32Array(4)), { code: 'ERR_SHAPE' });
  await t.rejects(predictor.predict(new Float32Array(3).fill(Number.NaN)), { code: 'ERR_DATA' });
  await t.rejects(predictor.predict([]), { code: 'ERR_SHAPE' });
  await t.rejects(predictor.predict({ length: 1, colour: 'red' } as never), { code: 'ERR_OPTION' });
  t.equal((await predictor.predict(ROWS)).rows, ROWS.length);
  predictor.dispose();
});

t.test('raw rows need an ensemble that knows columns', async (t) => {
  const { x, rows, features, labels } = train;
  const { Dataset } = await import('../../../src/data/dataset/dataset.js');
  const numbers = Dataset.fromArrays({ x, rows, features, labels });
  const ensemble = await trainEnsemble(numbers, { ...OPTIONS, members: 1 });
  await t.rejects(predictEnsemble(ensemble, ROWS), { code: 'ERR_OPTION', message: /trained on arrays/ });
});

t.test('a predictor that has been disposed of refuses, and disposing twice is nothing', async (t) => {
  const ensemble = await flowers();
  let late: Promise<unknown>;
  {
    using predictor = await createPredictor(ensemble);
    t.equal((await predictor.predict(ROWS)).rows, ROWS.length);
    predictor.dispose();
    late = predictor.predict(ROWS);
  }
  await t.rejects(late, { code: 'ERR_CANCELLED' });
});

t.test('options are checked when the predictor is made', async (t) => {
  const ensemble = await flowers();
  await t.rejects(createPredictor(ensemble, { agregator: 'majorityVote' } as never), { code: 'ERR_OPTION' });
  await t.rejects(createPredictor({ ...ensemble, members: [] }), { code: 'ERR_BUNDLE' });
});

// Datasets that tutti did not make: what a program spread, changed or forged is refused by name, before any work.

import t from 'tap';
import { requireDataset } from '../../../src/data/dataset/check-dataset.js';
import { Dataset } from '../../../src/data/dataset/dataset.js';

const made = Dataset.fromArrays({ x: [1, 2, 3, 4, 5, 6], rows: 3, features: 2, labels: [0, 1, 0] });
const regression = Dataset.fromArrays({ x: [1, 2, 3, 4], rows: 2, features: 2, targets: [1, 2] });

t.test('a copy of a dataset is one', async (t) => {
  for (const dataset of [made, regression]) {
    t.doesNotThrow(() => requireDataset(structuredClone(dataset)));
    t.doesNotThrow(() => requireDataset({ ...dataset, rowWeights: new Float32Array(dataset.rows).fill(1) }));
  }
});

t.test('what is forged is refused by name', async (t) => {
  const forgeries: readonly (readonly [object, RegExp])[] = [
    [{ labels: new Int32Array(3).fill(7) }, /`labels` to hold integers from 0 to 1, got 7 in row 0/],
    [{ labels: [0, 1, 0] }, /`labels` of the dataset to be a Int32Array, got a plain array/],
    [{ rows: 0 }, /`rows` to be an integer ≥ 1, got 0/],
    [{ rows: 1e9 }, /`x` to have 2000000000 numbers/],
    [{ task: null }, /task to be classification or regression, got null/],
    [{ task: { kind: '__proto__' } }, /task to be classification or regression/],
    [{ task: { kind: 'classification', classes: ['a', 'a'] } }, /`classes` to differ, got "a" twice/],
    [{ encoding: null }, /`encoding` of the dataset to be scales of columns, got null/],
    [{ encoding: { features: null, targets: null } }, /`encoding` of the dataset to be scales/],
    [{ encoding: { features: 3, targets: made.encoding.targets } }, /`encoding` of the dataset to be scales/],
    [{ groups: new Int32Array(3).fill(-1) }, /`groups` to hold integers from 0/],
    [{ hash: 'x' }, /`hash` of the dataset to be a SHA-256, got "x"/],
    [{ rowsHash: null }, /`rowsHash` of the dataset to be a SHA-256, got null/],
    [{ split: { testShare: 9, seed: 0, rows: 3 } }, /`split` of the dataset to be one that loadData made/],
    [
      { preprocessing: { features: 3 } },
      /`preprocessing` of the dataset to be one that loadData made, for 2/,
    ],
    [{ preprocessing: { features: [] } }, /`preprocessing` of the dataset to be one/],
  ];
  for (const [change, message] of forgeries) {
    t.throws(() => requireDataset({ ...made, ...change }), { message }, String(message));
  }
  for (const value of [null, 3, 'data.csv', [], { train: made }]) {
    t.throws(() => requireDataset(value), { code: 'ERR_OPTION', message: /to be a dataset of loadData/ });
  }
});

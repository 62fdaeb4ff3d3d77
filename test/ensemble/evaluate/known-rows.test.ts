// Whole predictions of known rows are those that the streamed functions give, and what rides along sees every row.

import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictKnownRows } from '../../../src/ensemble/evaluate/known-rows.js';
import { predictOutOfBag } from '../../../src/ensemble/evaluate/predict-out-of-bag.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { predictMembers } from '../../../src/ensemble/predict/predict-members.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';

const rows = 400;
const plain = clusters(rows, 5, 3);
const dataset = Dataset.fromArrays({
  x: plain.x,
  rows,
  features: 5,
  labels: plain.labels,
  rowWeights: Float64Array.from({ length: rows }, (_, row) => 1 + (row % 3)),
});

t.test('held-out rows are as predicted, whole', async (t) => {
  const ensemble = await trainEnsemble(plain, { members: 3, hidden: [6], epochs: 2, seed: 1 });
  const known = (await predictKnownRows(ensemble, dataset, 'heldOut'))!;
  const { mean, labels } = await predictEnsemble(ensemble, dataset.x);
  t.same([known.combined.mean, known.combined.labels], [mean, labels]);
  const each = await predictMembers(ensemble, dataset.x);
  t.same(known.members, each);
  t.equal(known.mask, null);
  t.same(known.truth.labels, dataset.labels);
  t.same(known.weights, dataset.rowWeights);
});

t.test('out of bag each row is predicted by the members that never saw it', async (t) => {
  const ensemble = await trainEnsemble(dataset, { members: 3, hidden: [6], epochs: 2, seed: 1 });
  let seen = 0;
  const visit = (_: unknown, truth: { rows: number }) => {
    seen += truth.rows;
  };
  const known = (await predictKnownRows(ensemble, dataset, 'outOfBag', { visit }))!;
  t.equal(seen, rows);
  const all = (await predictOutOfBag(ensemble, dataset))!;
  const places = Array.from(all.index.keys()).filter((at) => all.memberCounts[at]! > 0);
  t.ok(places.length < rows, 'some row is out of bag for nobody');
  t.same(
    Array.from(known.index),
    places.map((at) => all.index[at]),
  );
  t.same(
    Array.from(known.combined.labels!),
    places.map((at) => all.labels![at]),
  );
  t.same(
    Array.from(known.combined.mean),
    places.flatMap((at) => Array.from(all.mean.subarray(at * 3, at * 3 + 3))),
  );
  t.same(
    Array.from(known.mask!),
    [0, 1, 2].flatMap((member) => places.map((at) => all.mask[member * all.rows + at])),
  );
  t.same(
    Array.from(known.truth.labels),
    places.map((at) => dataset.labels[at]),
  );
  const each = await predictMembers(ensemble, dataset.x);
  t.same(
    Array.from(known.members[1]!.mean),
    places.flatMap((at) => Array.from(each[1]!.mean.subarray(at * 3, at * 3 + 3))),
  );
  const measured = (await evaluateOutOfBag(ensemble, dataset))!;
  t.equal(measured.ensemble!.rows, known.rows);
});

t.test('without resampling nothing is out of bag', async (t) => {
  const options = { members: 2, hidden: [4], epochs: 1, seed: 1, resample: 'none' } as const;
  const ensemble = await trainEnsemble(dataset, options);
  t.equal(await predictKnownRows(ensemble, dataset, 'outOfBag'), null);
  const known = await predictKnownRows(ensemble, dataset, 'heldOut', { members: false });
  t.same(known!.members, []);
});

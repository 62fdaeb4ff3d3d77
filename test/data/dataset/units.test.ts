// Values in the user's units on their way to members: standardised in doubles, rounded once, and known again.

import t from 'tap';
import { scaleOf } from '../../../src/data/dataset/arrays.js';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { hashesOf } from '../../../src/data/dataset/dataset-hash.js';
import { encodeRows } from '../../../src/data/dataset/encoding.js';
import { encodingFrom } from '../../../src/data/preprocessing/encoding-from.js';
import { fitPreprocessing, transformTable } from '../../../src/data/preprocessing/preprocessing.js';
import { seen, taught } from '../../support/datasets.js';
import { allRows, failure, tableOf } from '../helpers.js';

const ALL = { start: 0, end: 2 };

t.test('what is not finite is named by row and column, under a soft clip too', async (t) => {
  const scale = { mean: [0, 0], std: [1, 1], softClip: [3, 3] };
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const x = Float64Array.of(1, 2, 3, bad);
    t.match(
      failure(() => encodeRows(x, 2, scale, ALL)),
      /^ERR_DATA .*row 1, column 1/,
    );
    t.match(
      failure(() => encodeRows(Float32Array.from(x), 2, null, ALL)),
      /^ERR_DATA .*row 1, column 1/,
    );
    t.match(
      failure(() => encodeRows(x, 2, null, { start: 0, end: 1 }, [1])),
      /row 1, column 1/,
    );
  }
});

t.test('a column far from zero keeps all of its digits on the way to members', async (t) => {
  const offset = 1.7e9;
  const values = Float64Array.from({ length: 50 }, (_, i) => (i * 37) % 50);
  const labels = Int32Array.from(values, (value) => (value > 20 ? 1 : 0));
  const make = (x: Float64Array) => Dataset.fromArrays({ x, rows: 50, features: 1, labels });
  const near = seen(make(values));
  seen(make(values.map((value) => value + offset))).forEach((value, at) => {
    t.ok(Math.abs(value - near[at]!) < 1e-6);
  });
});

t.test('targets far from zero are taught as the same targets at zero', async (t) => {
  const x = Float32Array.from({ length: 40 }, (_, i) => i);
  const targets = Float64Array.from({ length: 40 }, (_, i) => 0.01 * ((i * 7) % 40));
  const make = (by: number) =>
    Dataset.fromArrays({ x, rows: 40, features: 1, targets: targets.map((y) => y + by) });
  t.equal(make(1e8).targets[3], targets[3]! + 1e8, 'in doubles');
  taught(make(1e8)).forEach((value, at) => {
    t.ok(Math.abs(value - taught(make(0))[at]!) < 1e-5);
  });
});

t.test('a spread that is rounding noise is no spread; a small one far from zero is one', async (t) => {
  const third = Float64Array.from({ length: 30 }, (_, i) => ((i + 1) * (0.1 + 0.2)) / (i + 1));
  t.ok(new Set(third).size > 1, 'the same number, computed in several ways');
  t.equal(scaleOf(third, 'third').std, 1);
  const far = Float64Array.from({ length: 30 }, (_, i) => 1.7e9 + 0.001 * (i % 3));
  t.ok(scaleOf(far, 'far').std < 0.001);
});

t.test(
  'only numeric columns of a file are clipped, and a preprocessing without a clip says nothing of it',
  async (t) => {
    const table = tableOf(t, 'a,k,y\n1,p,u\n2,q,v\n3,p,u\n400,q,v\n');
    const fit = (softClip: number | null) =>
      fitPreprocessing(table, allRows(table), { target: 'y', softClip });
    t.notOk('softClip' in fit(null));
    const clipped = fit(0.5);
    t.same(encodingFrom(clipped).features!.softClip, [0.5, null, null]);
    const own = transformTable(clipped, table);
    const plain = transformTable(fit(null), table);
    t.same(own.x, plain.x, 'x is in the units of the file either way');
    t.ok(seen(plain)[9]! > 1.7 && seen(own)[9]! < 1);
    t.same([...seen(own).subarray(10)], [0, 1], 'categories are 0 and 1');
    t.not(own.hash, plain.hash);
  },
);

t.test('the rows hash does not know of weights, the groups hash only of groups', async (t) => {
  const base = { x: [1, 2, 3, 5], rows: 4, features: 1, labels: [0, 1, 0, 1] };
  const plain = Dataset.fromArrays(base);
  const weighted = Dataset.fromArrays({ ...base, rowWeights: [1, 2, 3, 4] });
  const grouped = Dataset.fromArrays({ ...base, groups: [0, 0, 1, 1] });
  t.equal(weighted.rowsHash, plain.rowsHash);
  t.equal(grouped.rowsHash, plain.rowsHash);
  t.not(weighted.hash, plain.hash);
  t.same([plain.groupsHash, weighted.groupsHash], [null, null]);
  t.not(grouped.groupsHash, Dataset.fromArrays({ ...base, groups: [0, 1, 1, 1] }).groupsHash);
  t.not(Dataset.fromArrays({ ...base, x: [1, 2, 3, 6] }).rowsHash, plain.rowsHash);
  t.equal(hashesOf(plain).hash, plain.hash);
});

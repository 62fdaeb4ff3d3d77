import t from 'tap';
import { Dataset, outputCount } from '../../../src/data/dataset/dataset.js';
import { seen, taught } from '../../support/datasets.js';
import { failure } from '../helpers.js';

const x = Float32Array.of(1, 10, 2, 20, 3, 60);
const base = { x, rows: 3, features: 2 };

t.test('labels make a classification whose classes are named 0, 1, … unless named', async (t) => {
  const data = Dataset.fromArrays({ ...base, labels: [0, 2, 1] });
  t.same(data.task, { kind: 'classification', classes: ['0', '1', '2'] });
  t.same(data.labels, Int32Array.of(0, 2, 1));
  t.equal(data.targets.length, 0);
  t.equal(outputCount(data.task), 3);
  const named = Dataset.fromArrays({ ...base, labels: [0, 1, 1], classes: ['cat', 'dog'] });
  t.same(named.task, { kind: 'classification', classes: ['cat', 'dog'] });
});

t.test('targets make a regression, kept as given and taught by their own mean and deviation', async (t) => {
  const data = Dataset.fromArrays({ ...base, targets: [1, 5, 2, 5, 3, 5], targetNames: ['a', 'b'] });
  t.same(data.task, { kind: 'regression', targets: ['a', 'b'] });
  t.same(data.targets, Float64Array.of(1, 5, 2, 5, 3, 5));
  t.same(data.encoding.targets, { mean: [2, 5], std: [Math.sqrt(2 / 3), 1] });
  const root = Math.fround(1 / Math.sqrt(2 / 3));
  t.same(taught(data), Float32Array.of(-root, 0, 0, 0, root, 0), 'a constant target becomes zeros');
  t.equal(outputCount(data.task), 2);
});

t.test('x stays the very array, and members see it standardised by column unless told not to', async (t) => {
  const data = Dataset.fromArrays({ ...base, labels: [0, 1, 0] });
  t.equal(data.x, x, 'nothing is copied');
  const double = Float64Array.from(x);
  t.equal(Dataset.fromArrays({ ...base, x: double, labels: [0, 1, 0] }).x, double);
  t.same(data.encoding.features?.mean, [2, 30]);
  t.equal(Dataset.fromArrays({ ...base, labels: [0, 1, 0], standardise: false }).encoding.features, null);
  for (const column of [0, 1]) {
    const values = [0, 1, 2].map((row) => seen(data)[row * 2 + column]!);
    t.ok(Math.abs(values.reduce((a, b) => a + b)) < 1e-6);
    t.ok(Math.abs(values.reduce((a, b) => a + b * b, 0) / 3 - 1) < 1e-6);
  }
  t.same(x, Float32Array.of(1, 10, 2, 20, 3, 60), "the caller's array is unchanged");
});

t.test('a dataset like another takes its task and scales', async (t) => {
  const train = Dataset.fromArrays({ ...base, targets: [10, 20, 60] });
  const test = Dataset.fromArrays({ x: [2, 30], rows: 1, features: 2, targets: [30], like: train });
  t.same(test.task, train.task);
  t.equal(test.encoding, train.encoding);
  t.same(seen(test), Float32Array.of(0, 0));
  t.same(taught(test), Float32Array.of(0));
});

t.test('weights are scaled to mean 1; equal weights are none', async (t) => {
  const data = Dataset.fromArrays({ ...base, labels: [0, 1, 0], rowWeights: [1, 2, 3] });
  t.same(data.rowWeights, Float32Array.of(0.5, 1, 1.5));
  t.equal(Dataset.fromArrays({ ...base, labels: [0, 1, 0], rowWeights: [7, 7, 7] }).rowWeights, null);
});

t.test('the hash names the numbers: equal for equal ones, different when any part differs', async (t) => {
  const make = (more: object): string => Dataset.fromArrays({ ...base, labels: [0, 1, 0], ...more }).hash;
  t.match(make({}), /^[0-9a-f]{64}$/);
  t.equal(make({}), make({ x: Array.from(x), labels: Int8Array.of(0, 1, 0) }));
  const hashes = [
    make({}),
    make({ x: Float32Array.of(1, 10, 2, 20, 3, 61) }),
    make({ labels: [0, 1, 1] }),
    make({ classes: ['a', 'b'] }),
    make({ rowWeights: [1, 2, 3] }),
    make({ groups: [0, 1, 2] }),
    make({ groups: [0, 1, 1] }),
    make({ standardise: false }),
    make({ softClip: 3 }),
    make({ labels: undefined, targets: [0, 1, 0] }),
    make({ rows: 6, features: 1, labels: [0, 1, 0, 0, 0, 0] }),
  ];
  t.equal(new Set(hashes).size, hashes.length);
});

t.test('arrays that do not fit together are ERR_SHAPE', async (t) => {
  const got = (more: object): string =>
    failure(() => Dataset.fromArrays({ ...base, labels: [0, 1, 0], ...more }));
  t.equal(got({ rows: 4 }), 'ERR_SHAPE Expected `x` to have 8 numbers (4 rows × 2 features), got 6');
  t.equal(got({ labels: [0, 1] }), 'ERR_SHAPE Expected `labels` to have 3 numbers (one per row), got 2');
  t.match(got({ rows: 0 }), /^ERR_SHAPE Expected `rows` to be an integer ≥ 1, got 0/);
  t.match(got({ features: 1.5 }), /^ERR_SHAPE Expected `features`/);
  t.match(got({ rowWeights: [1] }), /^ERR_SHAPE Expected `rowWeights`/);
  t.match(got({ groups: [1] }), /^ERR_SHAPE Expected `groups`/);
  t.match(
    got({ labels: undefined, targets: [1, 2, 3, 4] }),
    /^ERR_SHAPE Expected `targets` to have 3 numbers/,
  );
  t.match(got({ targets: [1, 2, 3] }), /^ERR_SHAPE Expected either `labels` or `targets`, got both/);
  t.match(got({ labels: undefined }), /^ERR_SHAPE Expected either `labels` or `targets`, got neither/);
  const like = Dataset.fromArrays({ ...base, targets: [1, 2, 3] });
  t.match(got({ like }), /^ERR_SHAPE .*for the regression of `like`, got labels/);
});

t.test('values that are not usable are ERR_DATA with their place', async (t) => {
  const got = (more: object): string =>
    failure(() => Dataset.fromArrays({ ...base, labels: [0, 1, 0], ...more }));
  t.equal(
    got({ x: [1, 2, 3, Number.NaN, 5, 6] }),
    'ERR_DATA Expected `x` to hold finite numbers, got NaN in row 1, column 1',
  );
  t.match(
    got({ x: [1, 2, 3, 1e39, 5, 6], standardise: false }),
    /got 1e\+39 in row 1/,
    'too large to be seen',
  );
  t.match(got({ labels: [0, 1, 2], classes: ['a', 'b'] }), /integers from 0 to 1, got 2 in row 2/);
  t.match(got({ labels: [0, 1.5, 2] }), /^ERR_DATA .*got 1.5 in row 1/);
  t.match(got({ classes: ['a', 'a'] }), /^ERR_DATA Expected `classes` to differ, got "a" twice/);
  t.match(
    got({ classes: ['a', '\ud800'] }),
    /^ERR_DATA Expected `classes` to be texts, got half a character/,
  );
  t.match(got({ labels: [0, 0, 0] }), /^ERR_DATA Expected at least 2 classes, got 1/);
  t.match(got({ rowWeights: [1, -1, 1] }), /^ERR_DATA Expected `rowWeights` to be ≥ 0, got -1 in row 1/);
  t.match(got({ rowWeights: [0, 0, 0] }), /^ERR_DATA Expected at least one row weight above 0/);
  t.match(got({ groups: [0, -1, 0] }), /^ERR_DATA Expected `groups`/);
  t.match(got({ labels: undefined, targets: [1, 2, Number.NaN] }), /^ERR_DATA Expected `targets` .*row 2/);
});

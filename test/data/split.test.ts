import t from 'tap';
import { splitRows } from '../../src/data/split.js';
import { failure } from './helpers.js';

const tally = (labels: Int32Array, rows: Uint32Array): number[] => {
  const counts: number[] = [];
  for (const row of rows) counts[labels[row]!] = (counts[labels[row]!] ?? 0) + 1;
  return counts;
};

t.test('a split takes round(share · rows) rows; both sides ascend and partition the rows', async (t) => {
  const { train, test } = splitRows({ rows: 101, share: 0.3, seed: 1 });
  t.equal(test.length, 30);
  t.same(train, Uint32Array.from(train).sort());
  t.same(test, Uint32Array.from(test).sort());
  t.same(
    Uint32Array.of(...train, ...test).sort(),
    Uint32Array.from({ length: 101 }, (_, row) => row),
  );
});

t.test('a split depends on the seed and the purpose', async (t) => {
  const options = { rows: 100, share: 0.3, seed: 1 };
  t.same(splitRows(options), splitRows(options));
  t.notSame(splitRows(options), splitRows({ ...options, seed: 2 }));
  t.notSame(splitRows(options), splitRows({ ...options, purpose: 'validation' }));
});

t.test('each class gives its share: floor, and largest remainders up to the total', async (t) => {
  // 50, 33 and 17 rows: 30 % is 15, 9.9 and 5.1, in all 30, so the class of 33 gives the extra row.
  const labels = Int32Array.from({ length: 100 }, (_, row) => (row < 50 ? 0 : row < 83 ? 1 : 2));
  const { train, test } = splitRows({ rows: 100, share: 0.3, seed: 7, labels });
  t.same(tally(labels, test), [15, 10, 5]);
  t.same(tally(labels, train), [35, 23, 12]);
});

t.test('no class gives its last row', async (t) => {
  const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 2);
  const { train } = splitRows({ rows: 10, share: 0.9, seed: 3, labels });
  t.same(new Set(Array.from(train, (row) => labels[row])), new Set([0, 1, 2]));
});

t.test('groups stay whole, and the share is met as nearly as they allow', async (t) => {
  const groups = Int32Array.from({ length: 200 }, (_, row) => row % 20);
  for (let seed = 0; seed < 20; seed++) {
    const { train, test } = splitRows({ rows: 200, share: 0.3, seed, groups });
    const tested = new Set(Array.from(test, (row) => groups[row]));
    if (train.some((row) => tested.has(groups[row]))) t.fail(`seed ${seed} divides a group`);
    if (test.length !== 60) t.fail(`seed ${seed} takes ${test.length} rows`);
  }
  t.pass();
});

t.test('groups of very different sizes leave both sides filled', async (t) => {
  const groups = Int32Array.from({ length: 100 }, (_, row) => (row < 98 ? 0 : row));
  for (let seed = 0; seed < 10; seed++) {
    const { test } = splitRows({ rows: 100, share: 0.3, seed, groups });
    t.ok(test.length >= 1 && test.length <= 98, `${test.length} rows`);
  }
  const { train, test } = splitRows({
    rows: 10,
    share: 0.1,
    seed: 0,
    groups: Int32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1, 1),
  });
  t.same([train.length, test.length], [7, 3], 'where every group is too large, the smaller is taken');
});

t.test('impossible splits are refused', async (t) => {
  for (const share of [0, 1, -0.1, Number.NaN]) {
    t.match(
      failure(() => splitRows({ rows: 10, share, seed: 1 })),
      /^ERR_OPTION Expected `share`/,
    );
  }
  t.match(
    failure(() => splitRows({ rows: 1, share: 0.5, seed: 1 })),
    /^ERR_DATA Expected at least 2 rows/,
  );
  t.match(
    failure(() => splitRows({ rows: 4, share: 0.5, seed: 1, groups: new Int32Array(4) })),
    /^ERR_DATA Expected at least 2 groups/,
  );
});

t.test('a share that takes out no row is an error', async (t) => {
  const labels = Int32Array.of(0, 1, 2);
  t.equal(
    failure(() => splitRows({ rows: 3, share: 0.3, seed: 1, labels })),
    'ERR_DATA Expected a split to take out at least one row, got none of 3 rows at a share of 0.3, ' +
      'as every class keeps its last row',
  );
});

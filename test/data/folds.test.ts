// Folds: every row once per repeat, with the properties of scikit-learn's splitters.

import t, { type Test } from 'tap';
import { type Fold, makeFolds } from '../../src/data/folds.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

const random = (seed: number) => new RandomStream(streamKey(seed, 'noise'));

/** Each repeat tests every row once, and trains on all others. */
function checkPartition(t: Test, folds: readonly Fold[], rows: number, count: number): void {
  for (let repeat = 0; repeat * count < folds.length; repeat++) {
    const own = folds.slice(repeat * count, (repeat + 1) * count);
    const tested = own.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
    t.strictSame(tested, [...Array(rows).keys()]);
    for (const [at, { train, test, fold }] of own.entries()) {
      t.equal(fold, at);
      const both = [...train, ...test].sort((a, b) => a - b);
      t.strictSame(both, [...Array(rows).keys()]);
      t.strictSame(
        [...train],
        [...train].sort((a, b) => a - b),
        'ascending',
      );
    }
  }
}

t.test('rows are dealt evenly, each repeat anew and by the seed', async (t) => {
  const folds = makeFolds({ rows: 23, folds: 4, repeats: 3, seed: 5 });
  checkPartition(t, folds, 23, 4);
  t.equal(folds.length, 12);
  t.strictSame(
    folds.slice(0, 4).map(({ test }) => test.length),
    [6, 6, 6, 5],
  );
  t.notSame(folds[0]!.test, folds[4]!.test);
  t.strictSame(makeFolds({ rows: 23, folds: 4, repeats: 3, seed: 5 }), folds);
  t.notSame(makeFolds({ rows: 23, folds: 4, seed: 6 })[0]!.test, folds[0]!.test);
});

t.test(
  'stratified: of each class, and of all rows, folds differ by one row at most, as in StratifiedKFold',
  async (t) => {
    const draw = random(1);
    for (let run = 0; run < 50; run++) {
      const count = 2 + draw.below(6);
      const rows = 60 + draw.below(100);
      const labels = Int32Array.from({ length: rows }, (_, row) => (row < 21 ? row % 3 : draw.below(3)));
      const folds = makeFolds({ rows, folds: count, labels, seed: run });
      checkPartition(t, folds, rows, count);
      for (const of of [null, 0, 1, 2]) {
        const counts = folds.map(
          ({ test }) => test.filter((row) => of === null || labels[row] === of).length,
        );
        if (Math.max(...counts) - Math.min(...counts) > 1) t.fail(`class ${of}: ${counts}`);
      }
    }
  },
);

t.test('grouped: groups stay whole and folds are even, as in GroupKFold', async (t) => {
  const draw = random(2);
  const rows = 300;
  const groups = Int32Array.from({ length: rows }, () => Math.min(draw.below(40), draw.below(40)));
  const folds = makeFolds({ rows, folds: 5, groups, repeats: 2, seed: 1, labels: new Int32Array(rows) });
  checkPartition(t, folds, rows, 5);
  for (const { train, test } of folds) {
    const own = new Set(Array.from(test, (row) => groups[row]!));
    t.notOk(train.some((row) => own.has(groups[row]!)));
  }
  t.notSame(folds[0]!.test, folds[5]!.test, 'groups of one size are dealt anew');
});

t.test('grouped: folds are as full as those of scikit-learn', async (t) => {
  // scikit-learn 1.9.1: GroupKFold(4) of groups of 1, 2, … 13 rows tests 22 to 24 rows each.
  const groups = Int32Array.from(
    Array.from({ length: 13 }, (_, group) => Array(group + 1).fill(group)).flat(),
  );
  const sizes = makeFolds({ rows: 91, folds: 4, groups }).map(({ test }) => test.length);
  t.strictSame(
    sizes.sort((a, b) => a - b),
    [22, 22, 23, 24],
  );
});

t.test('in the order of time: those of TimeSeriesSplit', async (t) => {
  // scikit-learn 1.9.1: TimeSeriesSplit(n_splits=4, gap=2).split(range(23)): tests of 4 rows from 7, 11, 15 and 19 on,
  // trained on the first 5, 9, 13 and 17 rows.
  const times = Float64Array.from({ length: 23 }, (_, row) => 100 - row);
  const folds = makeFolds({ rows: 23, folds: 4, times, gap: 2 });
  const back = (rows: Uint32Array) => [...rows].map((row) => 22 - row).sort((a, b) => a - b);
  const run = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
  t.strictSame(
    folds.map(({ train, test }) => [back(train), back(test)]),
    [
      [run(0, 5), run(7, 11)],
      [run(0, 9), run(11, 15)],
      [run(0, 13), run(15, 19)],
      [run(0, 17), run(19, 23)],
    ],
  );
});

t.test('rows of the time at which a fold begins are not trained on', async (t) => {
  const times = Float64Array.from({ length: 30 }, (_, row) => Math.floor(row / 4));
  for (const { train, test } of makeFolds({ rows: 30, folds: 3, times })) {
    const first = Math.min(...Array.from(test, (row) => times[row]!));
    t.ok(train.every((row) => times[row]! < first));
    t.ok(train.length > 0);
  }
});

t.test('what cannot be dealt is refused in a line', async (t) => {
  const refused = (options: Parameters<typeof makeFolds>[0], message: string, code = 'ERR_DATA') =>
    t.throws(() => makeFolds(options), { message, code });
  refused({ rows: 3, folds: 5 }, 'Expected at least 5 rows for 5 folds, got 3');
  const labels = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1);
  refused(
    { rows: 8, folds: 4, labels, classes: ['no', 'yes'] },
    'Expected at least 4 rows of class "yes" for 4 folds, got 3',
  );
  refused({ rows: 8, folds: 3, groups: labels }, 'Expected at least 3 groups for 3 folds, got 2');
  const times = Float64Array.from({ length: 8 }, (_, row) => row);
  refused(
    { rows: 8, folds: 3, times, gap: 2 },
    'Expected rows to train on before fold 1 of 3 in time with a gap of 2, got none of 8 rows; fewer folds or a smaller gap leave more',
  );
  refused({ rows: 8, folds: 2, gap: 1 }, 'Expected `gap` to be absent without `times`, got 1', 'ERR_OPTION');
  refused(
    { rows: 8, folds: 2, times, repeats: 2 },
    'Expected `repeats` to be 1 with `times`, whose folds leave nothing to chance, got 2',
    'ERR_OPTION',
  );
  refused({ rows: 8, folds: 1 }, 'Expected `folds` to be an integer ≥ 2, got 1', 'ERR_OPTION');
});

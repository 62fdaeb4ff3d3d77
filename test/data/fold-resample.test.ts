// Members that leave a fold out: each row is out of bag once in so many members, classes in their shares, groups whole.

import t from 'tap';
import { drawResample, outOfBagRows, type ResampleSource } from '../../src/data/resample.js';

const ROWS = 103;
const all = Uint32Array.from({ length: ROWS }, (_, row) => row);
const labels = Int32Array.from(all, (row) => (row % 10 === 0 ? 1 : 0));
const plain: ResampleSource = { rows: ROWS, labels: new Int32Array(0), groups: null };

function leftOut(source: ResampleSource, member: number, candidates = all, folds = 5): number[] {
  const inBag = drawResample({ kind: 'cv', folds }, 3, member, source, candidates);
  return [...outOfBagRows(inBag, candidates, source)];
}

t.test(
  'five members in a row leave out each row once, in folds as even as can be; the next five others',
  async (t) => {
    for (const source of [plain, { ...plain, labels }]) {
      const parts = [0, 1, 2, 3, 4].map((member) => leftOut(source, member));
      t.same(
        parts.flat().sort((a, b) => a - b),
        [...all],
      );
      t.same(parts.map(({ length }) => length).sort(), [20, 20, 21, 21, 21]);
      t.same(leftOut(source, 2), parts[2]);
      t.notSame(leftOut(source, 7), parts[2]);
      t.same(
        [5, 6, 7, 8, 9].flatMap((member) => leftOut(source, member)).sort((a, b) => a - b),
        [...all],
      );
    }
  },
);

t.test('each fold has its share of every class', async (t) => {
  for (let member = 0; member < 5; member++) {
    const rare = leftOut({ ...plain, labels }, member).filter((row) => labels[row] === 1).length;
    t.ok(rare === 2 || rare === 3, `${rare} of 11 rare rows`);
  }
});

t.test('groups stay whole, and rows that are no candidates stay out', async (t) => {
  const groups = Int32Array.from(all, (row) => row % 17);
  const candidates = all.filter((row) => row % 4 !== 0);
  const parts = [0, 1, 2, 3, 4].map((member) => leftOut({ ...plain, groups }, member, candidates));
  t.same(
    parts.flat().sort((a, b) => a - b),
    [...candidates],
  );
  for (let group = 0; group < 17; group++) {
    const folds = parts.filter((own) => own.some((row) => groups[row] === group));
    t.equal(folds.length, 1, `group ${group}`);
  }
});

t.test('fewer rows, or groups, than folds are refused', async (t) => {
  const message = /^Expected at least 5 (rows|groups) for 5 folds, got 3$/;
  t.throws(() => leftOut(plain, 0, all.slice(0, 3)), { code: 'ERR_DATA', message });
  const groups = Int32Array.from(all, (row) => row % 3);
  t.throws(() => leftOut({ ...plain, groups }, 0), { code: 'ERR_DATA', message });
});

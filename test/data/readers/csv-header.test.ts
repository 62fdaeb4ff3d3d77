import t, { type Test } from 'tap';
import { judgeTable } from '../../../src/data/columns/judge-table.js';
import type { Table } from '../../../src/data/table/table.js';
import { failure, tableOf } from '../helpers.js';

const names = (table: Table): string[] => table.columns.map(({ name }) => name);
const notes = (table: Table): string[] =>
  (table.notes ?? []).map(({ column, reason }) => `${column} ${reason}`);
const rows = (n: number, row: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${row(i)}\n`).join('');

/** The features that a table gives for the target y, and what is left out. */
function judged(t: Test, text: string, options = {}): { features: string[]; left: string[] } {
  const { features, leftOut } = judgeTable(tableOf(t, text), { target: 'y', ...options });
  return {
    features: features.map(({ column }) => column.name),
    left: leftOut.map(({ column, reason }) => `${column}: ${reason}`),
  };
}

t.test('a first column without a name that counts is left out, and said', async (t) => {
  const expected = { features: ['a'], left: ['column 1: has no name and numbers the rows'] };
  t.same(judged(t, ',a,y\n0,5,1\n1,6,2.5\n2,7,3\n'), expected, 'as pandas writes it');
  t.same(judged(t, '"","a","y"\n"1",5,1\n"2",6,2.5\n"3",7,3\n'), expected, 'as R writes it');
  t.same(judged(t, ',a,y\n0,5,1\n1,6,2.5\n0,7,3\n1,5,5\n2,5,5\n'), expected, 'two frames in one');
});

t.test('an index in another order is known in a table of some length', async (t) => {
  const shuffled = `,a,y\n${rows(120, (i) => `${(i * 77) % 400},${i % 7},${i}.5`)}`;
  t.same(judged(t, shuffled).features, ['a']);
  const far = `,a,y\n${rows(120, (i) => `${((i * 77) % 1000) + 5000},${i % 7},${i}.5`)}`;
  t.match(
    failure(() => judged(t, far)),
    /got none for column 1 \(it has values such as "5000"\)/,
  );
});

t.test('row names, as R writes them, are left out', async (t) => {
  const expected = { features: ['a'], left: ['column 1: has no name and names the rows'] };
  t.same(judged(t, '"","a","y"\n"Mazda RX4",5,1\n"Datsun 710",6,2.5\n"Duster",7,3\n'), expected);
});

t.test('a nameless column with values is refused where it would be used, with the way out', async (t) => {
  for (const text of [
    ',a,y\n0.5,5,1\n0.7,6,2.5\n',
    'a,,y\n5,0,1\n6,1,2.5\n7,2,3\n',
    ',a,y\n31,5,1\n17,6,2.5\n31,7,3\n',
  ]) {
    const column = text.startsWith('a') ? 'column 2' : 'column 1';
    const message = failure(() => judged(t, text));
    t.match(
      message,
      new RegExp(`^ERR_DATA .*to have a name, got none for ${column} .*list it in .drop. as "${column}"`),
    );
    t.same(judged(t, text, { drop: [column] }).features, ['a']);
    t.same(judged(t, text, { only: [column] }).features, [column]);
  }
});

t.test(
  'an index that pandas read and wrote again is left out, other columns of that kind are not',
  async (t) => {
    t.same(judged(t, 'Unnamed: 0,a,y\n7,5,1\n3,6,2.5\n5,7,3\n').features, ['a']);
    t.same(judged(t, 'Unnamed: 0.1,Unnamed: 0,a,y\n0,0,5,1\n1,1,6,2.5\n').features, ['a']);
    t.same(judged(t, 'Unnamed: 0,a,y\n0.5,5,1\n0.25,6,2.5\n0.5,7,3\n').features, ['Unnamed: 0', 'a']);
    t.same(judged(t, 'n,a,y\n0,5,1\n1,6,2.5\n2,7,3\n').features, ['n', 'a']);
  },
);

t.test('an index may be named all the same', async (t) => {
  t.same(judged(t, 'Unnamed: 0,a,y\n0,5,1\n1,6,2.5\n', { drop: ['Unnamed: 0'] }), {
    features: ['a'],
    left: ['Unnamed: 0: as stated'],
  });
  t.same(judged(t, ',a,y\n0,5,1\n1,6,2.5\n', { only: ['column 1', 'a'] }).features, ['column 1', 'a']);
});

t.test('a last column without name and values is passed over, and said', async (t) => {
  const table = tableOf(t, 'a,y,\n1,2,\n3,4,\n');
  t.same(names(table), ['a', 'y']);
  t.same(notes(table), ['column 3 has neither name nor values']);
  t.same(notes(tableOf(t, 'a,,y,,\n1,,2,,\n')), [
    'column 2 has neither name nor values',
    'columns 4 to 5 have neither name nor values',
  ]);
});

t.test('a column without a name gets one that the file does not use', async (t) => {
  t.same(names(tableOf(t, 'column 2,,y\n1,2.5,3\n')), ['column 2', 'column 2 (without a name)', 'y']);
});

// Columns that may say the answer, and rows that are there twice.

import t from 'tap';
import { describeTable } from '../../../src/data/columns/describe.js';
import { loadTraining } from '../../../src/data/load.js';
import { type DataRecord, tableFromRecords } from '../../../src/data/table/record-table.js';

/** 60 rows of classes that nothing here says, but what is made of them. */
function classRows(more: (row: number, kind: string) => DataRecord, kinds = ['no', 'yes', 'perhaps']) {
  return tableFromRecords(
    Array.from({ length: 60 }, (_, row) => {
      const kind = kinds[(Math.imul(row + 1, 2654435761) >>> 16) % kinds.length]!;
      return { size: (row * 37) % 60, ...more(row, kind), kind };
    }),
  );
}

function numberRows(more: (row: number, price: number) => DataRecord) {
  return tableFromRecords(
    Array.from({ length: 60 }, (_, row) => {
      const price = ((row * 37) % 53) + 0.25;
      return { size: (row * 11) % 60, ...more(row, price), price };
    }),
  );
}

function leaks(table: ReturnType<typeof classRows>, target: string): string[] {
  const { notes } = loadTraining(table, { target, impute: 'mean' });
  const told = notes.filter((note) => note.includes('may say the answer'));
  const described = describeTable(table, { target }).columns.flatMap((column) => column.notes);
  for (const note of told) t.ok(described.includes(note), note);
  return told;
}

t.test('a copy of the classes, in the same writing or another, is named', async (t) => {
  const same = classRows((_, kind) => ({ again: kind }));
  t.strictSame(leaks(same, 'kind'), [
    '`again` may say the answer: it is `kind` in every row; unless it is known before `kind` is, `drop` it',
  ]);
  const coded = classRows((_, kind) => ({ code: ['no', 'yes', 'perhaps'].indexOf(kind) * 7 }));
  t.match(leaks(coded, 'kind'), [
    /^`code` may say the answer: each of its 3 values is one of `kind`, and the other way round;/,
  ]);
});

t.test('so is one that has several values for a class, each in many rows', async (t) => {
  const table = classRows((row, kind) => ({ state: kind === 'no' ? `closed ${row % 2}` : kind }));
  t.match(leaks(table, 'kind'), [
    /^`state` may say the answer: each of its 4 values always comes with the same `kind`;/,
  ]);
  const once = classRows((row, kind) => ({ state: `${kind} ${row % 9}` }));
  t.strictSame(leaks(once, 'kind'), [], 'too few rows for each value to know');
});

t.test('so is one that is filled in for some classes alone', async (t) => {
  const filled = classRows((row, kind) => ({ left: kind === 'yes' ? row : null }), ['no', 'yes']);
  t.match(leaks(filled, 'kind'), [/^`left` may say the answer: it is filled in just where `kind` is "yes";/]);
  const some = classRows((row, kind) => ({ left: kind === 'yes' ? null : (row * 7) % 60 }));
  t.match(leaks(some, 'kind'), [/whether it is missing says which `kind` cannot be/]);
  const often = classRows((row, kind) => ({ left: kind === 'yes' && row > 9 ? row : null }), ['no', 'yes']);
  t.strictSame(leaks(often, 'kind'), []);
});

t.test('so are copies that are missing in some rows', async (t) => {
  const copied = classRows((row, kind) => ({ again: row % 6 === 1 ? null : kind }));
  t.match(leaks(copied, 'kind'), [
    /^`again` may say the answer: where it is not missing, it is `kind` in every row;/,
  ]);
  const cents = numberRows((row, price) => ({ cents: row % 6 === 1 ? null : price * 100 }));
  t.match(leaks(cents, 'price'), [/where it is not missing, in every row it grows exactly as `price` does/]);
  const few = classRows((row, kind) => ({ again: row < 45 ? null : kind }));
  t.strictSame(leaks(few, 'kind'), [], 'too few rows to know');
});

t.test('what picks out three rows of another class may do so by chance', async (t) => {
  const rare = (rows: number) =>
    tableFromRecords(
      Array.from({ length: 60 }, (_, row) => ({
        size: (row * 37) % 60,
        flag: row < rows ? 1 : 0,
        kind: row < rows ? 'b' : 'a',
      })),
    );
  t.strictSame(leaks(rare(3), 'kind'), []);
  t.match(leaks(rare(4), 'kind'), [/^`flag` may say the answer: each of its 2 values/]);
});

t.test('ids, other columns and one row of another value are no leaks', async (t) => {
  const rows = classRows((row, kind) => ({
    id: row * 3,
    other: row % 4,
    nearly: row === 17 ? (kind === 'no' ? 'yes' : 'no') : kind,
  }));
  t.strictSame(leaks(rows, 'kind'), []);
});

t.test('numbers that are the target, or grow or fall exactly as it does, are named', async (t) => {
  for (const [make, says] of [
    [
      (_: number, price: number) => ({ copy: price }),
      /`copy` may say the answer: it is `price` in every row/,
    ],
    [(_: number, price: number) => ({ cents: price * 100 }), /`cents`.*it grows exactly as `price` does/],
    [
      (_: number, price: number) => ({ rest: Math.exp(-price / 10) }),
      /`rest`.*it falls exactly as `price` does/,
    ],
  ] as const) {
    t.match(leaks(numberRows(make), 'price'), [says]);
  }
  const nearly = numberRows((row, price) => ({ cents: row === 50 ? 1 : price * 100 }));
  t.strictSame(leaks(nearly, 'price'), []);
});

t.test('rows that are there twice are counted, left-out columns aside', async (t) => {
  const records = Array.from({ length: 200 }, (_, row) => ({
    name: `person ${row}`,
    size: row % 2 === 0 ? row : -0,
    colour: row % 3 === 0 ? null : `c${row % 5}`,
    y: row % 2,
  }));
  // Among odd rows size is one number, so that those alike are of one colour: five, and those without.
  const described = describeTable(tableFromRecords(records), { target: 'y' });
  t.equal(described.duplicates, 100 - 6);
  t.match(described.notes, [/^94 of 200 rows repeat one before in all that is learned from/]);
  const { notes } = loadTraining(tableFromRecords(records), { target: 'y', impute: 'mean' });
  t.ok(notes.some((note) => note.startsWith('94 of 200 rows repeat')));
});

t.test('a few of many rows are counted and not said before a training', async (t) => {
  const records = Array.from({ length: 400 }, (_, row) => ({
    x: row === 7 ? 3.5 : row / 2 + (row === 3 ? 2 : 0),
    y: (row * row) % 2,
  }));
  const table = tableFromRecords(records);
  t.equal(describeTable(table, { target: 'y' }).duplicates, 1);
  t.notOk(loadTraining(table, { target: 'y' }).notes.some((note) => note.includes('repeat')));
});

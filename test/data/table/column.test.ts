import t from 'tap';
import { TextColumn } from '../../../src/data/table/column.js';
import { parseNumber } from '../../../src/data/table/parse-number.js';

/** A column of more distinct numbers than texts are kept for, after the given cells. */
function longColumn(cells: readonly string[]): TextColumn {
  const column = new TextColumn('c');
  for (const cell of cells) column.push(cell);
  for (let i = 0; i < 10000; i++) column.push(`${i}.25`);
  return column;
}

t.test('numbers are decimal numbers and nothing else', async (t) => {
  for (const [text, number] of [
    ['12', 12],
    ['-1.5e3', -1500],
    ['+.5', 0.5],
    ['7.', 7],
    ['1e999', Number.POSITIVE_INFINITY],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ] as const) {
    t.equal(parseNumber(text), number, text);
  }
  for (const text of ['', 'x', '0x10', '1_000', '1,5', '1 2', '--1', '.', 'e5', 'NaN', '12abc']) {
    t.ok(Number.isNaN(parseNumber(text)), JSON.stringify(text));
  }
});

for (const [form, make] of [
  [
    'of few distinct texts',
    (cells: readonly string[]) => {
      const column = new TextColumn('c');
      for (const cell of cells) column.push(cell);
      return column;
    },
  ],
  ['of many distinct numbers', longColumn],
] as const) {
  t.test(`a column ${form} gives text, number and missing of each cell`, async (t) => {
    const column = make([
      '1.5',
      'word',
      '',
      'NA',
      'NaN',
      'null',
      '007',
      ' 3 ',
      '12345678901234567890',
      '-inf',
    ]);
    t.equal(column.text(0), '1.5');
    t.equal(column.number(0), 1.5);
    t.equal(column.text(1), 'word');
    t.ok(Number.isNaN(column.number(1)));
    t.notOk(column.isMissing(1), 'text is not missing');
    for (const row of [2, 3, 4, 5]) {
      t.ok(column.isMissing(row));
      t.ok(Number.isNaN(column.number(row)));
    }
    t.equal(column.text(6), '007', 'leading zeros survive');
    t.equal(column.number(6), 7);
    t.equal(column.text(7), '3');
    t.equal(column.text(8), '12345678901234567890', 'integers beyond 2⁵³ keep their digits');
    t.equal(column.number(9), Number.NEGATIVE_INFINITY);
    t.notOk(column.isMissing(9));
  });
}

t.test('a column of many distinct numbers keeps every one, in order', async (t) => {
  const column = longColumn(['a', '', '5']);
  t.equal(column.length, 10003);
  for (let i = 0; i < 10000; i++) if (column.number(3 + i) !== i + 0.25) t.fail(`row ${i}`);
  t.equal(column.text(10002), '9999.25');
});

t.test('a column of many distinct texts keeps every one, even where numbers follow', async (t) => {
  const column = new TextColumn('c');
  for (let i = 0; i < 9000; i++) column.push(`name ${i}`);
  for (let i = 0; i < 90000; i++) column.push(String(i));
  for (const row of [0, 4095, 4096, 8999]) t.equal(column.text(row), `name ${row}`);
  for (const row of [9000, 50000, 98999]) t.equal(column.text(row), String(row - 9000));
});

t.test('a column of many distinct numbers gives back every text as it was written', async (t) => {
  const forms = [
    '1.50',
    '+5',
    '-0',
    '0',
    '.5',
    '5.',
    '1e3',
    '1E3',
    '1e-7',
    '0.0000001',
    '1000000000000000000000',
  ];
  const digits = ['9007199254740993', '0.1000000000000000055', '0.30000000000000004', '123456789.123456'];
  const cells = [...forms, ...digits, 'NA', '?', 'inf', '00', '-00.5'];
  const column = longColumn(cells);
  for (const cell of cells) column.push(cell);
  for (const [row, cell] of cells.entries()) {
    t.equal(column.text(row), cell);
    t.equal(column.text(row + cells.length + 10000), cell);
  }
});

t.test('a tally counts the cells of every text, also where numbers are kept', async (t) => {
  const counted = (column: TextColumn): Map<string, number> => {
    const counts = new Map<string, number>();
    column.tally((text, cells) => counts.set(text, (counts.get(text) ?? 0) + cells));
    return counts;
  };
  const few = new TextColumn('c');
  for (const cell of ['b', '1.50', 'b', '', '1.5']) few.push(cell);
  t.same(
    [...counted(few)],
    [
      ['b', 2],
      ['1.50', 1],
      ['', 1],
      ['1.5', 1],
    ],
  );
  const first: number[] = [];
  few.tally((_text, _cells, row) => first.push(row));
  t.same(first, [0, 1, 3, 4]);
  const many = counted(longColumn(['b', '1.50', 'b', '', '1.5']));
  t.equal(many.get('b'), 2);
  t.equal(many.size, 10004);
});

t.test('values are made of texts, or are the plain numbers', async (t) => {
  const column = longColumn(['1,5', '2', 'x']);
  t.same([...column.values(parseNumber).slice(0, 4)], [Number.NaN, 2, Number.NaN, 0.25]);
  t.same([...column.values((text) => text.length).slice(0, 4)], [3, 1, 1, 4]);
  t.equal(column.values(parseNumber).length, 10003);
});

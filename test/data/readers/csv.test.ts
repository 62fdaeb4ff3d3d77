import t from 'tap';
import { readCsv } from '../../../src/data/readers/read-csv.js';
import { findColumn } from '../../../src/data/table/table.js';
import { TuttiError } from '../../../src/errors.js';
import { cellsOf, failure, fileOf, tableOf } from '../helpers.js';

t.test('a header row names the columns, the other rows are cells', async (t) => {
  const table = tableOf(t, 'a,b\n1,x\n2,y\n');
  t.same(
    table.columns.map((column) => column.name),
    ['a', 'b'],
  );
  t.same(cellsOf(table), [
    ['1', 'x'],
    ['2', 'y'],
  ]);
  t.equal(table.rows, 2);
});

t.test('quoted cells may hold delimiters, quotes and line ends', async (t) => {
  t.same(cellsOf(tableOf(t, 'a,b\n"1,5","say ""hi"""\n"two\nlines",z\n')), [
    ['1,5', 'say "hi"'],
    ['two\nlines', 'z'],
  ]);
});

t.test(
  'a byte-order mark, CRLF, lone CR, mixed line ends and a missing last one change nothing',
  async (t) => {
    const expected = [
      ['1', '2'],
      ['3', '4'],
    ];
    for (const text of [
      '\ufeffa,b\n1,2\n3,4\n',
      '\ufeff"a",b\n1,2\n3,4\n',
      'a,b\r\n1,2\r\n3,4\r\n',
      'a,b\r1,2\r3,4\r',
      'a,b\n1,2\r\n3,4\n',
      'a,b\n1,2\n3,4',
    ]) {
      const table = tableOf(t, text);
      t.same(cellsOf(table), expected, JSON.stringify(text));
      t.equal(table.columns[0]?.name, 'a', 'the mark is not part of the first name');
    }
  },
);

t.test('white space around names and cells is dropped, also around quotes', async (t) => {
  const table = tableOf(t, ' a , b\n 1 , "x y" \n');
  t.same(
    table.columns.map((column) => column.name),
    ['a', 'b'],
  );
  t.same(cellsOf(table), [['1', 'x y']]);
});

t.test('the delimiter is the one stated; \\t stands for a tab', async (t) => {
  t.same(cellsOf(tableOf(t, 'a;b\n1,5;2\n', { delimiter: ';' })), [['1,5', '2']]);
  t.same(cellsOf(tableOf(t, 'a\tb\n\t2\n', { delimiter: '\t' })), [['', '2']]);
  t.same(cellsOf(tableOf(t, 'a\tb\n1\t\n', { delimiter: '\\t' })), [['1', '']]);
  t.same(cellsOf(tableOf(t, 'a|b\n1|2\n', { delimiter: '|' })), [['1', '2']]);
  t.same(cellsOf(tableOf(t, 'a\tb\n1\t2\n', { delimiter: 'tab' })), [['1', '2']]);
  t.same(cellsOf(tableOf(t, 'a;b\n1;2\n', { delimiter: 'semicolon' })), [['1', '2']]);
  for (const delimiter of ['', ',,', '"', '\n', 'tabs']) {
    t.match(
      failure(() => tableOf(t, 'a,b\n1,2\n', { delimiter })),
      /^ERR_OPTION Expected `delimiter`/,
    );
  }
});

t.test('every row knows its line, after blank lines and after quoted line ends of each kind', async (t) => {
  const lines = (text: string): number[] => Array.from(tableOf(t, text).lines);
  t.same(lines('a,b\n1,2\n3,4\n'), [2, 3]);
  t.same(lines('\n\na,b\n\n1,2\n\n\n3,4\n'), [5, 8]);
  t.same(lines('\ufeffa,b\r\n1,"x\r\ny"\r\n2,3\r\n\r\n4,5'), [2, 4, 6]);
  t.same(lines('a,b\n1,"x\n\ny"\n2,3\n'), [2, 5]);
  t.same(lines('a,b\r1,"x\ry"\r2,3'), [2, 4]);
});

t.test('a missing file and a directory are ERR_FILE and named', async (t) => {
  const dir = t.testdir({});
  t.match(
    failure(() => readCsv(`${dir}/none.csv`)),
    /^ERR_FILE Expected none.csv to be a readable file, got nothing: there is no such file$/,
  );
  t.match(
    failure(() => readCsv(dir)),
    /^ERR_FILE .*a folder/,
  );
});

t.test('an empty file, a blank one and one without rows are errors', async (t) => {
  const empty = 'ERR_DATA Expected data.csv to have a header and rows, got an empty file';
  t.equal(
    failure(() => tableOf(t, '')),
    empty,
  );
  t.equal(
    failure(() => tableOf(t, '\ufeff')),
    empty,
  );
  t.equal(
    failure(() => tableOf(t, '\n\r\n\n')),
    empty,
  );
  t.equal(
    failure(() => tableOf(t, 'a,b\n')),
    'ERR_DATA Expected data.csv to have a header and rows, got a header and no rows',
  );
});

t.test('duplicate column names are errors', async (t) => {
  t.equal(
    failure(() => tableOf(t, 'a,b, a\n1,2,3\n')),
    'ERR_DATA Expected column names to differ, got "a" for columns 1 and 3 (data.csv, line 1)',
  );
});

t.test('a ragged row is an error with its line and row', async (t) => {
  t.equal(
    failure(() => tableOf(t, 'a,b\n1,"x\r\ny"\n\n1,2,3\n')),
    'ERR_DATA Expected 2 cells as in the header, got 3 (data.csv, line 5, row 2)',
  );
  t.equal(
    failure(() => tableOf(t, 'a,b\n1\n')),
    'ERR_DATA Expected 2 cells as in the header, got 1 (data.csv, line 2, row 1)',
  );
});

t.test('unbalanced quotes are an error with the line of their row', async (t) => {
  t.equal(
    failure(() => tableOf(t, 'a,b\n1,2\n3,"x\n4,5\n')),
    'ERR_DATA Expected every quoted cell to be closed, got a quote that never is (data.csv, line 3)',
  );
  t.match(
    failure(() => tableOf(t, 'a,b\n1,2\n3,x"y\n4,5\n')),
    /^ERR_DATA Expected quotes around .*line 3\)$/,
  );
  t.match(
    failure(() => tableOf(t, 'a,b\n3,"x"y\n4,5\n')),
    /^ERR_DATA Expected a delimiter after .*line 2\)$/,
  );
});

t.test('a saved ensemble and binary data are one clear error', async (t) => {
  const got = (bytes: Buffer): string => failure(() => tableOf(t, bytes));
  t.equal(
    got(Buffer.from('TUTTI\0\x1a\n1234')),
    'ERR_DATA Expected data.csv to be a CSV file, got a saved ensemble',
  );
  t.equal(
    got(Buffer.from('a,b\n1,\0\n')),
    'ERR_DATA Expected data.csv to be text in utf-8, got binary data (or UTF-16 text without its mark): ' +
      'a zero byte on line 2',
  );
});

t.test('a row that ends in a delimiter unlike the header is refused with its line and why', async (t) => {
  t.equal(
    failure(() => tableOf(t, 'a,b\n1,2,\n3,4,\n')),
    'ERR_DATA Expected 2 cells as in the header, got 3 (data.csv, line 2, row 1); ' +
      'the line ends in a delimiter, unlike the header',
  );
});

t.test('rows of another width than a header full of another delimiter hint at it', async (t) => {
  t.match(
    failure(() => tableOf(t, 'a;b\n1,5;2\n', { delimiter: ',' })),
    /got 2 .*; is the delimiter ";"\?$/,
  );
});

t.test('a blank line in a file of one column is a row without a value, but not at the end', async (t) => {
  const table = tableOf(t, '\ny\n1\n\n \n2\r\n\r\n""\n\n\n');
  t.same(cellsOf(table), [['1'], [''], [''], ['2'], [''], ['']]);
  t.same([...table.lines], [3, 4, 5, 6, 7, 8]);
  t.equal(tableOf(t, 'y\n1\n2').rows, 2);
  t.equal(tableOf(t, 'y\n1\n2\n').rows, 2);
});

t.test('a blank line between rows of several columns is no row', async (t) => {
  const table = tableOf(t, 'a,b\n1,2\n\n  \n3,4\n\n');
  t.same([table.rows, ...table.lines], [2, 2, 5]);
});

t.test('letters with accents are the same in names and cells, composed or not', async (t) => {
  const table = tableOf(t, 'cafe\u0301,y\nZu\u0308rich,1\nZ\u00fcrich,2\n');
  t.same(
    table.columns.map(({ name }) => name),
    ['caf\u00e9', 'y'],
  );
  t.equal(table.columns[0]!.text(0), table.columns[0]!.text(1));
  t.equal(findColumn(table, 'cafe\u0301'), table.columns[0]);
});

t.test('a name is found however its white space is written, where that means one column', async (t) => {
  const table = tableOf(
    t,
    '\u00a0price,unit\u00a0price,"two\nlines",\u200bz\u2003, x  y,x y,q\n1,2,3,4,5,6,7\n',
  );
  const names = ['price', '\u00a0price', 'unit price', 'two lines', 'z', 'x y', 'x  y', ' q ', 'x   y'];
  t.same(
    names.map((name) => table.columns.indexOf(findColumn(table, name)!)),
    [0, 0, 1, 2, 3, 5, 4, 6, -1],
  );
});

t.test('more columns than a million are refused before any is made', async (t) => {
  t.equal(
    failure(() => tableOf(t, Buffer.from(`a,b\n1,2\n${','.repeat(1_000_000)}\n`))),
    'ERR_DATA Expected at most 1000000 columns, got more (data.csv, line 3)',
  );
});

t.test('errors carry file, line, row and column as details', async (t) => {
  const path = fileOf(t, 'a,b\n1,2\n1\n');
  try {
    readCsv(path);
    t.fail('nothing was thrown');
  } catch (error) {
    t.ok(error instanceof TuttiError);
    t.match((error as TuttiError).details, { file: path, line: 3, row: 2 });
  }
});

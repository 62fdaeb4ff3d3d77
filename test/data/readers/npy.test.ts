// Arrays as NumPy wrote them, against what was written.

import t from 'tap';
import { npyTable } from '../../../src/data/readers/npy.js';
import { pythonLiteral } from '../../../src/data/readers/python-literal.js';
import type { Table } from '../../../src/data/table/table.js';
import { type NumpyFile, numpyFile } from '../../support/numpy-files.js';

const read = (name: NumpyFile): Table => npyTable(numpyFile(name), 'a.npy');

const names = ({ columns }: Table) => columns.map(({ name }) => name);
const texts = ({ columns, rows }: Table) =>
  columns.map((column) => Array.from({ length: rows }, (_, row) => column.text(row)));
const numbers = ({ columns, rows }: Table) =>
  Array.from({ length: rows }, (_, row) => columns.map((column) => column.number(row)));

const GRID = [
  [0, 1, 2, 3],
  [4, 5, 6, 7],
  [8, 9, 10, 11],
];

const TYPES = [
  '<f8',
  '>f8',
  '<f4',
  '>f4',
  '<f2',
  '>f2',
  '|i1',
  '|u1',
  '<i2',
  '>i2',
  '<u2',
  '<i4',
  '>i4',
] as const;

t.test('numbers of every type and order of bytes are what was written', async (t) => {
  for (const type of [...TYPES, '<u4', '<i8', '>i8', '<u8', '>u8', 'version2', 'fortran'] as const) {
    const table = read(type);
    t.strictSame(numbers(table), GRID, type);
    t.strictSame([names(table), table.lines.length], [['x0', 'x1', 'x2', 'x3'], 0]);
  }
});

t.test('bytes that lie askew, or belong to the caller, are read and left as they are', async (t) => {
  const file = numpyFile('>f8');
  for (const shift of [1, 4, 7]) {
    const askew = Buffer.concat([Buffer.alloc(shift), file]).subarray(shift);
    t.strictSame(numbers(npyTable(askew, 'a.npy')), GRID);
    t.same(askew, file);
  }
});

t.test('fractions, gaps and halves are exact', async (t) => {
  t.strictSame(numbers(read('fractions')), [
    [0.1, -2.5, Number.NaN],
    [1e300, 5e-324, Number.POSITIVE_INFINITY],
  ]);
  const halves = [0.0999755859375, 65504, 2 ** -24, -0, Number.POSITIVE_INFINITY, Number.NaN, 1.5];
  t.strictSame(
    numbers(read('halves')),
    halves.map((half) => [half]),
  );
});

t.test('whole numbers of 64 bits keep their digits as texts', async (t) => {
  t.strictSame(texts(read('big')), [['9007199254740993', '-9223372036854775808', '9223372036854775807']]);
});

t.test('more than two dimensions are a row’s columns, the last index fastest, in either order', async (t) => {
  const table = read('cubeFortran');
  t.strictSame(numbers(table), [
    Array.from({ length: 12 }, (_, i) => i),
    Array.from({ length: 12 }, (_, i) => i + 12),
  ]);
  t.strictSame(table.image, { channels: 1, height: 3, width: 4 });
});

t.test(
  'images whose channels come last are given plane by plane, under the places of the file',
  async (t) => {
    const table = read('last');
    t.strictSame(table.image, { channels: 3, height: 2, width: 3 });
    const places = [0, 3, 6, 9, 12, 15];
    const order = [0, 1, 2].flatMap((channel) => places.map((place) => place + channel));
    t.strictSame(
      names(table),
      order.map((place) => `x${place}`),
    );
    t.strictSame(numbers(table), [order, order.map((place) => place + 18)]);
  },
);

t.test('truth values are categories in a column of their own, and 0 and 1 side by side', async (t) => {
  t.strictSame(texts(read('bools')), [['true', 'false', 'true']]);
  t.strictSame(numbers(read('boolGrid')), [
    [1, 0],
    [0, 1],
  ]);
});

t.test('texts of fixed length are read in either form', async (t) => {
  t.strictSame(texts(read('bytes')), [['ab', 'c', 'é']]);
  for (const name of ['letters', 'lettersBig'] as const) t.strictSame(texts(read(name)), [['ab', 'é😀', '']]);
  t.strictSame(texts(read('letterGrid')), [
    ['a', 'c', 'e'],
    ['b', 'd', 'f'],
  ]);
});

t.test('records have the names of their fields', async (t) => {
  const table = read('records');
  t.strictSame(names(table), ['size', 'n', 'kind', 'good']);
  t.strictSame(texts(table), [
    ['1.5', '2.5'],
    ['7', '-7'],
    ['x', 'yz'],
    ['true', 'false'],
  ]);
  t.strictSame(numbers(read('aligned')), [
    [1, 1.5],
    [2, 2.5],
  ]);
  t.strictSame(names(read('version3')), ['größe']);
});

t.test('what is no table of numbers or texts is refused by what it is', async (t) => {
  for (const [name, says] of [
    ['complex', /got complex numbers \("<c16"\)$/],
    ['objects', /got Python objects \("\|O"\), which are read by running code$/],
    ['dates', /got dates or times of NumPy \("<M8\[D\]"\); save them as texts$/],
    ['scalar', /Expected a\.npy to hold rows and columns, got 1 cell$/],
    ['empty', /got 0 × 3 cells$/],
    ['nested', /got records within records, `p`$/],
    ['sub', /got records with more than a cell for each name$/],
  ] as const) {
    t.throws(() => read(name), { code: 'ERR_DATA', message: says }, name);
  }
});

t.test('a file that is cut or too long is refused with both lengths', async (t) => {
  const file = numpyFile('<f8');
  for (let length = 0; length < file.length; length++) {
    t.throws(() => npyTable(file.subarray(0, length), 'a.npy'), {
      code: 'ERR_DATA',
      message: /^Expected a\.npy to /,
    });
  }
  t.throws(() => npyTable(Buffer.concat([file, Buffer.alloc(8)]), 'a.npy'), {
    message: 'Expected a.npy to have the bytes of its 3 × 4 cells of 8 bytes each, got 104 bytes',
  });
  const far = Buffer.from(
    file.toString('latin1').replace('(3, 4)', '(3, 4000000000000)').replace(/ {13}/, ''),
    'latin1',
  );
  t.throws(() => npyTable(far, 'a.npy'), { code: 'ERR_DATA' });
});

t.test('bytes that are no text, or no truth value, are named by row and column', async (t) => {
  const file = numpyFile('bytes');
  file[file.length - 4] = 0xff;
  t.throws(() => npyTable(file, 'a.npy'), {
    message: /^Expected `x0` to be text in Unicode.*\(a\.npy, row 3, column `x0`\)$/,
  });
  const grid = numpyFile('boolGrid');
  grid[grid.length - 2] = 7;
  t.throws(() => npyTable(grid, 'a.npy'), {
    message: /^Expected `x0` to be true or false.*\(a\.npy, row 2, column `x0`\)$/,
  });
});

t.test('literals of Python are read, and nothing else', async (t) => {
  t.strictSame(
    pythonLiteral("{'a': (1, 2,), \"b\": [True, None], 'c': (), 'd': 12L, 'e': -3, }"),
    new Map<string, unknown>([
      ['a', [1, 2]],
      ['b', [true, null]],
      ['c', []],
      ['d', 12],
      ['e', -3],
    ]) as never,
  );
  for (const text of [
    '',
    '{',
    "{'a'}",
    "{'a': 1, 'a': 2}",
    '(1 2)',
    '__import__',
    '1 + 1',
    '(,)',
    "'a",
    '['.repeat(40),
    '1.5',
  ]) {
    t.equal(pythonLiteral(text), undefined, text);
  }
});

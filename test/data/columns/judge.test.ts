import t, { type Test } from 'tap';
import { describeTable } from '../../../src/data/columns/describe.js';
import { judgeTable } from '../../../src/data/columns/judge-table.js';
import { loadTraining } from '../../../src/data/load.js';
import type { PreprocessingOptions } from '../../../src/data/preprocessing/preprocessing.js';
import { failure, fileOf, tableOf } from '../helpers.js';

/** A CSV text of one feature `a` and a target of two classes. */
const columnOf = (cells: readonly string[], delimiter = ','): string =>
  `a${delimiter}y\n${cells.map((cell, i) => `"${cell}"${delimiter}${i % 2 ? 'u' : 'v'}\n`).join('')}`;

type Options = Partial<PreprocessingOptions> & { readonly delimiter?: string };

/** How one feature column is read: in words, and as numbers, null where missing. */
function read(t: Test, cells: readonly string[], options: Options = {}) {
  const { delimiter = ',', ...others } = options;
  const table = tableOf(t, columnOf(cells, delimiter), { delimiter });
  const [reading] = judgeTable(table, { target: 'y', ...others }).features;
  const { why } = describeTable(table, { target: 'y', ...others }).columns[0]!;
  return { why, numbers: Array.from(reading!.numbers(), (number) => (Number.isNaN(number) ? null : number)) };
}

for (const [what, cells, why, numbers, options] of [
  [
    'thousands with commas',
    ['1,234', '12', '803,687.5'],
    'numbers with thousands set apart by ","',
    [1234, 12, 803687.5],
  ],
  [
    'thousands with spaces',
    ['1 234', '12,5', '1\u00a0000 000'],
    'numbers with a decimal comma and thousands set apart by " "',
    [1234, 12.5, 1e6],
  ],
  [
    'thousands with apostrophes',
    ["1'234", '12', '1’000'],
    `numbers with thousands set apart by "'"`,
    [1234, 12, 1000],
  ],
  ['Indian thousands', ['1,23,456', '12', '9'], 'numbers with thousands set apart by ","', [123456, 12, 9]],
  [
    'dollars',
    ['$803,687', '$12', '-$3.50', '($4)'],
    'numbers with thousands set apart by ",", in $',
    [803687, 12, -3.5, -4],
  ],
  [
    'euros after the number',
    ['1.234,50 €', '12,00 €', '3 €'],
    'numbers with a decimal comma and thousands set apart by ".", in €',
    [1234.5, 12, 3],
  ],
  ['ISO codes', ['USD 5', 'USD 7.5', '9'], 'numbers, in USD', [5, 7.5, 9]],
  ['percents', ['145%', '5.5 %', '7%'], 'numbers, in %', [145, 5.5, 7]],
  ['units', ['5 kg', '7.5 kg', '9 kg'], 'numbers, in kg', [5, 7.5, 9]],
  ['decimal commas', ['3,5', '12', '0,25'], 'numbers with a decimal comma', [3.5, 12, 0.25]],
  [
    'doubtful commas between commas',
    ['1,234', '5,365', '7,100'],
    'numbers with thousands set apart by ","',
    [1234, 5365, 7100],
  ],
  [
    'doubtful commas between semicolons',
    ['1,234', '5,365', '7,100'],
    'numbers with a decimal comma',
    [1.234, 5.365, 7.1],
    { delimiter: ';' },
  ],
  [
    'doubtful commas as stated',
    ['1,234', '5,365', '7,100'],
    'numbers with a decimal comma',
    [1.234, 5.365, 7.1],
    { decimal: ',' },
  ],
  ['plain decimals', ['1.234', '5.365', '7.100'], 'numbers', [1.234, 5.365, 7.1]],
  [
    'plain decimals with a stated comma',
    ['1.234', '5.365', '7.100'],
    'numbers with a decimal comma and thousands set apart by "."',
    [1234, 5365, 7100],
    { decimal: ',' },
  ],
  ['a minus of its own sign', ['\u22125', '7', '2'], 'numbers', [-5, 7, 2]],
] as const) {
  t.test(`${what} are numbers, and that is said`, async (t) => {
    const got = read(t, cells, options);
    t.equal(got.why, why);
    t.same(got.numbers, numbers);
  });
}

t.test('what other columns show decides the decimal mark of one that could be either', async (t) => {
  const table = tableOf(t, 'a;b;y\n1.234;0,5;u\n2.500;1,25;v\n3.100;2,5;u\n4.000;3,5;v\n', {
    delimiter: ';',
  });
  const { columns } = describeTable(table, { target: 'y' });
  t.equal(columns[0]!.why, 'numbers with a decimal comma and thousands set apart by "."');
  t.same(columns[0]!.range, [1234, 4000]);
});

t.test('commas that could be either are an error where neither file nor delimiter says', async (t) => {
  const cells = ['1,234', '5,365', '7,100'];
  t.match(
    failure(() => read(t, cells, { delimiter: '|' })),
    /^ERR_DATA Expected `a` to hold numbers that can be read in one way, .*state `decimal` as "," or "\."/,
  );
  t.same(read(t, cells, { delimiter: '|', decimal: '.' }).numbers, [1234, 5365, 7100]);
});

t.test('numbers of two units are an error, never categories', async (t) => {
  const cells = ['5 %', '7 %', '$3', '9 %', '8 %'];
  t.match(
    failure(() => read(t, cells)),
    /^ERR_DATA Expected `a` to be one of the numbers, in %, got "\$3"/,
  );
});

t.test('a few words among numbers are an error that proposes `missing`', async (t) => {
  const cells = ['5', '7', 'unknown', '9', '-', '8', '4'];
  t.match(
    failure(() => read(t, cells)),
    /got "unknown" .*if that means a missing value, list it: `missing` "unknown,-"$/,
  );
  t.same(read(t, cells, { missing: ['unknown', '-'] }).numbers, [5, 7, null, 9, null, 8, 4]);
});

t.test('? and N/A are missing among numbers, and categories among words unless listed', async (t) => {
  t.same(read(t, ['5', '?', '7', 'N/A']).numbers, [5, null, 7, null]);
  const words = columnOf(['p', '?', 'q', '?', 'p', 'q']);
  const kept = loadTraining(tableOf(t, words), { target: 'y' });
  t.same(
    kept.preprocessing.features.map((f) => f.kind === 'categorical' && f.categories),
    [['?', 'p', 'q']],
  );
  t.match(kept.notes.join(), /`a`: "\?" is a category; `missing` makes it a missing value/);
  const missing = loadTraining(tableOf(t, words), { target: 'y', missing: ['?'], impute: 'mean' });
  t.same(
    missing.preprocessing.features.map((f) => f.kind === 'categorical' && f.categories),
    [['p', 'q']],
  );
  t.match(
    missing.notes.join(),
    /`a`: 2 missing cells \("\?"\) are filled with its most frequent category, "p"/,
  );
});

t.test('a missing word that is a number stands for equal numbers', async (t) => {
  const cells = ['5', '-999', '7', '-999.0'];
  t.same(read(t, cells, { missing: ['-999'] }).numbers, [5, null, 7, null]);
});

t.test('NA is missing in a column of words and a category in one that is declared', async (t) => {
  const cells = ['NA', 'NC', 'ZA', 'NA', 'NC', 'ZA'];
  t.match(
    failure(() => loadTraining(tableOf(t, columnOf(cells)), { target: 'y' })),
    /got a missing cell .*or list the column in `categorical` if "NA" is a category/,
  );
  const { preprocessing } = loadTraining(tableOf(t, columnOf(cells)), { target: 'y', categorical: ['a'] });
  t.same(
    preprocessing.features.map((f) => f.kind === 'categorical' && f.categories),
    [['NA', 'NC', 'ZA']],
  );
  const gap = columnOf(['NA', '', 'ZA', 'NA', 'ZA']);
  t.match(
    failure(() => loadTraining(tableOf(t, gap), { target: 'y', categorical: ['a'] })),
    /`a` to be filled in, got a missing cell \(data.csv, line 3/,
  );
});

t.test('NA is a class where the task is stated, and a missing target where it is guessed', async (t) => {
  const text = 'a,y\n1,NA\n2,NC\n3,NA\n4,NC\n';
  const { train } = loadTraining(tableOf(t, text), { target: 'y', task: 'classification' });
  t.same(train.task.kind === 'classification' && train.task.classes, ['NA', 'NC']);
  t.match(
    failure(() => loadTraining(tableOf(t, text), { target: 'y' })),
    /set `missingTarget` to drop to leave such rows out, or state `task` as classification if "NA" is a class/,
  );
});

t.test('rows without a target can be dropped, and how many is said', async (t) => {
  const text = 'a,y\n1,5.5\n2,\n3,6.5\n4,NA\n5,7.5\n';
  const { train, rows, notes, preprocessing } = loadTraining(tableOf(t, text), {
    target: 'y',
    missingTarget: 'drop',
  });
  t.equal(train.rows, 3);
  t.same([...rows.train], [0, 2, 4]);
  t.match(notes.join(), /2 of 5 rows are dropped: they have no `y`/);
  t.equal(preprocessing.missingTarget, 'drop');
});

t.test('1, 1.0 and 1e0 are one category', async (t) => {
  const text = columnOf(['1', '1.0', '2', '1e0', '2.0', '2']);
  const { preprocessing, train } = loadTraining(tableOf(t, text), { target: 'y', categorical: ['a'] });
  t.same(
    preprocessing.features.map((f) => f.kind === 'categorical' && f.categories),
    [['1', '2']],
  );
  t.same([...train.x], [1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1]);
});

t.test('a text that hardly repeats is left out and said, unless it is declared', async (t) => {
  const cells = Array.from({ length: 60 }, (_, i) => `K-${i}-${i % 7}`);
  const text = `a,b,y\n${cells.map((cell, i) => `${cell},${i * i},${i % 2 ? 'u' : 'v'}\n`).join('')}`;
  const { leftOut, train } = loadTraining(tableOf(t, text), { target: 'y' });
  t.equal(train.features, 1);
  t.same(leftOut, [
    { column: 'a', reason: '60 different texts in 60 rows; `categorical` keeps them as categories' },
  ]);
  const kept = loadTraining(tableOf(t, text), { target: 'y', categorical: ['a'] });
  t.equal(kept.train.features, 61);
  t.match(kept.notes.join(), /`a` has 60 categories in 60 of 60 rows/);
});

t.test('numbers that count rows or are ids are kept and named', async (t) => {
  const text = 'n,user_id,y\n1,55,u\n2,17,v\n3,99,u\n4,23,v\n';
  const { notes, train } = loadTraining(tableOf(t, text), { target: 'y' });
  t.equal(train.features, 2);
  t.match(notes.join('|'), /`n` counts the rows from 1: .*\|`user_id` is another number in every row/);
});

t.test(
  'describe tells of rows without a target what training would: an error, or that they are dropped',
  async (t) => {
    const table = tableOf(t, 'a,y\n1,u\n2,\n3,v\n5,u\n');
    const target = (options: object) => describeTable(table, { target: 'y', ...options }).columns[1]!;
    t.match(target({}).problem, /`y` to be filled in, got a missing cell .*line 3/);
    t.match(target({ missingTarget: 'drop' }), {
      problem: null,
      notes: ['1 of 4 rows are dropped: they have no `y`'],
    });
  },
);

t.test('columns are dropped and picked by name', async (t) => {
  const file = fileOf(t, 'a,b,c,y\n1,2,3,u\n2,3,5,v\n3,9,9,u\n');
  const features = (options: object): string[] =>
    loadTraining(file, { target: 'y', ...options }).preprocessing.features.map(({ column }) => column);
  t.same(features({ drop: ['a', 'c'] }), ['b']);
  t.same(features({ only: ['c', 'a'] }), ['a', 'c']);
  t.match(
    failure(() => features({ drop: ['z'] })),
    /^ERR_OPTION .*`drop`.*a, b, c, y/,
  );
  t.match(
    failure(() => features({ drop: ['y'] })),
    /^ERR_OPTION .*`y` twice/,
  );
  t.match(
    failure(() => features({ drop: ['a'], only: ['a'] })),
    /^ERR_OPTION .*`drop` to be absent when `only` is given/,
  );
  t.match(
    failure(() => features({ drop: ['a', 'b', 'c'] })),
    /^ERR_DATA .*got none to learn from/,
  );
});

t.test('more than half as many classes as rows is refused with the reason', async (t) => {
  const text = `a,y\n${Array.from({ length: 20 }, (_, i) => `${i},name ${i % 11}\n`).join('')}`;
  t.match(
    failure(() => loadTraining(tableOf(t, text), { target: 'y' })),
    /^ERR_DATA Expected `y` to hold classes, at most half as many as rows, got 11 different values in 20 rows/,
  );
});

t.test('a hundred thousand classes are refused by their number', async (t) => {
  const text = `a,y\n${Array.from({ length: 200_000 }, (_, i) => `${i},c${i % 100_000}\n`).join('')}`;
  t.match(
    failure(() => loadTraining(tableOf(t, text), { target: 'y' })),
    /^ERR_DATA Expected `y` to hold at most 10000 classes, got 100000/,
  );
});

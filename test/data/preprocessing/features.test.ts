import t, { type Test } from 'tap';
import { encodeRows } from '../../../src/data/dataset/encoding.js';
import { encodingFrom } from '../../../src/data/preprocessing/encoding-from.js';
import {
  featureNames,
  fitPreprocessing,
  type Preprocessing,
  type PreprocessingOptions,
  transformFeatures,
} from '../../../src/data/preprocessing/preprocessing.js';
import { transformRecords } from '../../../src/data/preprocessing/records.js';
import { allRows, failure, tableOf } from '../helpers.js';

/** Fits on all rows of a CSV text whose target column is y. */
function fit(t: Test, text: string, options: Partial<PreprocessingOptions> = {}): Preprocessing {
  const table = tableOf(t, text);
  return fitPreprocessing(table, allRows(table), { target: 'y', ...options });
}

/** As members see it. */
const xOf = (t: Test, pre: Preprocessing, text: string): number[] => {
  const table = tableOf(t, text);
  const x = transformFeatures(pre, table);
  const scale = encodingFrom(pre).features!;
  return Array.from(encodeRows(x, scale.mean.length, scale, { start: 0, end: table.rows }));
};

t.test('numeric columns get mean 0 and standard deviation 1; a constant one becomes zeros', async (t) => {
  const text = 'a,c,y\n1,0.1,u\n2,0.1,v\n3,0.1,u\n';
  const pre = fit(t, text);
  t.same(pre.features, [
    { kind: 'numeric', column: 'a', mean: 2, std: Math.sqrt(2 / 3), fill: null },
    { kind: 'numeric', column: 'c', mean: 0.1, std: 1, fill: null, constant: true },
  ]);
  const root = Math.fround(1 / Math.sqrt(2 / 3));
  t.same(xOf(t, pre, text), [-root, 0, 0, 0, root, 0]);
  t.same(
    transformFeatures(pre, tableOf(t, text)),
    Float64Array.of(1, 0.1, 2, 0.1, 3, 0.1),
    'x is as in the file',
  );
});

t.test('scales, categories and fills come from the training rows alone', async (t) => {
  const table = tableOf(t, 'a,k,y\n1,p,u\n3,q,v\n1000,r,u\n');
  const pre = fitPreprocessing(table, Uint32Array.of(0, 1), { target: 'y' });
  t.same(pre.features, [
    { kind: 'numeric', column: 'a', mean: 2, std: 1, fill: null },
    { kind: 'categorical', column: 'k', categories: ['p', 'q'], fill: null },
  ]);
});

t.test('categories are one 0/1 column each, in code-unit order', async (t) => {
  const text = 'k,y\nb,u\na,v\nZ,u\n';
  const pre = fit(t, text);
  t.same(featureNames(pre.features), ['k=Z', 'k=a', 'k=b']);
  t.same(xOf(t, pre, text), [0, 0, 1, 0, 1, 0, 1, 0, 0]);
});

t.test('`categorical` makes categories of numbers', async (t) => {
  const pre = fit(t, 'zip,y\n02134,u\n10001,v\n', { categorical: ['zip'] });
  t.same(featureNames(pre.features), ['zip=02134', 'zip=10001']);
});

t.test('text in a column of mostly numbers is an error with its place, wherever it is', async (t) => {
  const table = tableOf(t, 'a,y\n1,u\n2,v\n\n3,u\nabc,v\n');
  t.equal(
    failure(() => fitPreprocessing(table, Uint32Array.of(0, 1), { target: 'y' })),
    'ERR_DATA Expected `a` to be a number, got "abc" (data.csv, line 6, row 4, column `a`); ' +
      'if that means a missing value, list it: `missing` "abc"',
  );
  t.equal(
    fitPreprocessing(table, allRows(table), { target: 'y', categorical: ['a'] }).features[0]?.kind,
    'categorical',
  );
});

t.test('a column of half numbers, half text is categorical', async (t) => {
  t.equal(fit(t, 'a,y\n1,u\nx,v\n').features[0]?.kind, 'categorical');
  t.match(
    failure(() => fit(t, 'a,y\n1,u\n2,v\nx,v\n')),
    /got "x"/,
    'two thirds are mostly numbers',
  );
});

t.test('an infinite cell is an error, imputed or not', async (t) => {
  for (const cell of ['Infinity', '-inf', '1e999']) {
    t.equal(
      failure(() => fit(t, `a,y\n1,u\n2,v\n${cell},u\n`, { impute: 'mean' })),
      `ERR_DATA Expected \`a\` to be a finite number, got "${cell}" (data.csv, line 4, row 3, column \`a\`)`,
    );
  }
});

t.test('a missing cell is an error naming the first and how many there are', async (t) => {
  t.equal(
    failure(() => fit(t, 'a,b,k,y\n1,2,p,u\n2,NA,q,v\n,NaN,null,u\n3,5,p,v\n')),
    'ERR_DATA Expected `b` to be filled in, got a missing cell (data.csv, line 3, row 2, column `b`); ' +
      'the first of 4 missing cells; set `impute` to mean or median to fill them',
  );
  t.match(
    failure(() => fit(t, 'a,y\n1,u\n,v\n3,u\n')),
    /; the only one;/,
  );
});

t.test('impute fills numbers by the mean or median and categories by the most frequent', async (t) => {
  const text = 'a,k,y\n1,q,u\n2,p,v\n9,q,v\n,,u\n';
  const mean = fit(t, text, { impute: 'mean' });
  t.same(
    mean.features.map((feature) => feature.fill),
    [4, 'q'],
  );
  const median = fit(t, text, { impute: 'median' });
  t.same(
    median.features.map((feature) => feature.fill),
    [2, 'q'],
  );
  const filled = xOf(t, median, text);
  t.same(filled.slice(9), filled.slice(3, 4).concat([0, 1]), 'the missing row is the row of a = 2, k = q');
  const moments = [0, 3, 6, 9].map((i) => filled[i]!);
  t.ok(
    Math.abs(moments.reduce((a, b) => a + b * b, 0) / 4 - 1) < 1e-6,
    'the scale is that of the filled column',
  );
});

t.test('with impute, a gap at prediction is filled even where training had none', async (t) => {
  const pre = fit(t, 'a,y\n1,u\n3,v\n', { impute: 'mean' });
  t.same(xOf(t, pre, 'a\n\n2\nNA\n'), [0, 0, 0]);
  const strict = fit(t, 'a,y\n1,u\n3,v\n');
  t.match(
    failure(() => xOf(t, strict, 'a\nNA\n')),
    /^ERR_DATA .*line 2, row 1.*trained without `impute`/,
  );
});

t.test(
  'a column without any value, or with one value beside gaps, is left out with its reason',
  async (t) => {
    const pre = fit(t, 'a,b,c,y\n,1,5,u\nNA,2,,v\n?,3,5,u\n', { impute: 'mean' });
    t.same(featureNames(pre.features), ['b']);
    t.same(pre.leftOut, [
      { column: 'a', reason: 'no values' },
      { column: 'c', reason: 'the same number in every row that has one' },
    ]);
    t.match(
      failure(() => fit(t, 'a,y\n,u\n,v\n')),
      /^ERR_DATA Expected data.csv to have a column to learn from, got none: `a` is left out \(no values\)/,
    );
  },
);

t.test('a column without a value in the training rows is left out too', async (t) => {
  const table = tableOf(t, 'a,b,y\n,1,u\n,2,v\n5,3,u\n6,4,v\n');
  const pre = fitPreprocessing(table, Uint32Array.of(0, 1), { target: 'y', impute: 'mean' });
  t.same(featureNames(pre.features), ['b']);
  t.same(pre.leftOut, [{ column: 'a', reason: 'no values in the training rows' }]);
});

t.test('a constant column makes no difference at prediction and may be absent there', async (t) => {
  const pre = fit(t, 'a,c,y\n1,2023,u\n3,2023,v\n');
  t.same(xOf(t, pre, 'a,c\n1,2024\n3,x\n'), [-1, 0, 1, 0]);
  t.same(xOf(t, pre, 'a\n1\n3\n'), [-1, 0, 1, 0]);
});

t.test('prediction finds columns by name, ignores others and needs no target', async (t) => {
  const pre = fit(t, 'a,b,y\n1,10,u\n3,30,v\n');
  t.same(xOf(t, pre, 'extra,b,a\nzzz,30,1\n'), [-1, 1]);
  t.equal(
    failure(() => xOf(t, pre, 'a,c\n1,2\n')),
    'ERR_DATA Expected data.csv to have the feature column `b`, got no column of that name',
  );
});

t.test('text where training had numbers is an error at prediction', async (t) => {
  const pre = fit(t, 'a,y\n1,u\n3,v\n');
  t.match(
    failure(() => xOf(t, pre, 'a\nx\ny\n')),
    /^ERR_DATA Expected `a` to be a number, got "x" \(data.csv, line 2, row 1, column `a`\)/,
  );
  t.match(
    failure(() => xOf(t, pre, 'a\n1e300\n')),
    /^ERR_DATA .*32-bit/,
  );
});

t.test('an unseen category is refused by name, or encoded as none under the policy ignore', async (t) => {
  const text = 'k,y\np,u\nq,v\n';
  t.equal(
    failure(() => xOf(t, fit(t, text), 'k\np\nr\n')),
    'ERR_DATA Expected `k` to be one of the 2 categories seen in training (p, q), got "r" ' +
      '(data.csv, line 3, row 2, column `k`); train with `unseen` ignore to let such rows pass as none of them, ' +
      'or with `drop` to leave the column out',
  );
  t.same(xOf(t, fit(t, text, { unseen: 'ignore' }), 'k\np\nr\n'), [1, 0, 0, 0]);
});

t.test('only the rows asked for are transformed, in their order', async (t) => {
  const pre = fit(t, 'a,y\n1,u\n3,v\n');
  const table = tableOf(t, 'a\n1\nNA\n3\n');
  t.same(transformFeatures(pre, table, Uint32Array.of(2, 0)), Float64Array.of(3, 1));
});

t.test('options that are none of the choices are refused', async (t) => {
  const text = 'a,y\n1,u\n3,v\n';
  t.match(
    failure(() => fit(t, text, { impute: 'zero' as 'mean' })),
    /^ERR_OPTION Expected `impute` to be mean or median, got "zero"/,
  );
  t.match(
    failure(() => fit(t, text, { unseen: 'x' as 'error' })),
    /^ERR_OPTION Expected `unseen`/,
  );
});

t.test('missing cells may be a value of their own, where training rows have some', async (t) => {
  const text = 'a,b,c,d,y\n1,5,u,p,yes\n,6,,q,no\n3,7,v,p,yes\n5,8,u,q,no\n';
  const pre = fit(t, text, { missingIndicators: true, softClip: null });
  t.same(featureNames(pre.features), ['a', 'a=(missing)', 'b', 'c=u', 'c=v', 'c=(missing)', 'd=p', 'd=q']);
  const later = 'a,b,c,d\n3,6.5,v,p\n,,,\n';
  const table = tableOf(t, later);
  t.same(
    [...transformFeatures(pre, table).subarray(8)],
    [3, 1, 6.5, 0, 0, 1, 1, 0],
    'filled where none was missing',
  );
  const seen = xOf(t, pre, later);
  t.same(seen.slice(0, 2), [0, 0]);
  t.same(seen.slice(8, 10), [0, 1], 'a flag is as it is');
  const records = [{ a: null, b: 6.5, c: null, d: 'q' }];
  t.same([...transformRecords(pre, records)], [3, 1, 6.5, 0, 0, 1, 0, 1]);
  t.same(
    [...transformRecords(pre, [{ ...records[0]!, c: 'u' }])],
    [3, 1, 6.5, 1, 0, 0, 0, 1],
    'the quick way too',
  );
  const rare = fit(t, text, { missingIndicators: true, maxCategories: 1 });
  t.same(featureNames(rare.features).slice(3, 6), ['c=u', 'c=(others)', 'c=(missing)']);
  t.same([...transformFeatures(rare, table)].slice(3, 6), [0, 1, 0]);
});

t.test('what is never seen may be what was seen, by its shares', async (t) => {
  const text = 'c,d,y\nu,p,n\nu,p,o\nv,q,n\nw,p,o\n';
  const pre = fit(t, text, { unseen: 'learned' });
  t.same(featureNames(pre.features), ['c=u', 'c=v', 'c=w', 'd=p', 'd=q']);
  const table = tableOf(t, 'c,d\nnever,p\nv,neither\n');
  t.same([...transformFeatures(pre, table)], [0.5, 0.25, 0.25, 1, 0, 0, 1, 0, 0.75, 0.25]);
  t.same([...transformRecords(pre, [{ c: 'never', d: 'p' }])], [0.5, 0.25, 0.25, 1, 0]);
  const rare = fit(t, text, { unseen: 'learned', maxCategories: 2 });
  t.same(
    [...transformFeatures(rare, table)].slice(0, 5),
    [0, 0, 1, 1, 0],
    'where others share a feature, it is one of them',
  );
  t.match(
    failure(() => transformFeatures(fit(t, text), table)),
    /^ERR_DATA .*never/,
    'refused unless asked for',
  );
});

import t, { type Test } from 'tap';
import { judgeTable } from '../../../src/data/columns/judge-table.js';
import {
  fitPreprocessing,
  type PreprocessingOptions,
  type TargetEncoding,
  transformTable,
  transformTargets,
} from '../../../src/data/preprocessing/preprocessing.js';
import { taught } from '../../support/datasets.js';
import { allRows, failure, tableOf } from '../helpers.js';

const csv = (values: readonly (string | number)[]): string =>
  `x,y\n${values.map((value, i) => `${i},${value}\n`).join('')}`;

function guess(t: Test, text: string, options: Partial<PreprocessingOptions> = {}): string {
  const table = tableOf(t, text);
  const { kind, reason } = judgeTable(table, { target: 'y', ...options }).target;
  return `${kind}: ${reason}`;
}

function fitted(t: Test, text: string, options: Partial<PreprocessingOptions> = {}): TargetEncoding {
  const table = tableOf(t, text);
  return fitPreprocessing(table, allRows(table), { target: 'y', ...options }).target;
}

/** Each value twice: a class needs more than one row. */
function classes(t: Test, values: readonly (string | number)[], options: Partial<PreprocessingOptions> = {}) {
  const target = fitted(t, csv([...values, ...values]), options);
  return target.kind === 'classification' ? target.classes : [];
}

t.test('text, and integers of at most 20 distinct values, are classes; the reason is said', async (t) => {
  const upTo = (n: number): number[] => Array.from({ length: 2 * n }, (_, i) => i % n);
  t.equal(guess(t, csv(['cat', 'dog'])), 'classification: text in `y`');
  t.equal(guess(t, csv(upTo(20))), 'classification: 20 distinct integers in `y`');
  t.equal(guess(t, csv(upTo(21))), 'regression: 21 distinct integers in `y`');
  t.equal(guess(t, csv([1, 2.5])), 'regression: fractions in `y`');
  t.equal(guess(t, csv(['1.0', '2.0'])), 'classification: 2 distinct integers in `y`');
  t.equal(guess(t, csv([1, 2.5]), { categorical: ['y'] }), 'classification: `y` is categorical');
  t.equal(guess(t, csv([1, 2]), { target: ['x'] }), 'classification: 2 distinct integers in `x`');
  t.equal(guess(t, 'x,y,z\n1,2,3\n', { target: ['x', 'y'] }), 'regression: 2 targets');
});

t.test('a stated task overrules the guess', async (t) => {
  t.equal(guess(t, csv([1, 2]), { task: 'regression' }), 'regression: as stated');
  t.equal(guess(t, csv([1.5, 2.5]), { task: 'classification' }), 'classification: as stated');
  t.same(classes(t, [1.5, 10.5, 2.5], { task: 'classification' }), ['1.5', '2.5', '10.5']);
});

t.test('classes are in numeric order where all are numbers, else in code-unit order', async (t) => {
  t.same(classes(t, [10, 9, -1, 2]), ['-1', '2', '9', '10']);
  t.same(classes(t, ['b', '10', '9', 'B']), ['10', '9', 'B', 'b']);
});

t.test('1, 1.0 and 1e0 are one class; 007 and versions such as 2.10 keep their text', async (t) => {
  t.same(classes(t, ['1.0', '2', '1', '1e0']), ['1', '2']);
  t.same(classes(t, ['007', '7', '08'], { task: 'classification' }), ['007', '7', '08']);
  t.same(classes(t, ['2.1', '2.10'], { task: 'classification' }), ['2.1', '2.10']);
});

t.test('labels are class indices, also where evaluation data writes integers as 1.0', async (t) => {
  const target = fitted(t, csv([3, 1, 2, 3, 1, 2]));
  const labels = (text: string) => transformTargets({ target }, tableOf(t, text))?.labels;
  t.same(labels(csv([3, 1, 2, 3])), Int32Array.of(2, 0, 1, 2));
  t.same(labels(csv(['3.0', '1.0'])), Int32Array.of(2, 0));
});

t.test('a class not seen in training is an error naming it', async (t) => {
  const target = fitted(t, csv(['cat', 'dog']));
  t.equal(
    failure(() => transformTargets({ target }, tableOf(t, csv(['dog', 'cow'])))),
    'ERR_DATA Expected `y` to be one of the classes cat, dog, got "cow" (data.csv, line 3, row 2, column `y`)',
  );
});

t.test('classes are those of the whole table, so a rare one may fall to the test rows', async (t) => {
  const table = tableOf(t, csv(['a', 'b', 'c', 'a', 'b', 'a']));
  const { target } = fitPreprocessing(table, Uint32Array.of(0, 1), { target: 'y' });
  t.same(target.kind === 'classification' && target.classes, ['a', 'b', 'c']);
});

t.test('one class only among the training rows is an error', async (t) => {
  const expected = 'ERR_DATA Expected `y` to hold at least two classes in the training rows';
  t.equal(
    failure(() => fitted(t, csv(['a', 'a']))),
    `${expected}, got only "a" (data.csv)`,
  );
  const table = tableOf(t, csv(['a', 'b', 'b']));
  t.equal(
    failure(() => fitPreprocessing(table, Uint32Array.of(1, 2), { target: 'y' })),
    `${expected}, got only "b" (data.csv)`,
  );
});

t.test('a missing, textual or infinite target is an error with its place', async (t) => {
  const got = (values: readonly (string | number)[], options = {}): string =>
    failure(() => fitted(t, csv(values), options));
  t.equal(
    got(['a', '', 'b', 'NA'], { impute: 'mean' }),
    'ERR_DATA Expected `y` to be filled in, got a missing cell (data.csv, line 3, row 2, column `y`); ' +
      'the first of 2 missing cells; set `missingTarget` to drop to leave such rows out',
  );
  t.match(got([1.5, 2.5, 'x']), /^ERR_DATA Expected `y` to be a number, got "x" .*line 4, .*classification/);
  t.match(got(['x', 'z'], { task: 'regression' }), /^ERR_DATA Expected `y` to be a number, got "x"/);
  t.match(got([1.5, 2.5, 'inf']), /^ERR_DATA Expected `y` to be a finite number/);
});

t.test('regression targets are standardised by the training rows, one scale each', async (t) => {
  const text = 'x,y,z\n0,1,100\n0,3,300\n0,1000,0\n';
  const table = tableOf(t, text);
  const pre = fitPreprocessing(table, Uint32Array.of(0, 1), { target: ['y', 'z'] });
  t.same(pre.target, { kind: 'regression', columns: ['y', 'z'], mean: [2, 200], std: [1, 100] });
  t.same(transformTargets(pre, table)?.targets, Float64Array.of(1, 100, 3, 300, 1000, 0), 'as in the file');
  t.same(taught(transformTable(pre, table)), Float32Array.of(-1, -1, 1, 1, 998, -2));
  t.same(
    pre.features.map((feature) => feature.column),
    ['x'],
  );
});

t.test('an absent or wholly missing target column is no target', async (t) => {
  const target = fitted(t, csv([1, 2]));
  t.equal(transformTargets({ target }, tableOf(t, 'x\n1\n')), null);
  t.equal(transformTargets({ target }, tableOf(t, 'x,y\n1,\n2,NA\n')), null);
  t.match(
    failure(() => transformTargets({ target }, tableOf(t, 'x,y\n1,\n2,1\n'))),
    /^ERR_DATA .*missing cell/,
  );
  const table = tableOf(t, csv([1, 2]));
  const pre = fitPreprocessing(table, allRows(table), { target: 'y' });
  t.equal(
    failure(() => transformTable(pre, tableOf(t, 'x\n1\n'))),
    'ERR_DATA Expected data.csv to have values in the target column `y`, got none',
  );
});

t.test('several targets of a classification are refused', async (t) => {
  t.match(
    failure(() => fitted(t, 'x,y,z\n1,2,3\n', { target: ['x', 'y'], task: 'classification' })),
    /^ERR_OPTION Expected `target` to be one column/,
  );
});

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readCsv } from '../../../src/data/readers/read-csv.js';
import { errorCorrelation } from '../../../src/measure/foreign/error-correlation.js';
import {
  measureFile,
  type PredictionsFileOptions,
  readPredictions,
} from '../../../src/measure/foreign/predictions-file.js';
import { combiner } from '../../../src/predictions/aggregate/aggregate.js';
import { close } from '../synthetic.js';

function read(t: Test, text: string, options: Partial<PredictionsFileOptions> = {}) {
  const folder = t.testdir({ 'members.csv': text });
  return readPredictions(readCsv(join(folder, 'members.csv')), { target: 'y', ...options });
}

function measure(file: ReturnType<typeof read>) {
  const aggregator = { name: 'arithmeticMean', combine: combiner('arithmeticMean', file.task) };
  return measureFile(file, { aggregator, replicates: 0 });
}

t.test('regression: one column per member', async (t) => {
  const file = read(t, 'y,net0,net1\n1.5,1,2\n3,4,3\n0,0.5,1\n');
  t.same(file.members, ['net0', 'net1']);
  t.equal(file.task.kind, 'regression');
  const direct = errorCorrelation(
    [
      [1, 4, 0.5],
      [2, 3, 1],
    ],
    [1.5, 3, 0],
    { task: 'regression', replicates: 0 },
  );
  const { v, c, measured } = measure(file).errorCorrelation;
  t.ok(close(v, direct.v, 1e-6) && close(c, direct.c, 1e-6) && close(measured, direct.measured, 1e-6));
});

t.test('regression far from zero keeps its digits', async (t) => {
  const file = read(t, 'y,a,b\n1000000.1,1000000.2,1000000.4\n1000000.5,1000000.5,1000000.1\n');
  const { v } = measure(file).errorCorrelation;
  t.ok(close(v, (0.01 + 0.09 + 0 + 0.16) / 4, 1e-6));
});

t.test('regression with several targets: `<member>_<target>`', async (t) => {
  const text = 'y,z,m_a_y,m_a_z,m_b_z,m_b_y\n1,2,1,3,2,0\n0,1,0,1,5,1\n';
  const file = read(t, text, { target: ['y', 'z'] });
  t.same(file.members, ['m_a', 'm_b']);
  t.ok(close(measure(file).errorCorrelation.v, (1 + 0 + 1 + 17) / 4));
  t.throws(() => read(t, 'y,z,m_y\n1,2,1\n', { target: ['y', 'z'] }), { code: 'ERR_DATA', message: /m_z/ });
  t.throws(() => read(t, text, { target: ['y', 'z'], task: 'classification' }), { code: 'ERR_OPTION' });
});

t.test('classes: a probability per member and class, in any order, with any separator', async (t) => {
  const text = 'm0_cat,m0_dog,y,m1:dog,m1:cat\n0.7,0.3,cat,0.4,0.6\n0.2,0.8,dog,0.9,0.1\n';
  const file = read(t, text);
  t.same(file.task, { kind: 'classification', classes: ['cat', 'dog'] });
  t.same(file.members, ['m0', 'm1']);
  const direct = errorCorrelation(
    [
      [
        [0.7, 0.3],
        [0.2, 0.8],
      ],
      [
        [0.6, 0.4],
        [0.1, 0.9],
      ],
    ],
    ['cat', 'dog'],
    { replicates: 0 },
  );
  t.ok(close(measure(file).errorCorrelation.c, direct.c, 1e-6));
});

t.test('classes that the rows happen not to hold are known from the columns', async (t) => {
  const file = read(t, 'y,a_0,a_1,a_2\n0,0.5,0.25,0.25\n1,0,0.5,0.5\n');
  t.same(file.task, { kind: 'classification', classes: ['0', '1', '2'] });
});

t.test('labels count by value: 1, 1.0 and 1e0 are one class', async (t) => {
  const file = read(t, 'y,a_0,a_1\n0.0,0.5,0.5\n1.0,0.1,0.9\n');
  t.same(file.task, { kind: 'classification', classes: ['0', '1'] });
  t.same(read(t, 'y,a_0.0,a_1.0\n0.0,0.5,0.5\n1.0,0.1,0.9\n').members, ['a']);
});

t.test('two classes: one column is the probability of the second, or of the class it names', async (t) => {
  const named = read(t, 'y,a_no,b_no\nno,0.9,0.8\nyes,0.3,0.4\n');
  t.ok(close(named.predictions[0]!.mean[0]!, 0.9, 1e-6), 'P(no) of row 0');
  const second = read(t, 'y,a,b\nno,0.1,0.2\nyes,0.7,0.6\n');
  t.match(second.layout, /probability of "yes"/);
  t.same(measure(second).errorCorrelation.v.toFixed(6), measure(named).errorCorrelation.v.toFixed(6));
  t.equal(read(t, 'y,m_0,m_1\n0,0.1,0.2\n1,0.7,0.6\n').members.length, 2, 'member numbers are no classes');
});

t.test('predicted labels count as probabilities of one', async (t) => {
  const file = read(t, 'y,a,b\n0,0,1\n1,1,1\n2,0,2\n');
  t.equal(file.task.kind, 'classification');
  t.equal(measure(file).errorCorrelation.v, 2 * (2 / 6));
  t.equal(read(t, 'y,a\ncat,cat\ndog,cat\n').layout, 'one predicted label of 2 classes per member');
});

t.test('the stated task overrules the guess', async (t) => {
  const text = 'y,a,b\n0,0,1\n1,1,1\n2,0,2\n';
  t.equal(read(t, text, { task: 'regression' }).task.kind, 'regression');
  t.equal(read(t, 'y,a\n0,0.2\n1,0.7\n', { task: 'regression' }).task.kind, 'regression');
  t.throws(() => read(t, 'y,a\n0.5,0.2\n1,0.7\n1.5,3\n', { task: 'classification' }), { code: 'ERR_DATA' });
});

t.test('columns that number the rows, and columns named, are no members', async (t) => {
  const file = read(t, 'id,y,a,fold\n0,1.5,1,7\n1,2.5,2,7\n2,3,3,8\n', { drop: ['fold'] });
  t.same(file.members, ['a']);
  t.same(file.ignored, [
    { column: 'id', reason: 'numbers the rows' },
    { column: 'fold', reason: null },
  ]);
  t.same(read(t, 'y,a\n1.5,1\n2.5,2\n3,3\n').members, ['a'], 'a member may well predict 1, 2, 3');
});

t.test('missing cells: refused, or in bag when so declared', async (t) => {
  const text = 'y,a,b\n1.5,1,\n2.5,,2\n3,3,4\n';
  t.throws(() => read(t, text), { code: 'ERR_DATA', message: /line 3.*`a`/ });
  const { errorCorrelation: report, curves } = measure(read(t, text, { outOfBag: true }));
  t.equal(report.rowsFrom, 'outOfBag');
  t.equal(report.outOfBag!.singleMemberRows, 2);
  t.equal(curves, null);
  t.ok(close(report.v, (0.25 + 0.25 + 0 + 1) / 4, 1e-6));
});

t.test('bad files have one clear error', async (t) => {
  t.throws(() => read(t, 'y,a\n1,2\n', { target: 'x' }), { code: 'ERR_OPTION' });
  t.throws(() => read(t, 'y,a\n1,2\n', { drop: ['x'] }), { code: 'ERR_OPTION' });
  t.throws(() => read(t, 'y\n1\n2\n'), { code: 'ERR_DATA', message: /members' columns/ });
  t.throws(() => read(t, 'y,a\n1.5,1\n,2\n'), { code: 'ERR_DATA', message: /`y`/ });
  t.throws(() => read(t, 'y,a\n1.5,1\n2.5,inf\n'), { code: 'ERR_DATA', message: /finite/ });
  t.throws(() => read(t, 'y,a\n1.5,1\n2.5,abc\n'), { code: 'ERR_DATA', message: /"abc"/ });
  t.throws(() => read(t, 'y,a_u,a_v,b_u\nu,0.5,0.5,1\nv,0.5,0.5,1\n'), { message: /column `b_v`/ });
  t.throws(() => read(t, 'y,a_u,a_v\nu,0.5,0.5\nv,0.5,0.9\n'), { message: /sum to 1, got 1.4.*line 3/ });
  t.throws(() => read(t, 'y,a_u,a_v\nu,0.5,0.5\nv,-2,3\n'), { message: /probability from 0 to 1/ });
  t.throws(() => read(t, 'y,a,b\nu,7,8\nv,1,2\n'), { message: /<member>_u/ });
});

t.test('an index without a name, or a data frame wrote twice, is no member', async (t) => {
  const file = read(t, ',y,a,\n0,1.5,1,\n1,2.5,2,\n2,3,3,\n');
  t.same(file.members, ['a']);
  t.same(
    file.ignored.map(({ column }) => column),
    ['column 1', 'column 4'],
  );
  t.same(read(t, 'Unnamed: 0,y,a\n5,1.5,1\n3,2.5,2\n4,3,3\n').members, ['a']);
  t.throws(() => read(t, 'y,a,\n1.5,1,0.5\n2.5,2,7\n'), { message: /none for column 3.*`drop`/ });
});

t.test('labels that differ in the last of many digits are two classes', async (t) => {
  const [one, two] = ['9007199254740993001', '9007199254740993002'];
  const file = read(t, `y,a,b\n${one},${one},${two}\n${two},${two}.0,${two}\n${one},${two},${one}\n`);
  const words = read(t, 'y,a,b\nu,u,v\nv,v,v\nu,v,u\n');
  t.same(file.task, { kind: 'classification', classes: [one, two] });
  t.same(measure(file).errorCorrelation, measure(words).errorCorrelation);
});

t.test(
  'codes with zeros in front and versions are classes of their own, in columns and in cells',
  async (t) => {
    const codes = read(t, 'y,a,b\n01,01,1\n1,1,1\n001,01,001\n', { task: 'classification' });
    t.same(codes.task, { kind: 'classification', classes: ['001', '01', '1'] });
    const versions = read(t, 'y,a_3.1,a_3.10\n3.1,0.75,0.25\n3.10,0.25,0.75\n', { task: 'classification' });
    t.same(versions.members, ['a']);
    t.same([...versions.predictions[0]!.mean], [0.75, 0.25, 0.25, 0.75]);
  },
);

t.test('classes in the names of columns are the same however they are written', async (t) => {
  const forest =
    'y,net0_0.0,net0_1.0,net0_2.0,net1_0.0,net1_1.0,net1_2.0\n0,1,0,0,0,1,0\n1,0,1,0,0,1,0\n2,0,0,1,0,0,1\n';
  const file = read(t, forest);
  t.same([file.members, file.task], [['net0', 'net1'], { kind: 'classification', classes: ['0', '1', '2'] }]);
  t.ok(close(measure(file).errorCorrelation.v, 2 / 6, 1e-6), 'one of six rows is wrong');
  const dots = read(t, 'y,net.0.0,net.0.1,net.1.0,net.1.1\n0,0.75,0.25,0.5,0.5\n1,0.25,0.75,0,1\n');
  t.same(dots.members, ['net.0', 'net.1']);
});

t.test('columns by member and class that do not fit are refused by name', async (t) => {
  const rows = (cells: string): string => `\n0,${cells}\n1,${cells}\n2,${cells}\n`;
  t.throws(() => read(t, `y,a_0,a_1,b_0,b_1${rows('1,0,0,1')}`), { message: /column `a_2` .*got none/ });
  t.throws(() => read(t, `y,a_0.0,a_1.0,b_0.0,b_1.0${rows('0.5,0.5,0.25,0.75')}`), { message: /`a_2`/ });
  t.throws(() => read(t, `y,a_0,a_1,a_2,b_0,b_2${rows('1,0,0,0,1')}`), { message: /column `b_1`/ });
  t.throws(() => read(t, `y,a_0,a_1,a_2,b_0,b_1,b_2,b_3${rows('1,0,0,0,1,0,0')}`), {
    message: /column `a_3`/,
  });
  t.throws(() => read(t, `y,a_0,a_0.0,a_1,a_2${rows('0.5,0,0.25,0.25')}`), { message: /`a_0` and `a_0.0`/ });
  t.throws(() => read(t, `y,a_0,a_1,a_2,seconds${rows('0.5,0.25,0.25,0.1')}`), {
    message: /got `seconds`.*`drop`/,
  });
  t.throws(() => read(t, `y,a_0,a_1,a_2,b_0,b_1,b_2${rows('0.5,0.2,0.1,0.5,0.25,0.25')}`), {
    message: /member `a` to sum to 1/,
  });
});

t.test('numbered members that predict labels or values are no columns by class', async (t) => {
  t.match(read(t, 'y,m_0,m_1,m_2\n0,0,0,1\n1,1,1,1\n2,2,1,2\n').layout, /label/);
  t.match(read(t, 'y,s1_0,s1_1,s2_0,s2_1\n0,0,0,1,0\n1,1,1,1,1\n').layout, /label/);
  t.equal(read(t, 'y,m_0,m_1\n0,0.2,0.1\n1,1.7,0.9\n2,2.5,2.25\n').task.kind, 'regression');
});

t.test('probabilities that miss 0 and 1 by rounding count as 0 and 1; others are refused', async (t) => {
  const file = read(t, 'y,a_u,a_v\nu,1.0000001,-1e-7\nv,-0.00005,1.00005\n');
  t.same([...file.predictions[0]!.mean], [1, 0, 0, 1]);
  t.same([...read(t, 'y,a,b\n0,-1e-9,0.5\n1,1.00000536,0.5\n').predictions[0]!.mean], [1, 0, 0, 1]);
  t.throws(() => read(t, 'y,a_u,a_v\nu,1.001,-0.001\nv,0,1\n'), {
    message: /probability from 0 to 1, got "1.001"/,
  });
  for (const bad of ['nan?', 'inf', '-inf', '1e999'])
    t.throws(() => read(t, `y,a_u,a_v\nu,1,0\nv,${bad},1\n`), { message: /line 3, row 2, column `a_u`/ });
});

t.test('where all rows and members say one class nothing is wrong', async (t) => {
  const { errorCorrelation: report, ensemble } = measure(read(t, 'y,a,b\nu,u,u\nu,u,u\nu,u,u\n'));
  t.same([report.v, report.c, report.measured, ensemble?.squaredError], [0, 0, 0, 0]);
  t.equal(report.rho, null);
});

t.test(
  'numbers are read by the rules of every table: decimal commas, units, the user’s own missing words',
  async (t) => {
    const plain = read(t, 'y,a,b\n1.5,1000,2\n3,4,3.25\n0.25,0.5,1\n');
    const same = (text: string, options = {}, delimiter = ';') => {
      const folder = t.testdir({ 'members.csv': text });
      const table = readCsv(join(folder, 'members.csv'), { delimiter });
      return readPredictions(table, { target: 'y', ...options });
    };
    const german = same('y;a;b\n1,5;1.000;2\n3;4;3,25\n0,25;0,5;1\n');
    t.same(german, plain);
    t.same(same('y|a|b\n1,5 €|1000|2\n3 €|4|3,25\n0,25 €|0,5|1\n', { decimal: ',' }, '|'), plain);
    const marked = 'y;a;b\n1,5;-;2\n3;4;3,25\n0,25;0,5;-999\n';
    t.throws(() => same(marked), { code: 'ERR_DATA', message: /`a` to be .*, got .*\(.*line 2/ });
    const bags = same(marked, { missing: ['-', '-999'], outOfBag: true });
    t.same([...bags.outOfBag!], [0, 1, 1, 1, 1, 0]);
    t.throws(() => same('y|a\n1,5|1,234\n3,5|2,345\n', { decimal: '.' }, '|'), { code: 'ERR_DATA' });
  },
);

t.test(
  'a class may be called NA where the task is stated, as in training; elsewhere NA is missing',
  async (t) => {
    const text = 'y,a,b\nNA,NA,DE\nDE,DE,DE\nNA,NA,NA\n';
    t.throws(() => read(t, text), { code: 'ERR_DATA', message: /`y` to be filled in/ });
    const file = read(t, text, { task: 'classification' });
    t.same(file.task, { kind: 'classification', classes: ['DE', 'NA'] });
    t.same([...file.predictions[1]!.mean], [1, 0, 1, 0, 0, 1]);
    const bags = read(t, 'y,a,b\nu,u,NaN\nv,,v\n', { task: 'classification', outOfBag: true });
    t.same([...bags.outOfBag!], [1, 0, 0, 1], 'NaN is no label there');
  },
);

t.test('predictions of others have every score, with the classes of their file', async (t) => {
  const file = read(t, 'y,a,b\nu,0.1,0.2\nv,0.7,0.9\nv,0.8,0.3\nu,0.4,0.7\n');
  const combine = combiner('arithmeticMean', file.task);
  const { scores, baselines } = measureFile(file, { aggregator: { name: 'arithmeticMean', combine } });
  const of = (name: string) => scores!.scores.find((score) => score.name === name)!;
  // Of v are said 0.15, 0.8, 0.55 and 0.55, of which the last is u: one pair of four is a tie.
  t.equal(of('auroc').value, 0.875);
  t.equal(of('accuracy').value, 0.75);
  t.same(scores!.confusion, [
    [1, 1],
    [0, 2],
  ]);
  t.ok(of('logLoss').interval!.low < of('logLoss').value!);
  t.same(baselines, [], 'nobody knows what they were trained on');
});

t.test('labels keep their digits', async (t) => {
  const file = read(t, 'y,a,b\n01,01,1\n1,1,01\n3.10,3.10,3.1\n3.1,1,3.1\n', { task: 'classification' });
  t.same(file.task, { kind: 'classification', classes: ['01', '1', '3.1', '3.10'] });
});

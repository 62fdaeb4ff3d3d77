import t from 'tap';
import { loadTraining } from '../../src/data/load.js';
import { transformTable } from '../../src/data/preprocessing/preprocessing.js';
import { preprocessingSchema } from '../../src/data/preprocessing/preprocessing-schema.js';
import { seen, taught } from '../support/datasets.js';
import { failure, fileOf, tableOf } from './helpers.js';

/** Mean and population variance of column c of row-major x. */
function moments(x: Float32Array, columns: number, c: number): [mean: number, variance: number] {
  const values = Array.from({ length: x.length / columns }, (_, row) => x[row * columns + c]!);
  const mean = values.reduce((a, b) => a + b) / values.length;
  return [mean, values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length];
}

t.test('digits: ten classes, 64 features, a stratified 70/30 split', async (t) => {
  const { train, test, task, taskReason, rows } = loadTraining('data/digits.csv', {
    target: 'digit',
    testShare: 0.3,
    seed: 1,
  });
  t.equal(task, 'classification');
  t.equal(taskReason, '10 distinct integers in `digit`');
  t.same(train.task, { kind: 'classification', classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] });
  t.same([train.rows, test?.rows, train.features], [1258, 539, 64]);
  for (let digit = 0; digit < 10; digit++) {
    const held = test!.labels.filter((label) => label === digit).length;
    const kept = train.labels.filter((label) => label === digit).length;
    t.ok(Math.abs(held - 0.3 * (held + kept)) < 1, `digit ${digit}: ${held} of ${held + kept}`);
  }
  t.same([rows.train.length, rows.test.length], [1258, 539]);
});

t.test('diabetes: regression, features and target standardised on the training rows alone', async (t) => {
  const { train, test, task, preprocessing, table } = loadTraining('data/diabetes.csv', {
    target: 'progression',
    testShare: 0.3,
    seed: 1,
    softClip: null, // it moves what is far out, and the moments with it
  });
  t.equal(task, 'regression');
  for (let c = 0; c < 10; c++) {
    const [mean, variance] = moments(seen(train), 10, c);
    t.ok(Math.abs(mean) < 1e-5 && Math.abs(variance - 1) < 1e-5, `feature ${c}`);
  }
  t.notOk(Math.abs(moments(seen(test!), 10, 0)[0]) < 1e-5, 'the test rows had no part in it');
  const [mean, variance] = moments(taught(train), 1, 0);
  t.ok(Math.abs(mean) < 1e-5 && Math.abs(variance - 1) < 1e-5);
  const whole = transformTable(preprocessing, table);
  const raw = table.columns[10]!.number(7);
  t.equal(whole.targets[7], raw, 'targets are in the units of the file');
  t.equal(whole.x[7 * 10 + 2], table.columns[2]!.number(7), 'and so are features');
});

t.test('the same file, options and seed give the same hashes; another seed others', async (t) => {
  const load = (seed: number): string[] => {
    const { train, test } = loadTraining('data/diabetes.csv', {
      target: 'progression',
      testShare: 0.3,
      seed,
    });
    return [train.hash, test!.hash];
  };
  t.same(load(1), load(1));
  t.notSame(load(1), load(2));
});

t.test(
  'the fitted preprocessing survives JSON and its schema, and then gives the same dataset',
  async (t) => {
    const text = 'a,k,y\n1,p,u\n,q,v\n3,p,u\n4,,v\n';
    const { train, preprocessing, table } = loadTraining(fileOf(t, text), { target: 'y', impute: 'median' });
    const decoded = preprocessingSchema.parse(JSON.parse(JSON.stringify(preprocessing)));
    t.same(decoded, preprocessing);
    t.equal(transformTable(decoded, table).hash, train.hash);
    t.notOk(preprocessingSchema.safeParse({ ...preprocessing, extra: 1 }).success);
    t.notOk(preprocessingSchema.safeParse({ ...preprocessing, unseen: 'maybe' }).success);
  },
);

t.test('weight and group columns are no features and stay with the training rows', async (t) => {
  const text = 'a,w,g,y\n1,1,red,u\n2,2,blue,v\n3,3,red,u\n4,6,green,v\n5,8,blue,u\n';
  const { train, test } = loadTraining(fileOf(t, text), { target: 'y', weightColumn: 'w', groupColumn: 'g' });
  t.equal(test, null);
  t.equal(train.features, 1);
  t.same(train.rowWeights, Float32Array.of(0.25, 0.5, 0.75, 1.5, 2), 'divided by their mean, 4');
  t.same(train.groups, Int32Array.of(0, 1, 0, 2, 1), 'numbered by first appearance');
});

t.test('a split keeps groups whole; weights have mean 1 over the rows of each part', async (t) => {
  const lines = Array.from({ length: 120 }, (_, i) => `${i},${1 + (i % 7)},g${i % 12},${i % 2 ? 'u' : 'v'}`);
  const { train, test, rows, table } = loadTraining(fileOf(t, `a,w,g,y\n${lines.join('\n')}\n`), {
    target: 'y',
    weightColumn: 'w',
    groupColumn: 'g',
    testShare: 0.25,
    seed: 3,
  });
  const groupsIn = (part: Uint32Array) => new Set(Array.from(part, (row) => table.columns[2]!.text(row)));
  t.equal(groupsIn(rows.train).size + groupsIn(rows.test).size, 12);
  t.equal(groupsIn(rows.test).size, 3);
  t.ok(Math.abs(moments(train.rowWeights!, 1, 0)[0] - 1) < 1e-6);
  t.ok(Math.abs(moments(test!.rowWeights!, 1, 0)[0] - 1) < 1e-6);
  t.equal(test!.groups, null);
  const [first, second] = [rows.test[0]!, rows.test[1]!].map((row) => 1 + (row % 7));
  t.ok(Math.abs(test!.rowWeights![0]! / test!.rowWeights![1]! - first! / second!) < 1e-6);
});

t.test(
  'balanced class weights give every class the same total; a map multiplies sample weights',
  async (t) => {
    const path = fileOf(t, 'a,w,y\n1,1,u\n2,1,u\n3,1,u\n4,5,v\n');
    const balanced = loadTraining(path, { target: 'y', classWeights: 'balanced' }).train;
    t.same(balanced.rowWeights, Float32Array.of(2 / 3, 2 / 3, 2 / 3, 2));
    const both = loadTraining(path, { target: 'y', weightColumn: 'w', classWeights: { v: 3 } }).train;
    t.same(
      both.rowWeights,
      Float32Array.from([1, 1, 1, 15], (weight) => weight / 4.5),
    );
  },
);

t.test('class weights name classes however their labels are written', async (t) => {
  const labels = ['0', '0', '1.0', '1', '01', '01', 'caf\u00e9', 'cafe\u0301'];
  const path = fileOf(t, `a,y\n${labels.map((label, at) => `${at},${label}\n`).join('')}`);
  const weights = (classWeights: Readonly<Record<string, number>>) =>
    loadTraining(path, { target: 'y', task: 'classification', classWeights }).train.rowWeights;
  const plain = weights({ '0': 1, '1': 2, '01': 3, caf\u00e9: 4 });
  t.same(plain, Float32Array.of(0.4, 0.4, 0.8, 0.8, 1.2, 1.2, 1.6, 1.6));
  t.same(weights({ '0.0': 1, '1e0': 2, '01': 3, 'cafe\u0301 ': 4 }), plain);
});

t.test('bad weights and groups are refused with their place', async (t) => {
  const got = (text: string, options = {}): string =>
    failure(() => loadTraining(fileOf(t, text), { target: 'y', ...options }));
  const weighted = { weightColumn: 'w' };
  t.match(got('a,w,y\n1,1,u\n2,-1,v\n', weighted), /`w` to be a weight ≥ 0, got "-1" \(data.csv, line 3/);
  t.match(got('a,w,y\n1,1,u\n2,,v\n', weighted), /^ERR_DATA .*missing cell .*line 3.*weight/);
  t.match(got('a,w,y\n1,0,u\n2,0,v\n', weighted), /^ERR_DATA Expected at least one row weight above 0/);
  t.match(got('a,g,y\n1,,u\n2,b,v\n', { groupColumn: 'g' }), /^ERR_DATA .*missing cell .*line 2.*group/);
  const byClass = (classWeights: object) => got('a,y\n1,u\n2,v\n', { classWeights });
  t.match(byClass({ z: 2 }), /^ERR_OPTION Expected `classWeights` to be a weight per class \(u, v\)/);
  t.match(
    byClass({ u: -2 }),
    /^ERR_OPTION Expected `classWeights` to be numbers ≥ 0, such as that of "u", got -2/,
  );
  t.match(byClass({ u: 1, ' u': 2 }), /^ERR_OPTION Expected `classWeights` to be one weight for class u,/);
  t.match(
    got('a,y\n1,1.5\n2,2.5\n', { classWeights: 'balanced' }),
    /^ERR_OPTION Expected `classWeights` to be unset for regression/,
  );
});

t.test('options that name no column, or one column twice, list what there is', async (t) => {
  const got = (options: object): string =>
    failure(() => loadTraining(fileOf(t, 'a,b,y\n1,2,u\n2,3,v\n'), { target: 'y', ...options }));
  t.equal(got({ target: 'z' }), 'ERR_OPTION Expected `target` to be a column of data.csv (a, b, y), got "z"');
  t.match(got({ categorical: ['z'] }), /^ERR_OPTION Expected `categorical` to be a column of data.csv/);
  t.match(got({ weightColumn: 'z' }), /^ERR_OPTION Expected `weightColumn` to be a column of data.csv/);
  t.match(got({ groupColumn: 'z' }), /^ERR_OPTION Expected `groupColumn` to be a column of data.csv/);
  t.match(got({ groupColumn: 'y' }), /^ERR_OPTION .*got `y` twice/);
  t.match(got({ target: ['a', 'a'] }), /^ERR_OPTION .*got `a` twice/);
  t.match(got({ target: [] }), /^ERR_OPTION Expected `target` to name a column, got none/);
  t.match(got({ testShare: 1 }), /^ERR_OPTION Expected `testShare`/);
  t.match(got({ testShare: 0.5, seed: -1 }), /^ERR_OPTION Expected `seed`/);
});

t.test('a wrong delimiter is suspected where the header is one cell', async (t) => {
  t.match(
    failure(() => loadTraining(fileOf(t, 'a;y\n1;u\n2;v\n'), { target: 'y', delimiter: ',' })),
    /^ERR_OPTION .*got "y"; is the delimiter ";"\?$/,
  );
  t.equal(loadTraining(fileOf(t, 'a;y\n1;u\n2;v\n'), { target: 'y', delimiter: ';' }).train.rows, 2);
  const guessed = loadTraining(fileOf(t, 'a;y\n1;u\n2;v\n'), { target: 'y' });
  t.equal(guessed.train.rows, 2);
  t.match(
    guessed.notes[0],
    /data.csv is read with ";" between its cells, by which its first rows all have 2/,
  );
});

t.test('a file with nothing but the target is an error', async (t) => {
  t.match(
    failure(() => loadTraining(fileOf(t, 'y\nu\nv\n'), { target: 'y' })),
    /^ERR_DATA Expected data.csv to have a column beside the target/,
  );
});

t.test('a table already read serves as well as a path', async (t) => {
  const text = 'a,y\n1,u\n2,v\n3,v\n';
  const fromTable = loadTraining(tableOf(t, text), { target: 'y' });
  t.equal(fromTable.train.hash, loadTraining(fileOf(t, text), { target: 'y' }).train.hash);
});

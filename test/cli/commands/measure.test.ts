import t from 'tap';
import { tutti } from '../support.js';

const folder = t.testdir({
  'values.csv': 'y,a,b\n1,1.5,0.5\n2,2.5,2.5\n3,2.5,3.5\n5,5.5,5.5\n',
  'commas.csv': ',"price, EUR",a,"a, note",seed\n0,1.5,1,7,1\n1,2,2,7,1\n2,3,3,8,1\n',
  'german.csv': 'y;a;b\n1,0;1,5;0,5\n2,0;2,5;-\n3,0;2,5;3,5\n5,0;5,5;5,5\n',
  'binary.csv': 'id;y;a;b\n0;0;0.1;0.3\n1;1;0.8;0.4\n2;1;0.9;0.6\n',
  'classes.csv':
    'truth,m_cat,m_dog,m_eel,n_cat,n_dog,n_eel\ncat,.8,.1,.1,.6,.2,.2\ndog,.1,.8,.1,.5,.3,.2\neel,0,0,1,.1,.1,.8\n',
});
const cwd = folder;

async function measured(...args: string[]) {
  const { status, stdout, stderr } = await tutti(['measure', ...args, '--json'], { cwd });
  if (status !== 0) throw new Error(stderr);
  return { ...JSON.parse(stdout), stderr };
}

t.test('values: v, c and the identity by hand', async (t) => {
  const { errorCorrelation, names, rmse } = await measured('values.csv', '--target', 'y');
  t.same(names, ['a', 'b']);
  // Errors ½ each; products −¼, ¼, −¼, ¼.
  t.match(errorCorrelation, {
    v: 0.25,
    c: 0,
    rho: 0,
    predicted: 0.125,
    measured: 0.125,
    effectiveMembers: 2,
  });
  t.ok(Math.abs(rmse - Math.sqrt(0.125)) < 1e-7);
});

t.test('numbers and missing words are read as in training', async (t) => {
  const read = ['--target', 'y', '--delimiter', ';', '--decimal', ',', '--missing', '-', '--out-of-bag'];
  const { errorCorrelation } = await measured('german.csv', ...read);
  t.match(errorCorrelation, { v: 0.25, rowsFrom: 'outOfBag' });
});

t.test('probabilities of the second class, with another delimiter and a column of row numbers', async (t) => {
  const result = await measured(
    'binary.csv',
    '--target',
    'y',
    '--delimiter',
    ';',
    '--aggregator',
    'geometric-mean',
  );
  t.match(result, { names: ['a', 'b'], aggregator: 'geometricMean', accuracy: 1 });
  t.match(result.stderr, /left out: id \(numbers the rows\)/);
});

t.test(
  'names with commas are named as they are, or in quotes within a list; --ignore says what --drop does',
  async (t) => {
    const names = async (...args: string[]): Promise<unknown> =>
      (await measured('commas.csv', '--target', 'price, EUR', ...args)).names;
    t.same(await names('--drop', 'a, note', '--drop', 'seed'), ['a']);
    t.same(await names('--drop', '"a, note",seed'), ['a']);
    t.same(await names('--ignore', 'seed,a'), ['a, note']);
  },
);

t.test('a probability per member and class', async (t) => {
  const result = await measured('classes.csv', '--target', 'truth', '--quiet');
  t.match(result, { names: ['m', 'n'], errorCorrelation: { memberCount: 2, rows: 3 } });
  t.equal(result.stderr, '');
});

t.test('as text', async (t) => {
  const { stdout } = await tutti(['measure', 'values.csv', '--target', 'y'], { cwd });
  t.match(stdout, /RMSE/);
  t.match(stdout, /ρ = c\/v/);
});

t.test('a column that may be no prediction can be dropped', async (t) => {
  const here = t.testdir({
    'text.csv': 'y,a,b,id\n1,1,2,x1\n2,3,2,x2\n3,3,4,x3\n',
    'labels.csv': 'y,a,b,id\np,p,p,x5\nq,p,q,x7\np,p,q,x9\n',
    'numbers.csv': 'y,a,b,id\n1,1,2,55\n2,3,2,77\n3,3,4,12\n',
  });
  const said = async (file: string) =>
    (await tutti(['measure', file, '--target', 'y'], { cwd: here })).stderr;
  t.match(await said('text.csv'), /`id` to be a finite number, got "x1".*; list it in `--drop` if it is no/);
  t.match(await said('labels.csv'), /got a, b, id; list in `--drop` what is no prediction/);
  t.match(await said('numbers.csv'), /\n`id` is taken for a member: --drop id leaves it out\n/);
});

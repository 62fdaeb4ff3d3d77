// The figures that evaluate, measure and train print: intervals, curves, kinds, floors, relative forms.

import { writeFileSync } from 'node:fs';
import t from 'tap';
import { classCsv, QUICK, tutti, valueCsv } from '../support.js';

const cwd = t.testdir({
  'classes.csv': classCsv(),
  'values.csv': valueCsv(),
  // Half of all probabilities are 0, as many of a forest's are.
  'sure.csv': `y,a_no,a_yes,b_no,b_yes\n${Array.from({ length: 20 }, (_, i) =>
    i % 2 === 0 ? 'no,1,0,1,0' : i % 3 === 0 ? 'yes,1,0,0,1' : 'yes,0,1,0,1',
  ).join('\n')}\n`,
  'grid.yaml': 'grid:\n  hidden: [[3], [5]]\nepochs: 2\nseed: 1\nthreads: 1\n',
});

const train = ['train', 'classes.csv', '--target', 'label', ...QUICK];
const evaluate = ['evaluate', 'three.tutti', 'classes.csv'];

t.test('train takes --level and --replicates, for its honest test as well', async (t) => {
  const args = [
    ...train,
    '--test-share',
    '0.3',
    '--level',
    '0.8',
    '--replicates',
    '100',
    '--out',
    'three.tutti',
  ];
  const { stdout } = await tutti([...args, '--json', '--quiet'], { cwd });
  const { outOfBag, honestTest } = JSON.parse(stdout);
  t.match(outOfBag.errorCorrelation.intervals, { level: 0.8, replicates: 100 });
  t.match(honestTest, { level: 0.8, difference: Number, z: Number, pValue: Number, consistent: Boolean });
});

t.test('evaluate prints curves and intervals as asked, and names the weighted mean apart', async (t) => {
  const args = [...evaluate, '--curves', '--level', '0.999', '--weights', '3,0,1'];
  const { stdout } = await tutti(args, { cwd });
  t.match(stdout, /Error correlation, equal weights \[99\.9 % interval\]/);
  t.match(stdout, /classes\.csv, weighted arithmetic mean/);
  t.match(stdout, /measured, of the unweighted mean/);
  t.match(stdout, /Scores by number of members, arithmetic mean/);
  t.match(stdout, /Scores by number of members, geometric mean/);
  t.match(stdout, /\n +1 +3 +[\d.]+ % ± [\d.]+ %/);
});

t.test('in JSON the same: curves are measured where asked for', async (t) => {
  const { stdout } = await tutti([...evaluate, '--curves', '--json', '--quiet'], { cwd });
  const { curves, weighted, errorCorrelation } = JSON.parse(stdout);
  t.same(
    curves.arithmeticMean.map(({ memberCount, subsets }: Record<string, number>) => [memberCount, subsets]),
    [
      [1, 3],
      [2, 16],
      [3, 1],
    ],
  );
  t.ok(Math.abs(curves.arithmeticMean[0].scores.squaredError - errorCorrelation.v) < 1e-9);
  t.equal(weighted, false);
});

t.test('without the flag there are none', async (t) => {
  const { stdout } = await tutti([...evaluate, '--json', '--quiet', '--replicates', '0'], { cwd });
  t.match(JSON.parse(stdout), { curves: null, targetVariance: null, errorCorrelation: { intervals: null } });
});

for (const command of [evaluate, train]) {
  t.test(`${command[0]} names a wrong level as it was typed`, async (t) => {
    const { status, stderr } = await tutti([...command, '--level', '95'], { cwd });
    t.equal(status, 2);
    t.match(stderr, /Expected `--level` to be a number > 0 and < 1, got 95/);
  });
}

t.test('a geometric mean says how much of it is the floor', async (t) => {
  const { stdout } = await tutti(['measure', 'sure.csv', '--target', 'y', '--mean', 'geometric'], { cwd });
  t.match(stdout, /40 probabilities \(50\.0 %\) lay below the tolerance/);
});

t.test('networks that differ in a grid are kinds of their own', async (t) => {
  const args = ['train', 'classes.csv', '--target', 'label', '--config', 'grid.yaml', '--members', '4'];
  const { stdout } = await tutti([...args, '--test-share', '0.3'], { cwd });
  t.match(stdout, /By kind, test .*c with 1\n1 network \(3 gelu\) +2 .*\n2 network \(5 gelu\) +2 /);
  t.match(stdout, /predict a squared error of [\d.]+ ± [\d.]+ for new rows,\n +the test rows gave/);
  t.match(stdout, /z = -?[\d.]+, p = [\d.e-]+: (no )?more than chance in the rows explains/);
});

t.test('inspect says in what settings differ, and the columns with their categories', async (t) => {
  writeFileSync(`${cwd}/l2.yaml`, 'grid:\n  l2: [0, 0.01]\nhidden: [3]\nepochs: 2\nseed: 1\nthreads: 1\n');
  const kinds = classCsv().replaceAll(
    /^(.*),(no|yes)$/gm,
    (_, cells, label) => `${cells},k${cells.length % 2},${label}`,
  );
  writeFileSync(`${cwd}/kinds.csv`, kinds.replace('x1,x2,label', 'x1,x2,kind,label'));
  const args = [
    'train',
    'kinds.csv',
    '--target',
    'label',
    '--config',
    'l2.yaml',
    '--out',
    'l2.tutti',
    '--quiet',
  ];
  await tutti([...args, '--members', '2'], { cwd });
  const { stdout } = await tutti(['inspect', 'l2.tutti'], { cwd });
  t.match(stdout, /columns +x1, x2, kind \(2 categories: k0, k1\)/);
  t.match(stdout, /members 0 .*; l2 0\n +members 1 .*; l2 0\.01\n/);
});

t.test('text and JSON of a regression say the same numbers under the same names', async (t) => {
  const args = ['train', 'values.csv', '--target', 'y', ...QUICK];
  const [{ stdout }, asJson] = await Promise.all([tutti(args, { cwd }), tutti([...args, '--json'], { cwd })]);
  const { outOfBag } = JSON.parse(asJson.stdout);
  const { targetVariance, errorCorrelation, meanMember, rmse } = outOfBag;
  const shown = (pattern: RegExp) => Number(pattern.exec(stdout)![1]);
  const near = (a: number, b: number) => Math.abs(a - b) <= 0.001 * b;
  t.ok(near(shown(/out of bag, mean member +([\d.]+)/), meanMember.rmse));
  t.ok(near(shown(/out of bag, arithmetic mean +([\d.]+)/), rmse));
  t.ok(rmse <= meanMember.rmse, 'averaging does not seem to hurt');
  t.ok(Math.abs(meanMember.squaredError - errorCorrelation.meanMember) < 1e-9);
  const { v, c, measured } = errorCorrelation;
  const shares = [v, c, measured].map((own) => `${((100 * own) / targetVariance).toFixed(1)} %`).join(', ');
  t.match(stdout, shares, 'squared errors stand beside the variance of the target');
});

t.test('sources names the members that failed, counts the others and says so by its status', async (t) => {
  writeFileSync(
    `${cwd}/unlucky.mjs`,
    `let calls = 0;
     export default {
       fit() { calls++; if (calls === 2) throw new Error('no luck'); return {}; },
       predict: (model, x, rows) => new Float32Array(2 * rows).fill(0.5),
     };`,
  );
  const args = [
    'sources',
    'classes.csv',
    '--target',
    'label',
    '--learner',
    './unlucky.mjs',
    '--members',
    '2',
  ];
  const one = ['--vary', 'resample', '--seeds', '1', '--seed', '1', '--threads', '1', '--quiet'];
  const { status, stdout, stderr } = await tutti([...args, ...one], { cwd });
  t.equal(status, 1);
  t.match(stderr, /resample, seed 1, member 1: .*no luck/);
  t.match(stdout, /\nresample +1 +0\.500 +– +– +–/);
});

t.test('sources states its own defaults', async (t) => {
  const help = (await tutti(['sources', '--help'], { cwd })).stdout.replace(/\s+/g, ' ');
  t.match(help, /--test-share <number> [^(]*\(a number ≥ 0 and < 1; default: 0\.3\)/);
  t.match(help, /--members <k> how many members are trained \(an integer ≥ 1; default: 8\)/);
  t.notMatch(help, /--replicates/, 'it has no intervals');
});

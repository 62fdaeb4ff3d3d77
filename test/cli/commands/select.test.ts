// `tutti select`, `--weights`, `tutti sources` and the options of tying and snapshots.

import { writeFileSync } from 'node:fs';
import t from 'tap';
import { classCsv, QUICK, tutti, valueCsv } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv(), 'values.csv': valueCsv() });
await tutti(['train', 'train.csv', '--target', 'label', ...QUICK, '--out', 'three.tutti'], { cwd });

t.test('select prints its choice and saves an ensemble that uses it', async (t) => {
  const args = ['select', 'three.tutti', 'train.csv', '--metric', 'squared', '--size', '6', '--always'];
  const { status, stdout } = await tutti([...args, '--out', 'selected.tutti'], { cwd });
  t.equal(status, 0);
  t.match(stdout, /best member \(\d\)/);
  t.match(stdout, /gain over equal weights there +-?[\d.e-]+ ± [\d.e-]+/);
  t.match(stdout, /Selecting (helps|does not help) on rows it was not made on/);
  const [, counts] = /--weights ([\d,]+)/.exec(stdout)!;
  const predict = (...more: string[]) => tutti(['predict', ...more, 'train.csv', '--json'], { cwd });
  const [saved, stated, equal] = await Promise.all([
    predict('selected.tutti'),
    predict('three.tutti', '--weights', counts!),
    predict('three.tutti'),
  ]);
  t.equal(saved.stdout, stated.stdout);
  if (new Set(counts!.split(',')).size > 1) t.not(saved.stdout, equal.stdout);
  const scored = await tutti(['evaluate', 'three.tutti', 'train.csv', '--weights', counts!, '--json'], {
    cwd,
  });
  const json = await tutti([...args, '--json'], { cwd });
  const [measured, chosen] = [JSON.parse(scored.stdout), JSON.parse(json.stdout)];
  t.ok(Math.abs(measured.squaredError - chosen.score) < 1e-6);
  t.match((await tutti(['inspect', 'selected.tutti'], { cwd })).stdout, /members|weights/);
});

t.test('select judges training rows out of bag', async (t) => {
  const { status, stdout } = await tutti(['select', 'three.tutti', 'train.csv', '--out-of-bag', '--json'], {
    cwd,
  });
  t.equal(status, 0);
  t.ok(JSON.parse(stdout).rows <= 60);
  writeFileSync(`${cwd}/other.csv`, classCsv().split('\n').slice(0, 41).join('\n'));
  const other = await tutti(['select', 'three.tutti', 'other.csv', '--out-of-bag'], { cwd });
  t.equal(other.status, 2);
  t.match(other.stderr, /rows the ensemble was trained on/);
});

t.test('weights that do not fit are refused', async (t) => {
  const { status, stderr } = await tutti(['evaluate', 'three.tutti', 'train.csv', '--weights', '1,2'], {
    cwd,
  });
  t.equal(status, 2);
  t.match(stderr, /`--weights` to be 3 numbers, one per member/);
});

t.test('sources compares them in a table and as JSON', async (t) => {
  const args = ['sources', 'train.csv', '--target', 'label', ...QUICK, '--seeds', '2'];
  const table = await tutti([...args, '--hidden-keep', '0.5'], { cwd });
  t.equal(table.status, 0, table.stderr);
  for (const name of ['resample', 'initialisation', 'batch order', 'masks', 'all together'])
    t.match(table.stdout, name);
  t.match(table.stdout, /3 members, 2 seeds from 1, measured on 18 held-out rows/);
  const json = await tutti([...args, '--vary', 'init', '--json', '--quiet'], { cwd });
  const report = JSON.parse(json.stdout);
  t.equal(json.stderr, '');
  t.strictSame(
    report.sources.map(({ source }: { source: string }) => source),
    ['init', 'all'],
  );
  const values = await tutti(
    ['sources', 'values.csv', '--target', 'y', ...QUICK, '--seeds', '1', '--quiet'],
    { cwd },
  );
  t.equal(values.status, 0, values.stderr);
  t.notMatch(values.stdout, /wrong/);
});

t.test('sources takes errors apart over training sets', async (t) => {
  const args = [
    'sources',
    'train.csv',
    '--target',
    'label',
    ...QUICK,
    '--seeds',
    '1',
    '--vary',
    'init',
    '--quiet',
  ];
  const { status, stdout, stderr } = await tutti([...args, '--training-sets', '2'], { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /Bias and variance over 2 training sets of 21 rows\n/);
  t.match(stdout, /\n {2}a member +\S+ +\S+ +\S+\n {2}the ensemble/);
  t.match(stdout, /wrong +. bias +. net variance/);
  const one = await tutti([...args, '--training-sets', '1'], { cwd });
  t.equal(one.status, 2);
  t.match(one.stderr, /`--training-sets` to be 0 or an integer ≥ 2, got 1/);
});

t.test('sources needs rows to measure on', async (t) => {
  const { status, stderr } = await tutti(['sources', 'train.csv', '--target', 'label', '--test-share', '0'], {
    cwd,
  });
  t.equal(status, 2);
  t.match(stderr, /`--test-share` to be above 0/);
});

t.test('tying and snapshots are options of train', async (t) => {
  const args = ['train', 'train.csv', '--target', 'label', ...QUICK, '--json', '--quiet'];
  const tied = await tutti([...args, '--tie', '0.1', '--tied-layers', '1', '--tying-mode', 'exact'], { cwd });
  t.equal(tied.status, 0, tied.stderr);
  t.equal(JSON.parse(tied.stdout).members, 3);
  const snapshots = await tutti([...args, '--snapshots', '2'], { cwd });
  t.equal(JSON.parse(snapshots.stdout).members, 6);
  const wrong = await tutti([...args, '--tie', '0.1', '--tied-layers', '9'], { cwd });
  t.equal(wrong.status, 2);
  t.match(wrong.stderr, /`--tied-layers` to be numbers of the 2 layers, 1 to 2, got 9/);
  const alone = await tutti(['train', 'train.csv', '--target', 'label', '--members', '1', '--tie', '1'], {
    cwd,
  });
  t.equal(alone.status, 2);
});

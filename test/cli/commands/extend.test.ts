// `tutti extend`: more members of a saved ensemble, from the file it was trained on.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { classCsv, tutti } from '../support.js';

const QUICK = ['--hidden', '4', '--epochs', '2', '--seed', '1', '--threads', '1', '--json', '--quiet'];
const TRAIN = [
  'train',
  'a.csv',
  '--target',
  'label',
  '--class-weights',
  'yes=3',
  '--test-share',
  '0.3',
  ...QUICK,
];

t.test('it gives the ensemble that training all members at once gives, and measures it', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  const run = async (args: readonly string[]) => JSON.parse((await tutti(args, { cwd })).stdout);
  await run([...TRAIN, '--members', '2', '--out', 'two.tutti']);
  const whole = await run([...TRAIN, '--members', '4']);
  const options = ['--class-weights', 'yes=3', '--threads', '1', '--json', '--quiet'];
  const extended = await run([
    'extend',
    'two.tutti',
    'a.csv',
    '--members',
    '4',
    ...options,
    '--out',
    'four.tutti',
  ]);
  t.equal(extended.contentHash, whole.contentHash);
  t.match(extended, { complete: true, members: 4, planned: 4, saved: { path: 'four.tutti' } });
  t.same(extended.outOfBag, whole.outOfBag);
  t.same(extended.test, whole.test);
});

t.test('a file without the rows, or weights that are others, are refused by name', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  await tutti([...TRAIN, '--members', '2', '--out', 'two.tutti'], { cwd });
  const lines = readFileSync(join(cwd, 'a.csv'), 'utf8').split('\n');
  writeFileSync(join(cwd, 'part.csv'), lines.slice(0, 30).join('\n'));
  const part = await tutti(['extend', 'two.tutti', 'part.csv', '--members', '4'], { cwd });
  t.match(part, { status: 2, stderr: /Expected part\.csv to hold the rows that two\.tutti was trained on/ });
  const weights = await tutti(['extend', 'two.tutti', 'a.csv', '--members', '4'], { cwd });
  t.match(weights, { status: 2, stderr: /the dataset that the ensemble was trained on, with its weights/ });
});

t.test('it says how many members were trained this time', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  await tutti([...TRAIN, '--members', '2', '--out', 'two.tutti'], { cwd });
  const extend = ['extend', 'two.tutti', 'a.csv', '--class-weights', 'yes=3', '--threads', '1', '--quiet'];
  const same = await tutti(extend, { cwd });
  t.match(same, { status: 0, stdout: /^Nothing to train: all 2 members are there\n/ }, same.stderr);
  const more = await tutti([...extend, '--members', '3'], { cwd });
  t.match(more, { status: 0, stdout: /^Trained 1 more member, 3 in all, in / }, more.stderr);
});

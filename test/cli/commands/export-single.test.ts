// `tutti export --single`: one net in place of an ensemble, from the rows of a file.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { classCsv, QUICK, tutti, valueCsv } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv(), 'values.csv': valueCsv() });
const SPLIT = ['--test-share', '0.3'];
await tutti(['train', 'train.csv', '--target', 'label', ...QUICK, ...SPLIT, '--out', 'three.tutti'], { cwd });
const FAST = ['--copies', '1', '--epochs', '5'];

t.test('a net is saved, with its loss beside the ensemble and the best member', async (t) => {
  const args = ['export', 'three.tutti', '--single', '--data', 'train.csv', ...FAST, '--out', 'single.tutti'];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  t.match(stderr, /Wrote single.tutti: a saved ensemble, 1 member, /);
  t.match(stdout, /^One net, .* gelu, output: \d+ parameters in place of \d+\n/);
  t.match(stdout, /of 42 rows and 1 perturbed copy of each/);
  t.match(
    stdout,
    /on 18 rows that it was not trained on\nthe same class in \d+\.\d\d % of them, divergence \S+ nats/,
  );
  t.match(stdout, /single +ensemble +ensemble − single \[95 %\] +best member +best member − single \[95 %\]/);
  t.match(stdout, /\naccuracy .*\nlog-loss /);
  t.notMatch(stdout, /was trained on these rows/, 'those that the training held out judge');
  const shown = await tutti(['inspect', 'single.tutti'], { cwd });
  t.match(shown.stdout, /distilled from an ensemble/);
  const predicted = await tutti(['predict', 'single.tutti', 'train.csv', '--quiet'], { cwd });
  t.equal(predicted.stdout.trim().split('\n').length, 61);
});

t.test('in any format, of any size, and the figures as JSON', async (t) => {
  const args = ['export', 'three.tutti', '--single', '--data', 'train.csv', ...FAST, '--hidden', '4,3'];
  const { status, stdout, stderr } = await tutti([...args, '--out', 'net.json', '--json', '--quiet'], {
    cwd,
  });
  t.equal(status, 0, stderr);
  const { format, members, single } = JSON.parse(stdout);
  t.match(
    { format, members, network: single.network },
    { format: 'json', members: 1, network: '4 gelu, 3 gelu, output' },
  );
  t.match(single, { rows: 42, copies: 1, heldOut: { rows: 18, from: 'given', knownToEnsemble: false } });
  const net = JSON.parse(readFileSync(join(cwd, 'net.json'), 'utf8'));
  t.equal(net.members[0].layers.length, 3);
});

t.test('a share judges where all rows were trained on, and it is said', async (t) => {
  await tutti(['train', 'values.csv', '--target', 'y', ...QUICK, '--out', 'values.tutti'], { cwd });
  const args = ['export', 'values.tutti', '--single', '--data', 'values.csv', ...FAST];
  const { status, stdout, stderr } = await tutti([...args, '--out', 'value.safetensors'], { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /\(RMSE\) from the ensemble’s answers, which follows \S+ % of their variance/);
  t.match(stdout, /The ensemble was trained on these rows/);
  const given = await tutti([...args, '--held-out', 'values.csv', '--out', 'value.json', '--json'], { cwd });
  t.equal(JSON.parse(given.stdout).single.heldOut.from, 'given');
});

for (const [what, args, message] of [
  ['rows are needed', ['--single', '--out', 'x.tutti'], /`--data` to be the file of rows/],
  [
    'no row is not read in vain',
    ['--data', 'train.csv', '--out', 'x.json'],
    /`--data` to be absent unless `--single`/,
  ],
  [
    'options of the net need it',
    ['--hidden', '3', '--out', 'x.json'],
    /`--hidden` to be absent unless `--single`/,
  ],
  ['an ensemble is saved already', ['--out', 'x.tutti'], /`--format` to be one of .*json/],
  [
    'what is read is not written over',
    ['--single', '--data', 'train.csv', '--format', 'json', '--out', 'train.csv'],
    /another file than train.csv/,
  ],
  [
    'the formats’ own options are checked',
    ['--single', '--data', 'train.csv', ...FAST, '--inputs', 'columns', '--out', 'x.json'],
    /`--inputs` to be absent for JSON/,
  ],
] as const) {
  t.test(what, async (t) => {
    const { status, stderr } = await tutti(['export', 'three.tutti', ...args], { cwd });
    t.equal(status, 2, stderr);
    t.match(stderr, message);
  });
}

t.test('a format that has no form for what the ensemble does refuses before a net is trained', async (t) => {
  const args = ['export', 'three.tutti', '--single', '--data', 'nowhere.csv', ...FAST, '--out', 'net.zip'];
  const { status, stderr } = await tutti(args, { cwd });
  t.equal(status, 2);
  t.match(stderr, /Expected `softClip` to be null \(--soft-clip none\)/);
});

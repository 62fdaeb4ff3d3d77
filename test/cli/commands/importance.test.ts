// `tutti importance` and `tutti diagnose`.

import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { classCsv, QUICK, tutti, tuttiProcess, valueCsv } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv(), 'values.csv': valueCsv() });
await tutti(['train', 'train.csv', '--target', 'label', ...QUICK, '--out', 'three.tutti'], { cwd });
await tutti(['train', 'values.csv', '--target', 'y', ...QUICK, '--out', 'values.tutti'], { cwd });

t.test('columns in the order of their importance, out of bag where the file was trained on', async (t) => {
  const args = ['importance', 'three.tutti', 'train.csv', '--repeats', '4'];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  t.equal(stderr, '');
  t.match(stdout, /^train.csv: \d+ rows out of bag, log-loss \S+; each column permuted 4 times\n/);
  t.match(stdout, /column +log-loss worse by +± repeats +of a member +± members\nx1 .*\nx2 /);
  const json = JSON.parse((await tutti([...args, '--json'], { cwd })).stdout);
  t.match(json, { file: 'train.csv', metric: 'logLoss', rowsFrom: 'outOfBag', repeats: 4 });
  t.equal(json.columns[0].repeats.length, 4);
  t.equal(json.columns[0].members.length, 3);
  const held = await tutti([...args, '--rows', 'heldOut', '--metric', 'accuracy'], { cwd });
  t.match(held.stdout, /^train.csv: 60 rows held out, accuracy /);
});

t.test('groups are permuted together, and all figures go to a file', async (t) => {
  const args = [
    'importance',
    'values.tutti',
    'values.csv',
    '--group',
    'x1,x2',
    '--out',
    'out.csv',
    '--repeats',
    '2',
  ];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  t.match(stderr, /^Wrote out.csv$/m);
  t.match(stdout, /^x1, x2 /m);
  const lines = readFileSync(`${cwd}/out.csv`, 'utf8').trim().split('\n');
  t.equal(
    lines[0],
    'column,importance,repeat_spread,member_mean,member_spread,repeat1,repeat2,member0,member1,member2',
  );
  t.match(lines[1], /^"x1, x2",/);
  const piped = await tutti(['importance', 'values.tutti', 'values.csv', '--out', '-'], { cwd });
  t.match(piped.stdout, /^column,importance,/);
});

t.test('bad input is a line each', async (t) => {
  const refused = async (args: readonly string[], message: RegExp) => {
    const { status, stderr, stdout } = await tutti(args, { cwd });
    t.equal(status, 2, stderr);
    t.equal(stdout, '');
    t.match(stderr, message);
    t.equal(stderr.trim().split('\n').length, 1, stderr);
  };
  const at = (...args: string[]) => ['importance', 'three.tutti', 'train.csv', ...args];
  await refused(at('--group', 'x1,x3'), /`--groups`.*"x1,x3"|got "x3"/);
  await refused(at('--group', 'x1,label'), /Expected `--groups` to name columns .*\(x1, x2\), got "label"/);
  await refused(
    at('--metric', 'rmse'),
    /Expected `--metric` to be one of accuracy.* for classification, got "rmse"/,
  );
  await refused(at('--repeats', '0'), /`--repeats` to be an integer ≥ 1, got 0/);
  writeFileSync(`${cwd}/other.csv`, classCsv().split('\n').slice(0, 30).join('\n'));
  await refused(
    ['importance', 'three.tutti', 'other.csv', '--rows', 'outOfBag'],
    /Expected `--rows` to be heldOut, as other.csv does not hold the rows that it was trained on, got "outOfBag"/,
  );
  writeFileSync(`${cwd}/blind.csv`, 'x1,x2\n1,2\n3,4\n');
  await refused(['importance', 'three.tutti', 'blind.csv'], /target column `label`/);
  await refused(['diagnose', 'three.tutti', 'blind.csv'], /target column `label`/);
  await refused(['diagnose', 'three.tutti', 'train.csv', '--columns', 'x9'], /`--columns`.*"x9"/);
});

t.test('Ctrl-C stops it, and a log gets plain lines', async (t) => {
  const rows = Array.from({ length: 3000 }, (_, row) => `${row % 17},${row % 13},${row % 7},${row % 2}`);
  writeFileSync(`${cwd}/long.csv`, `a,b,c,y\n${rows.join('\n')}\n`);
  const train = ['train', 'long.csv', '--target', 'y', '--members', '8', '--hidden', '64', '--epochs', '1'];
  await tutti([...train, '--seed', '1', '--out', 'long.tutti'], { cwd });
  const long = ['importance', 'long.tutti', 'long.csv', '--repeats', '5000', '--max-rows', 'none'];
  let stopped = false;
  const { status, stdout, stderr } = await tuttiProcess(long, {
    cwd,
    onStderr: (text, kill) => {
      if (stopped || !text.includes('importance: ')) return;
      stopped = true;
      kill('SIGINT');
    },
  });
  t.equal(status, 130, stderr);
  t.match(stderr, /^importance: \d+ %, .* left\n/);
  t.match(stderr, /Stopped: nothing is kept\./);
  t.equal(stdout, '');
});

t.test('a diagnosis has slices, suspects and rows by their lines, and writes the suspects', async (t) => {
  // Two labels are wrong.
  const lines = classCsv().trim().split('\n');
  for (const at of [11, 30])
    lines[at] = lines[at]!.replace(/yes|no/, (label) => (label === 'yes' ? 'no' : 'yes'));
  writeFileSync(`${cwd}/wrong.csv`, `${lines.join('\n')}\n`);
  const train = [
    'train',
    'wrong.csv',
    '--target',
    'label',
    '--members',
    '30',
    '--hidden',
    '4',
    '--epochs',
    '60',
  ];
  await tutti([...train, '--seed', '1', '--out', 'wrong.tutti'], { cwd });
  const args = ['diagnose', 'wrong.tutti', 'wrong.csv', '--out', 'suspects.csv', '--min-rows', '10'];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /^wrong.csv: \d+ rows out of bag, log-loss /);
  t.match(stdout, /slice.* of at least 10 rows/);
  t.match(stdout, /suspected labels? \(about/);
  t.match(stdout, /^line 12 +(yes|no) /m);
  t.match(stdout, /Rows with the highest loss\nrow +truth +predicted +log-loss +disagreement\nline \d+ /);
  const suspects = readFileSync(`${cwd}/suspects.csv`, 'utf8').trim().split('\n');
  t.match(suspects[0], /^row,line,suspect_given,suspect_suggested,.*,x1,x2,label$/);
  const found = suspects.slice(1).map((line) => Number(line.split(',')[1]));
  t.ok(found.includes(12) && found.includes(31), `${found}`);
  const json = JSON.parse((await tutti([...args, '--json'], { cwd })).stdout);
  t.match(json.suspects.rows[0], { row: Number, line: Number, given: String, suggested: String });
  t.equal(json.suspects.rows[0].line, json.suspects.rows[0].row + 1);
  const values = await tutti(['diagnose', 'values.tutti', 'values.csv'], { cwd });
  t.match(values.stdout, /row +truth +predicted +squared error +disagreement/);
});

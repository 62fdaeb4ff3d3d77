// `tutti cv`, and its file read by `tutti measure`.

import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { classCsv, QUICK, tutti, tuttiProcess, valueCsv } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv(), 'values.csv': valueCsv() });
const CV = ['cv', 'train.csv', '--target', 'label', ...QUICK, '--folds', '3'];

t.test(
  'scores of the folds and out of fold, and predictions that measure reads to the same scores',
  async (t) => {
    const { status, stdout, stderr } = await tutti([...CV, '--repeats', '2', '--out', 'oof.csv'], { cwd });
    t.equal(status, 0, stderr);
    t.match(stderr, /Wrote oof.csv/);
    t.match(stdout, /^train.csv: 60 rows in 3 stratified folds, 2 times; 3 members each\n/);
    t.match(stdout, /mean of folds +± folds +out of fold, mean of repeats +interval\naccuracy /);
    t.match(stdout, /fold +trained on +tested on +members +accuracy +log-loss\n1.1 +40 +20 +3 /);
    t.match(stdout, /^out of fold, repeat 2, mean member/m);
    const lines = readFileSync(`${cwd}/oof.csv`, 'utf8').trim().split('\n');
    t.equal(lines.length, 121);
    t.equal(
      lines[0],
      'row,repeat,fold,label,member0_no,member0_yes,member1_no,member1_yes,member2_no,member2_yes',
    );
    t.match(lines[61], /^1,2,[123],no,/);
    const json = JSON.parse((await tutti([...CV, '--json', '--quiet', '--out', 'one.csv'], { cwd })).stdout);
    t.match(json, {
      file: 'train.csv',
      kind: 'stratified',
      folds: 3,
      complete: true,
      planned: 3,
      out: 'one.csv',
    });
    const measured = await tutti(['measure', 'one.csv', '--target', 'label', '--json'], { cwd });
    t.match(measured.stderr, /left out: row \(says where the row is from\), repeat .*, fold /);
    const file = JSON.parse(measured.stdout);
    const own = json.outOfFold[0].measurement;
    t.equal(file.accuracy, own.accuracy);
    t.ok(Math.abs(file.errorCorrelation.rho - own.errorCorrelation.rho) < 1e-6);
    t.ok(Math.abs(file.logLoss - own.logLoss) < 1e-6);
  },
);

t.test('the ensembles’ own predictions, on standard output', async (t) => {
  const { stdout } = await tutti([...CV, '--combined', '--out', '-'], { cwd });
  const lines = stdout.trim().split('\n');
  t.equal(lines[0], 'row,repeat,fold,label,prediction,probability_no,probability_yes');
  t.equal(lines.length, 61);
});

t.test('in the order of time with a gap, and by groups', async (t) => {
  const rows = valueCsv().trim().split('\n');
  const dated = rows.map((row, at) => (at === 0 ? `${row},day,site` : `${row},${at},s${at % 5}`));
  writeFileSync(`${cwd}/dated.csv`, `${dated.join('\n')}\n`);
  const args = ['cv', 'dated.csv', '--target', 'y', '--drop', 'z', ...QUICK, '--folds', '4'];
  const timed = await tutti([...args, '--drop', 'site', '--time', 'day', '--gap', '3'], { cwd });
  t.equal(timed.status, 0, timed.stderr);
  t.match(
    timed.stdout,
    /^dated.csv: 48 of 60 rows in 4 folds in the order of time with a gap of 3; 3 members each\n/,
  );
  t.match(timed.stdout, /\n1 +9 +12 +3 /);
  const grouped = await tutti([...args, '--drop', 'day', '--group', 'site', '--json', '--quiet'], { cwd });
  t.match(JSON.parse(grouped.stdout), { kind: 'grouped', gap: 0 });
});

t.test('bad input is a line each', async (t) => {
  const refused = async (args: readonly string[], message: RegExp) => {
    const { status, stderr, stdout } = await tutti(args, { cwd });
    t.equal(status, 2, stderr);
    t.equal(stdout, '');
    t.match(stderr, message);
    t.equal(stderr.trim().split('\n').length, 1, stderr);
  };
  await refused([...CV.slice(0, -1), '31'], /at least 31 rows of class "no" for 31 folds, got 30/);
  await refused([...CV.slice(0, -1), '61'], /at least 61 rows for 61 folds, got 60/);
  await refused([...CV.slice(0, -1), '1'], /`--folds` to be an integer ≥ 2, got 1/);
  await refused([...CV, '--gap', '2'], /Expected `--gap` to be absent unless `--time` is given, got 2/);
  await refused([...CV, '--time', 'when'], /Expected `--time` to be a column of train.csv .*got "when"/);
  await refused(
    [...CV, '--time', 'x1', '--repeats', '2'],
    /`--repeats` to be absent unless `--time` is not given: .*, got 2/,
  );
  const values = ['cv', 'values.csv', '--target', 'y', ...QUICK];
  await refused([...values, '--aggregator', 'geometricMean'], /Expected `--aggregator` to be /);
  writeFileSync(`${cwd}/one.csv`, 'x,label\n1,yes\n2,yes\n3,yes\n');
  await refused(['cv', 'one.csv', '--target', 'label', ...QUICK], /at least two classes/);
});

t.test('Ctrl-C keeps the folds that are finished', async (t) => {
  const long = ['--members', '2', '--hidden', '16', '--epochs', '40', '--seed', '1', '--threads', '1'];
  const args = ['cv', 'train.csv', '--target', 'label', ...long, '--folds', '5', '--repeats', '2000'];
  let stopped = false;
  const { status, stdout, stderr } = await tuttiProcess([...args, '--out', 'part.csv'], {
    cwd,
    onStderr: (text, kill) => {
      if (stopped || !/\d+\/20 000 members/.test(text)) return;
      stopped = true;
      kill('SIGINT');
    },
  });
  t.equal(status, 130, stderr);
  t.match(stderr, /Stopping: folds that are finished are kept/);
  t.match(stderr, /Stopped: \d+ of 10 000 folds are finished\./);
  t.match(stdout, /^train.csv: /);
  t.ok(readFileSync(`${cwd}/part.csv`, 'utf8').split('\n').length > 10);
});

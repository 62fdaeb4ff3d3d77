// Where tables come from and go to: files of test rows, standard input and output, columns that are kept.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { classCsv, QUICK, tutti, tuttiProcess } from '../support.js';

const [head, ...lines] = classCsv().trimEnd().split('\n');
const csvOf = (rows: readonly string[]) => `${[head, ...rows].join('\n')}\n`;

const cwd = t.testdir({
  'all.csv': csvOf(lines),
  'train.csv': csvOf(lines.slice(0, 40)),
  'test.csv': csvOf(lines.slice(40)),
  'ids.csv': `${[`id,${head}`, ...lines.map((line, at) => `r${at},${line}`)].join('\n')}\n`,
});
const train = ['train', 'train.csv', '--target', 'label', ...QUICK];

t.before(async () => {
  const { status, stderr } = await tutti([...train, '--out', 'it.tutti'], { cwd });
  if (status !== 0) throw new Error(stderr);
});

t.test('--test scores the rows of a file as evaluate does', async (t) => {
  const { status, stdout } = await tutti([...train, '--test', 'test.csv'], { cwd });
  t.equal(status, 0);
  t.match(stdout, /^train.csv: 40 rows, 2 features; test.csv: 20 rows to test on$/m);
  t.match(stdout, 'Honest test');
  t.notMatch(stdout, 'tutti split');
  const json = JSON.parse((await tutti([...train, '--test', 'test.csv', '--json', '-q'], { cwd })).stdout);
  t.match(json, { file: 'train.csv', testFile: 'test.csv', trainRows: 40, testRows: 20 });
  const args = ['evaluate', 'it.tutti', 'test.csv', '--json', '-q'];
  const evaluated = JSON.parse((await tutti(args, { cwd })).stdout);
  t.equal(json.test.logLoss, evaluated.logLoss);
  t.same(json.test.errorCorrelation, evaluated.errorCorrelation);
});

t.test('a file of test rows that cannot be is refused before anything is trained', async (t) => {
  const refused = async (more: readonly string[], message: RegExp) => {
    const result = await tutti([...train, ...more], { cwd });
    t.equal(result.status, 2);
    t.match(result.stderr, message);
    t.notMatch(result.stdout, 'Trained');
  };
  await refused(['--test', 'none.csv'], /none.csv to be a readable file, got nothing/);
  await refused(
    ['--test', 'test.csv', '--test-share', '0.3'],
    /Expected `--test` to be absent with `--test-share`/,
  );
  await refused(['--test', 'test.csv', '--out', 'test.csv'], /another file than test.csv, which is read/);
  writeFileSync(`${cwd}/short.csv`, 'x1,label\n1,no\n');
  await refused(['--test', 'short.csv'], /short.csv to have the feature column `x2`/);
  const same = await tutti([...train, '--test', 'train.csv'], { cwd });
  t.match(same.stderr, /The test rows are those trained on/);
});

t.test('- is standard input wherever a table is read', async (t) => {
  const stdin = readFileSync(`${cwd}/train.csv`, 'utf8');
  const piped = await tuttiProcess(['train', '-', ...train.slice(2)], { cwd, stdin });
  t.equal(piped.status, 0, piped.stderr);
  t.match(piped.stdout, /^standard input: 40 rows/);
  const tests = await tuttiProcess([...train, '--test', '-', '--json', '-q'], {
    cwd,
    stdin: csvOf(lines.slice(40)),
  });
  t.equal(JSON.parse(tests.stdout).testRows, 20);
  for (const args of [
    ['describe', '-'],
    ['predict', 'it.tutti', '-', '--quiet'],
    ['evaluate', 'it.tutti', '-', '--replicates', '0'],
  ]) {
    const fromFile = await tutti(
      args.map((arg) => (arg === '-' ? 'all.csv' : arg)),
      { cwd },
    );
    const { status, stdout } = await tuttiProcess(args, { cwd, stdin: csvOf(lines) });
    t.equal(status, 0);
    const plain = (text: string) => text.replace(/all\.csv|standard input/g, 'it').replace(/ +/g, ' ');
    t.equal(plain(stdout), plain(fromFile.stdout), args.join(' '));
  }
  const both = await tutti(['train', '-', '--target', 'label', '--test', '-'], { cwd });
  t.equal(both.status, 2);
  t.match(both.stderr, /Expected `--test` to be a file, as standard input is trained on/);
});

t.test('- is standard output wherever a table is written, and nowhere else', async (t) => {
  const predict = ['predict', 'it.tutti', 'test.csv'];
  const [{ stdout }, plain] = [
    await tutti([...predict, '--out', '-'], { cwd }),
    await tutti(predict, { cwd }),
  ];
  t.equal(stdout, plain.stdout);
  const split = ['split', 'all.csv', '--target', 'label', '--train-out'];
  const parts = await tutti([...split, 'part.csv', '--test-out', '-'], { cwd });
  t.equal(parts.status, 0);
  t.match(parts.stdout, new RegExp(`^${head}\n`));
  t.equal(parts.stderr, 'Wrote part.csv: 42 rows\n');
  for (const [args, message] of [
    [[...split, '-', '--test-out', '-'], /Expected `--test-out` to be another file than `--train-out`/],
    [[...split, 'a.csv', '--test-out', '-', '--json'], /Expected `--test-out` to be a file with `--json`/],
    [[...train, '--out', '-'], /Expected `--out` to be the path of a file/],
  ] as const) {
    const { status, stderr } = await tutti(args, { cwd });
    t.equal(status, 2);
    t.match(stderr, message);
  }
  t.notOk(existsSync(`${cwd}/-`));
});

t.test('kept columns go through measure, members through pipes', async (t) => {
  const { stdout, stderr } = await tutti(['predict', 'it.tutti', 'ids.csv', '--members', '--keep', 'id'], {
    cwd,
  });
  t.equal(stderr, '');
  t.match(stdout, /^id,label,member0_no,member0_yes,/);
  t.match(stdout.split('\n')[1], /^r0,no,/);
  const measured = await tuttiProcess(['measure', '-', '--target', 'label', '--drop', 'id', '--json', '-q'], {
    cwd,
    stdin: stdout,
  });
  t.equal(measured.status, 0, measured.stderr);
  const { names, accuracy } = JSON.parse(measured.stdout);
  t.same(names, ['member0', 'member1', 'member2']);
  const evaluated = JSON.parse(
    (await tutti(['evaluate', 'it.tutti', 'all.csv', '--json', '-q'], { cwd })).stdout,
  );
  t.equal(accuracy, evaluated.accuracy);
});

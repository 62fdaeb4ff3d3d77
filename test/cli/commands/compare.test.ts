// `tutti compare`.

import { writeFileSync } from 'node:fs';
import t from 'tap';
import { classCsv, QUICK, tutti, valueCsv } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv(), 'values.csv': valueCsv() });
const train = (file: string, target: string, out: string, ...more: string[]) =>
  tutti(['train', file, '--target', target, ...QUICK, '--out', out, ...more], { cwd });
await train('train.csv', 'label', 'a.tutti');
await train('train.csv', 'label', 'b.tutti', '--l2', '0.5');
const columns = classCsv().split('\n')[0]!.split(',');
await train('train.csv', 'label', 'fewer.tutti', '--drop', columns.find((name) => name !== 'label')!);
await train('values.csv', 'y', 'values.tutti');

t.test('a table of scores with differences, and McNemar’s test', async (t) => {
  const { status, stdout, stderr } = await tutti(['compare', 'a.tutti', 'b.tutti', 'train.csv'], { cwd });
  t.equal(status, 0, stderr);
  t.match(stderr, /Rows that a\.tutti was trained on are among these/);
  t.match(
    stdout,
    /^train\.csv, 60 rows; differences are paired, row by row\n\n +a\.tutti +b\.tutti +difference \[95 %\] +better\n/,
  );
  t.match(stdout, /\nlog-loss +\S+ +\S+ +[+−]\S+ \[[+−]\S+, [+−]\S+\] +(no difference shown|[ab]\.tutti)\n/);
  t.match(
    stdout,
    /McNemar's test of the classes: a\.tutti alone is right in \d+ rows?, b\.tutti in \d+ rows? \(p = /,
  );
});

t.test('ensembles of other columns; several beside the first; the rows wherever they stand', async (t) => {
  const words = ['a.tutti', 'fewer.tutti', 'train.csv', 'b.tutti'];
  const { status, stdout } = await tutti(['compare', ...words, '--quiet', '--json'], { cwd });
  t.equal(status, 0);
  const json = JSON.parse(stdout);
  t.strictSame(
    json.ensembles.map(({ name }: { name: string }) => name),
    ['a.tutti', 'fewer.tutti', 'b.tutti'],
  );
  t.strictSame(
    json.comparisons.map(({ first, second }: { first: number; second: number }) => [first, second]),
    [
      [0, 1],
      [0, 2],
    ],
  );
  const last = await tutti(
    ['compare', 'a.tutti', 'fewer.tutti', 'b.tutti', 'train.csv', '--quiet', '--json'],
    { cwd },
  );
  t.equal(last.stdout, stdout);
});

t.test('other targets, a file without the target, an ensemble too few: one line each', async (t) => {
  const refused = async (words: readonly string[], expected: RegExp) => {
    const { status, stderr } = await tutti(['compare', ...words, '--quiet'], { cwd });
    t.equal(status, 2);
    t.match(stderr, expected);
    t.equal(stderr.trimEnd().split('\n').length, 1);
  };
  await refused(['a.tutti', 'values.tutti', 'train.csv'], /values\.tutti to predict the classes of a\.tutti/);
  const lines = classCsv()
    .split('\n')
    .filter((line) => line !== '');
  const at = columns.indexOf('label');
  const without = lines.map((line) =>
    line
      .split(',')
      .filter((_, column) => column !== at)
      .join(','),
  );
  writeFileSync(`${cwd}/without.csv`, `${without.join('\n')}\n`);
  await refused(['a.tutti', 'b.tutti', 'without.csv'], /target column `label`/);
  await refused(['a.tutti', 'train.csv'], /Expected `file` after tutti compare/);
  await refused(
    ['a.tutti', 'b.tutti', 'train.csv', '--level', '1.2'],
    /`--level` to be a number > 0 and < 1/,
  );
});

// `tutti leaderboard`.

import { writeFileSync } from 'node:fs';
import t from 'tap';
import { classCsv, QUICK, tutti, valueCsv } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv(), 'values.csv': valueCsv() });
await tutti(['train', 'train.csv', '--target', 'label', ...QUICK, '--out', 'three.tutti'], { cwd });

t.test('a table in the order that is asked for, and the same as JSON', async (t) => {
  const args = ['leaderboard', 'three.tutti', 'train.csv', '--sort', 'contribution'];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  t.match(stderr, /trained on are among these: give --out-of-bag/);
  t.match(stdout, /^train.csv, 60 rows: log-loss \S+ of the arithmetic mean of 3 members\n/);
  t.match(
    stdout,
    /member +log-loss +accuracy +squared error +ρ with the rest +contribution +epochs +µs a row/,
  );
  t.match(stdout, /worse without the member \(± standard error over rows\)/);
  const json = JSON.parse((await tutti([...args, '--json', '--quiet'], { cwd })).stdout);
  const shown = [...stdout.matchAll(/^ {2}(\d) /gm)].map(([, index]) => Number(index));
  t.strictSame(
    json.members.map(({ index }: { index: number }) => index),
    shown,
  );
  const gains = json.members.map(({ contribution }: { contribution: number }) => contribution);
  t.strictSame(
    gains,
    [...gains].sort((a: number, b: number) => b - a),
  );
});

t.test('out of bag, by another metric', async (t) => {
  const args = ['leaderboard', 'three.tutti', 'train.csv', '--out-of-bag', '--metric', 'accuracy'];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /^train.csv, out of bag, \d+ rows: accuracy \d/);
  writeFileSync(`${cwd}/other.csv`, classCsv().split('\n').slice(0, 41).join('\n'));
  const other = await tutti(['leaderboard', 'three.tutti', 'other.csv', '--out-of-bag'], { cwd });
  t.equal(other.status, 2);
  t.match(other.stderr, /rows the ensemble was trained on/);
});

t.test('members that differ in options say in which; one member says what is missing', async (t) => {
  writeFileSync(`${cwd}/grid.json`, JSON.stringify({ grid: { l2: [0, 0.01] } }));
  const quick = ['train', 'train.csv', '--target', 'label', '--hidden', '4', '--epochs', '2', '--seed', '1'];
  const grid = ['--config', 'grid.json', '--members', '2', '--out', 'grid.tutti'];
  t.equal((await tutti([...quick, ...grid], { cwd })).status, 0);
  const { stdout } = await tutti(['leaderboard', 'grid.tutti', 'train.csv', '--sort', 'member'], { cwd });
  t.match(stdout, /options\n.*l2 0\n.*l2 0.01\n/);
  await tutti([...quick, '--members', '1', '--out', 'one.tutti'], { cwd });
  const one = await tutti(['leaderboard', 'one.tutti', 'train.csv'], { cwd });
  t.equal(one.status, 0);
  t.match(one.stdout, /One member: there is no rest to correlate with/);
});

t.test(
  'a file without the target, or of another one, and metrics of the other task: one line each',
  async (t) => {
    const lines = classCsv()
      .split('\n')
      .filter((line) => line !== '');
    const at = lines[0]!.split(',').indexOf('label');
    const without = lines.map((line) =>
      line
        .split(',')
        .filter((_, column) => column !== at)
        .join(','),
    );
    writeFileSync(`${cwd}/without.csv`, `${without.join('\n')}\n`);
    for (const [file, ...more] of [['without.csv'], ['values.csv'], ['train.csv', '--metric', 'rmse']]) {
      const { status, stderr } = await tutti(['leaderboard', 'three.tutti', file!, ...more, '--quiet'], {
        cwd,
      });
      t.equal(status, 2);
      t.match(stderr, /^tutti: Expected [^\n]+ \(ERR_(DATA|OPTION)\)\n$/);
    }
  },
);

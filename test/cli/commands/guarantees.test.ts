// `--coverage` and `--uncertainty`: the columns of predictions, what evaluate measures of them, and what is refused.

import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import t from 'tap';
import { classCsv, tutti, valueCsv } from '../support.js';

const cwd = t.testdir({
  'classes.csv': classCsv(),
  'values.csv': valueCsv(),
  'odd.csv': classCsv().replaceAll('yes', 'yes;sir'),
});
const QUICK = [
  '--members',
  '8',
  '--hidden',
  '4',
  '--epochs',
  '2',
  '--seed',
  '1',
  '--threads',
  '1',
  '--quiet',
];

t.before(async () => {
  for (const [file, target, out, ...more] of [
    ['classes.csv', 'label', 'classes.tutti'],
    ['odd.csv', 'label', 'odd.tutti'],
    ['values.csv', 'y,z', 'values.tutti'],
    ['values.csv', 'y', 'gaussian.tutti', '--loss', 'gaussianNll'],
    ['values.csv', 'y', 'shared.tutti', '--resample', 'none'],
  ] as const) {
    const given = ['train', file, '--target', target, ...QUICK, ...more, '--out', out];
    const { status, stderr } = await tutti(given, { cwd });
    if (status !== 0) throw new Error(stderr);
  }
});

async function rowsOf(...args: string[]): Promise<Record<string, string>[]> {
  const { status, stderr } = await tutti(['predict', ...args, '--out', 'p.csv'], { cwd });
  if (status !== 0) throw new Error(stderr);
  return parse(readFileSync(`${cwd}/p.csv`), { columns: true });
}

const json = async (...args: string[]) =>
  JSON.parse((await tutti([...args, '--json', '--quiet'], { cwd })).stdout);

t.test('numbers get lower and upper, of several targets by their names', async (t) => {
  const rows = await rowsOf('values.tutti', 'values.csv', '--coverage', '0.8');
  t.same(Object.keys(rows[0]!), [
    ...['prediction_y', 'lower_y', 'upper_y', 'spread_y'],
    ...['prediction_z', 'lower_z', 'upper_z', 'spread_z'],
  ]);
  for (const row of rows) t.ok(Number(row.lower_y) < Number(row.upper_y));
  const single = await rowsOf('gaussian.tutti', 'values.csv', '--coverage', '0.8', '--uncertainty');
  t.same(Object.keys(single[0]!), [
    ...['prediction', 'lower', 'upper', 'variance', 'total', 'aleatoric', 'epistemic'],
  ]);
});

t.test('classes get a set: names with ; between them, a list in JSON', async (t) => {
  const asked = ['classes.tutti', 'classes.csv', '--coverage', '0.95', '--conformal', 'aps'];
  const rows = await rowsOf(...asked, '--uncertainty');
  t.same(Object.keys(rows[0]!), [
    ...['prediction', 'set', 'probability_no', 'probability_yes', 'total', 'aleatoric', 'epistemic'],
  ]);
  const texts = new Set(rows.map(({ set }) => set!));
  for (const text of texts) t.ok(['', 'no', 'yes', 'no;yes'].includes(text), JSON.stringify(text));
  const found = await json('predict', ...asked);
  t.match(found, { coverage: 0.95, conformal: 'aps' });
  t.same(
    found.predictions.set.map((names: string[]) => names.join(';')),
    rows.map(({ set }) => set),
  );
  const odd = await rowsOf('odd.tutti', 'odd.csv', '--coverage', '0.95');
  for (const { set } of odd) t.ok(JSON.parse(set!).every((name: string) => ['no', 'yes;sir'].includes(name)));
});

t.test('evaluate measures what was held, by class and by target', async (t) => {
  const measured = await json('evaluate', 'classes.tutti', 'classes.csv', '--coverage', '0.9');
  t.match(measured.coverage, { kind: 'classification', conformal: 'lac', asked: 0.9, level: 0.95 });
  t.equal(measured.coverage.classes.length, 2);
  const { stdout } = await tutti(['evaluate', 'values.tutti', 'values.csv', '--coverage', '0.8'], { cwd });
  t.match(stdout, /Coverage of 80\.0 % asked for, measured with intervals of 95 %/);
  t.match(stdout, /^y +\d+\.\d %/m);
  t.match(stdout, /^z +\d+\.\d %/m);
  const plain = await json('evaluate', 'classes.tutti', 'classes.csv');
  t.notOk('coverage' in plain);
});

for (const [args, message] of [
  [['values.tutti', '--coverage', '1.2'], /Expected `--coverage` to be a number > 0 and < 1.*got 1\.2/],
  [['values.tutti', '--coverage', '0'], /Expected `--coverage` to be a number > 0 and < 1.*got 0/],
  [['values.tutti', '--coverage', 'most'], /coverage.*"most"/],
  [
    ['values.tutti', '--coverage', '0.9999'],
    /needs at least 9999 rows out of bag, got \d+; from \d+ at most/,
  ],
  [['values.tutti', '--coverage', '0.9', '--conformal', 'lac'], /`--conformal` to be absent for regression/],
  [['values.tutti', '--conformal', 'lac'], /`--conformal` to be absent unless `--coverage` is given/],
  [
    ['shared.tutti', '--coverage', '0.9'],
    /keeps no scores of rows that members never saw; `tutti calibrate`/,
  ],
  [
    ['gaussian.tutti', '--coverage', '0.9', '--aggregator', 'geometricMean'],
    /`--aggregator` to be arithmeticMean with `--coverage`/,
  ],
] as const) {
  for (const command of ['predict', 'evaluate'] as const) {
    t.test(`${command} ${args.join(' ')} is refused in a line`, async (t) => {
      const [bundle, ...more] = args;
      const { status, stderr, stdout } = await tutti([command, bundle, 'values.csv', ...more], { cwd });
      t.equal(status, 2);
      t.match(stderr, message);
      t.equal(stderr.trimEnd().split('\n').length, 1, stderr);
      t.equal(stdout, '');
    });
  }
}

t.test('members one by one have neither', async (t) => {
  for (const option of [['--coverage', '0.9'], ['--uncertainty']]) {
    const { status, stderr } = await tutti(
      ['predict', 'classes.tutti', 'classes.csv', '--members', ...option],
      {
        cwd,
      },
    );
    t.equal(status, 2);
    t.match(stderr, /left out with `--members`, which averages nothing/);
  }
});

// What `tutti predict` writes beside the ensemble's predictions: each member's, the truth, copied columns.

import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import t from 'tap';
import { classCsv, QUICK, tutti, valueCsv } from '../support.js';

const withId = (csv: string) =>
  csv
    .trimEnd()
    .split('\n')
    .map((line, at) => (at === 0 ? `${line},id,note` : `${line},K${at * 7},"a, b"`))
    .join('\n');

const cwd = t.testdir({
  'classes.csv': classCsv(),
  'values.csv': valueCsv(),
  'classes-id.csv': withId(classCsv()),
});

t.before(async () => {
  for (const [file, target, out, ...more] of [
    ['classes.csv', 'label', 'classes.tutti'],
    ['values.csv', 'y,z', 'values.tutti'],
    ['values.csv', 'y', 'gaussian.tutti', '--loss', 'gaussianNll'],
    ['values.csv', 'y', 'single.tutti'],
  ] as const) {
    const { status, stderr } = await tutti(
      ['train', file, '--target', target, ...QUICK, ...more, '--out', out],
      { cwd },
    );
    if (status !== 0) throw new Error(stderr);
  }
});

const rowsOf = (path: string): Record<string, string>[] =>
  parse(readFileSync(`${cwd}/${path}`), { columns: true });
const json = async (...args: string[]) =>
  JSON.parse((await tutti([...args, '--json', '--quiet'], { cwd })).stdout);

for (const [bundle, file, target] of [
  ['classes.tutti', 'classes.csv', 'label'],
  ['values.tutti', 'values.csv', 'y,z'],
] as const) {
  t.test(`members' predictions of ${file} measure as evaluate does`, async (t) => {
    const { status, stderr } = await tutti(['predict', bundle, file, '--members', '--out', 'members.csv'], {
      cwd,
    });
    t.equal(status, 0, stderr);
    const [evaluated, measured] = await Promise.all([
      json('evaluate', bundle, file),
      json('measure', 'members.csv', '--target', target),
    ]);
    t.same(measured.names, ['member0', 'member1', 'member2']);
    t.equal(measured.accuracy, evaluated.accuracy);
    for (const figure of ['v', 'c', 'rho', 'measured'] as const) {
      const [a, b] = [measured.errorCorrelation[figure], evaluated.errorCorrelation[figure]];
      t.ok(Math.abs(a - b) <= 1e-6 * Math.abs(b), `${figure}: ${a} and ${b}`);
    }
  });
}

t.test('columns are copied as they are, and those not used are named', async (t) => {
  const args = ['predict', 'classes.tutti', 'classes-id.csv', '--out', 'p.csv'];
  const { stderr } = await tutti(args, { cwd });
  t.match(stderr, /classes-id\.csv: not used: id, note/);
  const kept = await tutti([...args, '--keep', 'id,note'], { cwd });
  t.notMatch(kept.stderr, /not used/);
  const rows = rowsOf('p.csv');
  t.same(Object.keys(rows[0]!), ['id', 'note', 'prediction', 'probability_no', 'probability_yes']);
  t.same([rows[0]!.id, rows[59]!.id, rows[59]!.note], ['K7', 'K420', 'a, b']);
});

t.test('a column that cannot be kept, and options without effect, are refused by name', async (t) => {
  const predict = ['predict', 'classes.tutti', 'classes-id.csv'];
  for (const [more, message] of [
    [['--keep', 'nobody'], /Expected `--keep` to be a column of classes-id\.csv .*got "nobody"/],
    [['--keep', 'id,id'], /Expected `--keep` to be .*, got "id"/],
    [['--members', '--mean', 'vote'], /Expected `--aggregator` to be left out with `--members`/],
  ] as const) {
    const { status, stderr } = await tutti([...predict, ...more], { cwd });
    t.equal(status, 2);
    t.match(stderr, message);
  }
});

t.test('members’ predictions need no truth, and leave a missing one empty', async (t) => {
  const [head, ...lines] = classCsv().trimEnd().split('\n');
  writeFileSync(`${cwd}/some.csv`, [head, lines[0], lines[1]!.replace(/[a-z]+$/, '')].join('\n'));
  await tutti(['predict', 'classes.tutti', 'some.csv', '--members', '--out', 'some-members.csv'], { cwd });
  t.same(
    rowsOf('some-members.csv').map(({ label }) => label),
    ['no', ''],
  );
  writeFileSync(`${cwd}/none.csv`, [head, lines[0]].map((line) => line!.replace(/,[a-z]+$/, '')).join('\n'));
  const { stdout } = await tutti(['predict', 'classes.tutti', 'none.csv', '--members'], { cwd });
  t.match(stdout, /^member0_no,member0_yes,member1_no/);
});

t.test(
  'the spread of point regressions and the variance of Gaussian heads have names of their own',
  async (t) => {
    const single = await json('predict', 'single.tutti', 'values.csv');
    t.equal(single.varianceKind, 'spread');
    t.same(Object.keys(single.predictions), ['prediction', 'spread']);
    const members = await json('predict', 'single.tutti', 'values.csv', '--members');
    const own = ['member0', 'member1', 'member2'].map((name) => members.predictions[name][0]);
    const mean = (own[0] + own[1] + own[2]) / 3;
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3;
    t.ok(
      Math.abs(single.predictions.spread[0] - variance) <= 1e-4 * variance,
      'the variance of the members about their mean',
    );
    const gaussian = await json('predict', 'gaussian.tutti', 'values.csv');
    t.equal(gaussian.varianceKind, 'mixture');
    t.same(Object.keys(gaussian.predictions), ['prediction', 'variance']);
  },
);

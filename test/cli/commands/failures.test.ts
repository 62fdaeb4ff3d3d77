// What the command line does with members that fail, and what every command says of an ensemble that lacks some.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { linear } from '../../support/datasets.js';
import { tutti } from '../support.js';

/** As in test/training/reseed.test.ts: of twelve members 1, 2 and 6 diverge. */
function edgeCsv(): string {
  const { x, rows, features, targets } = linear(60, 5, 1);
  const lines = Array.from({ length: rows }, (_, row) =>
    [...x.slice(row * features, (row + 1) * features), targets[row]].join(','),
  );
  return `a,b,c,d,e,y\n${lines.join('\n')}\n`;
}

const cwd = t.testdir({
  'l.csv': edgeCsv(),
  'policy.yaml': 'onDivergence: reseed\nreseeds: 9\nretries: 2\nonFailure: fail\n',
});
const TRAIN = [
  ...[
    'train',
    'l.csv',
    '--target',
    'y',
    '--hidden',
    '8',
    '--epochs',
    '6',
    '--batch-size',
    '10',
    '--seed',
    '3',
  ],
  ...['--early-stopping', 'none', '--optimizer', 'sgd', '--learning-rate', '0.12', '--arithmetic', 'strict'],
  ...['--activation', 'relu', '--resample', 'bootstrap', '--numeric-embedding', 'none'],
];
const run = (...args: string[]) => tutti([...TRAIN, '--threads', '1', '--members', '12', ...args], { cwd });
const json = async (args: readonly string[]) => {
  const { status, stdout, stderr } = await tutti(args, { cwd });
  return { status, stderr, ...JSON.parse(stdout) };
};
const report = async (...args: string[]) =>
  json([...TRAIN, '--threads', '1', '--members', '12', '--json', ...args]);

t.test('by default members that diverge are dropped, and every place says so', async (t) => {
  const { status, stdout, stderr } = await run('--out', 'some.tutti');
  t.equal(status, 1);
  t.match(stderr, /Member \d+ diverged in epoch \d/);
  t.match(stdout, /Trained \d+ of 12 members/);
  t.match(stdout, /\d of 12 members (is|are) missing: \d diverged \(\d[^)]*\)/);
  const inspected = await json(['inspect', 'some.tutti', '--json']);
  const { account } = inspected;
  t.equal(account.planned, 12);
  t.equal(account.finished + account.failed.ERR_DIVERGED.length, 12);
  t.same(
    account.failed.ERR_DIVERGED,
    inspected.failures.map(({ index }: { index: number }) => index),
  );
  t.match(
    (await tutti(['inspect', 'some.tutti'], { cwd })).stdout,
    /of 12 members (is|are) missing: \d diverged/,
  );
  const evaluated = await tutti(['evaluate', 'some.tutti', 'l.csv'], { cwd });
  t.match(evaluated.stdout, /^\d of 12 members (is|are) missing/);
  t.same((await json(['evaluate', 'some.tutti', 'l.csv', '--json'])).account, account);
  const predicted = await tutti(['predict', 'some.tutti', 'l.csv', '--out', 'p.csv'], { cwd });
  t.match(predicted.stderr, /60 predictions of \d+ of 12 members/);
  t.match(await json(['predict', 'some.tutti', 'l.csv', '--json']), {
    planned: 12,
    members: account.finished,
  });
  t.match((await tutti(['select', 'some.tutti', 'l.csv'], { cwd })).stderr, /of 12 members (is|are) missing/);
});

t.test('an ensemble that is whole says nothing of it', async (t) => {
  const whole = await tutti(
    [
      'train',
      'l.csv',
      '--target',
      'y',
      '--epochs',
      '2',
      '--members',
      '3',
      '--threads',
      '1',
      '--out',
      'whole.tutti',
    ],
    { cwd },
  );
  t.equal(whole.status, 0);
  t.notMatch(whole.stdout, /missing|began again|lost threads/);
  for (const args of [
    ['inspect', 'whole.tutti'],
    ['evaluate', 'whole.tutti', 'l.csv'],
    ['predict', 'whole.tutti', 'l.csv', '--out', 'w.csv'],
  ]) {
    const { stdout, stderr } = await tutti(args, { cwd });
    t.notMatch(`${stdout}${stderr}`, /missing|began again|\d of 3 members/);
  }
});

t.test('reseeded members are told, kept in the file and the same from a config file', async (t) => {
  const { status, stdout } = await run('--on-divergence', 'reseed', '--reseeds', '9', '--out', 'all.tutti');
  t.equal(status, 0);
  t.match(stdout, /Trained 12 members/);
  t.match(stdout, /\d of 12 members began again with other streams, as they had diverged \(\d[^)]*\)/);
  const { account, contentHash } = await json(['inspect', 'all.tutti', '--json']);
  t.match(account, { planned: 12, finished: 12, failed: {}, untrained: [] });
  t.ok(account.reseeded.length > 0);
  t.match((await tutti(['inspect', 'all.tutti'], { cwd })).stdout, /began again with other streams/);
  const configured = await report('--config', 'policy.yaml');
  t.equal(configured.status, 0);
  t.equal(configured.contentHash, contentHash);
  t.same(configured.account, account);
});

t.test('`extend` reseeds too, and its file is that of training all at once', async (t) => {
  const whole = await report('--on-divergence', 'reseed', '--reseeds', '9');
  const extended = await json([
    ...['extend', 'some.tutti', 'l.csv', '--on-divergence', 'reseed', '--reseeds', '9'],
    ...['--threads', '1', '--json', '--out', 'extended.tutti'],
  ]);
  t.equal(extended.status, 0);
  t.equal(extended.contentHash, whole.contentHash);
});

t.test('with `fail` the first failure ends it, saves what is finished and says so', async (t) => {
  for (const how of [
    ['--on-failure', 'fail'],
    ['--on-divergence', 'fail'],
    ['--on-failure', 'fail', '--allow-failures'],
  ]) {
    const { status, stdout, stderr } = await run(...how, '--out', 'ended.tutti');
    t.equal(status, 1);
    t.match(
      stderr,
      /Ended, as member (\d+) failed, with \d+ of 12 members finished; saved them to ended\.tutti as incomplete/,
    );
    t.notMatch(stdout, /out of bag/, 'nothing is measured');
    const { account } = await json(['inspect', 'ended.tutti', '--json']);
    t.equal(account.failed.ERR_DIVERGED.length, 1);
    t.ok(account.untrained.length > 0);
    t.equal(account.finished + account.untrained.length, 11);
  }
  const ended = await report('--on-failure', 'fail');
  t.match(ended, { status: 1, complete: false, interrupted: false, endedBy: Number, outOfBag: null });
});

t.test('without a finished member there is its error alone, and no file', async (t) => {
  const { status, stdout, stderr } = await tutti(
    [
      'train',
      'l.csv',
      '--target',
      'y',
      '--optimizer',
      'sgd',
      '--learning-rate',
      '1e25',
      '--on-failure',
      'fail',
      '--out',
      'no.tutti',
    ],
    { cwd },
  );
  t.equal(status, 1);
  t.match(stderr, /Member \d+ diverged in epoch 1.*\(ERR_DIVERGED\)/s);
  t.notMatch(stdout, /Trained/);
  t.notOk(existsSync(join(cwd, 'no.tutti')));
});

t.test('options that are wrong, or without effect, are refused by their flags', async (t) => {
  for (const [args, message] of [
    [['--retries', '-1'], /`--retries` to be an integer ≥ 0, got -1/],
    [['--on-failure', 'stop'], /`--on-failure`.*drop or fail/],
    [['--on-divergence', 'again'], /`--on-divergence`.*"drop", "fail", "reseed"|drop, fail, reseed/],
    [['--reseeds', '3'], /`--reseeds` to be absent unless `--on-divergence` is reseed/],
    [['--on-divergence', 'reseed', '--reseeds', '0'], /`--reseeds` to be an integer ≥ 1, got 0/],
  ] as const) {
    const { status, stderr } = await run(...args);
    t.equal(status, 2, args.join(' '));
    t.match(stderr, message);
  }
});

// `tutti auto`: what it says and saves, the same on any threads, and what it refuses.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { AutoReport } from '../../../src/auto/auto-options.js';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { autoLines } from '../../../src/cli/commands/auto/auto-text.js';
import { classCsv, tutti } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv(), 'other.csv': classCsv() });
const DATA = ['auto', 'train.csv', '--target', 'label', '--seed', '1'];
/** Two settings of three folds, both complete. */
const QUICK = [
  ...['--members', '6', '--folds', '3', '--engine', 'wasm', '--hidden', 'choice:4|8', '--epochs', '4'],
  ...['--snapshots', '1', '--replicates', '20'],
];

t.test('a number of members is searched, said, measured and saved', async (t) => {
  const args = [...DATA, ...QUICK, '--threads', '2', '--test', 'other.csv', '--out', 'loud.tutti'];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  const [header, , searched, chosen] = stdout.split('\n');
  t.equal(header, 'train.csv: 60 rows, 2 features; other.csv: 60 rows to test on');
  t.equal(
    searched,
    'Searched 2 settings with 6 members in 2 waves: 2 on all 3 folds, 0 given up before; all members were trained',
  );
  const [, settings, members] =
    /^Chosen: (\d) settings?, (\d) members \(share, log-loss out of fold, setting\)$/.exec(chosen!)!;
  t.equal(Number(members), 3 * Number(settings));
  const shares = [...stdout.matchAll(/^ +(\d+) % +[\d.e-]+ +\d: (?=.*\bepochs 4\b).*\bhidden (?:4|8)\b/gm)];
  t.equal(shares.length, Number(settings));
  t.equal(
    shares.reduce((sum, [, share]) => sum + Number(share), 0),
    100,
  );
  t.match(stdout, /^Out of fold, log-loss: [\d.]+ on the rows that chose; [\d.]+ where half of them chose/m);
  t.match(stdout, /^ {2}\(the choice promises -?[\d.e-]+ too much\)$/m);
  t.match(stdout, /^The best setting alone: [\d.]+$/m);
  t.match(stdout, /^test, (?:weighted )?arithmetic mean .* 60 rows$/m);
  t.match(stdout, /^6 of 6 members were still improving when 4 epochs ended: try --epochs 8$/m);
  t.match(stdout, /^Saved loud\.tutti /m);
  const ensemble = await loadEnsemble(join(cwd, 'loud.tutti'));
  t.equal(ensemble.members.length, Number(members));
  const told = await tutti(['predict', 'loud.tutti', 'other.csv'], { cwd });
  t.equal(told.stdout.trim().split('\n').length, 61, told.stderr);
});

t.test('quietly, and on one thread, it is the same', async (t) => {
  const args = [...DATA, ...QUICK, '--threads', '1', '--test', 'other.csv', '--out', 'quiet.tutti'];
  const { status, stdout, stderr } = await tutti([...args, '--quiet'], { cwd });
  t.match({ status, stderr }, { status: 0, stderr: '' });
  t.match(stdout, /^Searched 2 settings/, 'with no header');
  const [one, two] = ['quiet', 'loud'].map((name) => readFileSync(join(cwd, `${name}.tutti`)));
  t.ok(one!.equals(two!), 'the same file');
  const { auto, members } = JSON.parse((await tutti([...args, '--json'], { cwd })).stdout);
  t.match(auto, { endedBy: 'members', members: 6, settings: 2, candidates: 2, seed: 1, folds: 3, cut: 0 });
  t.equal(auto.kept, members);
  t.ok(Math.abs(auto.selection.optimism - (auto.selection.nested - auto.selection.naive)) < 1e-12);
});

t.test('what does not fit is refused in a line, before any row is read', async (t) => {
  const refused = async (own: readonly string[], message: RegExp) => {
    const { status, stdout, stderr } = await tutti([...DATA, ...own, '--out', 'none.tutti'], { cwd });
    t.match({ status, stdout }, { status: 2, stdout: '' });
    t.match(stderr, message);
    t.equal(stderr.trim().split('\n').length, 1);
  };
  await refused(['--tmie', '5s'], /Unknown option `--tmie` of tutti auto \(did you mean `--time`\?\)/);
  await refused(['--time', '5 days'], /`--time` to be a time such as 30, 30s, 5m or 1h, got "5 days"/);
  await refused(['--time', '0'], /`--time` to be a time such as/);
  await refused(
    ['--time', '5s', '--members', '8'],
    /`--time` to be absent where `--members` is given, got 5/,
  );
  await refused(['--members', '1'], /`--members` to be an integer ≥ 2, got 1/);
  await refused(['--folds', '1'], /`--folds` to be an integer ≥ 2, got 1/);
  await refused(['--learning-rate', 'log:1e-2..1e-4'], /`learningRate\.log` to be two numbers above 0, the/);
  await refused(['--hidden', 'choice:4|-8'], /`--hidden` to be an integer ≥ 1, got -8/);
  await refused(['--resample', 'bootstrap'], /Unknown option `--resample` of tutti auto/);
  t.notOk(existsSync(join(cwd, 'none.tutti')));
});

const REPORT: AutoReport = {
  ...{ seed: 1, folds: 4, metric: 'squaredError', waves: 3, members: 40, kept: 52, settings: 9 },
  ...{ candidates: 14, givenUp: 4, failed: 0, firstFailure: null, cut: 0, bestSetting: 0.25 },
  chosen: Array.from({ length: 13 }, (_, place) => {
    return {
      place,
      options: place === 0 ? {} : { hidden: [4, 8] },
      snapshot: null,
      share: 1 / 13,
      loss: 0.3,
    };
  }),
  selection: { naive: 0.21875, nested: 0.2345, optimism: 0.01575 },
  endedBy: 'patience',
};

t.test('what a search came to, in lines', async (t) => {
  const lines = autoLines(REPORT);
  t.same(
    [lines[0], lines[1], lines[2], lines[3], ...lines.slice(14)],
    [
      'Searched 9 settings with 40 members in 3 waves: 5 on all 4 folds, 4 given up before; no wave made it better any more',
      'Chosen: 13 settings, 52 members (share, squared error / variance out of fold, setting)',
      '    8 %    0.3000  0: the defaults',
      '    8 %    0.3000  1: hidden 4,8',
      '  and 1 other',
      'Out of fold, squared error / variance: 0.2188 on the rows that chose; 0.2345 where half of them chose and the other was scored',
      '  (the choice promises 0.016 too much)',
      'The best setting alone: 0.2500',
      '',
    ],
  );
});

t.test('members cut short and failed, epochs of snapshots, and a search with nothing complete', async (t) => {
  const one = { place: 7, options: { snapshots: 3 }, snapshot: 1, share: 1, loss: 0.5 };
  const failure = { code: 'ERR_DIVERGED', message: 'Member 3 diverged', details: {} };
  const ended = { ...REPORT, endedBy: 'time', cut: 2, failed: 1, firstFailure: failure } as const;
  t.same(autoLines({ ...ended, chosen: [one], kept: 4, selection: null } as AutoReport), [
    'Searched 9 settings with 40 members in 3 waves: 5 on all 4 folds, 4 given up before; the time was over',
    '  2 members cut short by the end, and taken at the best epoch so far',
    '1 member failed, and so their settings; the first: Member 3 diverged',
    'Chosen: 1 setting, 4 members (share, squared error / variance out of fold, setting)',
    '  100 %    0.5000  7, snapshot 2: snapshots 3',
    'The best setting alone: 0.2500',
    '',
  ]);
  const nothing = { ...REPORT, settings: 2, givenUp: 2, candidates: 0, chosen: [], cut: 1, selection: null };
  t.same(autoLines({ ...nothing, endedBy: 'signal' }), [
    'Searched 2 settings with 40 members in 3 waves: 0 on all 4 folds, 2 given up before; it was interrupted',
    '  1 member cut short by the end, and taken at the best epoch so far',
    'No setting was trained on all folds: what there is counts equally',
    '',
  ]);
});

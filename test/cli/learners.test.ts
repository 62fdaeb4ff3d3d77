// Learners on the command line: trained by a flag or a config file, and used by every command that can.

import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CENTROIDS, learnerOf } from '../support/learners.js';
import { classCsv, tutti } from './support.js';

const folder = t.testdir({
  'data.csv': classCsv(),
  'centroids.mjs': CENTROIDS,
  'broken.mjs': learnerOf({ fit: '() => { throw new Error("no luck"); }' }),
  'options.mjs': learnerOf({
    fit: '({ options }) => options',
    predict: '({ share }, x, rows) => Array.from({ length: rows }, () => [share, 1 - share]).flat()',
  }),
  'mixed.yaml': `target: label
seed: 1
threads: 2
testShare: 0.3
epochs: 2
deadline: 60
members:
  - hidden: [4]
  - { engine: neighbours, neighbours: 1 }
  - { learner: centroids.mjs, featureShare: 0.5 }
  - learner: ./options.mjs
    learnerOptions: { share: 0.25 }
`,
});
const cwd = folder;
const TRAIN = ['train', 'data.csv', '--target', 'label', '--seed', '1', '--threads', '1'] as const;

t.test('one flag trains an ensemble of a learner', async (t) => {
  const args = [...TRAIN, '--learner', './centroids.mjs', '--members', '3', '--json'];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  const { members, outOfBag } = JSON.parse(stdout);
  t.equal(members, 3);
  t.same(outOfBag.kinds, [], 'one kind is the whole ensemble');
  t.ok(outOfBag.accuracy > 0.9);
});

t.test('a config file mixes engines; the summary and JSON say what each kind did', async (t) => {
  const args = ['train', 'data.csv', '--config', 'mixed.yaml', '--out', 'mixed.tutti'];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /^By kind +members +mean accuracy +v +c +ρ = c\/v$/m);
  for (const kind of ['network', 'neighbours', 'learner centroids.mjs', 'learner options.mjs']) {
    t.match(stdout, new RegExp(`^test, ${kind} +1 +[\\d.]+ % +[\\d.]+ +– +–$`, 'm'));
  }
  const evaluate = await tutti(['evaluate', 'mixed.tutti', 'data.csv', '--json', '--quiet'], { cwd });
  t.match(JSON.parse(evaluate.stdout).kinds[3], {
    kind: 'learner options.mjs',
    members: [3],
    meanMember: { accuracy: 0.5, squaredError: (1.125 + 0.125) / 2 },
    errorCorrelation: { members: 1, c: null },
  });
});

t.test('inspect says what each is, without running a module', async (t) => {
  const { stdout } = await tutti(['inspect', 'mixed.tutti'], { cwd });
  t.match(stdout, /models +\d+ B/);
  t.match(stdout, /members 2 +learner centroids\.mjs \([0-9a-f]{8}\); rows: bootstrap, 50 % of features/);
  t.match(stdout, /members 3 +learner options\.mjs \([0-9a-f]{8}\); \{"share":0\.25\}; rows: bootstrap/);
  const { specs, trained } = JSON.parse((await tutti(['inspect', 'mixed.tutti', '--json'], { cwd })).stdout);
  t.match(specs[3], { engine: 'learner', learner: { path: 'options.mjs', hash: /^[0-9a-f]{64}$/ } });
  t.match(trained[3], { weights: 0, modelBytes: /^[1-9]\d*$/ });
});

t.test('predict and select use them; what only networks have is refused', async (t) => {
  const predict = await tutti(['predict', 'mixed.tutti', 'data.csv'], { cwd });
  t.equal(predict.status, 0, predict.stderr);
  t.equal(predict.stdout.trim().split('\n').length, 61);
  const select = await tutti(['select', 'mixed.tutti', 'data.csv', '--json', '--quiet'], { cwd });
  t.equal(JSON.parse(select.stdout).weights.length, 4);
  const attack = await tutti(['attack', 'mixed.tutti', 'data.csv'], { cwd });
  t.equal(attack.status, 2);
  t.match(
    attack.stderr,
    /^tutti: Expected `members` to be networks of the wasm engine, for what only they have, got/,
  );
});

t.test('a bundle finds its modules from the folder that it was trained in', async (t) => {
  mkdirSync(join(folder, 'elsewhere'));
  const args = ['predict', '../mixed.tutti', '../data.csv'];
  const away = await tutti(args, { cwd: join(folder, 'elsewhere') });
  t.equal(away.status, 2);
  t.match(
    away.stderr,
    /^tutti: Member 2: Expected the module centroids\.mjs to be .*: there is no such file\n/,
  );
  renameSync(join(folder, 'options.mjs'), join(folder, 'kept.mjs'));
  const gone = await tutti(['predict', 'mixed.tutti', 'data.csv'], { cwd });
  renameSync(join(folder, 'kept.mjs'), join(folder, 'options.mjs'));
  t.match(
    [gone.status, gone.stderr],
    [2, /^tutti: Member 3: Expected the module options\.mjs to be a readable file/],
  );
});

t.test('what is wrong with a module is one error of status 2, before anything is trained', async (t) => {
  for (const [args, message] of [
    [
      ['--learner', 'nowhere.mjs'],
      /^tutti: Member 0: Expected the module nowhere\.mjs to be .*: there is no such file$/m,
    ],
    [['--learner', 'data.csv'], /^tutti: Member 0: the module data\.csv cannot be imported: /m],
    [
      ['--learner', 'centroids.mjs', '--epochs', '3'],
      /`engine` to be wasm or tfjs .* `epochs` is given, got "learner"/,
    ],
    [
      ['--engine', 'learner'],
      /Expected `learner` to be the path of a module when `engine` is "learner", got nothing/,
    ],
    [['--learner', 'centroids.mjs', '--deadline', '0'], /Expected `deadline` to be a number > 0, got 0/],
  ] as const) {
    const { status, stderr } = await tutti([...TRAIN, '--quiet', ...args], { cwd });
    t.equal(status, 2, stderr);
    t.match(stderr, message);
    t.equal(stderr.trim().split('\n').length, 1);
  }
});

t.test('a learner that fails is named with its module, and the status is 1', async (t) => {
  const { status, stderr } = await tutti([...TRAIN, '--quiet', '--learner', 'broken.mjs', '--members', '2'], {
    cwd,
  });
  t.equal(status, 1);
  t.match(
    stderr,
    /All 2 members failed; the first error: Member 0: the learner broken\.mjs threw in fit: no luck/,
  );
});

// Learners on the command line: trained by a flag or a config file, and used by every command that can.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CENTROIDS, learnerOf } from '../../support/learners.js';
import { classCsv, tutti, tuttiProcess } from '../support.js';

const folder = t.testdir({
  'data.csv': classCsv(),
  'centroids.mjs': CENTROIDS,
  'broken.mjs': learnerOf({ fit: '() => { throw new Error("no luck"); }' }),
  // Stays while it is tried on 32 of its rows.
  'leaves.mjs': learnerOf({
    predict: '(model, x, rows) => rows === 32 ? new Float32Array(64).fill(0.5) : process.exit(0)',
  }),
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
const ALLOW = ['--allow-modules', 'centroids.mjs', '--allow-module', './options.mjs'] as const;
const TRAIN = ['train', 'data.csv', '--target', 'label', '--seed', '1', '--threads', '1'] as const;

t.test('one flag trains an ensemble of a learner', async (t) => {
  const args = [...TRAIN, '--learner', './centroids.mjs', '--members', '3', '--json'];
  const { status, stdout, stderr } = await tuttiProcess(args, { cwd });
  t.equal(status, 0, stderr);
  const { members, outOfBag } = JSON.parse(stdout);
  t.equal(members, 3);
  t.same(outOfBag.kinds, [], 'one kind is the whole ensemble');
  t.ok(outOfBag.accuracy > 0.9);
});

t.test('a config file mixes engines; the summary and JSON say what each kind did', async (t) => {
  const args = ['train', 'data.csv', '--config', 'mixed.yaml', '--out', 'mixed.tutti'];
  const { status, stdout, stderr } = await tuttiProcess(args, { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /^By kind, test +members +mean accuracy +v +c +ρ = c\/v +c with 1 +c with 2 +c with 3$/m);
  for (const kind of ['network', 'neighbours', 'learner centroids.mjs', 'learner options.mjs']) {
    t.match(stdout, new RegExp(`^\\d ${kind} +1 +[\\d.]+ % +[\\d.]+ +– +–( +-?[\\d.e-]+)*$`, 'm'));
  }
  const evaluate = await tuttiProcess(
    ['evaluate', 'mixed.tutti', 'data.csv', '--json', '--quiet', ...ALLOW],
    {
      cwd,
    },
  );
  t.match(JSON.parse(evaluate.stdout).kinds[3], {
    kind: 'learner options.mjs',
    memberIndices: [3],
    meanMember: { accuracy: 0.5, squaredError: (1.125 + 0.125) / 2 },
    errorCorrelation: { memberCount: 1, c: null },
  });
});

t.test('inspect says what each is, without running a module', async (t) => {
  const { stdout } = await tutti(['inspect', 'mixed.tutti'], { cwd });
  t.match(stdout, /models +\d+ B/);
  t.match(
    stdout,
    /members 2 +learner centroids\.mjs \([0-9a-f]{8}\); rows: subsample 0\.75, 50 % of features/,
  );
  t.match(
    stdout,
    /members 3 +learner options\.mjs \([0-9a-f]{8}\); \{"share":0\.25\}; rows: subsample 0\.75/,
  );
  const { specs, trained } = JSON.parse((await tutti(['inspect', 'mixed.tutti', '--json'], { cwd })).stdout);
  t.match(specs[3], { engine: 'learner', learner: { path: 'options.mjs', hash: /^[0-9a-f]{64}$/ } });
  t.match(trained[3], { weights: 0, modelBytes: /^[1-9]\d*$/ });
});

t.test('predict and select use them; what only networks have is refused', async (t) => {
  const predict = await tuttiProcess(['predict', 'mixed.tutti', 'data.csv', ...ALLOW], { cwd });
  t.equal(predict.status, 0, predict.stderr);
  t.equal(predict.stdout.trim().split('\n').length, 61);
  const select = await tuttiProcess(['select', 'mixed.tutti', 'data.csv', '--json', '--quiet', ...ALLOW], {
    cwd,
  });
  t.equal(JSON.parse(select.stdout).weights.length, 4);
  const attack = await tuttiProcess(['attack', 'mixed.tutti', 'data.csv'], { cwd });
  t.equal(attack.status, 2);
  t.match(
    attack.stderr,
    /^tutti: Expected `members` to be networks of the wasm engine, for what only they have, got/m,
  );
});

t.test('no code that a bundle names is run until it is allowed, and the error says how', async (t) => {
  for (const command of ['predict', 'evaluate', 'select']) {
    const { status, stdout, stderr } = await tutti([command, 'mixed.tutti', 'data.csv', '--quiet'], {
      cwd,
    });
    t.equal(status, 2);
    t.equal(stdout, '');
    t.match(
      stderr,
      /^tutti: Member 2: predicting runs the module centroids\.mjs \(SHA-256 [0-9a-f]{64}\), which is not allowed.*--allow-modules centroids\.mjs/,
    );
    t.equal(stderr.trim().split('\n').length, 1);
  }
  const half = await tutti(['predict', 'mixed.tutti', 'data.csv', ...ALLOW.slice(0, 2)], { cwd });
  t.match([half.status, half.stderr], [2, /^tutti: Member 3: .*--allow-modules options\.mjs/]);
});

t.test(
  'an allowed module is known by its content: it may lie elsewhere, and must not have changed',
  async (t) => {
    mkdirSync(join(folder, 'elsewhere'));
    const away = join(folder, 'elsewhere');
    const args = ['predict', '../mixed.tutti', '../data.csv'];
    const allow = ALLOW.map((part) => (part.startsWith('--') ? part : join('..', part)));
    const moved = await tuttiProcess([...args, ...allow], { cwd: away });
    t.equal(moved.status, 0, moved.stderr);
    writeFileSync(join(away, 'centroids.mjs'), `${CENTROIDS}\n`);
    const changed = await tuttiProcess([...args, '--allow-module', 'centroids.mjs'], { cwd: away });
    t.equal(changed.status, 2);
    t.match(
      changed.stderr,
      /^tutti: Expected an allowed module to be one that \.\.\/mixed\.tutti names by its SHA-256, got centroids\.mjs \(SHA-256 [0-9a-f]{64}\); it names centroids\.mjs \(SHA-256 /,
    );
    const missing = await tuttiProcess([...args, '--allow-module', 'none.mjs'], { cwd: away });
    t.match([missing.status, missing.stderr], [2, /the module none\.mjs to be .*: there is no such file/]);
  },
);

t.test(
  'what one has trained with oneself needs no permission, until it changes or lies elsewhere',
  async (t) => {
    const home = t.testdir({ 'own.mjs': CENTROIDS, 'other.mjs': CENTROIDS });
    const own = { cwd: home, env: { XDG_STATE_HOME: join(home, 'state') } };
    const data = join(folder, 'data.csv');
    const args = [
      'train',
      data,
      '--target',
      'label',
      '--members',
      '2',
      '--seed',
      '1',
      '--learner',
      './own.mjs',
    ];
    t.equal((await tuttiProcess([...args, '--out', 'own.tutti'], own)).status, 0);
    const predict = ['predict', 'own.tutti', data];
    t.equal((await tuttiProcess(predict, own)).status, 0);
    const stranger = { cwd: home, env: { XDG_STATE_HOME: join(home, 'another') } };
    t.match(
      await tuttiProcess(predict, stranger),
      { status: 2, stderr: /own\.mjs.*is not allowed/ },
      'another user',
    );
    writeFileSync(join(home, 'own.mjs'), `${CENTROIDS}\n`);
    t.match(await tuttiProcess(predict, own), { status: 2, stderr: /own\.mjs/ }, 'other bytes');
    writeFileSync(join(home, 'state', 'tutti', 'trusted-modules.json'), '{');
    writeFileSync(join(home, 'own.mjs'), CENTROIDS);
    t.match(
      await tuttiProcess(predict, own),
      { status: 2, stderr: /is not allowed/ },
      'a damaged list trusts nothing',
    );
  },
);

t.test('a module that the bundle needs is not written over', async (t) => {
  const before = readFileSync(join(folder, 'centroids.mjs'), 'utf8');
  for (const command of ['predict', 'select']) {
    const args = [command, 'mixed.tutti', 'data.csv', ...ALLOW, '--out', 'centroids.mjs'];
    const { status, stderr } = await tutti(args, { cwd });
    t.equal(status, 2);
    t.match(stderr, /^tutti: Expected `--out` to be another file than centroids\.mjs, which is read, got/);
  }
  const train = [...TRAIN, '--learner', './centroids.mjs', '--members', '1', '--out', 'centroids.mjs'];
  const { status, stderr } = await tutti(train, { cwd });
  t.match([status, stderr], [2, /^tutti: Expected `--out` to be another file than \.\/centroids\.mjs/]);
  t.equal(readFileSync(join(folder, 'centroids.mjs'), 'utf8'), before);
});

t.test('what is wrong with a module is one error of status 2, before anything is trained', async (t) => {
  for (const [args, message] of [
    [
      ['--learner', 'nowhere.mjs'],
      /^tutti: Member 0: Expected the module nowhere\.mjs to be .*: there is no such file \(ERR_MODULE\)$/m,
    ],
    [['--learner', 'data.csv'], /^tutti: Member 0: the module data\.csv cannot be imported: /m],
    [
      ['--learner', 'centroids.mjs', '--epochs', '3'],
      /`--engine` to be wasm or tfjs .* `--epochs` is given, got "learner"/,
    ],
    [
      ['--engine', 'learner'],
      /Expected `--learner` to be the path of a module when `--engine` is "learner", got nothing/,
    ],
    [['--learner', 'centroids.mjs', '--deadline', '0'], /Expected `--deadline` to be a number > 0, got 0/],
  ] as const) {
    const { status, stderr } = await tutti([...TRAIN, '--quiet', ...args], { cwd });
    t.equal(status, 2, stderr);
    t.match(stderr, message);
    t.equal(stderr.trim().split('\n').length, 1);
  }
});

t.test('a learner that fails is named with its module, and the status is 1', async (t) => {
  const { status, stderr } = await tuttiProcess(
    [...TRAIN, '--quiet', '--learner', 'broken.mjs', '--members', '2'],
    {
      cwd,
    },
  );
  t.equal(status, 1);
  t.match(
    stderr,
    /All 2 members failed; the first error: Member 0: the learner broken\.mjs threw in fit: no luck/,
  );
});

t.test('a learner that ends its process as it predicts ends no command in silence', async (t) => {
  const args = [...TRAIN, '--quiet', '--learner', 'leaves.mjs', '--members', '2', '--out', 'leaves.tutti'];
  const { status, stdout, stderr } = await tuttiProcess(args, { cwd });
  t.match([status, stdout], [1, '']);
  t.match(
    stderr,
    /^tutti: Member 0: the learner leaves\.mjs ended its thread in predict \(exit status 0\) \(ERR_LEARNER\)\n$/,
  );
  t.ok(existsSync(join(folder, 'leaves.tutti')), 'what was trained is saved');
});

t.test('--isolate process gives the same file, and crashes cost a retry or an error', async (t) => {
  const crash = "process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});";
  const once = `(await import('node:fs')).existsSync('crashed') || writeFileSync('crashed', '') || await (async () => { ${crash} })();`;
  writeFileSync(
    join(cwd, 'crashing.mjs'),
    `import { writeFileSync } from 'node:fs';\n${learnerOf({
      fit: `async () => { if (process.env.CRASH === 'fit') { ${once} } return {}; }`,
      predict: `async (model, x, rows) => { if (process.env.CRASH === 'predict') { ${crash} } return new Float32Array(rows * 2).fill(0.5); }`,
    })}`,
  );
  const train = (out: string, ...more: string[]) => [
    ...['train', 'data.csv', '--target', 'label', '--seed', '1', '--threads', '2', '--members', '3'],
    ...['--learner', 'crashing.mjs', '--out', out, ...more],
  ];
  const run = async (args: readonly string[], CRASH: string) =>
    tuttiProcess(args, { cwd, env: { CRASH, XDG_STATE_HOME: join(cwd, 'state') } });
  t.equal((await run(train('there.tutti'), '')).status, 0);
  const apart = await run(train('apart.tutti', '--isolate', 'process', '--checkpoint', 'kept'), 'fit');
  t.equal(apart.status, 0, apart.stderr);
  t.ok(existsSync(join(cwd, 'crashed')), 'it did crash');
  t.ok(readFileSync(join(cwd, 'apart.tutti')).equals(readFileSync(join(cwd, 'there.tutti'))));
  const extend = ['extend', 'apart.tutti', 'data.csv', '--members', '4', '--isolate', 'process'];
  t.equal((await run(extend, '')).status, 0);
  const evaluate = await run(['evaluate', 'apart.tutti', 'data.csv', '--isolate', 'process'], 'predict');
  t.equal(evaluate.status, 1);
  t.match(evaluate.stderr, /ended its process in predict \(signal SIGSEGV\) \(ERR_LEARNER\)/);
  // As the training was: nothing is left to train, and measuring its members brings down a process and no more.
  const resume = await run(['resume', 'kept', '--out', 'again.tutti'], 'predict');
  t.match(resume.stderr, /ended its process in predict \(signal SIGSEGV\) \(ERR_LEARNER\)/);
});

// `tutti resume`: a training that was killed, interrupted or done is gone on with, and comes to the same file as one that
// nothing happened to. Processes end themselves at a given member, so nothing depends on how fast a machine is.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { resumeTraining, trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { CENTROIDS } from '../../support/learners.js';
import { CHILD_ENV, type CliResult, classCsv, instead, MAIN, tutti, tuttiProcess } from '../support.js';

/** Class means, whose third fit on a thread ends the process where RAISE says how. */
const ENDING = CENTROIDS.replace('export default {', 'let fits = 0;\nexport default {').replace(
  'const means',
  `if (++fits === 3 && process.env.RAISE === 'exit') process.exit(3);
    if (fits === 3 && process.env.RAISE) process.kill(process.pid, process.env.RAISE);
    const means`,
);
const cwd = t.testdir({
  'data.csv': classCsv(),
  'ending.mjs': ENDING,
  'members.json': JSON.stringify({ members: [{ hidden: [3] }, { hidden: [4] }], epochs: 2 }),
  'at-once.mjs': CENTROIDS.replace(
    'const means',
    'if (process.env.RAISE) process.kill(process.pid, process.env.RAISE);\n    const means',
  ),
  'mixed.json': JSON.stringify({
    members: [{ hidden: [4], epochs: 10_000, earlyStopping: 'none' }, { learner: 'at-once.mjs' }],
  }),
  'wide.json': JSON.stringify({
    members: [{ epochs: 1 }, { epochs: 1 }, { epochs: 5e6 }, { epochs: 5e6 }],
    ...{ hidden: [300, 300], earlyStopping: 'none' },
  }),
  'two-wide.json': JSON.stringify({ members: 2, hidden: [300, 300], epochs: 1 }),
  elsewhere: {},
  state: {},
});
const env = { XDG_STATE_HOME: join(cwd, 'state') };
const BASE = [
  'data.csv',
  '--target',
  'label',
  '--test-share',
  '0.3',
  '--seed',
  '3',
  '--threads',
  '1',
] as const;
const TRAIN = ['train', ...BASE, '--learner', 'ending.mjs', '--members', '5'];
const QUICK = ['train', ...BASE, '--hidden', '4', '--epochs', '2', '--members', '2'];

const bytesOf = (name: string) => readFileSync(join(cwd, name));
const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  tuttiProcess(args, { cwd, env: { ...env, ...more } });
/** What is printed but for how many members were trained in what time, and the file's name. */
const figuresOf = ({ stdout }: CliResult) =>
  stdout.replace(/^(Trained|Nothing to train|Saved|Every score).*$/gm, '');

const undisturbed = await run([...TRAIN, '--out', 'whole.tutti']);
t.equal(undisturbed.status, 0, undisturbed.stderr);

t.test('after SIGKILL the same file and the same figures come of it', async (t) => {
  const args = [...TRAIN, '--out', 'killed.tutti', '--checkpoint', 'killed'];
  t.equal((await run(args, { RAISE: 'SIGKILL' })).status, 137);
  const resumed = await run(['resume', 'killed']);
  t.equal(resumed.status, 0, resumed.stderr);
  t.match(resumed.stderr, /^Going on with killed: \d of 5 members finished$/m);
  t.ok(bytesOf('killed.tutti').equals(bytesOf('whole.tutti')));
  t.equal(figuresOf(resumed), figuresOf(undisturbed));
  t.same(
    readdirSync(join(cwd, 'killed')).filter((name) => /lock|tmp/.test(name)),
    [],
    'nothing is left',
  );
});

t.test('members in training go on from where they were kept', async (t) => {
  const args = ['train', ...BASE.slice(0, -1), '2', '--config', 'mixed.json'];
  t.equal((await run([...args, '--out', 'mixed.tutti'])).status, 0);
  const kept = [...args, '--out', 'kept.tutti', '--checkpoint', 'mixed'];
  t.equal((await run(kept, { RAISE: 'SIGINT' })).status, 130);
  const { status, stderr } = await run(['resume', 'mixed']);
  t.equal(status, 0, stderr);
  // A fast thread may be done before the other has begun.
  t.match(stderr, /Going on with mixed: \d of 2 members finished(, 1 in training)?$/m);
  t.ok(bytesOf('kept.tutti').equals(bytesOf('mixed.tutti')));
  t.same(readdirSync(join(cwd, 'mixed')).sort(), ['journal', 'training'], 'nothing is left of them');
});

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  t.test(`${signal} says how to go on, and so it does`, async (t) => {
    const folder = `a ${signal}`;
    const args = [...TRAIN, '--out', `${signal}.tutti`, '--checkpoint', folder];
    const stopped = await run(args, { RAISE: signal });
    t.equal(stopped.status, status);
    t.match(stopped.stderr, new RegExp(`Interrupted with \\d of 5 .*; tutti resume 'a ${signal}' goes on`));
    t.same(
      readdirSync(join(cwd, folder)).filter((name) => /lock|tmp/.test(name)),
      [],
      'nothing is left',
    );
    t.equal((await run(['resume', folder])).status, 0);
    t.ok(bytesOf(`${signal}.tutti`).equals(bytesOf('whole.tutti')));
  });
}

t.test('a member that lost its thread is tried again', async (t) => {
  const args = [...TRAIN, '--retries', '0', '--out', 'lost.tutti', '--checkpoint', 'lost'];
  const lost = await run(args, { RAISE: 'exit' });
  t.equal(lost.status, 1);
  t.match(lost.stderr, /^tutti resume lost tries member 2 again$/m);
  const resumed = await run(['resume', 'lost']);
  t.equal(resumed.status, 0, resumed.stderr);
  t.match(resumed.stderr, /Going on with lost: 4 of 5 members finished, 1 failed/);
  t.ok(bytesOf('lost.tutti').equals(bytesOf('whole.tutti')));
});

t.test('one that is done trains nothing, and says the same again', async (t) => {
  const resumed = await run(['resume', 'killed', '--json']);
  t.equal(resumed.status, 0);
  t.match(JSON.parse(resumed.stdout), {
    members: 5,
    membersBefore: 5,
    checkpoint: 'killed',
    interrupted: false,
    complete: true,
  });
  t.ok(bytesOf('killed.tutti').equals(bytesOf('whole.tutti')));
  t.match((await run(['resume', 'killed'])).stdout, /Nothing to train: all 5 members are there/);
});

t.test('from another folder, and with rows that were moved', async (t) => {
  rmSync(join(cwd, 'killed.tutti'));
  const elsewhere = join(cwd, 'elsewhere');
  const resumed = await tuttiProcess(['resume', '../killed'], { cwd: elsewhere, env });
  t.equal(resumed.status, 0, resumed.stderr);
  t.ok(bytesOf('killed.tutti').equals(bytesOf('whole.tutti')), 'saved where the training was to save it');
  copyFileSync(join(cwd, 'data.csv'), join(elsewhere, 'moved.csv'));
  writeFileSync(join(elsewhere, 'more.csv'), `${classCsv()}1,2,yes\n`);
  const args = ['resume', '../killed', '--data', 'moved.csv', '--out', 'moved.tutti'];
  t.equal((await tuttiProcess(args, { cwd: elsewhere, env })).status, 0);
  t.ok(bytesOf('elsewhere/moved.tutti').equals(bytesOf('whole.tutti')));
  const other = await tuttiProcess(['resume', '../killed', '--data', 'more.csv'], { cwd: elsewhere, env });
  t.equal(other.status, 2);
  t.match(other.stderr, /began with \([0-9a-f]{64}\), got another .* \([0-9a-f]{64}\) \(ERR_DATA\)/);
});

t.test('rows that came from standard input have to come again', async (t) => {
  const stdin = classCsv();
  const args = instead(QUICK, '--threads', '1').map((word) => (word === 'data.csv' ? '-' : word));
  const trained = await tuttiProcess([...args, '--checkpoint', 'piped', '--out', 'piped.tutti'], {
    cwd,
    stdin,
  });
  t.equal(trained.status, 0, trained.stderr);
  const bytes = bytesOf('piped.tutti');
  const again = await tutti(['resume', 'piped'], { cwd });
  t.equal(again.status, 2);
  t.match(again.stderr, /Expected `--data` to be the rows again, as a file or - for standard input/);
  t.equal((await tuttiProcess(['resume', 'piped', '--data', '-'], { cwd, stdin })).status, 0);
  t.ok(bytesOf('piped.tutti').equals(bytes));
  t.equal((await tutti(['resume', 'piped', '--data', 'data.csv'], { cwd })).status, 0);
  t.ok(bytesOf('piped.tutti').equals(bytes));
});

t.test(
  'what was asked for counts, whatever has become of the config file; --out may come later',
  async (t) => {
    const args = ['train', ...BASE, '--config', 'members.json'];
    t.equal((await tutti([...args, '--out', 'config.tutti'], { cwd })).status, 0);
    t.equal((await tutti([...args, '--checkpoint', 'config'], { cwd })).status, 0);
    writeFileSync(join(cwd, 'members.json'), '{ "members": 9, "epochs": 1 }');
    t.equal((await tutti(['resume', 'config', '--out', 'later.tutti'], { cwd })).status, 0);
    t.ok(bytesOf('later.tutti').equals(bytesOf('config.tutti')));
  },
);

t.test('rows to test on and averages are those of the training', async (t) => {
  const args = ['train', 'data.csv', '--target', 'label', '--test', 'data.csv', '--threads', '1'];
  const more = [
    ...QUICK.slice(6, 8),
    '--hidden',
    '3',
    '--members',
    '2',
    '--epochs',
    '2',
    '--aggregator',
    'vote',
  ];
  const trained = await tutti([...args, ...more, '--checkpoint', 'tested'], { cwd });
  const resumed = await tutti(['resume', 'tested'], { cwd });
  t.equal(resumed.status, 0, resumed.stderr);
  t.match(resumed.stdout, /majority vote/);
  t.equal(figuresOf(resumed), figuresOf(trained));
});

t.test('modules run where the user trained with them, or allows it', async (t) => {
  const args = ['resume', 'killed', '--out', 'allowed.tutti'];
  const stranger = await tuttiProcess(args, { cwd });
  t.equal(stranger.status, 2);
  t.match(stranger.stderr, /runs the module .*ending\.mjs .* which is not allowed/);
  const allowed = await tuttiProcess([...args, '--allow-module', 'ending.mjs'], { cwd });
  t.equal(allowed.status, 0, allowed.stderr);
  t.ok(bytesOf('allowed.tutti').equals(bytesOf('whole.tutti')));
  writeFileSync(join(cwd, 'ending.mjs'), `${ENDING}\n// changed`);
  const changed = await run(args);
  t.equal(changed.status, 2);
  t.match(changed.stderr, /ending\.mjs .*\(ERR_MODULE\)/);
  writeFileSync(join(cwd, 'ending.mjs'), ENDING);
});

t.test('an extension is gone on with too', async (t) => {
  t.equal((await run([...instead(TRAIN, '--members', '2'), '--out', 'two.tutti'])).status, 0);
  const extend = ['extend', 'two.tutti', 'data.csv', '--members', '6', '--threads', '1'];
  t.equal((await run([...extend, '--out', 'six.tutti'])).status, 0);
  const args = [...extend, '--out', 'resumed.tutti', '--checkpoint', 'extended'];
  t.equal((await run(args, { RAISE: 'SIGKILL' })).status, 137);
  const resumed = await run(['resume', 'extended']);
  t.equal(resumed.status, 0, resumed.stderr);
  t.match(resumed.stderr, /Going on with extended: [2-5] of 6 members finished/);
  t.ok(bytesOf('resumed.tutti').equals(bytesOf('six.tutti')));
});

t.test('what cannot be gone on with is one line', async (t) => {
  const fails = async (args: readonly string[], expected: RegExp) => {
    const { status, stderr } = await tutti(args, { cwd });
    t.equal(status, 2);
    t.match(stderr, expected);
  };
  await fails(
    ['resume', 'nowhere'],
    /^tutti: The checkpoint nowhere holds no training \(ERR_CHECKPOINT\)\n$/,
  );
  await fails(['resume', 'elsewhere'], /The checkpoint elsewhere holds no training/);
  await fails(
    [...QUICK, '--checkpoint', 'config'],
    /holds a training of 2 members: `tutti resume config` goes on/,
  );
  await fails([...QUICK, '--checkpoint', ''], /Expected `--checkpoint` to be the path of a folder, got ""/);
  await fails(
    [...QUICK, '--checkpoint-epochs', '2'],
    /`--checkpoint-epochs` to be absent unless `--checkpoint`/,
  );
  const both = ['--checkpoint', 'new', '--checkpoint-epochs', '2', '--checkpoint-seconds', '2'];
  await fails(
    [...QUICK, ...both],
    /`--checkpoint-seconds` to be absent where `--checkpoint-epochs` is given/,
  );
  await fails(['resume', 'config', '--test', 'data.csv'], /`--test` to be absent/);
  await fails(['resume', 'config', '--members', '3'], /Unknown option `--members` of tutti resume/);
  await fails(['resume', 'tested', '--out', 'data.csv'], /another file than data\.csv/);
  mkdirSync(join(cwd, 'gone'));
  copyFileSync(join(cwd, 'data.csv'), join(cwd, 'gone/data.csv'));
  const gone = QUICK.map((word) => (word === 'data.csv' ? 'gone/data.csv' : word));
  t.equal((await tutti([...gone, '--checkpoint', 'gone/kept'], { cwd })).status, 0);
  rmSync(join(cwd, 'gone/data.csv'));
  await fails(
    ['resume', 'gone/kept'],
    /no such file any more; if it was moved, `tutti resume gone\/kept --data FILE`/,
  );
});

t.test('a checkpoint does not say over which of the user’s files it is written', async (t) => {
  t.equal((await tutti([...QUICK, '--checkpoint', 'sly', '--out', 'notes.txt'], { cwd })).status, 0);
  writeFileSync(join(cwd, 'notes.txt'), 'my notes');
  const { status, stderr } = await tutti(['resume', 'sly'], { cwd });
  t.equal(status, 2);
  t.match(
    stderr,
    /`--out` to be given again, as notes\.txt, where the checkpoint saves, is no saved ensemble/,
  );
  t.equal(bytesOf('notes.txt').toString(), 'my notes');
});

/** No file may be longer than half a megabyte: one wide member, and no more. */
const limited = (args: readonly string[]) => {
  const shell = ['-c', 'ulimit -f 1000; exec "$@"', 'sh', process.execPath, MAIN, ...args];
  return spawnSync('sh', shell, { cwd, encoding: 'utf8', env: CHILD_ENV });
};

t.test('a checkpoint that cannot be written any more stops the training with what is finished', async (t) => {
  const wide = ['train', ...BASE, '--config', 'wide.json', '--out', 'wide.tutti', '--checkpoint', 'full'];
  const { status, stderr } = limited([...wide, '--allow-failures']);
  t.equal(status, 2);
  t.match(stderr, /^tutti: The checkpoint full cannot be written: EFBIG.*\(ERR_CHECKPOINT\)$/m);
  t.match(stderr, /^Interrupted with 2 of 4 members finished; tutti resume full goes on$/m);
});

t.test('one that could not hold the last members is told of with their figures', async (t) => {
  const wide = ['train', ...BASE, '--config', 'two-wide.json', '--checkpoint', 'full-at-last'];
  const { status, stderr, stdout } = limited(wide);
  t.equal(status, 2);
  t.match(stderr, /^tutti: The checkpoint full-at-last cannot be written: EFBIG.*\(ERR_CHECKPOINT\)$/m);
  t.match(stdout, /^Trained 2 members/m);
});

t.test('that of a program is the program’s', async (t) => {
  const dataset = clusters(40, 3, 2);
  const folder = join(cwd, 'program');
  await trainEnsemble(dataset, { members: 1, hidden: [2], epochs: 1, seed: 1 }, { checkpoint: { folder } });
  const { status, stderr } = await tutti(['resume', 'program'], { cwd });
  t.equal(status, 2);
  t.match(stderr, /was made by a program, which goes on with it by `resumeTraining` \(ERR_CHECKPOINT\)/);
  t.equal((await resumeTraining(folder, dataset)).complete, true);
});

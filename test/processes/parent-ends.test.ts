// Whatever ends a process ends those that it has started for a user's code, whatever they are doing; and what Node.js
// does not allow is said.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { CHILD_ENV, classCsv, MAIN } from '../cli/support.js';
import { learnerOf } from '../support/learners.js';
import { listsProcesses, untilGone } from '../support/processes.js';

const index = new URL('../../lib/index.js', import.meta.url).href;
const predict = '(model, x, rows) => new Float32Array(rows * 2).fill(0.5)';

/** A learner that leaves its process's number in a file as it begins, and then does this. */
const fits = (does: string) => `import { writeFileSync } from 'node:fs';
${learnerOf({ fit: `async () => { writeFileSync('pid.new', String(process.pid)); (await import('node:fs')).renameSync('pid.new', 'pid'); ${does} return {}; }`, predict })}`;

/** Trains with the learner `own.mjs`, in a process. */
const app = (settings: string, more: string) => `
  import { createPool, Dataset, trainEnsemble } from ${JSON.stringify(index)};
  const data = Dataset.fromArrays({ x: [1, 2, 3, 4], rows: 4, features: 1, labels: [0, 1, 0, 1] });
  const pool = createPool({ threads: 1, isolate: 'process' });
  const training = trainEnsemble(data, { members: 1, seed: 1, learner: './own.mjs' }, { runner: pool, ${settings} });
  ${more}`;

function start(
  cwd: string,
  args: readonly string[],
  options: { readonly detached?: boolean } = {},
): ChildProcess {
  return spawn(process.execPath, args, {
    cwd,
    env: CHILD_ENV,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
}

async function pidIn(cwd: string): Promise<number> {
  const file = join(cwd, 'pid');
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
  return Number(readFileSync(file, 'utf8'));
}

const ended = (child: ChildProcess) =>
  new Promise<readonly unknown[]>((resolve) => child.once('close', (...how) => resolve(how)));

for (const [doing, does] of [
  ['loops', 'for (;;) {}'],
  ['waits', 'await new Promise(() => {});'],
  ['is blocked in the system', "(await import('node:child_process')).execSync('sleep 1000');"],
  [
    'ignores signals',
    "for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.on(name, () => {}); for (;;) {}",
  ],
] as const) {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    t.test(
      `one that ${doing} ends when its parent is ended by ${signal}`,
      { skip: !listsProcesses },
      async (t) => {
        const cwd = t.testdir({ 'own.mjs': fits(does), 'app.mjs': app('', 'await training;') });
        const parent = start(cwd, ['app.mjs']);
        const pid = await pidIn(cwd);
        const end = ended(parent);
        parent.kill(signal);
        t.same(await end, [null, signal]);
        await untilGone(pid);
        t.pass('it is gone');
      },
    );
  }
}

for (const [what, more, code] of [
  ['exits', 'process.exit(3)', 3],
  ['throws', "throw new Error('own')", 1],
] as const) {
  t.test(
    `one that is stopped by the system ends when its parent ${what}`,
    { skip: !listsProcesses },
    async (t) => {
      const stop = "process.kill(process.pid, 'SIGSTOP'); await new Promise(() => {});";
      const wait = `import { existsSync } from 'node:fs';
      while (!existsSync('pid')) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, 200));`;
      const cwd = t.testdir({ 'own.mjs': fits(stop), 'app.mjs': app('', `${wait} ${more};`) });
      const parent = start(cwd, ['app.mjs']);
      t.same(await ended(parent), [code, null]);
      await untilGone(await pidIn(cwd));
    },
  );
}

t.test(
  'Ctrl-C stops a command and its processes, and what is finished is saved',
  { skip: !listsProcesses },
  async (t) => {
    // The first member is fitted at once, the second never.
    const does =
      "if ((await import('node:fs')).existsSync('first')) for (;;) {}\nwriteFileSync('first', '');";
    const cwd = t.testdir({ 'own.mjs': fits(does), 'data.csv': classCsv() });
    const args = [MAIN, 'train', 'data.csv', '--target', 'label', '--learner', 'own.mjs', '--members', '2'];
    const parent = start(cwd, [...args, '--threads', '1', '--isolate', 'process', '--out', 'out.tutti'], {
      detached: true,
    });
    const said = text(parent.stderr!);
    while (!existsSync(join(cwd, 'first'))) await new Promise((resolve) => setTimeout(resolve, 20));
    const pid = await pidIn(cwd);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const end = ended(parent);
    // As a terminal does: to all of the foreground's processes.
    process.kill(-parent.pid!, 'SIGINT');
    t.same(await end, [130, null]);
    t.match(await said, /Interrupted with 1 of 2 members finished; saved/);
    await untilGone(pid);
  },
);

t.test('what a process prints goes to standard error', async (t) => {
  const says = "console.log('on output'); console.error('on error');";
  const cwd = t.testdir({
    'own.mjs': fits(says),
    'app.mjs': app('', 'console.log((await training).members.length); await pool.close();'),
  });
  const parent = start(cwd, ['app.mjs']);
  const [output, error] = [text(parent.stdout!), text(parent.stderr!)];
  t.same(await ended(parent), [0, null]);
  t.equal(await output, '1\n');
  t.equal(await error, 'on output\non error\n');
});

t.test('an idle pool with processes, and learners that have predicted, keep no process', async (t) => {
  const cwd = t.testdir({
    'own.mjs': fits(''),
    'app.mjs': app('', 'const ensemble = await training; console.log((await ensemble.predict(data)).rows);'),
  });
  const parent = start(cwd, ['app.mjs']);
  const output = text(parent.stdout!);
  t.same(await ended(parent), [0, null]);
  t.equal(await output, '4\n');
});

t.test('where Node.js’s permission model allows no processes that is one clear error', async (t) => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const cwd = t.testdir({
    'own.mjs': fits(''),
    'app.mjs': app('', 'console.log((await training).members.length); await pool.close();'),
  });
  const run = async (...flags: string[]) => {
    const parent = start(cwd, [
      flag,
      '--allow-fs-read=*',
      '--allow-fs-write=*',
      '--allow-worker',
      '--allow-addons',
      '--allow-wasi',
      ...flags,
      'app.mjs',
    ]);
    const [output, error] = [text(parent.stdout!), text(parent.stderr!)];
    await ended(parent);
    return { output: await output, error: await error };
  };
  const { error } = await run();
  t.match(
    error,
    /No process can be started for code of your own: this process was started with --permission and without --allow-child-process/,
  );
  t.match(error, /ERR_THREAD_START/);
  const net = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : [];
  if (net.length > 0) t.match((await run('--allow-child-process')).error, /and without --allow-net/);
  t.equal((await run('--allow-child-process', ...net)).output, '1\n');
});

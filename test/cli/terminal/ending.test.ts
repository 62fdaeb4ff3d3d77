// How commands end: their status, their terminal, and what is said when the last step fails.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { learnerOf } from '../../support/learners.js';
import { classCsv, QUICK, tuttiProcess } from '../support.js';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
const endless = { epochs: 5_000_000, earlyStopping: 'none' };
const learner = (more: string) => `import { rmSync } from 'node:fs';\n${more}`;
const cwd = t.testdir({
  'data.csv': classCsv(),
  'endless.json': JSON.stringify({ members: [endless, endless], hidden: [2] }),
  gone: {},
  // Takes the folder of the output away, as somebody might during a long training.
  'removes.mjs': learner(
    learnerOf({
      fit: `() => { rmSync('gone', { recursive: true, force: true }); return {}; }`,
      predict: '(model, x, rows) => new Float32Array(rows * 2).fill(0.5)',
    }),
  ),
  'waits.mjs': `import { readFileSync } from 'node:fs';
    export default { fit: () => readFileSync('pipe'), predict: () => [] };`,
  'open.mjs': learner(
    `setInterval(() => {}, 1000);\n${learnerOf({ predict: '(model, x, rows) => new Float32Array(rows * 2).fill(0.5)' })}`,
  ),
});
const TRAIN = ['train', 'data.csv', '--target', 'label', '--seed', '1', '--threads', '1'] as const;

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
] as const) {
  t.test(`${signal} stops a training with status ${status}`, async (t) => {
    let sent = false;
    const result = await tuttiProcess([...TRAIN, '--config', 'endless.json'], {
      cwd,
      onStderr(text, kill) {
        if (sent || !text.includes('0/2 members')) return;
        sent = true;
        kill(signal);
      },
    });
    t.equal(result.status, status);
    t.match(result.stderr, /Interrupted with 0 of 2 members finished; nothing saved/);
  });
}

t.test('what was measured is printed although saving fails, and the failure after it', async (t) => {
  const args = [...TRAIN, '--learner', 'removes.mjs', '--members', '2', '--out', 'gone/a.tutti', '--quiet'];
  const { status, stdout, stderr } = await tuttiProcess(args, { cwd });
  t.equal(status, 2);
  t.match(stdout, /out of bag/);
  t.notMatch(stdout, /Saved/);
  t.match(stderr, /^tutti: Cannot write gone\/a\.tutti: there is no folder .*gone \(ERR_FILE\)\n$/);
  t.notOk(existsSync(join(cwd, 'gone')));
});

t.test('a module that keeps a handle open does not keep the command', async (t) => {
  const train = await tuttiProcess(
    [...TRAIN, '--learner', 'open.mjs', '--members', '2', '--out', 'open.tutti'],
    {
      cwd,
    },
  );
  t.equal(train.status, 0, train.stderr);
  const args = ['predict', 'open.tutti', 'data.csv', '--allow-module', 'open.mjs'];
  const predict = await tuttiProcess(args, { cwd });
  t.equal(predict.status, 0, predict.stderr);
  t.equal(predict.stdout.trim().split('\n').length, 61, 'all of it was written before the end');
});

t.test(
  'a full disk behind standard output is one line and status 1',
  {
    skip: existsSync('/dev/full') ? false : 'there is no /dev/full',
  },
  async (t) => {
    const train = await tuttiProcess(
      ['train', 'data.csv', '--target', 'label', ...QUICK, '--out', 'quick.tutti'],
      {
        cwd,
      },
    );
    t.equal(train.status, 0, train.stderr);
    for (const args of [['inspect', 'quick.tutti'], ['predict', 'quick.tutti', 'data.csv'], ['--help']]) {
      const child = spawn(process.execPath, [MAIN, ...args], {
        cwd,
        env: { ...process.env, NODE_OPTIONS: '' },
        stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      });
      let stderr = '';
      child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const status = await new Promise((resolve) => child.on('close', resolve));
      t.equal(status, 1);
      t.match(stderr, /^tutti: Cannot write to standard output: ENOSPC: [^\n]*\n$/);
    }
  },
);

t.test(
  'a thread that waits in the operating system does not keep the command',
  {
    skip: process.platform === 'win32' ? 'no named pipes here' : false,
  },
  async (t) => {
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const args = [...TRAIN, '--learner', 'waits.mjs', '--members', '1', '--deadline', '4', '--quiet'];
    const { status, stderr } = await tuttiProcess(args, { cwd });
    t.match(stderr, /its thread is blocked in the operating system/);
    t.equal(status, 1);
  },
);

// Row 6: code of a user's that never comes back: it loops, waits for what never comes, or waits in the operating system,
// where no thread can be ended. The rest goes on, is saved, and the command ends with its status, also on Ctrl-C.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadEnsemble } from '../../src/bundle/load.js';
import type { TrainedEnsemble } from '../../src/index.js';
import { type CommandOptions, command, dataFolder, type Misdeeds, membersOf, misdoer } from './support.js';

const NETWORK = { hidden: [4], epochs: 3 };
/** Seconds; what takes milliseconds keeps it on any machine. */
const DEADLINE = 5;
const LOOP = 'for (;;) {}';
const NEVER = 'await new Promise(() => {})';
const FIFO = "fs.readFileSync('pipe')";

const root = t.testdir();
// Most of the time is waited for.
t.jobs = 4;
const buffered = { buffered: true };

/** A folder in which `bad.json` trains two networks, a learner, and a network; `sound.json` a network in its place. */
function folderOf(name: string, deeds: Misdeeds, deadline = DEADLINE): string {
  const cwd = join(root, name.replaceAll(/\W+/g, '-'));
  mkdirSync(cwd);
  dataFolder(cwd);
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  writeFileSync(join(cwd, 'bad.mjs'), misdoer(deeds, 2));
  for (const [file, third] of [
    ['bad.json', { learner: './bad.mjs' }],
    ['sound.json', NETWORK],
  ] as const) {
    const config = { target: 'label', seed: 1, threads: 2, deadline };
    writeFileSync(
      join(cwd, file),
      JSON.stringify({ ...config, members: [NETWORK, NETWORK, third, NETWORK] }),
    );
  }
  return cwd;
}

const train = (config: string, options: CommandOptions) =>
  command(['train', 'data.csv', '--config', `${config}.json`, '--out', `${config}.tutti`], options);

let sound: Promise<string> | null = null;

/** What the four networks are when nothing happens to them. */
async function soundMembers(): Promise<TrainedEnsemble['members']> {
  sound ??= (async () => {
    const cwd = folderOf('sound', {});
    await train('sound', { cwd });
    return join(cwd, 'sound.tutti');
  })();
  return (await loadEnsemble(await sound)).members;
}

/** Whether the three networks are there with the bytes that they have beside a fourth. */
async function holdsOthers(t: Test, cwd: string): Promise<void> {
  const members = await soundMembers();
  const kept = (await loadEnsemble(join(cwd, 'bad.tutti'))).members.filter(({ index }) => index !== 2);
  t.same(membersOf({ members: kept }), membersOf({ members: members.filter(({ index }) => index !== 2) }));
}

const MISDEEDS: readonly (readonly [name: string, deeds: Misdeeds, message: RegExp])[] = [
  ['a loop in fit', { fit: LOOP }, /took longer than the deadline of 5 s and was stopped/],
  [
    'a wait in fit for what never comes',
    { fit: NEVER },
    /took longer than the deadline of 5 s and was stopped/,
  ],
  [
    'a loop in a getter of the model',
    { model: `{ get a() { ${LOOP} } }` },
    /the deadline of 5 s and was stopped/,
  ],
  ['a loop in its import', { top: LOOP }, /took longer than the deadline of 5 s and was stopped/],
  [
    'a loop that handles all errors',
    { fit: `process.on('uncaughtException', () => {}); ${LOOP}` },
    /was stopped/,
  ],
  ['a loop at the exit', { fit: `process.on('exit', () => { ${LOOP} }); ${LOOP}` }, /and was stopped/],
  [
    'Atomics.wait in fit',
    { fit: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)' },
    /was stopped/,
  ],
  ['a pipe read in fit', { fit: FIFO }, /deadline of 5 s but its thread is blocked in the operating system/],
];

for (const [name, deeds, message] of MISDEEDS) {
  t.test(`${name} costs its member at the deadline`, buffered, async (t) => {
    const cwd = folderOf(name, deeds);
    const { status, stderr, left } = await train('bad', { cwd });
    t.equal(status, 1, stderr);
    t.match(stderr, message);
    t.same(left, []);
    await holdsOthers(t, cwd);
  });
}

for (const [name, predict] of [
  ['a loop in predict', LOOP],
  ['a wait in predict for what never comes', 'return new Promise(() => {})'],
  ['a pipe read in predict', FIFO],
] as const) {
  t.test(`${name} is an error after everything was saved`, buffered, async (t) => {
    const cwd = folderOf(name, { predict });
    const { status, stderr, left } = await train('bad', { cwd });
    t.equal(status, 1, stderr);
    t.match(
      stderr,
      /^tutti: Member 2: the learner bad\.mjs had not finished predict after \d+ s; does it loop\?/m,
    );
    t.same(left, []);
    await holdsOthers(t, cwd);
  });
}

for (const [name, fit] of [
  ['loops', LOOP],
  ['waits in the operating system', FIFO],
] as const) {
  for (const [signal, number] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    t.test(
      `${signal} while a learner ${name} saves what is finished, with status ${number}`,
      buffered,
      async (t) => {
        const cwd = folderOf(`${signal} ${name}`, { fit }, 3600);
        let sent = false;
        const { status, stderr, left } = await train('bad', {
          cwd,
          onStderr: (text, child) => {
            if (!sent && text.includes('3/4 members')) sent = child.kill(signal);
          },
        });
        t.equal(status, number, stderr);
        t.match(stderr, /Interrupted with 3 of 4 members finished; saved them/);
        t.same(left, []);
        await holdsOthers(t, cwd);
      },
    );
  }

  t.test(`two signals while a learner ${name} end the command at once`, buffered, async (t) => {
    const cwd = folderOf(`twice ${name}`, { fit }, 3600);
    const { status, signal, left } = await train('bad', {
      cwd,
      // It is held, so that both are there before the first can have been acted upon.
      onStderr: (text, child) => {
        if (!text.includes('3/4 members') || child.killed) return;
        for (const each of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) child.kill(each);
      },
    });
    t.ok([130, 143].includes(status!) || ['SIGINT', 'SIGTERM'].includes(signal!), `${status} ${signal}`);
    t.same(left, []);
  });
}

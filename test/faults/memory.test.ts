// Row 4: memory that runs out, growing in a thread and at once in a process; and all else that ends a whole process, which
// `isolate: 'process'` makes a matter of one member.

import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { limitedGroup } from '../support/control-group.js';
import { misdoer, once, script, until } from './support.js';

const root = t.testdir();
const index = JSON.stringify(new URL('../../src/index.js', import.meta.url).href);

/** Trains two networks and the learner between them, and says what became of them; beside a run of the networks alone. */
const APP = `
import { createInlineRunner, createPool, Dataset, trainEnsemble } from ${index};
const [isolate, retries] = process.argv.slice(2);
const x = Float64Array.from({ length: 120 }, (_, at) => Math.sin(12.9898 * at));
const data = Dataset.fromArrays({ x, rows: 60, features: 2, labels: Int32Array.from({ length: 60 }, (_, at) => at % 3) });
const network = { hidden: [8], epochs: 5 };
const bytesOf = ({ members }) => members.filter(({ index }) => index !== 1).map(({ parameters }) => [...parameters]);
const whole = await trainEnsemble(data, { seed: 1, members: [network, network, network] }, { runner: createInlineRunner() });
const pool = createPool({ threads: 2, ...(isolate === 'process' ? { isolate } : {}) });
const options = { seed: 1, members: [network, { learner: './bad.mjs' }, network] };
const ensemble = await trainEnsemble(data, options, { runner: pool, retries: Number(retries) });
await pool.close();
const same = JSON.stringify(bytesOf(ensemble)) === JSON.stringify(bytesOf(whole));
console.log(JSON.stringify({ same, members: ensemble.members.length, error: ensemble.failures[0]?.error.message ?? null }));
`;

let places = 0;
function place(fit: string): string {
  const cwd = join(root, String(++places));
  mkdirSync(join(cwd, 'tmp'), { recursive: true });
  writeFileSync(join(cwd, 'app.mjs'), APP);
  writeFileSync(join(cwd, 'bad.mjs'), misdoer({ fit }));
  return cwd;
}

/** So that it runs out soon. */
const flags = ['--max-old-space-size=64'];
const GROW = 'const all = []; for (let at = 0; ; at++) all.push({ at })';
const HUGE = 'globalThis.all = new Array(2 ** 27).fill(0.5)';
const BUFFERS = 'globalThis.all = []; for (;;) all.push(new Uint8Array(16 * 2 ** 20).fill(1))';

for (const [name, isolate, fit, message] of [
  ['memory that grows in a thread', 'thread', GROW, /lost its thread 2 times.*JS heap out of memory/],
  [
    'memory that grows in a process',
    'process',
    GROW,
    /lost its thread 2 times.*the process died \(signal SIGABRT\)/,
  ],
  [
    'one huge allocation in a process',
    'process',
    HUGE,
    /lost its thread 2 times.*the process died \(signal SIGABRT\)/,
  ],
  ['an abort of the runtime', 'process', 'process.abort()', /the process died \(signal SIGABRT\)/],
  ['a fault of a process', 'process', "process.kill(process.pid, 'SIGSEGV')", /\(signal SIGSEGV\)/],
  ['a process that is killed', 'process', "process.kill(process.pid, 'SIGKILL')", /\(signal SIGKILL\)/],
] as const) {
  t.test(`${name}: the member is lost, the others have their bytes`, async (t) => {
    const cwd = place(fit);
    const { status, stdout, left } = await script(['app.mjs', isolate, '1'], { cwd, flags });
    t.equal(status, 0);
    const { same, members, error } = JSON.parse(stdout);
    t.same([same, members, left], [true, 2, []]);
    t.match(error, message);
  });

  // Whatever ends a process, its retry is the same.
  if (fit !== GROW && fit !== HUGE) continue;
  t.test(`${name}, once: a retry, and nothing is lost`, async (t) => {
    const cwd = place(once(join(root, `mark-${places}`), fit));
    const { status, stdout, left } = await script(['app.mjs', isolate, '1'], { cwd, flags });
    t.same([status, JSON.parse(stdout), left], [0, { same: true, members: 3, error: null }, []]);
  });
}

t.test('buffers beyond the limit of a control group: its process is killed, and no other', async (t) => {
  const group = limitedGroup(700 * 2 ** 20);
  if (group === null) return t.pass('', { skip: 'no control group can be made here' });
  t.teardown(() => group.remove());
  const cwd = place(BUFFERS);
  const onStart = ({ pid }: ChildProcess) => writeFileSync(group.procs, String(pid));
  const { status, stdout, left } = await script(['app.mjs', 'process', '1'], { cwd, onStart });
  t.equal(status, 0);
  const { same, members, error } = JSON.parse(stdout);
  t.same([same, members, left], [true, 2, []]);
  t.match(error, /the process died \(signal SIGKILL\)/);
});

t.test('child processes end with their parent, however it ends', async (t) => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    for (const fit of ['for (;;) {}', 'await new Promise((resolve) => setTimeout(resolve, 1e9))']) {
      const mark = join(root, `at-work-${++places}`);
      const cwd = place(`fs.writeFileSync(${JSON.stringify(mark)}, ''); ${fit}`);
      let child: ChildProcess | null = null;
      const running = script(['app.mjs', 'process', '0'], { cwd, onStart: (started) => (child = started) });
      await until(() => existsSync(mark));
      child!.kill(signal);
      const ended = await running;
      t.equal(ended.signal, signal);
      // Those that have not noticed yet do so soon.
      await until(() => ended.left.length === 0 || ended.left.every((what) => !isThere(what)));
    }
  }
});

function isThere(process: string): boolean {
  return existsSync(`/proc/${process.replace('process ', '')}`);
}

// Row 6 as well: what a learner leaves on its thread after it has answered. Its own member is there; the members after it
// lose nothing but time.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { createPool, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { misdoer, threadsLeft, undisturbed } from './support.js';

const dataset = clusters(90, 6, 3);
const NETWORK = { hidden: [8], epochs: 3 };
const folder = t.testdir();
execFileSync('mkfifo', [join(folder, 'pipe')]);
const pipe = JSON.stringify(join(folder, 'pipe'));

const LEFT: Readonly<Record<string, string>> = {
  'a loop in a timer': 'setTimeout(() => { for (;;) {} }, 0)',
  'a loop in promises': 'const go = () => Promise.resolve().then(go); go()',
  'a loop at the exit': "process.on('exit', () => { for (;;) {} })",
  'an endless row of timers': 'const go = () => setImmediate(go); go()',
  'an open watcher and an interval': "setInterval(() => {}, 1); fs.watch('.')",
  'a closed port': 'wt.parentPort.close()',
  'a port without listeners': 'wt.parentPort.removeAllListeners()',
  'messages that nobody asked for':
    "for (const junk of [null, 1, 'x', {}, { taskId: 1 }, { id: 1, answer: 'x' }]) wt.parentPort.postMessage(junk)",
  'an exit that does nothing': 'process.exit = process.reallyExit = process.abort = () => {}',
  'another working directory and environment':
    "process.env.PATH = process.env.TMPDIR = '/nowhere'; process.env.NODE_OPTIONS = '--nonsense'; delete process.env.HOME",
  'handlers of all errors':
    "for (const name of ['uncaughtException', 'unhandledRejection']) process.on(name, () => {})",
  'a flood of words': "for (let i = 0; i < 2000; i++) process.stderr.write('.')",
  'a wait in the operating system': `setTimeout(() => fs.readFileSync(${pipe}), 0)`,
};

for (const [name, statement] of Object.entries(LEFT)) {
  t.test(`${name} costs no member`, async (t) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.mjs`);
    writeFileSync(path, misdoer({ fit: `if (!wt.isMainThread) { ${statement} }` }));
    const options = { seed: 11, members: [{ learner: path }, ...Array(8).fill(NETWORK)] };
    // On a slow machine a thread may be taken for one that is busy, which costs it no retry.
    await using pool = createPool({ threads: 1, startTimeout: 3 });
    const disturbed = await trainEnsemble(dataset, options, { runner: pool, retries: 0 });
    t.same(disturbed.failures, []);
    t.equal(contentHash(disturbed), contentHash(await undisturbed(dataset, options)));
  });
}

t.test('no thread is left but the one that cannot be ended', async (t) => {
  t.equal(await threadsLeft(1), 0);
  // It reads until somebody has written.
  writeFileSync(join(folder, 'pipe'), '');
});

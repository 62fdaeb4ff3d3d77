// Rows 1 and 2: SIGKILL of the process that trains, at 30 moments that chance chooses, and at every step of its writing. It is
// resumed each time, and its file has the bytes that it would have had.

import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { JOURNAL_FILE } from '../../src/checkpoint/journal-format.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { CENTROIDS } from '../support/learners.js';
import { command, dataFolder, script } from './support.js';

const KILLS = 30;
/** Members of all kinds; the plain ones take most of the time. */
const CONFIG = {
  ...{ target: 'label', seed: 3, threads: 2, testShare: 0.2 },
  members: [
    ...Array.from({ length: 24 }, (_, at) => ({ hidden: [16, 8 + at], epochs: 150, hiddenKeep: 0.8 })),
    ...Array.from({ length: 3 }, () => ({ hidden: [8], epochs: 10, tie: 0.1 })),
    { hidden: [8], epochs: 30, snapshots: 3 },
    { engine: 'neighbours', neighbours: 3 },
    { learner: './centroids.mjs' },
    ...Array.from({ length: 8 }, () => ({ hidden: [32], epochs: 300, earlyStopping: 'validation' })),
  ],
};

/** Kills the process when its journal has grown by so much, or after so long a share of an undisturbed run. */
function killer(random: RandomStream, kept: string, wholeMs: number): (child: ChildProcess) => void {
  const size = () => statSync(join(kept, JOURNAL_FILE), { throwIfNoEntry: false })?.size ?? 0;
  return (child) => {
    const delayMs = random.uniform() < 0.4 ? random.uniform() * wholeMs : Number.POSITIVE_INFINITY;
    const bytes = size() + Math.ceil(random.uniform() * 6000);
    const started = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - started < delayMs && size() < bytes) return;
      clearInterval(timer);
      child.kill('SIGKILL');
    }, 1);
    child.once('exit', () => clearInterval(timer));
  };
}

t.test(`killed ${KILLS} times and resumed each time: the same file`, async (t) => {
  const cwd = dataFolder(t.testdir({ 'config.json': JSON.stringify(CONFIG), 'centroids.mjs': CENTROIDS }));
  const train = ['train', 'data.csv', '--config', 'config.json', '--quiet'];
  const started = performance.now();
  t.match(await command([...train, '--out', 'whole.tutti'], { cwd }), { status: 0, left: [] });
  const wholeMs = performance.now() - started;
  const whole = readFileSync(join(cwd, 'whole.tutti'));
  const random = new RandomStream(streamKey(12, 'init', 0));
  let kills = 0;
  // One that ends before it is killed is begun anew: a fast machine does not make the test smaller.
  for (let job = 0; kills < KILLS; job++) {
    const kept = `kept-${job}`;
    const out = join(cwd, `${kept}.tutti`);
    const onStart = killer(random, join(cwd, kept), wholeMs);
    let args = [...train, '--checkpoint', kept, '--checkpoint-epochs', '1', '--out', out];
    for (;;) {
      const ended = await command(args, kills < KILLS ? { cwd, onStart } : { cwd });
      if (ended.signal !== 'SIGKILL') {
        t.match(ended, { status: 0, signal: null, stderr: '', left: [] });
        break;
      }
      kills++;
      t.same(
        ended.left.filter((what) => what.startsWith('process')),
        [],
      );
      const began = statSync(join(cwd, kept, 'training'), { throwIfNoEntry: false }) !== undefined;
      if (began) args = ['resume', kept, '--quiet', '--allow-module', 'centroids.mjs'];
    }
    t.ok(readFileSync(out).equals(whole), `job ${job} after ${kills} kills`);
  }
});

const index = JSON.stringify(new URL('../../src/index.js', import.meta.url).href);
/** Trains or resumes in this process, on the calling thread, and saves. */
const APP = `
import { existsSync } from 'node:fs';
import { createInlineRunner, Dataset, resumeTraining, saveEnsemble, trainEnsemble } from ${index};
const x = Float64Array.from({ length: 120 }, (_, at) => Math.sin(12.9898 * at));
const data = Dataset.fromArrays({ x, rows: 60, features: 2, labels: Int32Array.from({ length: 60 }, (_, at) => at % 2) });
const runner = createInlineRunner();
const members = [{ hidden: [4], epochs: 6 }, { hidden: [4], epochs: 6, snapshots: 2 }];
const settings = { runner, checkpoint: { epochs: 2 } };
const ensemble = existsSync('kept/training')
  ? await resumeTraining('kept', data, settings)
  : await trainEnsemble(data, { seed: 1, members }, { runner, checkpoint: { folder: 'kept', epochs: 2 } });
await saveEnsemble(ensemble, 'e.tutti');
`;

/**
 * Kills the process at the n-th of its steps with files: before it or, where bytes are written, after half of them. Without
 * a number it writes down how many there are.
 */
const KILL_AT = `
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
if (require('node:worker_threads').isMainThread) {
  const at = Number(process.env.TUTTI_TEST_STEP);
  let steps = 0;
  const die = () => { process.kill(process.pid, 'SIGKILL'); for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10); };
  const isDue = () => ++steps === at;
  const patch = (object, name, before) => {
    const original = object[name];
    object[name] = function (...args) {
      if (isDue()) { before?.(this, args); die(); }
      return original.apply(this, args);
    };
  };
  const { open } = fs.promises;
  for (const name of ['rename', 'link', 'rm', 'unlink', 'mkdir']) patch(fs.promises, name);
  patch(fs.promises, 'writeFile', (_, [path, data]) => fs.writeFileSync(path, data.slice(0, data.length >> 1)));
  let known = false;
  fs.promises.open = async function (...args) {
    if (isDue()) die();
    const handle = await open.apply(this, args);
    if (!known) {
      known = true;
      const handles = Object.getPrototypeOf(handle);
      for (const name of ['sync', 'datasync', 'truncate', 'chmod', 'close']) patch(handles, name);
      patch(handles, 'write', ({ fd }, [bytes, offset = 0, length = bytes.length - offset, position = null]) =>
        fs.writeSync(fd, bytes, offset, length >> 1, position));
    }
    return handle;
  };
  syncBuiltinESMExports();
  process.on('exit', () => { if (!(at > 0)) fs.writeFileSync('steps', String(steps)); });
}
`;

t.test('killed at every step of its writing, and in the middle of every write: the same file', async (t) => {
  const root = t.testdir();
  const place = (name: string) => {
    const cwd = join(root, name);
    mkdirSync(join(cwd, 'tmp'), { recursive: true });
    writeFileSync(join(cwd, 'app.mjs'), APP);
    writeFileSync(join(cwd, 'kill-at.cjs'), KILL_AT);
    return cwd;
  };
  const run = (cwd: string, step: number | null) =>
    script(['app.mjs'], {
      cwd,
      flags: step === null ? [] : ['--require', './kill-at.cjs'],
      env: { TUTTI_TEST_STEP: String(step) },
    });
  const whole = place('whole');
  t.match(await run(whole, 0), { status: 0, stderr: '', left: [] });
  const bytes = readFileSync(join(whole, 'e.tutti'));
  const steps = Number(readFileSync(join(whole, 'steps'), 'utf8'));
  t.ok(steps > 30, `${steps} steps`);
  const one = async (step: number) => {
    const cwd = place(String(step));
    const { signal } = await run(cwd, step);
    const resumed = await run(cwd, null);
    t.match(resumed, { status: 0, stderr: '', left: [] }, `step ${step}`);
    t.ok(readFileSync(join(cwd, 'e.tutti')).equals(bytes), `step ${step} after ${signal}`);
  };
  const due = Array.from({ length: steps }, (_, at) => at + 1);
  const lane = async () => {
    for (let step = due.shift(); step !== undefined; step = due.shift()) await one(step);
  };
  await Promise.all([lane(), lane()]);
});

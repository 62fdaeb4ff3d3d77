// Threads that are ended while they load, in a process that must not end with them: Node.js 20 aborted it when a thread
// was ended while `require` linked an ES module. And threads that die while they load, beside others that have loaded.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { createPool, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { livingThreads, script, threadsLeft, undisturbed, until } from './support.js';

const index = JSON.stringify(new URL('../../src/index.js', import.meta.url).href);
const random = JSON.stringify(new URL('../../src/math/random.js', import.meta.url).href);

/** Ends pools at moments of their start that chance chooses, then sees that the next one works. */
const APP = `
import { createPool, Dataset, trainEnsemble } from ${index};
import { RandomStream, streamKey } from ${random};
const stream = new RandomStream(streamKey(Number(process.argv[2]), 'init', 0));
const data = Dataset.fromArrays({ x: [1, 2, 3, 4], rows: 4, features: 1, labels: [0, 1, 0, 1] });
const train = (runner) => trainEnsemble(data, { members: 4, epochs: 2, seed: 1 }, { runner });
for (let round = 0; round < 40; round++) {
  const pool = createPool({ threads: 3 });
  const expectEnd = ({ code }) => code === 'ERR_CANCELLED' || process.exit(3);
  const training = round % 2 === 0 ? train(pool).catch(expectEnd) : null;
  // Turns of the event loop, of which a start takes hundreds.
  const end = performance.now() + 60 * stream.uniform();
  while (performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  await pool.destroy();
  await training;
}
const pool = createPool({ threads: 3 });
console.log((await train(pool)).members.length);
await pool.close();
`;

t.test('pools that are ended while their threads load never end the process', async (t) => {
  const cwd = t.testdir({ 'app.mjs': APP });
  mkdirSync(join(cwd, 'tmp'));
  for (const seed of ['1', '2', '3']) {
    const ended = await script(['app.mjs', seed], { cwd });
    t.same(ended, { status: 0, signal: null, stdout: '4\n', stderr: '', left: [] });
  }
});

const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 40, hidden: [16, 16], epochs: 30, seed: 5 };

t.test('threads that die again while others take their place cost no more than a retry', async (t) => {
  const expected = contentHash(await undisturbed(dataset, OPTIONS));
  await using pool = createPool({ threads: 3 });
  for (let round = 0; round < 5; round++) {
    const killAll = () => Promise.all(livingThreads().map((thread) => thread.terminate()));
    let done = 0;
    const training = trainEnsemble(dataset, OPTIONS, {
      runner: pool,
      retries: 1,
      onMember: () => {
        if (++done !== 5) return;
        // Those of the second time have hardly begun to load.
        void killAll().then(killAll);
      },
    });
    const { failures, ...ensemble } = await training;
    t.same(failures, []);
    t.equal(contentHash({ ...ensemble, failures }), expected);
  }
});

t.test('where no thread starts any more, the training ends with what is finished', async (t) => {
  const folder = t.testdir();
  const worker = join(folder, 'worker.mjs');
  const member = JSON.stringify(new URL('../../workers/member.js', import.meta.url).href);
  writeFileSync(worker, `export { default } from ${member};`);
  const pool = createPool({ threads: 2, workerPath: worker });
  let done = 0;
  const ensemble = await trainEnsemble(dataset, OPTIONS, {
    runner: pool,
    onMember: () => {
      if (++done !== 5) return;
      writeFileSync(worker, "throw new Error('gone bad');");
      for (const thread of livingThreads()) void thread.terminate();
    },
  });
  t.ok(ensemble.members.length >= 5);
  t.equal(ensemble.members.length + ensemble.failures.length, 40);
  const codes = new Set(ensemble.failures.map(({ error }) => error.code));
  for (const code of codes) t.ok(['ERR_THREAD_START', 'ERR_THREAD_LOST'].includes(code), code);
  t.match(ensemble.failures.at(-1), {
    error: { code: 'ERR_THREAD_START', message: /cannot be loaded: gone bad/ },
  });
  await pool.close();
  await until(() => livingThreads().length === 0);
});

t.test('no thread is left', async (t) => t.equal(await threadsLeft(), 0));

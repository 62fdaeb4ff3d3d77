// The pool of trainings that name no runner: made once, shared by all of them, holding nobody.

import { execFile } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { compareSources } from '../../src/entry-points/studies.js';
import { createInlineRunner, startTraining, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { CENTROIDS } from '../support/learners.js';

const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 4, hidden: [8], epochs: 3, seed: 11 };
const folder = t.testdir({ 'centroids.mjs': CENTROIDS });
let threads = 0;
subscribe('worker_threads', () => threads++);

t.test('a training that is wrong in itself starts no thread, and inline none either', async (t) => {
  await t.rejects(trainEnsemble(dataset, OPTIONS, { retries: -1 }), { code: 'ERR_OPTION' });
  await t.rejects(trainEnsemble(dataset, OPTIONS, null as never), { code: 'ERR_OPTION' });
  await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  t.equal(threads, 0);
});

t.test('all trainings without a runner share one pool on every core, to the same bytes', async (t) => {
  const inline = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  const two = await trainEnsemble(dataset, { ...OPTIONS, members: 2 });
  const [extended, started, trained] = await Promise.all([
    two.extend(dataset, { members: 4 }),
    startTraining(dataset, OPTIONS).ensemble,
    trainEnsemble(dataset, OPTIONS, { retries: 2 }),
  ]);
  for (const ensemble of [extended, started, trained]) t.equal(contentHash(ensemble), contentHash(inline));
  const { sources } = await compareSources(dataset, dataset, OPTIONS, { seeds: 1 });
  t.strictSame(sources.at(-1)?.memberCounts, [4]);
  t.equal(threads, availableParallelism());
});

t.test('a training that a callback awaits on the shared pool is refused with what to do', async (t) => {
  const nested = trainEnsemble(dataset, OPTIONS, {
    onEpochEnd: async () => {
      await trainEnsemble(dataset, OPTIONS);
      return undefined;
    },
  });
  await t.rejects(nested, { code: 'ERR_OPTION', message: /createInlineRunner/ });
});

const script = fileURLToPath(new URL('fixtures/idle-pool.js', import.meta.url));
for (const way of ['shared', 'own', 'callbacks', 'stopped', 'learner']) {
  t.test(
    `a process that trained (${way}) ends while its threads are idle, held by none of them`,
    async (t) => {
      const env = { PATH: process.env.PATH };
      const args = [script, way, join(folder, 'centroids.mjs')];
      const { stdout } = await promisify(execFile)(process.execPath, args, { env });
      t.match(
        stdout,
        way === 'stopped' ? /^\d members, threads are idle\n$/ : '3 members, threads are idle\n',
      );
    },
  );
}

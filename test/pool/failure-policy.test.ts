// The failure policy with real threads: all of them dying, one member killing each, members that diverge and begin again.

import t, { type Test } from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { createPool, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { clusters, linear } from '../support/datasets.js';

const dataset = clusters(90, 6, 3);
const OPTIONS: TrainingOptions = { members: 5, hidden: [8], epochs: 3, seed: 11 };
const mortal = new URL('fixtures/mortal-worker.js', import.meta.url);

function dying(t: Test, how: 'always' | 'each' | 'once'): void {
  process.env.TUTTI_TEST_FOLDER = t.testdir();
  if (how === 'once') delete process.env.TUTTI_TEST_MORTAL;
  else process.env.TUTTI_TEST_MORTAL = how;
  t.teardown(() => delete process.env.TUTTI_TEST_MORTAL);
}

t.test('all threads die at once, with every member that they meet first', async (t) => {
  const expected = contentHash(await trainEnsemble(dataset, OPTIONS));
  for (const threads of [1, 2, 3]) {
    dying(t, 'each');
    await using pool = createPool({ threads, workerPath: mortal });
    const ensemble = await trainEnsemble(dataset, OPTIONS, { runner: pool });
    t.equal(contentHash(ensemble), expected, `${threads} threads`);
    t.strictSame(
      ensemble.retried,
      [0, 1, 2, 3, 4].map((index) => ({ index, retries: 1 })),
    );
  }
});

t.test('a member that kills every thread is given up after its retries, the others go on', async (t) => {
  dying(t, 'always');
  await using pool = createPool({ threads: 2, workerPath: mortal });
  const { members, failures, retried } = await trainEnsemble(dataset, OPTIONS, { runner: pool, retries: 3 });
  t.strictSame(
    members.map(({ index }) => index),
    [0, 1, 3, 4],
  );
  t.match(failures, [{ index: 2, error: { code: 'ERR_THREAD_LOST', details: { attempts: 4 } } }]);
  t.equal(retried, undefined);
});

t.test('with `fail` such a member ends the training, and the pool lives on', async (t) => {
  dying(t, 'always');
  await using pool = createPool({ threads: 2, workerPath: mortal });
  const settings = { runner: pool, onFailure: 'fail' } as const;
  const error = { code: 'ERR_THREAD_LOST', details: { member: 2 } };
  await t.rejects(trainEnsemble(dataset, OPTIONS, settings), error);
  const kept = await trainEnsemble(dataset, OPTIONS, { ...settings, onInterrupt: 'keep' });
  t.ok(kept.members.every(({ index }) => index !== 2) && kept.members.length < 5);
  t.match(kept.failures, [{ index: 2, error: { code: 'ERR_THREAD_LOST' } }]);
  t.equal((await trainEnsemble(dataset, { ...OPTIONS, members: 2 }, settings)).members.length, 2);
});

t.test('a member that diverges, begins again and loses its thread is the same bytes', async (t) => {
  const values = linear(60, 5, 1);
  // Members 1 and 2 diverge.
  const edge: TrainingOptions = {
    ...{ members: 4, hidden: [8], activation: 'relu', epochs: 6, batchSize: 10, seed: 3 },
    ...{ resample: 'bootstrap', earlyStopping: 'none' },
    ...{ optimizer: 'sgd', momentum: 0.9, learningRate: 0.1, arithmetic: 'strict', onDivergence: 'reseed' },
  };
  for (const more of [{}, { tie: 0.01 }, { tie: 0.01, tyingMode: 'exact' }] as const) {
    const options: TrainingOptions = { ...edge, ...more, reseeds: 6 };
    const expected = await trainEnsemble(values, options);
    t.ok(expected.plan.members.some(({ streams }) => streams.reseeds !== undefined));
    dying(t, 'each');
    await using pool = createPool({ threads: 2, workerPath: mortal });
    const ensemble = await trainEnsemble(values, options, { runner: pool });
    t.equal(contentHash(ensemble), contentHash(expected), JSON.stringify(more));
    t.ok((ensemble.retried ?? []).length > 0);
  }
});

t.test('a learner that throws is not tried again, and its error is its own', async (t) => {
  const folder = t.testdir({
    'picky.mjs': `
      import { appendFileSync } from 'node:fs';
      export default {
        fit({ options, random }) {
          appendFileSync(options.log, 'fit ');
          if (random() < 2) throw new Error('not today');
        },
        predict: () => [],
      };`,
  });
  await using pool = createPool({ threads: 2 });
  const options: TrainingOptions = {
    ...{ members: [{}, { learner: `${folder}/picky.mjs`, learnerOptions: { log: `${folder}/log` } }, {}] },
    seed: 1,
  };
  const { members, failures } = await trainEnsemble(dataset, options, { runner: pool, retries: 3 });
  t.equal(members.length, 2);
  t.match(failures, [{ index: 1, error: { code: 'ERR_LEARNER', message: /not today/ } }]);
  const { readFileSync } = await import('node:fs');
  t.equal(readFileSync(`${folder}/log`, 'utf8'), 'fit ');
});

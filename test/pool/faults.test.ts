// Real faults: threads that die, members that diverge, callers that change their mind.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { createPool, type TrainingProgress, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 5, hidden: [8], epochs: 3, seed: 11 };
const isAtWork = ({ member }: { member: number | null }) => member !== null;
const mortal = new URL('fixtures/mortal-worker.js', import.meta.url);

t.test('a thread that dies costs one retry and the same result', async (t) => {
  process.env.TUTTI_TEST_FOLDER = t.testdir();
  delete process.env.TUTTI_TEST_MORTAL;
  await using pool = createPool({ threads: 2, workerPath: mortal });
  const ensemble = await trainEnsemble(dataset, OPTIONS, { runner: pool });
  t.equal(ensemble.complete, true);
  t.equal(contentHash(ensemble), contentHash(await trainEnsemble(dataset, OPTIONS)));
});

t.test('a thread that dies in a round of tied members costs one retry of that round', async (t) => {
  delete process.env.TUTTI_TEST_MORTAL;
  t.teardown(() => delete process.env.TUTTI_TEST_UNTIL);
  const options = { ...OPTIONS, tie: 0.1 };
  const expected = contentHash(await trainEnsemble(dataset, options));
  for (const until of ['0', '2', '3']) {
    process.env.TUTTI_TEST_FOLDER = t.testdir();
    process.env.TUTTI_TEST_UNTIL = until;
    await using pool = createPool({ threads: 2, workerPath: mortal });
    const ensemble = await trainEnsemble(dataset, options, { runner: pool });
    t.equal(ensemble.complete, true);
    t.equal(contentHash(ensemble), expected, `in epoch ${until}`);
    t.ok(existsSync(join(process.env.TUTTI_TEST_FOLDER, 'died')), 'it did die');
  }
});

t.test('a member that keeps killing its thread is named and the others are kept', async (t) => {
  process.env.TUTTI_TEST_MORTAL = 'always';
  t.teardown(() => delete process.env.TUTTI_TEST_MORTAL);
  await using pool = createPool({ threads: 2, workerPath: mortal });
  const ensemble = await trainEnsemble(dataset, OPTIONS, { runner: pool });
  t.equal(ensemble.complete, false);
  t.strictSame(
    ensemble.members.map(({ index }) => index),
    [0, 1, 3, 4],
  );
  t.match(ensemble.failures, [
    { index: 2, error: { code: 'ERR_THREAD_LOST', message: /Member 2 lost its thread 2 times/ } },
  ]);
});

t.test('a member that diverges is named with epoch and loss and the others are kept', async (t) => {
  await using pool = createPool({ threads: 2 });
  const { members: _, ...shared } = OPTIONS;
  const wild = { optimizer: 'sgd' as const, learningRate: 1e30 };
  const ensemble = await trainEnsemble(dataset, { ...shared, members: [{}, wild, {}] }, { runner: pool });
  t.strictSame(
    ensemble.members.map(({ index }) => index),
    [0, 2],
  );
  const error = ensemble.failures[0]!.error;
  t.equal(error.code, 'ERR_DIVERGED');
  t.match(error.message, /Member 1 diverged in epoch \d+: its loss became (NaN|Infinity)/);
});

t.test('when every member fails the training rejects with the first error', async (t) => {
  const options = { ...OPTIONS, optimizer: 'sgd' as const, learningRate: 1e30 };
  await t.rejects(trainEnsemble(dataset, options), {
    code: 'ERR_MEMBERS_FAILED',
    message: /Member 0 diverged/,
  });
});

t.test('an aborted training rejects with its reason and leaves the pool usable', async (t) => {
  await using pool = createPool({ threads: 2 });
  const reason = new Error('enough');
  const controller = new AbortController();
  const settings = {
    runner: pool,
    signal: controller.signal,
    onProgress: ({ slots }: TrainingProgress) => slots.some(isAtWork) && controller.abort(reason),
  };
  const training = trainEnsemble(
    dataset,
    { ...OPTIONS, epochs: 1_000_000, earlyStopping: 'none' as const },
    settings,
  );
  await t.rejects(training, reason);
  t.equal((await trainEnsemble(dataset, OPTIONS, { runner: pool })).members.length, 5);
  await t.rejects(trainEnsemble(dataset, OPTIONS, settings), reason, 'an aborted signal starts nothing');
});

t.test('an interrupted training keeps what is finished when asked to', async (t) => {
  await using pool = createPool({ threads: 1 });
  const controller = new AbortController();
  const { members: _, ...shared } = OPTIONS;
  const endless = { epochs: 1_000_000, earlyStopping: 'none' as const };
  const ensemble = await trainEnsemble(
    dataset,
    { ...shared, members: [{}, {}, endless, {}] },
    {
      runner: pool,
      signal: controller.signal,
      onInterrupt: 'keep',
      onProgress: ({ done }) => done === 2 && controller.abort(),
    },
  );
  t.strictSame(
    ensemble.members.map(({ index }) => index),
    [0, 1],
  );
  t.equal(ensemble.complete, false);
  t.equal(ensemble.plan.members.length, 4);
});

t.test('a thread that does not answer the stop flag is ended', async (t) => {
  await using pool = createPool({ threads: 1 });
  const controller = new AbortController();
  const training = trainEnsemble(dataset, OPTIONS, {
    runner: pool,
    signal: controller.signal,
    // A callback that never answers: the thread waits for it and sees no flag.
    onEpochEnd: () => {
      controller.abort();
      return new Promise(() => {});
    },
  });
  await t.rejects(training, { name: 'AbortError' });
  t.equal((await trainEnsemble(dataset, OPTIONS, { runner: pool })).members.length, 5);
});

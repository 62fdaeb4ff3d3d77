// The pool's life: one pool for many trainings, closing, callbacks.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { TuttiError } from '../../src/errors.js';
import { createInlineRunner, createPool, type TrainingProgress, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 5, hidden: [8], epochs: 3, learningRate: 0.001, seed: 11 };

t.test('any number of threads and the inline runner give the same bytes', async (t) => {
  const inline = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  const expected = contentHash(inline);
  t.equal(inline.complete, true);
  for (const threads of [1, 2, 3]) {
    await using pool = createPool({ threads });
    t.equal(
      contentHash(await trainEnsemble(dataset, OPTIONS, { runner: pool })),
      expected,
      `${threads} threads`,
    );
  }
  const other = await trainEnsemble(dataset, { ...OPTIONS, seed: 12 });
  t.not(contentHash(other), expected, 'another seed gives other bytes');
});

t.test('early stopping, subspaces and Gaussian heads too give the same bytes', async (t) => {
  const { hidden: _, ...others } = OPTIONS;
  const options = {
    ...others,
    epochs: 12,
    featureShare: 0.5,
    grid: { earlyStopping: ['outOfBag' as const, 'validation' as const], hidden: [[4], [9, 5]] },
  };
  const expected = contentHash(await trainEnsemble(dataset, options, { runner: createInlineRunner() }));
  await using pool = createPool({ threads: 2 });
  t.equal(contentHash(await trainEnsemble(dataset, options, { runner: pool })), expected);
});

t.test('one pool serves two trainings at once, and others after them', async (t) => {
  await using pool = createPool({ threads: 2 });
  const train = (seed: number) => trainEnsemble(dataset, { ...OPTIONS, seed }, { runner: pool });
  const together = await Promise.all([train(1), train(2)]);
  const alone = [await train(1), await train(2)];
  t.strictSame(together.map(contentHash), alone.map(contentHash));
});

t.test('drain waits for the trainings under way and leaves the pool usable', async (t) => {
  await using pool = createPool({ threads: 1 });
  await pool.drain();
  const finished: string[] = [];
  const training = trainEnsemble(dataset, OPTIONS, { runner: pool }).then((ensemble) => {
    finished.push('training');
    return ensemble;
  });
  await pool.drain().then(() => finished.push('drain'));
  t.equal((await training).members.length, 5);
  t.strictSame(finished.toSorted(), ['drain', 'training']);
  t.equal((await trainEnsemble(dataset, OPTIONS, { runner: pool })).members.length, 5);
});

t.test('close lets every member of a training under way end', async (t) => {
  const pool = createPool({ threads: 1 });
  const training = trainEnsemble(dataset, OPTIONS, { runner: pool });
  await pool.close();
  t.equal((await training).members.length, 5);
});

t.test('close and destroy may be called twice, and an ended pool says so', async (t) => {
  const pool = createPool({ threads: 1 });
  await pool.close();
  await pool.close();
  await pool.destroy();
  await pool.destroy();
  await t.rejects(trainEnsemble(dataset, OPTIONS, { runner: pool }), { code: 'ERR_CANCELLED' });
});

t.test('destroy rejects a training under way', async (t) => {
  const pool = createPool({ threads: 1 });
  const onProgress = ({ slots }: TrainingProgress) => slots[0]!.member !== null && pool.destroy();
  const training = trainEnsemble(
    dataset,
    { ...OPTIONS, epochs: 1_000_000, earlyStopping: 'none' as const },
    { runner: pool, onProgress },
  );
  await t.rejects(training, { code: 'ERR_CANCELLED' });
});

t.test('a callback at epoch ends can stop a member or change its learning rate', async (t) => {
  await using pool = createPool({ threads: 2 });
  const onEpochEnd = async ({ member, epoch }: { member: number; epoch: number }) => {
    if (member === 0 && epoch === 2) return { stop: true };
    return member === 1 ? { learningRate: 0.01 } : undefined;
  };
  const pooled = await trainEnsemble(dataset, OPTIONS, { runner: pool, onEpochEnd });
  t.equal(pooled.members[0]!.history.length, 2);
  t.strictSame(
    pooled.members[1]!.history.map(({ learningRate }) => learningRate),
    [0.001, 0.01, 0.01],
  );
  t.equal(
    contentHash(await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner(), onEpochEnd })),
    contentHash(pooled),
  );
});

t.test('a callback that throws, or answers nonsense, ends the training with that error', async (t) => {
  await using pool = createPool({ threads: 2 });
  const failing = { runner: pool, onEpochEnd: () => Promise.reject(new Error('mine')) };
  await t.rejects(trainEnsemble(dataset, OPTIONS, failing), { message: 'mine' });
  const nonsense = { runner: pool, onEpochEnd: () => ({ learningRate: -1 }) };
  await t.rejects(trainEnsemble(dataset, OPTIONS, nonsense), { code: 'ERR_OPTION' });
});

t.test('progress ends with every member done', async (t) => {
  await using pool = createPool({ threads: 2 });
  const seen: number[] = [];
  await trainEnsemble(dataset, OPTIONS, { runner: pool, onProgress: ({ done }) => seen.push(done) });
  t.equal(seen.at(-1), 5);
});

t.test('a nonsensical number of threads is refused', async (t) => {
  for (const threads of [0, -1, 1.5, Number.NaN, 1e9]) {
    t.throws(() => createPool({ threads }), TuttiError);
  }
});

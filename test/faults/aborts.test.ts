// Row 7: an abort before the start, while queued, in the middle of a kernel, and at moments that chance chooses; and pools
// that end under their trainings.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { createPool, type TrainingOptions, type TrainingProgress, trainEnsemble } from '../../src/index.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { clusters, linear } from '../support/datasets.js';
import { membersOf, threadsLeft, undisturbed, until } from './support.js';

const dataset = clusters(90, 6, 3);
const OPTIONS: TrainingOptions = { members: 30, hidden: [8], epochs: 5, seed: 7 };
const ENDLESS: TrainingOptions = { members: 2, epochs: 5_000_000, earlyStopping: 'none', seed: 7 };
const reason = new Error('enough');

t.test('before the start: nothing starts, and the reason comes back', async (t) => {
  await using pool = createPool({ threads: 2 });
  let members = 0;
  const settings = { runner: pool, signal: AbortSignal.abort(reason), onMember: () => void members++ };
  await t.rejects(trainEnsemble(dataset, OPTIONS, settings), reason);
  const kept = await trainEnsemble(dataset, OPTIONS, { ...settings, onInterrupt: 'keep' });
  t.same([kept.members, kept.complete, members], [[], false, 0]);
});

t.test('while queued: the others have the threads, and lose nothing', async (t) => {
  await using pool = createPool({ threads: 1 });
  const holding = new AbortController();
  let held = false;
  const first = trainEnsemble(dataset, ENDLESS, {
    runner: pool,
    signal: holding.signal,
    onProgress: ({ slots }) => {
      held ||= slots.some(({ member }) => member !== null);
    },
  });
  await until(() => held);
  const queued = Array.from({ length: 5 }, () => {
    const controller = new AbortController();
    const training = trainEnsemble(dataset, OPTIONS, { runner: pool, signal: controller.signal });
    return { controller, training };
  });
  const waits = trainEnsemble(dataset, OPTIONS, { runner: pool });
  for (const { controller, training } of queued) {
    controller.abort(reason);
    await t.rejects(training, reason);
  }
  holding.abort(reason);
  await t.rejects(first, reason);
  t.equal(contentHash(await waits), contentHash(await undisturbed(dataset, OPTIONS)));
});

t.test(
  'in the middle of a kernel: the thread is stopped or ended, and the next training has its bytes',
  async (t) => {
    const wide = linear(2000, 200);
    await using pool = createPool({ threads: 2 });
    const controller = new AbortController();
    const isAtWork = ({ slots }: TrainingProgress) => slots.every(({ member }) => member !== null);
    // One step takes a fraction of a second: the abort comes while it runs.
    const heavy: TrainingOptions = { ...ENDLESS, hidden: [2000, 2000], batchSize: 2000 };
    const training = trainEnsemble(wide, heavy, {
      runner: pool,
      signal: controller.signal,
      onProgress: (progress) => isAtWork(progress) && controller.abort(reason),
    });
    await t.rejects(training, reason);
    const after = await trainEnsemble(dataset, OPTIONS, { runner: pool });
    t.equal(contentHash(after), contentHash(await undisturbed(dataset, OPTIONS)));
  },
);

t.test('at 60 moments that chance chooses: what is kept has its bytes', async (t) => {
  const whole = await undisturbed(dataset, OPTIONS);
  const random = new RandomStream(streamKey(7, 'init', 0));
  await using pool = createPool({ threads: 2 });
  for (let round = 0; round < 60; round++) {
    const controller = new AbortController();
    let epochs = Math.floor(random.uniform() * 150);
    const ensemble = await trainEnsemble(dataset, OPTIONS, {
      runner: pool,
      signal: controller.signal,
      onInterrupt: 'keep',
      onEpochEnd: () => {
        if (epochs-- === 0) controller.abort(reason);
        return undefined;
      },
    });
    const kept = ensemble.members.map(({ index }) => index);
    const same = whole.members.filter(({ index }) => kept.includes(index));
    t.same(membersOf(ensemble), membersOf({ members: same }));
  }
  t.equal(contentHash(await trainEnsemble(dataset, OPTIONS, { runner: pool })), contentHash(whole));
});

t.test('a pool that is destroyed rejects what it was training, and no promise is left', async (t) => {
  const random = new RandomStream(streamKey(9, 'init', 0));
  for (let round = 0; round < 20; round++) {
    const pool = createPool({ threads: 2 });
    let members = Math.floor(random.uniform() * 30);
    const trainings = Array.from({ length: 3 }, () =>
      trainEnsemble(dataset, OPTIONS, {
        runner: pool,
        onMember: () => {
          if (members-- === 0) void pool.destroy();
        },
      }),
    );
    for (const settled of await Promise.allSettled(trainings)) {
      if (settled.status === 'fulfilled') t.equal(settled.value.complete, true, 'it had ended before');
      else t.match(settled.reason, { code: 'ERR_CANCELLED', message: 'The pool has ended' });
    }
    await pool.close();
    await t.rejects(trainEnsemble(dataset, OPTIONS, { runner: pool }), { code: 'ERR_CANCELLED' });
  }
});

t.test('a pool that is closed lets its trainings end', async (t) => {
  const pool = createPool({ threads: 2 });
  const trainings = [
    trainEnsemble(dataset, OPTIONS, { runner: pool }),
    trainEnsemble(dataset, OPTIONS, { runner: pool }),
  ];
  const closed = pool.close();
  await t.rejects(trainEnsemble(dataset, OPTIONS, { runner: pool }), { code: 'ERR_CANCELLED' });
  const expected = contentHash(await undisturbed(dataset, OPTIONS));
  for (const training of trainings) t.equal(contentHash(await training), expected);
  await closed;
});

t.test('no thread is left', async (t) => t.equal(await threadsLeft(), 0));

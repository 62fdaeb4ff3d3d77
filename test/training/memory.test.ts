// What a training needs of memory: it runs on fewer threads where there is too little for all, with the same bytes, and is
// refused with all figures where one is too many.

import t from 'tap';
import { createPool, ensembleToBytes, type TrainingProgress, trainEnsemble } from '../../src/index.js';
import type { MemoryPart } from '../../src/machine/memory-limit.js';
import { slotsThatFit } from '../../src/training/plan/training-need.js';
import { clusters } from '../support/datasets.js';
import { withRoom } from '../support/memory.js';

const MIB = 2 ** 20;

const WIDE = { members: 6, hidden: [1024, 1024], epochs: 1, seed: 1 };

// First, while no memory to speak of is kept that could be let go of.
t.test('what one thread could not do is refused, with the part that is the most of it', async (t) => {
  const dataset = clusters(60, 4, 3);
  // What is loaded late is there then, and takes nothing of the room.
  await trainEnsemble(dataset, { members: 1, hidden: [2], epochs: 1 });
  const refused = withRoom(60 * MIB, () => trainEnsemble(dataset, WIDE));
  await t.rejects(refused, {
    code: 'ERR_MEMORY',
    message:
      /^Training on 60 rows × 4 features on one thread would need about .* of memory, but only .* are available of the .* of its control group; the most of it, .*, is for \S.*: .* needs? less$/,
    details: { needed: Number, available: Number, limit: Number, largest: String, largestBytes: Number },
  });
  const many = withRoom(60 * MIB, () => trainEnsemble(dataset, { ...WIDE, members: 1000 }));
  await t.rejects(many, { code: 'ERR_MEMORY', details: { largest: 'for 1000 finished members' } });
});

t.test('fewer members at a time where there is no memory for more, with the same bytes', async (t) => {
  const dataset = clusters(60, 4, 3);
  const pool = createPool({ threads: 6 });
  t.teardown(() => pool.destroy());
  const progress: TrainingProgress[] = [];
  const settings = { runner: pool, onProgress: (now: TrainingProgress) => progress.push(now) };
  // So that the threads are there and nothing else is kept.
  await trainEnsemble(dataset, { members: 6, hidden: [4], epochs: 1 }, settings);
  t.equal(progress.at(-1)!.fewerThreads, null);
  progress.length = 0;
  // Each member in training takes some 20 MiB, finished 4.
  const tight = await withRoom(150 * MIB, () => trainEnsemble(dataset, WIDE, settings));
  const { slots, fewerThreads } = progress.at(-1)!;
  t.ok(slots.length >= 1 && slots.length < 6, `${slots.length} slots`);
  t.match(
    fewerThreads,
    /^Training on 60 rows × 4 features on \d of 6 threads, which needs about .*: \d would need .*, but only .* are available of the .* of its control group$/,
  );
  const whole = await trainEnsemble(dataset, WIDE, settings);
  t.equal(progress.at(-1)!.slots.length, 6);
  t.equal(Buffer.compare(await ensembleToBytes(tight), await ensembleToBytes(whole)), 0);
});

t.test('as many slots as one memory has room for', async (t) => {
  const need = (slots: number): MemoryPart[] => [{ use: 'for it', bytes: slots, remedy: '' }];
  t.same(
    slotsThatFit(need, () => true, 8, 'It'),
    { slots: 8, fewerThreads: null },
  );
  const two = slotsThatFit(need, (slots) => slots <= 2, 8, 'It');
  t.equal(two.slots, 2);
  t.match(two.fewerThreads, /^It on 2 of 8 threads, .* but only 4\.0 GiB can be shared$/);
  const huge = (slots: number): MemoryPart[] => [
    { use: 'for it', bytes: slots * 2 ** 60, remedy: 'no less' },
  ];
  t.throws(() => slotsThatFit(huge, () => true, 8, 'It'), {
    code: 'ERR_MEMORY',
    message: /^It on one thread/,
  });
});

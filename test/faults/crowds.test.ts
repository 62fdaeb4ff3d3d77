// Rows 10 and 18: more members, and more trainings, than there can be threads; and 2 000 tiny members. (The soak of ten minutes
// is scripts/soak.ts.)

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { createPool, predictEnsemble, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { livingThreads, threadsLeft, undisturbed } from './support.js';

const dataset = clusters(90, 6, 3);
const TINY: TrainingOptions = { hidden: [4], epochs: 2, seed: 10 };

t.test('2 000 tiny members', async (t) => {
  const options = { ...TINY, members: 2000 };
  await using pool = createPool({ threads: 2 });
  let told = 0;
  const ensemble = await trainEnsemble(dataset, options, { runner: pool, onMember: () => void told++ });
  t.equal(told, 2000);
  const alone = await undisturbed(dataset, options);
  t.equal(contentHash(ensemble), contentHash(alone));
  t.same(await predictEnsemble(ensemble, dataset, { runner: pool }), await predictEnsemble(alone, dataset));
});

t.test('more threads than cores, and members than threads', async (t) => {
  const options = { ...TINY, members: 300 };
  const expected = contentHash(await undisturbed(dataset, options));
  await using pool = createPool({ threads: 24 });
  t.equal(contentHash(await trainEnsemble(dataset, options, { runner: pool })), expected);
});

t.test('forty trainings at once on one pool, some of them stopped: each has its bytes', async (t) => {
  const seeds = Array.from({ length: 40 }, (_, at) => at);
  const expected = new Map<number, string>();
  for (const seed of seeds) {
    expected.set(seed, contentHash(await undisturbed(dataset, { ...TINY, members: 12, seed })));
  }
  await using pool = createPool({ threads: 2 });
  const reason = new Error('enough');
  const trainings = seeds.map((seed) => {
    const controller = new AbortController();
    let members = 0;
    const onMember = () => {
      if (seed % 4 === 3 && ++members === 5) controller.abort(reason);
    };
    return trainEnsemble(
      dataset,
      { ...TINY, members: 12, seed },
      { runner: pool, signal: controller.signal, onMember },
    );
  });
  for (const [seed, settled] of (await Promise.allSettled(trainings)).entries()) {
    if (seed % 4 === 3) t.match(settled, { status: 'rejected', reason });
    else if (settled.status === 'rejected') t.fail(String(settled.reason));
    else t.equal(contentHash(settled.value), expected.get(seed));
  }
});

t.test('thirty pools, one after another, leave no thread', async (t) => {
  const options = { ...TINY, members: 2 };
  const expected = contentHash(await undisturbed(dataset, options));
  for (let round = 0; round < 30; round++) {
    await using pool = createPool({ threads: 2 });
    const ensemble = await trainEnsemble(dataset, options, { runner: pool });
    if (contentHash(ensemble) !== expected) t.fail(`round ${round}`);
  }
  t.same(livingThreads(), []);
});

t.test('no thread is left', async (t) => t.equal(await threadsLeft(), 0));

// Row 8: all threads at once, again and again, and members that kill every thread they meet.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { createPool, predictEnsemble, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { clusters } from '../support/datasets.js';
import { livingThreads, membersOf, misdoer, threadsLeft, undisturbed, until } from './support.js';

const dataset = clusters(90, 6, 3);
const NETWORK = { hidden: [8], epochs: 3 };
const MANY: TrainingOptions = { members: 40, hidden: [16, 16], epochs: 30, seed: 5 };

/** Ends every thread there is, from outside, as a fault of theirs would. */
async function killAll(): Promise<number> {
  const threads = livingThreads();
  await Promise.all(threads.map((thread) => thread.terminate()));
  return threads.length;
}

t.test('all threads die at once, in one training after another: the same bytes', async (t) => {
  const expected = contentHash(await undisturbed(dataset, MANY));
  const random = new RandomStream(streamKey(8, 'init', 0));
  await using pool = createPool({ threads: 3 });
  for (let round = 0; round < 6; round++) {
    const at = Math.floor(random.uniform() * 39);
    let done = 0;
    let killed = 0;
    const training = trainEnsemble(dataset, MANY, {
      runner: pool,
      retries: 3,
      onMember: () => {
        if (done++ === at) void killAll().then((count) => (killed = count));
      },
    });
    t.equal(contentHash(await training), expected, `after ${at + 1} members`);
    await until(() => killed > 0);
    t.equal(killed, 3);
  }
});

t.test('threads of tied members, of snapshots and of members in lockstep, too', async (t) => {
  const kinds: readonly TrainingOptions[] = [
    { ...NETWORK, members: 4, tie: 0.1, epochs: 12, seed: 5 },
    { ...NETWORK, members: 4, tie: 0.1, tyingMode: 'exact', epochs: 12, seed: 5 },
    { ...NETWORK, members: 6, snapshots: 3, epochs: 12, seed: 5 },
  ];
  for (const options of kinds) {
    const expected = contentHash(await undisturbed(dataset, options));
    await using pool = createPool({ threads: 2 });
    let epochs = 0;
    const training = trainEnsemble(dataset, options, {
      runner: pool,
      retries: 3,
      // The thread that asks is killed as well, while it waits for the answer.
      onEpochEnd: async () => {
        if (++epochs === 9) await killAll();
        return undefined;
      },
    });
    t.equal(contentHash(await training), expected);
  }
});

t.test('threads that predict die at once: every row is answered all the same', async (t) => {
  const ensemble = await undisturbed(dataset, MANY);
  const rows = 4096;
  const x = Float64Array.from({ length: rows * 6 }, (_, at) => Math.sin(at));
  const expected = await predictEnsemble(ensemble, x);
  await using pool = createPool({ threads: 2 });
  for (let round = 0; round < 5; round++) {
    const asked = predictEnsemble(ensemble, x, { runner: pool });
    await killAll();
    t.same(await asked, expected);
  }
});

t.test(
  'a member that kills every thread it meets is given up, and the others have their bytes',
  async (t) => {
    const path = join(t.testdir(), 'poison.mjs');
    const kills = `if (!wt.isMainThread) process.exit(9)`;
    writeFileSync(path, misdoer({ fit: kills }));
    const members = Array.from({ length: 12 }, (_, at) => (at % 4 === 1 ? { learner: path } : NETWORK));
    await using pool = createPool({ threads: 3 });
    const ensemble = await trainEnsemble(dataset, { seed: 5, members }, { runner: pool, retries: 4 });
    t.same(
      ensemble.failures.map(({ index, error }) => [index, error.code]),
      [1, 5, 9].map((index) => [index, 'ERR_THREAD_LOST']),
    );
    t.match(ensemble.failures[0]!.error.message, /lost its thread 5 times/);
    const whole = await undisturbed(dataset, { seed: 5, members: members.map(() => NETWORK) });
    const others = whole.members.filter(({ index }) => index % 4 !== 1);
    t.same(membersOf(ensemble), membersOf({ members: others }));
  },
);

t.test('without retries one lost thread costs its member, named', async (t) => {
  await using pool = createPool({ threads: 1 });
  let done = 0;
  const ensemble = await trainEnsemble(dataset, MANY, {
    runner: pool,
    retries: 0,
    onMember: () => {
      if (++done === 5) void killAll();
    },
  });
  // The thread may have been between two members.
  t.ok(ensemble.failures.length <= 1);
  for (const { error } of ensemble.failures)
    t.match(error, { code: 'ERR_THREAD_LOST', message: /^Member \d+ / });
});

t.test('no thread is left', async (t) => t.equal(await threadsLeft(), 0));

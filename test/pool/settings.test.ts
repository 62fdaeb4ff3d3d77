// How a training is run: settings that are none, callbacks that throw or wait, a pool that is closed meanwhile.

import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createInlineRunner, createPool, type TrainingSettings, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { CENTROIDS, learnerOf } from '../support/learners.js';

const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 3, hidden: [8], epochs: 3, seed: 11 };
const folder = t.testdir({ 'centroids.mjs': CENTROIDS });
const centroids = join(folder, 'centroids.mjs');

t.test('settings of the wrong kind, and unknown ones, are refused by name', async (t) => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['retries', Number.NaN],
    ['retries', -1],
    ['retries', 1.5],
    ['runner', { threads: 2 }],
    ['runner', null],
    ['signal', { aborted: false }],
    ['onEpochEnd', 'stop'],
    ['onMember', 1],
    ['onProgress', {}],
    ['onInterrupt', 'ask'],
    ['pool', {}],
  ];
  for (const [option, value] of wrong) {
    const settings = { [option]: value } as TrainingSettings;
    await t.rejects(trainEnsemble(dataset, OPTIONS, settings), {
      code: 'ERR_OPTION',
      message: new RegExp(`\`${option}\``),
    });
  }
});

t.test('options of a pool of the wrong kind, and unknown ones, are refused by name', async (t) => {
  for (const options of [null, [], 'two', { thread: 1 }, { workerPath: 3 }, { startTimeout: 0 }]) {
    t.throws(() => createPool(options as never), { code: 'ERR_OPTION' });
  }
  t.throws(() => createPool({ workerPath: new URL('https://example.org/member.js') }), {
    message: /`workerPath`/,
  });
});

t.test('close waits for a training that still reads its modules, and takes no other', async (t) => {
  const pool = createPool({ threads: 1 });
  const training = trainEnsemble(dataset, { members: 2, learner: centroids, seed: 1 }, { runner: pool });
  const closed = pool.close();
  await t.rejects(trainEnsemble(dataset, OPTIONS, { runner: pool }), { code: 'ERR_CANCELLED' });
  t.equal((await training).members.length, 2);
  await closed;
});

t.test('whatever a callback throws ends the training with it, null and the last one too', async (t) => {
  for (const reason of [null, undefined, 0, 'no']) {
    const onMember = () => {
      throw reason;
    };
    const outcome = await trainEnsemble(dataset, OPTIONS, { onMember }).then(
      () => 'trained',
      (error) => error,
    );
    t.equal(outcome, reason);
  }
  const onProgress = ({ done }: { done: number }) => {
    if (done === 3) throw new Error('in the last report');
  };
  await t.rejects(trainEnsemble(dataset, OPTIONS, { onProgress }), { message: 'in the last report' });
});

t.test('a training awaited in onEpochEnd of another on the same pool is refused', async (t) => {
  await using pool = createPool({ threads: 1 });
  const nested = () => trainEnsemble(dataset, { ...OPTIONS, seed: 12 }, { runner: pool });
  const waiting = trainEnsemble(dataset, OPTIONS, {
    runner: pool,
    onEpochEnd: async () => {
      await nested();
      return undefined;
    },
  });
  await t.rejects(waiting, { code: 'ERR_OPTION', message: /onEpochEnd/ });
  // On the calling thread it is, and so is one begun once the callback has answered.
  let inline = 0;
  let later: Promise<unknown> = Promise.resolve();
  await trainEnsemble(dataset, OPTIONS, {
    runner: pool,
    onEpochEnd: async ({ member, epoch }) => {
      if (member > 0 || epoch > 1) return undefined;
      inline = (await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() })).members.length;
      later = new Promise((resolve) => setTimeout(resolve, 0)).then(() => undefined);
      return undefined;
    },
  });
  await later;
  t.equal(inline, 3);
  t.equal((await nested()).members.length, 3);
});

t.test('a learner left behind by its deadline does not end the slot of the member after it', async (t) => {
  const path = join(folder, 'late.mjs');
  // Comes back in the middle of the next member, which has the same slot.
  writeFileSync(path, learnerOf({ fit: '() => new Promise((resolve) => (globalThis.comeBack = resolve))' }));
  let comesBack = false;
  const seen: (number | null)[] = [];
  const ensemble = await trainEnsemble(
    dataset,
    { seed: 1, members: [{ learner: path }, { epochs: 6 }], deadline: 2 },
    {
      runner: createInlineRunner(),
      onEpochEnd: async ({ epoch }) => {
        if (epoch !== 2) return undefined;
        (globalThis as unknown as { comeBack: (model: object) => void }).comeBack({});
        await new Promise((resolve) => setTimeout(resolve, 100));
        comesBack = true;
        return undefined;
      },
      onProgress: ({ slots, done }) => {
        if (comesBack && done === 0) seen.push(slots[0]!.member);
      },
    },
  );
  t.equal(ensemble.members.length, 1);
  t.notOk(seen.includes(null), 'the network keeps its progress');
});

t.test('a thread blocked in the operating system costs its slot and no more', async (t) => {
  const { path, fifo, mark } = blockedLearner('pool');
  await using pool = createPool({ threads: 2 });
  const members = [{ epochs: 2 }, { learner: path }, { epochs: 2 }, { learner: centroids }];
  const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: 4 }, { runner: pool });
  t.ok(existsSync(mark));
  t.match(ensemble.failures, [
    { index: 1, error: { code: 'ERR_DEADLINE', message: /blocked in the operating system/ } },
  ]);
  t.same(
    ensemble.members.map(({ index }) => index),
    [0, 2, 3],
  );
  writeFileSync(fifo, '');
});

t.test('when every thread is blocked the members that are left are recorded', async (t) => {
  const { path, fifo } = blockedLearner('alone');
  await using pool = createPool({ threads: 1 });
  const members = [{ epochs: 2 }, { learner: path }, { epochs: 2 }];
  const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: 4 }, { runner: pool });
  t.match(ensemble.failures, [
    { index: 1, error: { code: 'ERR_DEADLINE' } },
    { index: 2, error: { code: 'ERR_THREAD_BLOCKED' } },
  ]);
  writeFileSync(fifo, '');
});

/** A learner that waits for somebody to write to a pipe: no thread can be ended from there. */
function blockedLearner(name: string): { path: string; fifo: string; mark: string } {
  const [path, fifo, mark] = [`${name}.mjs`, `${name}.fifo`, `${name}.mark`].map((file) =>
    join(folder, file),
  );
  spawnSync('mkfifo', [fifo!]);
  const fit = `() => { writeFileSync(${JSON.stringify(mark)}, ''); readFileSync(${JSON.stringify(fifo)}); return {}; }`;
  writeFileSync(path!, `import { readFileSync, writeFileSync } from 'node:fs';\n${learnerOf({ fit })}`);
  return { path: path!, fifo: fifo!, mark: mark! };
}

// Learners that do not end, or end their thread: what it costs them, and nobody else.

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createPool, type Ensemble, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { CENTROIDS, learnerOf } from '../support/learners.js';

const dataset = clusters(90, 6, 3);
const folder = t.testdir({ 'centroids.mjs': CENTROIDS, fits: {} });
const centroids = join(folder, 'centroids.mjs');

let modules = 0;
/** A learner whose `fit` first leaves a file, so that its attempts can be counted, and then does this. */
function learnerThat(does: string): { path: string; attempts: () => number } {
  const name = `own-${++modules}`;
  const path = join(folder, `${name}.mjs`);
  const mark = `writeFileSync(${JSON.stringify(join(folder, 'fits', name))} + '-' + process.hrtime.bigint(), '')`;
  const fit = `async () => { ${mark}; ${does}; return {}; }`;
  writeFileSync(path, `import { writeFileSync } from 'node:fs';\n${learnerOf({ fit })}`);
  const attempts = () =>
    readdirSync(join(folder, 'fits')).filter((file) => file.startsWith(`${name}-`)).length;
  return { path, attempts };
}

const LOOP = 'for (;;) {}';
const indexes = ({ members }: Ensemble) => members.map(({ index }) => index);

t.test('a learner that never yields is stopped by the deadline, once, and the others go on', async (t) => {
  const { path, attempts } = learnerThat(LOOP);
  await using pool = createPool({ threads: 2 });
  const network = { hidden: [8], epochs: 3 };
  const members: TrainingOptions['members'] = [
    network,
    { learner: path },
    { learner: centroids },
    network,
    network,
  ];
  const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: 1 }, { runner: pool });
  t.same(indexes(ensemble), [0, 2, 3, 4]);
  const [failure] = ensemble.failures;
  t.match(failure, { index: 1, error: { code: 'ERR_DEADLINE', details: { member: 1, deadlineMs: 1000 } } });
  t.match(failure!.error.message, /^Member 1 \(.*own-\d+\.mjs\) took longer than the deadline of 1 s/);
  t.equal(attempts(), 1);
  // Whoever had its slot next has the bytes it would have had anyway.
  const sound = members.with(1, network);
  const whole = await trainEnsemble(dataset, { seed: 1, members: sound });
  for (const at of [0, 3, 4])
    t.same(
      ensemble.members.find(({ index }) => index === at),
      whole.members[at],
    );
});

t.test('a network that takes longer than its deadline is stopped too', async (t) => {
  await using pool = createPool({ threads: 1 });
  const members = [{ epochs: 2 }, { epochs: 10_000_000 }, { epochs: 2 }];
  const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: 0.5 }, { runner: pool });
  t.same(indexes(ensemble), [0, 2]);
  t.match(ensemble.failures, [
    { index: 1, error: { code: 'ERR_DEADLINE', message: /^Member 1 took longer/ } },
  ]);
});

t.test(
  'on the calling thread a member is stopped between epochs, and a learner while it awaits',
  async (t) => {
    const { path } = learnerThat('await new Promise(() => {})');
    const members = [{ learner: path }, { epochs: 10_000_000 }, { learner: centroids }];
    const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: 0.3 });
    t.same(indexes(ensemble), [2]);
    t.same(
      ensemble.failures.map(({ error }) => error.code),
      ['ERR_DEADLINE', 'ERR_DEADLINE'],
    );
  },
);

t.test('waiting for a thread that others have does not count', async (t) => {
  await using pool = createPool({ threads: 1 });
  const slow = learnerThat('await new Promise((resolve) => setTimeout(resolve, 1200))');
  const train = (options: TrainingOptions) =>
    trainEnsemble(dataset, { seed: 1, ...options }, { runner: pool });
  const [, waiting] = await Promise.all([
    train({ members: 1, learner: slow.path }),
    train({ members: 1, learner: centroids, deadline: 0.9 }),
  ]);
  t.same(waiting.failures, []);
});

t.test('tied members and snapshots have the deadline each, however many jobs they take', async (t) => {
  await using pool = createPool({ threads: 2 });
  const members = [
    { tie: 0.1, epochs: 5 },
    { tie: 0.1, epochs: 5 },
    { snapshots: 3, epochs: 6 },
  ];
  const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: 20 }, { runner: pool });
  t.equal(ensemble.complete, true);
  const late = { tie: 0.1, epochs: 1_000_000 };
  const tied = trainEnsemble(dataset, { seed: 1, members: [late, late], deadline: 0.5 }, { runner: pool });
  await t.rejects(tied, { code: 'ERR_MEMBERS_FAILED', message: /took longer than the deadline/ });
});

t.test('a learner that ends its thread costs one retry, and then is given up alone', async (t) => {
  const { path, attempts } = learnerThat('process.exit(3)');
  await using pool = createPool({ threads: 2 });
  const members = [{ learner: centroids }, { learner: path }, { epochs: 2 }, { learner: centroids }];
  const ensemble = await trainEnsemble(dataset, { seed: 1, members }, { runner: pool });
  t.same(indexes(ensemble), [0, 2, 3]);
  t.match(ensemble.failures, [
    { index: 1, error: { code: 'ERR_THREAD_LOST', message: /^Member 1 \(.*\) lost its thread 2 times/ } },
  ]);
  t.equal(attempts(), 2);
});

t.test('one that ends its thread once is fitted by the retry', async (t) => {
  const mark = JSON.stringify(join(folder, 'died'));
  const { path, attempts } = learnerThat(`
    let died = true;
    try { writeFileSync(${mark}, '', { flag: 'wx' }); died = false; } catch {}
    if (!died) process.exit(3)`);
  await using pool = createPool({ threads: 2 });
  const ensemble = await trainEnsemble(dataset, { seed: 1, members: 1, learner: path }, { runner: pool });
  t.equal(ensemble.complete, true);
  t.equal(attempts(), 2);
});

t.test('Ctrl-C, or an abort, ends a learner that never yields', async (t) => {
  const { path } = learnerThat(LOOP);
  await using pool = createPool({ threads: 1 });
  const controller = new AbortController();
  const settings = { runner: pool, signal: controller.signal, onInterrupt: 'keep' } as const;
  const members = [{ epochs: 1 }, { learner: path }, { epochs: 1 }];
  setTimeout(() => controller.abort(), 800);
  t.same(indexes(await trainEnsemble(dataset, { seed: 1, members }, settings)), [0]);
});

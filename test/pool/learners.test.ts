// Learners that do not end, or end their thread: what it costs them, and nobody else.

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createPool, type TrainedEnsemble, type TrainingOptions, trainEnsemble } from '../../src/index.js';
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
/** A deadline, in seconds, that what takes milliseconds keeps on any machine; what never ends takes longer anyway. */
const GENEROUS = 4;

/** Waits for something to be so, however long that takes. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const indexes = ({ members }: TrainedEnsemble) => members.map(({ index }) => index);

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
  const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: GENEROUS }, { runner: pool });
  t.same(indexes(ensemble), [0, 2, 3, 4]);
  const [failure] = ensemble.failures;
  const details = { member: 1, deadlineMs: 1000 * GENEROUS };
  t.match(failure, { index: 1, error: { code: 'ERR_DEADLINE', details } });
  t.match(failure!.error.message, /^Member 1 \(.*own-\d+\.mjs\) took longer than the deadline of 4 s/);
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
  const members = [{ epochs: 2 }, { epochs: 10_000_000, earlyStopping: 'none' as const }, { epochs: 2 }];
  const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: GENEROUS }, { runner: pool });
  t.same(indexes(ensemble), [0, 2]);
  t.match(ensemble.failures, [
    { index: 1, error: { code: 'ERR_DEADLINE', message: /^Member 1 took longer/ } },
  ]);
});

t.test(
  'on the calling thread a member is stopped between epochs, and a learner while it awaits',
  async (t) => {
    const { path } = learnerThat('await new Promise(() => {})');
    const members = [
      { learner: path },
      { epochs: 10_000_000, earlyStopping: 'none' as const },
      { learner: centroids },
    ];
    const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: GENEROUS });
    t.same(indexes(ensemble), [2]);
    t.same(
      ensemble.failures.map(({ error }) => error.code),
      ['ERR_DEADLINE', 'ERR_DEADLINE'],
    );
  },
);

t.test('waiting for a thread that others have does not count', async (t) => {
  await using pool = createPool({ threads: 1 });
  const mark = join(folder, 'go-on');
  // Holds the only thread until it is told to go on.
  const { path, attempts } = learnerThat(`
    const { existsSync } = await import('node:fs');
    while (!existsSync(${JSON.stringify(mark)})) await new Promise((resolve) => setTimeout(resolve, 20))`);
  const train = (options: TrainingOptions) =>
    trainEnsemble(dataset, { seed: 1, ...options }, { runner: pool });
  const holding = train({ members: 1, learner: path });
  await until(() => attempts() === 1);
  const waiting = train({ members: 1, learner: centroids, deadline: GENEROUS });
  await new Promise((resolve) => setTimeout(resolve, 1000 * GENEROUS + 500));
  writeFileSync(mark, '');
  t.same((await waiting).failures, []);
  await holding;
});

t.test('tied members and snapshots have the deadline each, however many jobs they take', async (t) => {
  await using pool = createPool({ threads: 2 });
  const members = [
    { tie: 0.1, epochs: 5 },
    { tie: 0.1, epochs: 5 },
    { snapshots: 3, epochs: 6 },
  ];
  const ensemble = await trainEnsemble(dataset, { seed: 1, members, deadline: 200 }, { runner: pool });
  t.equal(ensemble.complete, true);
  const late = { tie: 0.1, epochs: 1_000_000, earlyStopping: 'none' as const };
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
  const { path, attempts } = learnerThat(LOOP);
  await using pool = createPool({ threads: 1 });
  const controller = new AbortController();
  const settings = { runner: pool, signal: controller.signal, onInterrupt: 'keep' } as const;
  const members = [{ epochs: 1 }, { learner: path }, { epochs: 1 }];
  const training = trainEnsemble(dataset, { seed: 1, members }, settings);
  await until(() => attempts() === 1);
  controller.abort();
  t.same(indexes(await training), [0]);
});

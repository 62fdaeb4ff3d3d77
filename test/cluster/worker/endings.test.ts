// How tasks end that are not simply trained: stopped or paused by their coordinator, their thread lost, the store away, had
// by two hosts at once.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { storeError } from '../../../src/blobs/blob-errors.js';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { createInlineRunner, trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { queueRunner } from '../../support/queue-runner.js';
import { eventsOf, SECRET, startCluster } from './support.js';

const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 4, hidden: [8], epochs: 3, learningRate: 0.001, seed: 11 };
const NEVER_ENDS = { ...OPTIONS, epochs: 1_000_000, earlyStopping: 'none' as const };

t.test('a training that its coordinator stops is given up, and may begin again', async (t) => {
  await using cluster = startCluster();
  await cluster.start({ threads: 1 });
  const runner = queueRunner({ ...cluster, secret: SECRET });
  const end = new AbortController();
  const training = trainEnsemble(dataset, NEVER_ENDS, { runner, signal: end.signal });
  training.catch(() => {});
  await runner.until(({ share }) => share > 0);
  await runner.tell('stop');
  await until(() => eventsOf(cluster.events, 'returned').length === 2);
  t.same(
    eventsOf(cluster.events, 'returned').map(({ why }) => why),
    ['stopped', 'stopped'],
    'that in training and that which waited for its thread',
  );
  await until(() => eventsOf(cluster.events, 'closed').length === 1);
  end.abort();
  await t.rejects(training);
  t.equal(eventsOf(cluster.events, 'done').length, 0);
  const again = trainEnsemble(dataset, NEVER_ENDS, { runner, signal: AbortSignal.timeout(60_000) });
  again.catch(() => {});
  await runner.until(({ share }) => share > 0);
  t.equal(eventsOf(cluster.events, 'opened').length, 2);
  await runner.tell('stop');
});

t.test('a training that its coordinator pauses ends with its epochs, which come back', async (t) => {
  await using cluster = startCluster();
  await cluster.start({ threads: 1 });
  const runner = queueRunner({ ...cluster, secret: SECRET, slots: 1 });
  const end = new AbortController();
  const training = trainEnsemble(dataset, { ...NEVER_ENDS, members: 1 }, { runner, signal: end.signal });
  training.catch(() => {});
  await runner.until(({ share }) => share > 0);
  await runner.tell('pause');
  await until(() => runner.tasks.length === 2);
  const { from } = (runner.tasks[1]!.members as readonly { from: { epoch: number } | null }[])[0]!;
  t.ok(from!.epoch >= 1, 'whoever goes on begins there');
  end.abort();
  await t.rejects(training);
});

t.test('one task alone is given up when it is told so', async (t) => {
  await using cluster = startCluster();
  await cluster.start({ threads: 2 });
  const runner = queueRunner({ ...cluster, secret: SECRET, slots: 2 });
  const end = new AbortController();
  const training = trainEnsemble(dataset, NEVER_ENDS, { runner, signal: end.signal });
  training.catch(() => {});
  const seen = new Set<number>();
  await runner.until(({ member }) => seen.add(member).size === 2);
  await runner.tell('stop', runner.ids[0]!);
  await until(() => eventsOf(cluster.events, 'returned').length === 1);
  const [returned] = eventsOf(cluster.events, 'returned');
  t.match(returned, { why: 'stopped', task: runner.ids[0]! });
  const before = runner.progress.filter(({ member }) => member === 1).length;
  await runner.until(({ member }) => member === 1);
  t.ok(runner.progress.filter(({ member }) => member === 1).length > before, 'the other goes on');
  end.abort();
  await t.rejects(training);
});

t.test('a task whose thread is lost fails with those words, and so is tried again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-fatal-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'fatal.mjs');
  writeFileSync(path, 'export default { fit() { process.exit(7); }, predict() {} };\n');
  await using cluster = startCluster();
  await cluster.start({ threads: 1, modules: folder });
  const runner = queueRunner({ ...cluster, secret: SECRET, slots: 1 });
  const training = trainEnsemble(dataset, { members: 1, learner: path, seed: 2 }, { runner, retries: 0 });
  await t.rejects(training, { code: 'ERR_MEMBERS_FAILED', message: /lost its thread 1 times/ });
  t.match(eventsOf(cluster.events, 'done')[0], { failed: 1, error: { code: 'ERR_THREAD_LOST' } });
});

t.test('what cannot be stored waits for the store', async (t) => {
  await using cluster = startCluster();
  const local = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  let away = 0;
  const { put } = cluster.store;
  const runner = queueRunner({ ...cluster, secret: SECRET });
  const training = trainEnsemble(dataset, OPTIONS, { runner });
  await runner.sent;
  cluster.store.put = async (...given) => {
    if (away++ < 3) throw storeError('memory:', 'is away', new Error('gone'));
    return put(...given);
  };
  await cluster.start();
  t.equal(contentHash(await training), contentHash(local));
  t.equal(eventsOf(cluster.events, 'storeLost').length, 1);
  t.equal(eventsOf(cluster.events, 'storeFound').length, 1);
  t.equal(eventsOf(cluster.events, 'returned').length, 0);
});

t.test('two hosts that have the same task answer the same bytes', async (t) => {
  await using cluster = startCluster();
  const local = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  const runner = queueRunner({ ...cluster, secret: SECRET });
  const { put } = cluster.store;
  const bytes = new Set<string>();
  const training = trainEnsemble(dataset, OPTIONS, { runner });
  await runner.sent;
  cluster.store.put = async (digest, ...rest) => {
    bytes.add(digest);
    return put(digest, ...rest);
  };
  // Each task as it is taken is given to the other one too.
  cluster.queue.sender({
    taken: (id) => {
      if (cluster.queue.deliveries.filter((delivery) => delivery.id === id).length === 1)
        cluster.queue.deliverAgain(id);
    },
  });
  await Promise.all([cluster.start({ host: 'a' }), cluster.start({ host: 'b' })]);
  t.equal(contentHash(await training), contentHash(local));
  t.ok(cluster.queue.deliveries.length > OPTIONS.members);
  // Whoever is later may hear of it before it is done too.
  const ended = () => eventsOf(cluster.events, 'done').length + eventsOf(cluster.events, 'returned').length;
  await until(() => ended() === cluster.queue.deliveries.length);
  t.equal(bytes.size, OPTIONS.members, 'one blob for each member, whoever trained it');
});

t.test('a host takes part in several trainings at once, and lets go of each when it is over', async (t) => {
  await using cluster = startCluster();
  await cluster.start();
  const all = [1, 2, 3].map(async (seed) => {
    const options = { ...OPTIONS, seed };
    const runner = queueRunner({ ...cluster, secret: SECRET });
    const there = await trainEnsemble(dataset, options, { runner });
    const local = await trainEnsemble(dataset, options, { runner: createInlineRunner() });
    t.equal(contentHash(there), contentHash(local));
    await runner.tell('stop');
  });
  await Promise.all(all);
  await until(() => eventsOf(cluster.events, 'closed').length === 3);
  t.equal(eventsOf(cluster.events, 'opened').length, 3);
});

t.test('a queue that is away keeps no thread from training', async (t) => {
  await using cluster = startCluster();
  const worker = await cluster.start({ threads: 1 });
  const runner = queueRunner({ ...cluster, secret: SECRET, slots: 1 });
  const training = trainEnsemble(dataset, OPTIONS, { runner });
  await until(() => worker.inHand > 0);
  cluster.queue.disconnect();
  await until(() => eventsOf(cluster.events, 'done').length === 1);
  t.equal(eventsOf(cluster.events, 'disconnected').length, 1);
  cluster.queue.reconnect();
  const local = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  t.equal(contentHash(await training), contentHash(local));
  t.equal(eventsOf(cluster.events, 'returned').length, 0);
});

t.test('a task that no thread is free for by and by is left to a host that has one', async (t) => {
  await using cluster = startCluster();
  await cluster.start({ host: 'a', threads: 1 });
  const runner = queueRunner({ ...cluster, secret: SECRET, slots: 2 });
  const end = new AbortController();
  const options = { ...NEVER_ENDS, members: 2 };
  const training = trainEnsemble(dataset, options, { runner, signal: end.signal });
  training.catch(() => {});
  await until(() => cluster.queue.deliveries.length === 2);
  await runner.until(({ share }) => share > 0);
  await cluster.start({ host: 'b', threads: 1 });
  await runner.until(({ host }) => host === 'b');
  t.equal(eventsOf(cluster.events, 'returned').length, 0, 'nothing that whoever reads the log must know of');
  end.abort();
  await t.rejects(training);
});

t.test('a host ends though the queue is away, and another one goes on', async (t) => {
  await using cluster = startCluster();
  const worker = await cluster.start({ host: 'a', threads: 1, graceMs: 100 });
  const runner = queueRunner({ ...cluster, secret: SECRET, slots: 1 });
  const end = new AbortController();
  const training = trainEnsemble(dataset, NEVER_ENDS, { runner, signal: end.signal });
  training.catch(() => {});
  await runner.until(({ share }) => share > 0);
  cluster.queue.disconnect();
  await worker.drain();
  t.equal(cluster.events.at(-1)!.kind, 'ended');
  cluster.queue.reconnect();
  await cluster.start({ host: 'b', threads: 1 });
  await runner.until(({ host }) => host === 'b');
  end.abort();
  await t.rejects(training);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

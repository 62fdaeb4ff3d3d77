// What a host does not take: tasks of others' secrets, of other versions, of modules that it may not run, and those that may
// not be its own. Each is left to other hosts, and why is said once, here and to whoever waits.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { digestOf } from '../../../src/blobs/digest.js';
import { putBytes } from '../../../src/blobs/pieces.js';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { openProgress, sealProgress } from '../../../src/cluster/messages/reports.js';
import { Secret } from '../../../src/cluster/messages/secret.js';
import { Refusals } from '../../../src/cluster/worker/refusals.js';
import { TuttiError } from '../../../src/errors.js';
import { createInlineRunner, type TrainingOptions, trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { type QueueRunnerOptions, queueRunner } from '../../support/queue-runner.js';
import { type Cluster, eventsOf, type HostOptions, SECRET, startCluster } from './support.js';

const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 4, hidden: [8], epochs: 3, learningRate: 0.001, seed: 11 };

/** Trains with one host that refuses, until it has said so to the coordinator; then with another one too. */
async function refusedThenTrained(
  t: Test,
  cluster: Cluster,
  refusing: HostOptions,
  { options = OPTIONS, ...how }: Partial<QueueRunnerOptions> & { readonly options?: TrainingOptions } = {},
  willing: HostOptions = {},
) {
  const local = await trainEnsemble(dataset, options, { runner: createInlineRunner() });
  await cluster.start({ host: 'unwilling', ...refusing });
  const runner = queueRunner({ ...cluster, secret: SECRET, ...how });
  const training = trainEnsemble(dataset, options, { runner });
  training.catch(() => {});
  const said = await runner.until(({ refused }) => refused !== null);
  t.equal(said.host, 'unwilling');
  t.equal(said.handed, null);
  await cluster.start({ host: 'willing', ...willing });
  t.equal(contentHash(await training), contentHash(local));
  t.same(new Set(runner.results.map(({ host }) => host)), new Set(['willing']));
  const refused = eventsOf(cluster.events, 'refused');
  t.equal(refused.length, 1, 'said once here, however many tasks came');
  return { said, refused: refused[0]! };
}

t.test('a task that is signed with another secret', async (t) => {
  await using cluster = startCluster();
  const other = new Secret('another secret of the same length');
  const local = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  await cluster.start({ host: 'unwilling', secret: other });
  const runner = queueRunner({ ...cluster, secret: SECRET });
  const training = trainEnsemble(dataset, OPTIONS, { runner });
  while (eventsOf(cluster.events, 'refused').length === 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
  await cluster.start({ host: 'willing' });
  t.equal(contentHash(await training), contentHash(local));
  const [refused, ...more] = eventsOf(cluster.events, 'refused');
  t.equal(more.length, 0);
  t.equal(refused!.training, null, 'what it says of itself is not believed');
  t.match(refused!.error, { code: 'ERR_TASK' });
});

t.test('a training of another version of tutti', async (t) => {
  await using cluster = startCluster();
  await cluster.start();
  const runner = queueRunner({ ...cluster, secret: SECRET, claims: { version: '99.0.0' } });
  const end = new AbortController();
  const training = trainEnsemble(dataset, OPTIONS, { runner, signal: end.signal });
  training.catch(() => {});
  const { host, refused } = await runner.until((progress) => progress.refused !== null);
  t.equal(host, 'a');
  t.match(refused, { code: 'ERR_TASK', message: /99\.0\.0/ });
  t.match(refused!.message, /host a/);
  end.abort();
  await t.rejects(training);
});

t.test('a dataset that is not there, or damaged, until it is', async (t) => {
  for (const spoil of ['missing', 'damaged'] as const) {
    await using cluster = startCluster();
    const local = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
    const runner = queueRunner({ ...cluster, secret: SECRET });
    const training = trainEnsemble(dataset, OPTIONS, { runner });
    await runner.sent;
    const [digest, bytes] = [...cluster.store.blobs].sort((a, b) => b[1].length - a[1].length)[0]!;
    if (spoil === 'missing') cluster.store.blobs.delete(digest);
    else cluster.store.blobs.set(digest, bytes.subarray(0, -1));
    await cluster.start();
    const { refused } = await runner.until((progress) => progress.refused !== null);
    t.match(refused, { code: 'ERR_BLOB', message: new RegExp(digest.slice(0, 8)) });
    cluster.store.blobs.set(digest, bytes);
    t.equal(contentHash(await training), contentHash(local));
  }
});

t.test('modules that it was not given: one by its folder, one by its hash', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-modules-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = 'scripts/examples/learners/linear.mjs';
  const text = readFileSync(path);
  const hash = digestOf(text);
  const options = { members: 3, learner: `./${path}`, seed: 4 };
  const elsewhere = join(folder, 'below');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'renamed.mjs'), text);
  for (const willing of [{ modules: folder }, { allowed: [hash] }]) {
    await using cluster = startCluster();
    await putBytes(cluster.store, text);
    const { said } = await refusedThenTrained(t, cluster, {}, { options }, willing);
    t.match(said.refused, { code: 'ERR_MODULE', message: new RegExp(hash) });
  }
});

t.test('a module whose text is not what its hash says is not run', async (t) => {
  const path = 'scripts/examples/learners/linear.mjs';
  const hash = digestOf(readFileSync(path));
  await using cluster = startCluster();
  cluster.store.blobs.set(hash, new TextEncoder().encode('throw new Error("run")'));
  await cluster.start({ allowed: [hash] });
  const runner = queueRunner({ ...cluster, secret: SECRET });
  const end = new AbortController();
  const options = { members: 2, learner: `./${path}`, seed: 4 };
  const training = trainEnsemble(dataset, options, { runner, signal: end.signal });
  training.catch(() => {});
  const { refused } = await runner.until((progress) => progress.refused !== null);
  t.match(refused, { code: 'ERR_BLOB' });
  end.abort();
  await t.rejects(training);
});

t.test('a task that is for others is left to them without a word', async (t) => {
  await using cluster = startCluster();
  const local = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  await cluster.start({ host: 'a' });
  await cluster.start({ host: 'b' });
  const runner = queueRunner({ ...cluster, secret: SECRET, notHosts: ['a'] });
  t.equal(contentHash(await trainEnsemble(dataset, OPTIONS, { runner })), contentHash(local));
  t.same(new Set(runner.results.map(({ host }) => host)), new Set(['b']));
  t.equal(eventsOf(cluster.events, 'refused').length, 0);
});

t.test('what a host before handed over is not lost to whoever takes the task after a refusal', async (t) => {
  const id = 'f'.repeat(64);
  const handed = digestOf(new TextEncoder().encode('a state'));
  const standing = { member: 0, epoch: 7, epochs: 9, loss: 0.5, share: 0.7, handed, refused: null };
  const reports: string[] = [];
  const delivery = {
    ...{ id, body: '', signal: new AbortController().signal },
    progress: sealProgress(SECRET, id, { host: 'before', ...standing }),
    report: async (text: string) => void reports.push(text),
  };
  const ending = new AbortController().signal;
  const refusals = new Refusals({ host: 'unwilling', secret: SECRET, tell: () => undefined, ending });
  await refusals.refuse(delivery, null, new TuttiError('ERR_MEMORY', 'There is no room here'));
  const said = await openProgress(SECRET, id, reports[0]!);
  t.match(said, { host: 'unwilling', handed, refused: { code: 'ERR_MEMORY' } });
  const foreign = { ...delivery, progress: 'of another cluster' };
  await refusals.refuse(foreign, handed, new TuttiError('ERR_MEMORY', 'There is no room here'));
  t.equal((await openProgress(SECRET, id, reports[1]!)).handed, null);
  await refusals.refuse(foreign, null, new TuttiError('ERR_TASK', 'It is of another cluster'));
  t.equal(reports.length, 2, 'a host of another cluster leaves it as it is');
});

// What may befall a training on a cluster: nothing of it changes a byte, or it is said by name.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { failBlob, storeError } from '../../../src/blobs/blob-errors.js';
import type { BlobStore } from '../../../src/blobs/blob-store.js';
import { isDigest } from '../../../src/blobs/digest.js';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import { Secret } from '../../../src/cluster/messages/secret.js';
import { runWorker } from '../../../src/cluster/worker/cluster-worker.js';
import { HostModules } from '../../../src/cluster/worker/host-modules.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { createPool } from '../../../src/pool/pool.js';
import { resumeTraining } from '../../../src/training/resume-training.js';
import type { MemberOutcome } from '../../../src/training/session/job.js';
import type { TrainingProgress } from '../../../src/training/session/progress.js';
import type { Session } from '../../../src/training/session/session.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';
import { SECRET } from '../worker/support.js';
import { type TestCluster, testCluster } from './support.js';

const dataset = clusters(60, 6, 3);
const OPTIONS = { members: 6, hidden: [6], epochs: 4, seed: 5 };
/** Long enough that something befalls members in training. */
const LONG = { ...OPTIONS, members: 4, hidden: [32], epochs: 2000, earlyStopping: 'none' } as const;

/** Long enough that hosts say that they have them before they end. */
const SLOW = { ...LONG, members: 2, epochs: 60_000 };

async function bytesOf(ensemble: TrainedEnsemble): Promise<Buffer> {
  return Buffer.from(await ensembleToBytes(ensemble));
}

const here = async (options: object) => bytesOf(await trainEnsemble(dataset, options));

/** Resolves once a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  const lateMs = performance.now() + 120_000;
  while (!holds()) {
    if (performance.now() > lateMs) throw new Error(`It never came to be that ${holds}`);
    await wait(5);
  }
}

/** A host that answers with one weight changed. */
async function startWrongHost(cluster: TestCluster, folder: string, host: string) {
  const pool = createPool({ threads: 1 });
  const wrong = (session: Session): Session =>
    new Proxy(session, {
      get(target, name) {
        if (name !== 'run') {
          const value = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        }
        const run: Session['run'] = async (...args) => (await target.run(...args)).map(alter);
        return run;
      },
    });
  const alter = (outcome: MemberOutcome): MemberOutcome => {
    if (outcome.status === 'advanced' && outcome.delivered[0] !== undefined) {
      const { parameters } = outcome.delivered[0];
      parameters[0] = Math.fround(parameters[0]! * 1.0001);
    }
    return outcome;
  };
  return runWorker({
    ...{ host, secret: SECRET, graceMs: 20_000 },
    pool: { threads: 1, open: () => wrong(pool.open()), destroy: () => pool.destroy() },
    modules: await HostModules.open({ folder: null, allowed: [], cacheFolder: folder }),
    openStore: async () => cluster.hosts.store,
    connect: async (told) => cluster.hosts.queue.receiver(told),
    tell: () => undefined,
  });
}

t.test('a queue that forgets everything is told again', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  const training = trainEnsemble(dataset, OPTIONS, { runner });
  await until(() => cluster.hosts.queue.ids().length === 6);
  cluster.hosts.queue.wipe();
  await cluster.hosts.start();
  t.equal(Buffer.compare(await bytesOf(await training), await here(OPTIONS)), 0);
});

t.test('a connection that breaks is waited for, and what happened meanwhile is asked for', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  await cluster.hosts.start();
  const training = trainEnsemble(dataset, OPTIONS, { runner });
  await until(() => cluster.hosts.queue.deliveries.length > 0);
  cluster.hosts.queue.disconnect('a cable');
  await wait(300);
  cluster.hosts.queue.reconnect();
  t.equal(Buffer.compare(await bytesOf(await training), await here(OPTIONS)), 0);
  const kinds = cluster.told.map(({ kind }) => kind);
  t.ok(kinds.includes('disconnected') && kinds.includes('reconnected'), kinds.join());
});

t.test('a result that is missing or damaged in the store is asked for again', async (t) => {
  for (const problem of ['missing', 'damaged'] as const) {
    await using cluster = testCluster();
    const spoilt = new Set<string>();
    const { store } = cluster.hosts;
    const flaky: BlobStore = {
      ...{ address: store.address, has: store.has.bind(store), put: store.put.bind(store) },
      ...{ delete: store.delete.bind(store), close: store.close.bind(store) },
      async get(digest, signal) {
        if (spoilt.size < 3 && !spoilt.has(digest)) {
          spoilt.add(digest);
          failBlob(store.address, digest, problem);
        }
        return store.get(digest, signal);
      },
    };
    const runner = await cluster.coordinator({ store: flaky });
    await cluster.hosts.start();
    t.equal(
      Buffer.compare(await bytesOf(await trainEnsemble(dataset, OPTIONS, { runner })), await here(OPTIONS)),
      0,
    );
    t.equal(spoilt.size, 3);
    t.ok(cluster.told.some((event) => event.kind === 'trouble' && event.code === 'ERR_BLOB'));
  }
});

t.test('what is delivered twice counts once', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  await cluster.hosts.start({ host: 'a', threads: 1 });
  await cluster.hosts.start({ host: 'b', threads: 8 });
  const training = trainEnsemble(dataset, LONG, { runner });
  const { queue } = cluster.hosts;
  await until(() => queue.deliveries.length >= 4);
  for (const id of queue.ids().slice(0, 2)) queue.deliverAgain(id);
  t.equal(Buffer.compare(await bytesOf(await training), await here(LONG)), 0);
});

t.test('a member that takes every host down is given up by name, and tried again by resume', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  await cluster.hosts.start({ host: 'a', threads: 2 });
  const folder = join(t.testdir(), 'kept');
  const { queue } = cluster.hosts;
  let seen: readonly { readonly name: string; readonly running: number }[] = [];
  const onProgress = ({ hosts }: TrainingProgress) => {
    seen = hosts ?? [];
  };
  const training = trainEnsemble(dataset, SLOW, { runner, checkpoint: { folder }, onProgress });
  await until(() => queue.deliveries.length >= 2);
  await until(() => seen.some(({ name, running }) => name === 'a' && running === 2));
  const [victim] = queue.ids();
  for (let losses = 0; losses < 4; losses++) {
    const before = queue.deliveries.length;
    queue.lose(victim!);
    if (losses < 3) await until(() => queue.deliveries.length > before);
  }
  const ensemble = await training;
  t.equal(ensemble.failures.length, 1);
  const { error } = ensemble.failures[0]!;
  t.equal(error.code, 'ERR_HOST_LOST');
  t.match(error.message, /^Member \d was given up, as every host that trained it was lost, a among them$/);
  const whole = await resumeTraining(folder, dataset, { runner });
  t.equal(Buffer.compare(await bytesOf(whole), await here(SLOW)), 0);
});

t.test('a training that is stopped leaves nothing in the queue, nor at a host', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  const host = await cluster.hosts.start();
  const stop = new AbortController();
  const options = { ...LONG, epochs: 1_000_000, members: 20 };
  const training = trainEnsemble(dataset, options, { runner, signal: stop.signal, onInterrupt: 'keep' });
  await until(() => host.inHand > 1);
  stop.abort();
  const ensemble = await training;
  t.same([ensemble.members.length, ensemble.complete], [0, false]);
  await until(() => host.inHand === 0);
  await runner.close();
  t.same(cluster.hosts.queue.ids(), []);
});

t.test('a training that is paused goes on from there, by another coordinator too', async (t) => {
  await using cluster = testCluster();
  const folder = join(t.testdir(), 'kept');
  const stop = new AbortController();
  const first = await cluster.coordinator();
  const host = await cluster.hosts.start({ host: 'a' });
  let inTraining = 0;
  const onProgress = ({ slots }: TrainingProgress) => {
    inTraining = slots.length;
  };
  const training = trainEnsemble(dataset, SLOW, {
    ...{ runner: first, signal: stop.signal, onInterrupt: 'keep', checkpoint: { folder }, onProgress },
  });
  await until(() => inTraining > 0);
  stop.abort();
  const paused = await training;
  t.equal(paused.complete, false);
  await until(() => host.inHand === 0);
  const { readCheckpoint } = await import('../../../src/checkpoint/read-checkpoint.js');
  const { running } = await readCheckpoint(folder);
  t.equal(running.length, 2, 'both in training rest where their epoch ended');
  await first.close();
  const second = await cluster.coordinator();
  const whole = await resumeTraining(folder, dataset, { runner: second });
  const direct = await here(SLOW);
  t.equal(Buffer.compare(await bytesOf(whole), direct), 0);
});

t.test('what hosts did while the coordinator was dead is not done again', async (t) => {
  await using cluster = testCluster();
  const { queue } = cluster.hosts;
  const folder = join(t.testdir(), 'kept');
  const copy = join(t.testdirName, 'copy');
  let dead = false;
  const first = await cluster.coordinator({
    connect: async (events) => {
      const mute =
        <Args extends readonly unknown[]>(act: (...args: Args) => void) =>
        (...args: Args) => {
          if (!dead) act(...args);
        };
      const sender = queue.sender({ ...events, done: mute(events.done), progress: mute(events.progress) });
      const never = new Promise<never>(() => undefined);
      return {
        ...sender,
        states: (ids) => (dead ? never : sender.states(ids)),
        remove: (ids) => (dead ? Promise.resolve() : sender.remove(ids)),
      };
    },
  });
  void trainEnsemble(dataset, OPTIONS, { runner: first, checkpoint: { folder } }).catch(() => undefined);
  await until(() => queue.ids().length === 6);
  dead = true;
  await cluster.hosts.start();
  const states = queue.sender();
  for (let open = 6; open > 0; await wait(20)) {
    open = (await states.states(queue.ids())).filter(({ status }) => status !== 'done').length;
  }
  // On another machine, which has the folder over a network or from a copy.
  cpSync(folder, copy, { recursive: true });
  const before = queue.deliveries.length;
  const second = await cluster.coordinator();
  const whole = await resumeTraining(copy, dataset, { runner: second });
  t.equal(Buffer.compare(await bytesOf(whole), await here(OPTIONS)), 0);
  t.equal(queue.deliveries.length, before, 'nothing was trained again');
});

t.test('a host that computes wrong is named, and nothing of it is kept', async (t) => {
  await using cluster = testCluster();
  const folder = join(t.testdir(), 'kept');
  const runner = await cluster.coordinator({ verify: 1 });
  await cluster.hosts.start({ host: 'right', threads: 1 });
  const wrong = await startWrongHost(cluster, t.testdirName, 'wrong');
  const training = trainEnsemble(dataset, OPTIONS, { runner, checkpoint: { folder }, onInterrupt: 'keep' });
  const error = await training.then(
    () => null,
    (thrown) => thrown,
  );
  t.equal(error?.code, 'ERR_HOST_DIFFERS');
  t.match(error?.message, /^Host wrong answered with other bytes than (right and )?this one for member \d/);
  t.equal(error?.details.host, 'wrong');
  await wrong.close();
  await cluster.hosts.start({ host: 'other', threads: 1 });
  const whole = await resumeTraining(folder, dataset, { runner });
  t.equal(Buffer.compare(await bytesOf(whole), await here(OPTIONS)), 0);
  t.ok(cluster.told.some(({ kind }) => kind === 'verified'));
});

t.test('one host alone cannot be compared, and that is said', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator({ verify: 0.01 });
  await cluster.hosts.start({ host: 'a' });
  await trainEnsemble(dataset, OPTIONS, { runner });
  const [event] = cluster.told.filter(({ kind }) => kind === 'unverified');
  t.match(event?.message, /^Not verified: member \d, as no other host was there/);
});

t.test('a host with another secret is told of, and trains nothing', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  await cluster.hosts.start({ host: 'stranger', secret: new Secret('another secret of thirty-two signs') });
  const training = trainEnsemble(dataset, OPTIONS, { runner });
  await until(() => cluster.told.length > 0);
  t.same(
    cluster.told.map(({ kind }) => kind),
    ['trouble'],
  );
  await cluster.hosts.start({ host: 'a' });
  t.equal(Buffer.compare(await bytesOf(await training), await here(OPTIONS)), 0);
});

t.test('a host that does not get at the store is told of once, by name, and others train', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  const { store } = cluster.hosts;
  let tries = 0;
  const full: BlobStore = {
    ...{ address: store.address, has: store.has.bind(store), get: store.get.bind(store) },
    ...{ delete: store.delete.bind(store), close: store.close.bind(store) },
    async put() {
      throw storeError(store.address, `cannot be written, for the ${++tries}th time`);
    },
  };
  const training = trainEnsemble(dataset, OPTIONS, { runner });
  await cluster.hosts.start({ host: 'a', openStore: async () => full, storePatienceMs: 0 });
  await until(() => tries > 1 && cluster.told.some(({ kind }) => kind === 'refused'));
  await cluster.hosts.start({ host: 'b' });
  t.equal(Buffer.compare(await bytesOf(await training), await here(OPTIONS)), 0);
  t.match(
    cluster.told.filter(({ kind }) => kind === 'refused'),
    [{ host: 'a', code: 'ERR_STORE', message: /^Host a gives members back: The store .* cannot be written/ }],
  );
});

t.test('callbacks at epoch ends are refused before anything is trained', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  await t.rejects(trainEnsemble(dataset, OPTIONS, { runner, onEpochEnd: () => undefined }), {
    code: 'ERR_OPTION',
    details: { option: 'onEpochEnd' },
  });
  t.equal(cluster.hosts.queue.added, 0);
});

t.test('a member that takes longer than it may is given up, and its host is free', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  const host = await cluster.hosts.start({ host: 'a', threads: 1 });
  const options = {
    ...OPTIONS,
    members: 2,
    epochs: 10_000_000,
    earlyStopping: 'none',
    deadline: 0.3,
  } as const;
  await t.rejects(trainEnsemble(dataset, options, { runner }), { code: 'ERR_MEMBERS_FAILED' });
  await until(() => host.inHand === 0);
});

t.test('digests are all that tasks say of what they need', async (t) => {
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  await cluster.hosts.start();
  await trainEnsemble(dataset, { ...OPTIONS, tie: 0.1 }, { runner });
  for (const { body } of cluster.hosts.queue.deliveries) t.ok(Buffer.byteLength(body) < 4096);
  t.ok(cluster.hosts.queue.deliveries.every(({ id }) => isDigest(id)));
});

// Trainings of a host that are given up while they are opened: nothing waits for itself, or for a store that never answers.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { BlobStore } from '../../../src/blobs/blob-store.js';
import { putBytes } from '../../../src/blobs/pieces.js';
import { putTraining } from '../../../src/cluster/coordinator/shared-inputs.js';
import { HostModules } from '../../../src/cluster/worker/host-modules.js';
import { HostedTrainings } from '../../../src/cluster/worker/hosted-trainings.js';
import { TuttiError } from '../../../src/errors.js';
import { unlessAborted } from '../../../src/long-calls.js';
import { listRuns } from '../../../src/training/plan/runs.js';
import { listGroups } from '../../../src/training/plan/tying.js';
import type { MemberRunner } from '../../../src/training/session/runner.js';
import type { Session } from '../../../src/training/session/session.js';
import { createInlineRunner } from '../../../src/training/thread/inline-runner.js';
import { planWork } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';
import { memoryStore } from '../../support/memory-store.js';

const dataset = clusters(40, 4, 2);

/** A training in a store, by its digest. */
async function stored(store: BlobStore, seed: number): Promise<string> {
  const { plan } = await planWork(dataset, { members: 2, hidden: [3], epochs: 2, seed }, {});
  const runs = listRuns(plan);
  return putTraining({ plan, dataset, runs, groups: listGroups(runs, dataset, plan.seed) }, (bytes) =>
    putBytes(store, bytes),
  );
}

async function hostedBy(t: Test, runner: MemberRunner): Promise<HostedTrainings> {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'tutti-hosted-'));
  t.teardown(() => rmSync(cacheFolder, { recursive: true, force: true }));
  const modules = await HostModules.open({ folder: null, allowed: [], cacheFolder });
  return new HostedTrainings({ host: 'a', runner, modules, tell: () => undefined });
}

/** A promise that a test resolves. */
function signalled(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Whether a promise is settled within ten seconds; a process would not wait for it. */
async function settles(promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), 10_000);
  });
  const isSettled = () => true;
  return Promise.race([promise.then(isSettled, isSettled), late]).finally(() => clearTimeout(timer));
}

t.test('one that has no memory and no task any more is not waited for by itself', async (t) => {
  const store = memoryStore();
  const digest = await stored(store, 1);
  const preparing = signalled();
  const go = signalled();
  const inner = createInlineRunner();
  const open = (): Session => {
    const session = inner.open();
    session.prepare = async () => {
      preparing.resolve();
      await go.promise;
      throw new TuttiError('ERR_MEMORY', 'There is none');
    };
    return session;
  };
  const trainings = await hostedBy(t, { threads: 1, open });
  const given = new AbortController();
  const used = trainings.use(digest, store, given.signal, async () => undefined);
  await preparing.promise;
  given.abort(new Error('given up'));
  await t.rejects(used, { message: 'given up' });
  go.resolve();
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.ok(await settles(trainings.close()), 'the host ends');
});

t.test('a host that ends does not wait for a store that never answers', async (t) => {
  const store = memoryStore();
  const digest = await stored(store, 2);
  const asked = signalled();
  const silent: BlobStore = {
    ...store,
    get: (_, signal) => {
      asked.resolve();
      return unlessAborted(new Promise<never>(() => undefined), signal);
    },
  };
  const trainings = await hostedBy(t, createInlineRunner());
  const used = trainings.use(digest, silent, new AbortController().signal, async () => undefined);
  used.catch(() => undefined);
  await asked.promise;
  t.ok(await settles(trainings.close()), 'the host ends');
  t.ok(await settles(used), 'and its task with it');
});

t.test('what was given up before it was waited for is not waited for', async (t) => {
  await t.rejects(unlessAborted(new Promise(() => undefined), AbortSignal.abort(new Error('given up'))), {
    message: 'given up',
  });
});

// Starts a worker from its options: a pool, a cache, the modules that may run, and a connection to the queue.

import { join } from 'node:path';
import { cachedStore } from '../../blobs/cached-store.js';
import { openStore } from '../../blobs/open-store.js';
import { checkOptions } from '../../option-names.js';
import { createPool } from '../../pool/pool.js';
import { findSecret } from '../messages/secret.js';
import { connectReceiver } from '../queue/connect-queue.js';
import { shownQueue } from '../queue/queue-address.js';
import { type ClusterWorker, runWorker } from './cluster-worker.js';
import { HostModules } from './host-modules.js';
import type { WorkerEvent } from './worker-events.js';
import {
  ALL_WORKER_OPTIONS,
  defaultCacheFolder,
  defaultName,
  WORKER_OPTIONS,
  type WorkerOptions,
} from './worker-options.js';

/**
 * Makes this machine a host of a cluster: takes tasks from the queue, trains them on a pool of its own, and goes on until
 * it is drained or closed. Trainings need nothing of this host but that; see docs/guide/cluster.md.
 *
 * @returns once it is connected.
 * @throws ERR_OPTION; ERR_QUEUE when the queue cannot be reached; ERR_ENGINE_MISSING when a package for it is not installed;
 * ERR_FILE for a secret or a folder of modules that cannot be read; what `createPool` throws.
 */
export async function startWorker(options: WorkerOptions): Promise<ClusterWorker> {
  checkOptions('startWorker', options, ALL_WORKER_OPTIONS);
  const { url, threads, isolate, modules, allowModules = [], ca, lockSeconds } = options;
  const { cacheFolder = await defaultCacheFolder(), cacheBytes = WORKER_OPTIONS.cacheBytes.default } =
    options;
  const { store, name: host = defaultName(), grace = WORKER_OPTIONS.grace.default } = options;
  const tell = observed(options.onEvent);
  const queue = shownQueue(url);
  const secret = await findSecret(options);
  const allowed = await HostModules.open({ folder: modules ?? null, allowed: allowModules, cacheFolder });
  const cache = { folder: join(cacheFolder, 'blobs'), maxBytes: cacheBytes };
  const openCached = async (address: string) => {
    return cachedStore(await openStore(store ?? address, { token: secret.storeToken }), cache);
  };
  if (store !== undefined) await (await openCached(store)).close();
  const pool = createPool({
    ...(threads === undefined ? {} : { threads }),
    ...(isolate === undefined ? {} : { isolate }),
  });
  const worker = await runWorker({
    ...{ host, secret, pool, modules: allowed, openStore: openCached, graceMs: 1000 * grace, tell },
    connect: (events) =>
      connectReceiver(
        url,
        {
          ...{ name: host, onWarning: (warning) => tell({ kind: 'warning', warning }) },
          ...(ca === undefined ? {} : { ca }),
          ...(lockSeconds === undefined ? {} : { lockSeconds }),
        },
        events,
      ),
  });
  tell({ kind: 'started', host, threads: worker.threads, queue });
  return worker;
}

/** One that throws does so where nothing else is ended by it. */
function observed(onEvent: WorkerOptions['onEvent']): (event: WorkerEvent) => void {
  return (event) => {
    try {
      onEvent?.(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}

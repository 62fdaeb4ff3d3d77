// Workers on a queue in memory, for tests: in this process, with a pool of their own each.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobStore } from '../../../src/blobs/blob-store.js';
import { Secret } from '../../../src/cluster/messages/secret.js';
import { type ClusterWorker, runWorker } from '../../../src/cluster/worker/cluster-worker.js';
import { HostModules } from '../../../src/cluster/worker/host-modules.js';
import type { WorkerEvent } from '../../../src/cluster/worker/worker-events.js';
import { createPool } from '../../../src/index.js';
import { createMemoryQueue, type MemoryQueue } from '../../support/memory-queue.js';
import { type MemoryStore, memoryStore } from '../../support/memory-store.js';

export const SECRET = new Secret('0123456789abcdef0123456789abcdef');

export interface Cluster extends AsyncDisposable {
  readonly queue: MemoryQueue;
  readonly store: MemoryStore;
  readonly events: WorkerEvent[];
  start(options?: HostOptions): Promise<ClusterWorker>;
}

export interface HostOptions {
  readonly host?: string;
  readonly threads?: number;
  readonly secret?: Secret;
  readonly graceMs?: number;
  readonly modules?: string;
  readonly allowed?: readonly string[];
  readonly openStore?: (address: string) => Promise<BlobStore>;
  readonly storePatienceMs?: number;
}

/** A queue and a store; its workers end with it. */
export function startCluster(): Cluster {
  const queue = createMemoryQueue();
  const store = memoryStore();
  const events: WorkerEvent[] = [];
  const workers: ClusterWorker[] = [];
  // A connection to a server would keep the process.
  const alive = setInterval(() => undefined, 1000);
  const cacheFolder = mkdtempSync(join(tmpdir(), 'tutti-worker-'));
  return {
    ...{ queue, store, events },
    async start({
      host = 'a',
      threads = 2,
      secret = SECRET,
      graceMs = 20_000,
      modules,
      allowed = [],
      ...more
    } = {}) {
      const worker = await runWorker({
        ...{ host, secret, graceMs, pool: createPool({ threads }) },
        modules: await HostModules.open({ folder: modules ?? null, allowed, cacheFolder }),
        openStore: async () => store,
        connect: async (told) => queue.receiver(told),
        tell: (event) => void events.push(event),
        ...more,
      });
      workers.push(worker);
      return worker;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.close()));
      clearInterval(alive);
      rmSync(cacheFolder, { recursive: true, force: true });
    },
  };
}

/** Events of one kind. */
export function eventsOf<Kind extends WorkerEvent['kind']>(
  events: readonly WorkerEvent[],
  kind: Kind,
): Extract<WorkerEvent, { kind: Kind }>[] {
  return events.filter((event) => event.kind === kind) as Extract<WorkerEvent, { kind: Kind }>[];
}

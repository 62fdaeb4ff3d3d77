// Connects a program to a cluster: the queue at an address, the secret, and a store, its own where none is given.

import type { BlobStore } from '../../blobs/blob-store.js';
import { openStore } from '../../blobs/open-store.js';
import { checkOptions, requireUses } from '../../option-names.js';
import { findSecret } from '../messages/secret.js';
import { connectSender } from '../queue/connect-queue.js';
import { readQueueAddress } from '../queue/queue-address.js';
import { type Cluster, openCluster } from './cluster.js';
import { ALL_CLUSTER_OPTIONS, CLUSTER_USES, type ClusterOptions, DEFAULTS } from './cluster-options.js';
import { parseAdvertised, serveStore } from './served-store.js';

/**
 * Connects to a cluster, to be named as the `runner` of trainings. Workers (`tutti worker`, `startWorker`) may come and go as
 * they like, before and after.
 *
 *     await using cluster = await connectCluster({ url: 'redis://queue.local', secretFile: '/run/secrets/tutti' });
 *     const ensemble = await trainEnsemble(train, { members: 1000 }, { runner: cluster });
 *
 * @returns a runner whose members are, byte for byte, those of this machine.
 * @throws ERR_OPTION for options that are wrong, and for no secret, with how to make one; ERR_FILE for a file that cannot be
 * read; ERR_ENGINE_MISSING when the package that speaks to the queue is not installed; ERR_QUEUE when the queue cannot be
 * reached within seconds; ERR_STORE.
 */
export async function connectCluster(options: ClusterOptions): Promise<Cluster> {
  checkOptions('connectCluster', options, ALL_CLUSTER_OPTIONS);
  requireUses(options, CLUSTER_USES);
  const { verify = DEFAULTS.verify, tasks = DEFAULTS.tasks, isolate = null, ca, signal, onEvent } = options;
  const { handOverSeconds = DEFAULTS.handOverSeconds } = options;
  signal?.throwIfAborted();
  const queue = readQueueAddress(options.url);
  const advertised = options.advertise === undefined ? null : parseAdvertised(options.advertise);
  const secret = await findSecret(options);
  const { store, address, end } =
    options.store === undefined
      ? ownStore(await serveStore(secret.storeToken, advertised, queue))
      : sharedStore(await openStore(options.store, { token: secret.storeToken }));
  return openCluster({
    ...{ url: queue.shown, secret, store, address, end, verify, isolate },
    inFlight: tasks,
    handOver: { seconds: handOverSeconds },
    tell: onEvent,
    connect: (events) => {
      const onWarning = (message: string) => onEvent?.({ kind: 'warning', message });
      const given = { ...(ca === undefined ? {} : { ca }), ...(signal === undefined ? {} : { signal }) };
      return connectSender(options.url, { ...given, onWarning }, events);
    },
  });
}

function ownStore(served: Awaited<ReturnType<typeof serveStore>>) {
  return { store: served.store, address: served.address, end: () => served.close() };
}

function sharedStore(store: BlobStore) {
  return { store, address: store.address, end: () => store.close() };
}

// Members that were to be trained twice, and whose second time was paused: it is said of them that they are not verified.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { runWorker } from '../../../src/cluster/worker/cluster-worker.js';
import { HostModules } from '../../../src/cluster/worker/host-modules.js';
import { createPool } from '../../../src/pool/pool.js';
import type { Session } from '../../../src/training/session/session.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';
import { SECRET } from '../worker/support.js';
import { testCluster } from './support.js';

t.test('what was paused as it was trained again is not verified, and said not to be', async (t) => {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'tutti-undecided-'));
  t.teardown(() => rmSync(cacheFolder, { recursive: true, force: true }));
  await using cluster = testCluster();
  const { hosts, told } = cluster;
  await hosts.start({ host: 'whole', threads: 1 });
  const pool = createPool({ threads: 1 });
  /** As if each of its trainings were paused at once. */
  const open = (): Session => {
    const session = pool.open();
    const prepare = session.prepare.bind(session);
    session.prepare = async (training) => {
      const prepared = await prepare(training);
      session.pause();
      return prepared;
    };
    return session;
  };
  await runWorker({
    ...{ host: 'pausing', secret: SECRET, graceMs: 20_000 },
    pool: { threads: 1, open, destroy: () => pool.destroy() },
    modules: await HostModules.open({ folder: null, allowed: [], cacheFolder }),
    openStore: async () => hosts.store,
    connect: async (events) => hosts.queue.receiver(events),
    tell: () => undefined,
  }).then((worker) => t.teardown(() => worker.close()));
  const runner = await cluster.coordinator({ verify: 1 });
  const options = { members: 6, hidden: [6], epochs: 4, seed: 5, earlyStopping: 'none' } as const;
  const ensemble = await trainEnsemble(clusters(60, 6, 3), options, { runner });
  t.equal(ensemble.members.length, 6);
  const said = told.flatMap((event) =>
    event.kind === 'verified' || event.kind === 'unverified' ? event.members : [],
  );
  t.same([...new Set(said)].sort(), [0, 1, 2, 3, 4, 5], 'of each member something is said');
  t.ok(told.some(({ kind }) => kind === 'unverified'));
});

// A cluster trains the same bytes as this machine, however many hosts there are and whatever its members are.

import { join } from 'node:path';
import t from 'tap';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import type { TrainingOptions } from '../../../src/model/options/training-options.js';
import { createPool } from '../../../src/pool/pool.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';
import { CENTROIDS } from '../../support/learners.js';
import { testCluster } from './support.js';

const dataset = clusters(60, 6, 3);
const BASE: TrainingOptions = { members: 5, hidden: [6], epochs: 4, seed: 5 };
const CASES: Readonly<Record<string, TrainingOptions>> = {
  'plain members': {},
  'members that stop early': { earlyStopping: 'outOfBag', patience: 1, epochs: 30 },
  snapshots: { members: 4, snapshots: 2 },
  'members tied in rounds': { tie: 0.1 },
  'members tied exactly': { tie: 0.1, tyingMode: 'exact' },
  'nearest neighbours': { engine: 'neighbours', hidden: undefined, epochs: undefined },
  'a mixed ensemble': { members: [{ engine: 'neighbours' }, {}, { hidden: [4] }] as never },
};

for (const [what, options] of Object.entries(CASES)) {
  t.test(`${what} are the same bytes on one host, on two and here`, async (t) => {
    const all = definedOf({ ...BASE, ...options });
    const pool = createPool({ threads: 2 });
    const here = await bytesOf(await trainEnsemble(dataset, all, { runner: pool }));
    await pool.destroy();
    for (const hosts of [{ a: 2 }, { a: 1, b: 1 }]) {
      await using cluster = testCluster();
      const runner = await cluster.coordinator();
      for (const [host, threads] of Object.entries(hosts)) await cluster.hosts.start({ host, threads });
      const there = await bytesOf(await trainEnsemble(dataset, all, { runner }));
      t.equal(Buffer.compare(there, here), 0, JSON.stringify(hosts));
      t.same(
        cluster.told.filter(({ kind }) => kind !== 'host'),
        [],
      );
      await runner.close();
      t.same(cluster.hosts.queue.ids(), [], 'nothing is left in the queue');
      t.equal(
        cluster.hosts.store.blobs.size,
        3,
        'and but dataset, plan and what names them nothing in the store',
      );
    }
  });
}

t.test('learners beside networks are the same bytes, their modules found by hash', async (t) => {
  const folder = t.testdir({ 'centroids.mjs': CENTROIDS, hosts: { 'other-name.mjs': CENTROIDS } });
  const learner = join(folder, 'centroids.mjs');
  const options = { members: [{ learner }, { hidden: [4], epochs: 3 }, { learner }], seed: 3 };
  await using cluster = testCluster();
  const runner = await cluster.coordinator();
  await cluster.hosts.start({ modules: join(folder, 'hosts') });
  const there = await bytesOf(await trainEnsemble(dataset, options, { runner }));
  t.equal(Buffer.compare(there, await bytesOf(await trainEnsemble(dataset, options))), 0);
});

function definedOf(options: TrainingOptions): TrainingOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

async function bytesOf(ensemble: TrainedEnsemble): Promise<Buffer> {
  return Buffer.from(await ensembleToBytes(ensemble));
}

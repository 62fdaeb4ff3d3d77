// A coordinator that is gone with its store, and resumed with another one: what hosts came to meanwhile is theirs to keep, and
// nothing is trained twice.

import t from 'tap';
import type { BlobStore } from '../../../src/blobs/blob-store.js';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { TuttiError } from '../../../src/errors.js';
import { createInlineRunner } from '../../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';
import { memoryStore } from '../../support/memory-store.js';
import { eventsOf } from '../worker/support.js';
import { testCluster } from './support.js';

const dataset = clusters(60, 6, 3);
const OPTIONS = { members: 6, hidden: [6], epochs: 4, seed: 5 };

/** What can be read, and not be reached any more by whoever wants to write. */
function readOnly(store: BlobStore): BlobStore {
  const refuse = async () => {
    throw new TuttiError('ERR_STORE', 'The store at old: cannot be reached', { store: 'old:' });
  };
  return { ...store, put: refuse };
}

t.test('what was trained before is delivered to the store that is there now', async (t) => {
  await using cluster = testCluster();
  const [old, fresh] = [memoryStore('old:'), memoryStore('new:')];
  const { queue, events } = cluster.hosts;
  const start = (host: string) =>
    cluster.hosts.start({
      ...{ host, threads: 1, storePatienceMs: 500 },
      openStore: async (address) => (address === 'old:' ? readOnly(old) : fresh),
    });
  const killed = await cluster.coordinator({
    ...{ store: old, address: 'old:' },
    // What is killed takes nothing back.
    connect: async (own) => ({ ...queue.sender(own), async remove() {}, async tell() {} }),
  });
  const lost = trainEnsemble(dataset, OPTIONS, { runner: killed });
  void lost.catch(() => undefined);
  await Promise.all([start('a'), start('b')]);
  while (eventsOf(events, 'storeLost').length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  await killed.destroy();
  await t.rejects(lost, { code: 'ERR_CANCELLED' });

  const runner = await cluster.coordinator({ store: fresh, address: 'new:' });
  const resumed = await trainEnsemble(dataset, OPTIONS, { runner });
  const local = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  t.equal(contentHash(resumed), contentHash(local));
  t.equal(eventsOf(events, 'done').length, OPTIONS.members);
});

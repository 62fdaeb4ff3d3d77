// The stores that a host has open: those of coordinators that are gone make way, and none that is in use does.

import t from 'tap';
import { HostStores } from '../../../src/cluster/worker/host-stores.js';
import { memoryStore } from '../../support/memory-store.js';

t.test('a store in use is kept open, however many others come', async (t) => {
  const closed: string[] = [];
  const stores = new HostStores({
    tell: () => undefined,
    open: async (address) => ({ ...memoryStore(address), close: async () => void closed.push(address) }),
  });
  const own = await stores.at('own');
  for (let at = 0; at < 40; at++) {
    await stores.at(`other ${at}`);
    t.equal(await stores.at('own'), own);
  }
  await new Promise((resolve) => setImmediate(resolve));
  t.notOk(closed.includes('own'));
  t.equal(closed.length, 25, 'sixteen are open');
  await stores.close();
  t.equal(closed.length, 41);
});

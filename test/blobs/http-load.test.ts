// A store over HTTP that never answers, and one that many hosts ask at once.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { BlobStore } from '../../src/blobs/blob-store.js';
import { digestOf } from '../../src/blobs/digest.js';
import { openHttpStore } from '../../src/blobs/http-store.js';
import { serveBlobs } from '../../src/blobs/serve-blobs.js';
import { memoryStore } from '../support/memory-store.js';
import { noise } from '../support/noise.js';

const TOKEN = 'a token of thirty-two characters';

t.test('nothing is tried again once it is closed', async (t) => {
  let asked = 0;
  const server = createServer(() => asked++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = openHttpStore(address, TOKEN, { pausesMs: [1, 1, 1] });
  const got = store.get(digestOf(noise(10)));
  while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await store.close();
  await t.rejects(got, { code: 'ERR_STORE' });
  t.equal(asked, 1);
});

t.test('few blobs are in memory at once, however many hosts ask whether they are there', async (t) => {
  let [now, most] = [0, 0];
  const behind: BlobStore = {
    ...memoryStore(),
    async has() {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      return true;
    },
  };
  const server = await serveBlobs({ store: behind, token: TOKEN });
  t.teardown(() => server.close());
  const hosts = Array.from({ length: 20 }, () =>
    openHttpStore(server.address, TOKEN, { pausesMs: [1, 1, 1] }),
  );
  const digest = digestOf(noise(10));
  const asked = await Promise.all(
    hosts.flatMap((host) => [host.has(digest), host.has(digest), host.has(digest)]),
  );
  t.ok(asked.every((isThere) => isThere));
  t.equal(most, 8);
  await Promise.all(hosts.map((host) => host.close()));
});

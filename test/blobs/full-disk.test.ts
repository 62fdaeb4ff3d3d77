// Disks that are really full, where this may mount one: of a store, of a coordinator's store seen from another host, of a cache.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { cachedStore } from '../../src/blobs/cached-store.js';
import { digestOf } from '../../src/blobs/digest.js';
import { openFileStore } from '../../src/blobs/file-store.js';
import { openHttpStore } from '../../src/blobs/http-store.js';
import { serveBlobs } from '../../src/blobs/serve-blobs.js';
import { memoryStore } from '../support/memory-store.js';
import { noise } from '../support/noise.js';
import { mountSmall } from '../support/small-disk.js';

const DISK_BYTES = 2 ** 20;
const SMALL = noise(100_000);
const LARGE = noise(2 * DISK_BYTES, 2);

const root = t.testdir();

/** A folder on a small disk of this name, or null with the test skipped. */
function smallDisk(t: Test, name: string): string | null {
  const path = join(root, name);
  const unmount = mountSmall(path, DISK_BYTES);
  if (unmount === null) t.comment('skipped: no file system may be mounted here');
  else t.teardown(unmount);
  return unmount === null ? null : path;
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

t.test('of a folder: an error of the store, nothing half written, and all goes on', async (t) => {
  const folder = smallDisk(t, 'store');
  if (folder === null) return;
  const store = openFileStore(folder);
  await store.put(digestOf(SMALL), SMALL);
  await t.rejects(store.put(digestOf(LARGE), LARGE), {
    code: 'ERR_STORE',
    message: /cannot be written: ENOSPC/,
  });
  t.same(filesIn(folder), [digestOf(SMALL)]);
  t.ok(Buffer.from(SMALL).equals(await store.get(digestOf(SMALL))));
  await store.delete(digestOf(SMALL));
  await store.put(digestOf(SMALL), SMALL);
  await store.close();
});

t.test('of a coordinator: another host is told at once, in its system’s words', async (t) => {
  const folder = smallDisk(t, 'served');
  if (folder === null) return;
  const server = await serveBlobs({ store: openFileStore(folder), token: 'token' });
  t.teardown(() => server.close());
  // Whoever tried again would wait for longer than a test may take.
  const store = openHttpStore(server.address, 'token', { pausesMs: [3_600_000] });
  await t.rejects(store.put(digestOf(LARGE), LARGE), {
    code: 'ERR_STORE',
    message: /answered with 507: .*cannot be written: ENOSPC/,
  });
  await store.put(digestOf(SMALL), SMALL);
  t.ok(Buffer.from(SMALL).equals(await store.get(digestOf(SMALL))));
  await store.close();
});

t.test('of a cache: there is none, and what is fetched is right', async (t) => {
  const folder = smallDisk(t, 'cached');
  if (folder === null) return;
  const behind = memoryStore();
  for (const bytes of [SMALL, LARGE]) await behind.put(digestOf(bytes), bytes);
  const store = cachedStore(behind, { folder: join(folder, 'cache'), maxBytes: 2 ** 30 });
  for (const bytes of [LARGE, SMALL, LARGE, SMALL])
    t.ok(Buffer.from(bytes).equals(await store.get(digestOf(bytes))));
  t.equal(behind.calls.get, 3, 'the small one was kept');
  t.same(filesIn(folder), [digestOf(SMALL)]);
});

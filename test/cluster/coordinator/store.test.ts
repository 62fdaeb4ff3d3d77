// What a coordinator does for a store that others share with it.

import { existsSync, utimesSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { blobPath, openFileStore } from '../../../src/blobs/file-store.js';
import { putBytes } from '../../../src/blobs/pieces.js';
import { noise } from '../../support/noise.js';
import { testCluster } from './support.js';

const DAY_MS = 24 * 3600 * 1000;

t.test('what nobody has used for a month is removed, and nothing younger', async (t) => {
  const folder = t.testdir();
  const store = openFileStore(folder);
  const blobs = await Promise.all([1, 2].map((seed) => putBytes(store, noise(100, seed))));
  const [old, young] = blobs.map((digest) => blobPath(folder, digest)) as [string, string];
  for (const [path, days] of [
    [old, 31],
    [young, 29],
  ] as const) {
    const then = new Date(Date.now() - days * DAY_MS);
    utimesSync(path, then, then);
  }
  await using cluster = testCluster();
  const runner = await cluster.coordinator({ store, address: store.address });
  while (existsSync(old)) await pause(5);
  await runner.close();
  t.ok(existsSync(young));
});

t.test('a store that cannot be swept is no error of the cluster', async (t) => {
  const file = `${t.testdir({ file: '' })}/file`;
  await using cluster = testCluster();
  const store = openFileStore(file);
  const runner = await cluster.coordinator({ store, address: store.address });
  await runner.close();
  t.same(cluster.told, []);
});

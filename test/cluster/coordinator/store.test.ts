// What a coordinator does for a store that others share with it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { blobPath, openFileStore } from '../../../src/blobs/file-store.js';
import { putBytes } from '../../../src/blobs/pieces.js';
import { serveStore } from '../../../src/cluster/coordinator/served-store.js';
import { ownerMark } from '../../../src/files/temporary-file.js';
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

t.test('the folder of a coordinator that was killed is removed by the next, and no other', async (t) => {
  const module = new URL('../../../src/files/temporary-file.js', import.meta.url).href;
  const script = `import { ownerMark } from '${module}'; console.log(ownerMark());`;
  const env = { ...process.env, NODE_OPTIONS: '' };
  const gone = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    env,
    encoding: 'utf8',
  });
  const folderOf = (mark: string) => {
    const folder = mkdtempSync(join(tmpdir(), `tutti-store-${mark}-`));
    mkdirSync(join(folder, 'blobs'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };
  const left = folderOf(gone.trim());
  const others = [folderOf(ownerMark()), folderOf(`00000000-${gone.trim().split('-')[1]}`)];
  const queue = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => queue.listen(0, '127.0.0.1', resolve));
  t.teardown(() => queue.close());
  const { port } = queue.address() as AddressInfo;
  const served = await serveStore('token', null, { host: '127.0.0.1', port, shown: 'here' });
  t.equal(existsSync(left), false);
  for (const folder of others) t.ok(existsSync(folder));
  t.match(served.address, /^http:\/\/127\.0\.0\.1:\d+$/);
  await served.close();
});

// Connecting to a cluster on real servers: the store that a coordinator serves, a folder, and what is refused.

import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openStore } from '../../../src/blobs/open-store.js';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import type { ClusterEvent } from '../../../src/cluster/coordinator/cluster-events.js';
import { connectCluster } from '../../../src/cluster/coordinator/connect-cluster.js';
import { parseAdvertised } from '../../../src/cluster/coordinator/served-store.js';
import { Secret } from '../../../src/cluster/messages/secret.js';
import { connectReceiver } from '../../../src/cluster/queue/connect-queue.js';
import { runWorker } from '../../../src/cluster/worker/cluster-worker.js';
import { HostModules } from '../../../src/cluster/worker/host-modules.js';
import { ownerMark } from '../../../src/files/temporary-file.js';
import { createPool } from '../../../src/pool/pool.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';
import { startServer, withoutServers } from '../../support/servers.js';

const SECRET = '0123456789abcdef0123456789abcdef';
const dataset = clusters(60, 6, 3);
const OPTIONS = { members: 6, hidden: [6], epochs: 4, seed: 5 };

/** A worker of this process. */
async function startHost(url: string, host: string, folder: string) {
  const secret = new Secret(SECRET);
  return runWorker({
    ...{ host, secret, graceMs: 20_000, pool: createPool({ threads: 1 }) },
    modules: await HostModules.open({ folder: null, allowed: [], cacheFolder: folder }),
    openStore: (address) => openStore(address, { token: secret.storeToken }),
    connect: (events) => connectReceiver(url, { name: host }, events),
    tell: () => undefined,
  });
}

for (const kind of ['redis', 'postgres'] as const) {
  const skip = withoutServers(kind);
  for (const where of ['served', 'folder'] as const) {
    t.test(`over ${kind} with a store that is ${where}`, { skip }, async (t) => {
      const server = await startServer(kind);
      const folder = t.testdir();
      const told: ClusterEvent[] = [];
      const store = where === 'folder' ? { store: join(folder, 'blobs') } : {};
      const before = servedFolders();
      const cluster = await connectCluster({
        ...{ url: server.url, secret: SECRET, verify: 0.2, ...store },
        onEvent: (event) => void told.push(event),
      });
      t.notMatch(cluster.url, /:[^/]*@/, 'no password is shown');
      const hosts = await Promise.all(['a', 'b'].map((host) => startHost(server.url, host, folder)));
      t.equal(await cluster.workers(), 2);
      const there = await trainEnsemble(dataset, OPTIONS, { runner: cluster });
      const here = await trainEnsemble(dataset, OPTIONS);
      t.equal(Buffer.compare(await ensembleToBytes(there), await ensembleToBytes(here)), 0);
      t.equal(told.filter(({ kind: what }) => what === 'verified').length, 1);
      await cluster.close();
      await Promise.all(hosts.map((host) => host.close()));
      await server.close();
      t.same(servedFolders(), before, 'the store that was served is gone');
      if (where === 'folder') {
        const left = readdirSync(join(folder, 'blobs'), { recursive: true, withFileTypes: true });
        const files = left.filter((entry) => entry.isFile());
        t.equal(files.length, 3, 'dataset, plan and what names them: others may use them');
      }
    });
  }
}

function servedFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`tutti-store-${ownerMark()}-`));
}

t.test('what is wrong is said before anything is connected', async (t) => {
  const url = 'redis://127.0.0.1:1';
  const code = (wrong: object) => ({ code: 'ERR_OPTION', details: wrong });
  await t.rejects(connectCluster({ url, secret: 'short' }), code({ option: 'secret' }));
  await t.rejects(connectCluster({ url: 'http://x', secret: SECRET }), code({ option: 'cluster' }));
  await t.rejects(connectCluster({ url, secret: SECRET, verify: 2 }), code({ option: 'verify' }));
  await t.rejects(connectCluster({ url, secret: SECRET, advertise: 'a b' }), code({ option: 'advertise' }));
  const two = { url, secret: SECRET, advertise: 'a:1', store: '/x' };
  await t.rejects(connectCluster(two), code({ option: 'advertise' }));
  await t.rejects(connectCluster({ url, secretFile: join(t.testdir(), 'none') }), { code: 'ERR_FILE' });
  const empty = join(t.testdir(), 'secret');
  writeFileSync(empty, '\n');
  await t.rejects(connectCluster({ url, secretFile: empty }), code({ option: 'secret' }));
});

t.test('a queue that is not there is an error within seconds', async (t) => {
  await t.rejects(connectCluster({ url: 'redis://127.0.0.1:1', secret: SECRET }), {
    code: 'ERR_QUEUE',
    message: /redis:\/\/127\.0\.0\.1:1/,
  });
});

t.test('hosts are told a name and a port', async (t) => {
  t.same(parseAdvertised('node7:7000'), { host: 'node7', port: 7000 });
  t.same(parseAdvertised('node7'), { host: 'node7', port: 0 });
  t.same(parseAdvertised('10.0.0.7:1'), { host: '10.0.0.7', port: 1 });
  t.same(parseAdvertised('[fd00::7]:7000'), { host: 'fd00::7', port: 7000 });
  for (const wrong of ['', ':1', 'a:b', 'a:70000', 'http://a:1', 'a/b', '[x]:1', 'u@h:1', 'fd00::7'])
    t.throws(() => parseAdvertised(wrong), { code: 'ERR_OPTION' }, wrong);
});

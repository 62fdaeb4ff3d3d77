// Blobs of a shared store that are missing, corrupt or cut short while a training runs: stored again or trained again, never believed.

import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { endHosts, startCluster, withoutServers } from './support.js';

const FAULTS: readonly (readonly [what: string, harm: (file: string) => void])[] = [
  ['missing', (file) => rmSync(file, { force: true })],
  ['cut short', (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
  ['empty', (file) => truncateSync(file, 0)],
  [
    'altered',
    (file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1]! ^= 64;
      writeFileSync(file, bytes);
    },
  ],
];

t.test('blobs of a shared folder', { skip: withoutServers('redis') }, async (t) => {
  const cluster = await startCluster('redis', t.testdir());
  t.teardown(() => cluster.close());
  const { cwd } = cluster;
  for (const [at, [what, harm]] of FAULTS.entries()) {
    await t.test(`all that are there are ${what}, time and again`, async (t) => {
      const store = join(cwd, `store-${at}`);
      const training = cluster.train(at, { there: ['--store', store] });
      let isOver = false;
      void training.ended.finally(() => {
        isOver = true;
      });
      const harmAll = () => {
        const files = readdirSync(store, { recursive: true, encoding: 'utf8', withFileTypes: true });
        for (const file of files.filter((entry) => entry.isFile())) {
          try {
            harm(join(file.parentPath, file.name));
          } catch {
            // Another has taken it away.
          }
        }
        return files.length;
      };
      // Inputs are there before any host is, results as they come.
      while (!isOver && !existsInStore(store)) await new Promise((resolve) => setTimeout(resolve, 20));
      harmAll();
      const hosts = [await cluster.host(`one-${at}`), await cluster.host(`two-${at}`)];
      await training.finished(2);
      harmAll();
      await training.finished(5);
      harmAll();
      const { status, stderr } = await training.ended;
      t.equal(status, 0, stderr);
      t.ok(training.file().equals(await training.undisturbed()), 'the same file');
      await endHosts(t, hosts);
    });
  }
});

function existsInStore(store: string): boolean {
  try {
    return readdirSync(store, { recursive: true }).length > 3;
  } catch {
    return false;
  }
}

// Hosts and a coordinator whose clocks are an hour ahead or behind: nothing is decided by what a host's clock says.

import { existsSync } from 'node:fs';
import t from 'tap';
import { endHosts, type ServerKind, startCluster, withoutServers } from './support.js';

const FAKETIME = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu']
  .map((folder) => `${folder}/faketime/libfaketime.so.1`)
  .find((file) => existsSync(file));
const skip = (kind: ServerKind) =>
  withoutServers(kind) || (FAKETIME === undefined && 'needs faketime: apt-get install faketime');

/** The time of day is another one; how time passes is the same. */
function shifted(hours: number): Record<string, string> {
  return {
    LD_PRELOAD: FAKETIME!,
    FAKETIME: `${hours > 0 ? '+' : ''}${hours}h`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

for (const kind of ['redis', 'postgres'] as const) {
  t.test(kind, { skip: skip(kind) }, async (t) => {
    const cluster = await startCluster(kind, t.testdir());
    t.teardown(() => cluster.close());
    for (const [at, hours] of [1, -1].entries()) {
      await t.test(`a host and its coordinator differ by ${hours} hours`, async (t) => {
        const ahead = await cluster.host(`shifted-${at}`, { env: shifted(hours) });
        const other = await cluster.host(`right-${at}`);
        const training = cluster.train(at);
        const { status, stderr } = await training.ended;
        t.equal(status, 0, stderr);
        t.ok(training.file().equals(await training.undisturbed()), 'the same file');
        t.match(ahead.said(), /member/i, 'it took part');
        await endHosts(t, [ahead, other]);
      });
    }

    t.test('a lost host is found to be lost by hosts whose clocks differ', async (t) => {
      const lost = await cluster.host('lost', { env: shifted(1) });
      await cluster.host('heir', { env: shifted(-1) });
      const training = cluster.train(7, { env: shifted(1) });
      await training.finished(2);
      lost.child.kill('SIGKILL');
      const { status, stderr } = await training.ended;
      t.equal(status, 0, stderr);
      t.ok(training.file().equals(await training.undisturbed()), 'the same file');
    });
  });
}

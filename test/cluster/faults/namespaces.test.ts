// Three hosts in network namespaces of their own, joined by a bridge, as three machines are by a switch: one is cut off, as by a
// cable that is pulled out, and joined again.

import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { until } from '../../faults/support.js';
import { endHosts, pause, startCluster, withoutServers } from './support.js';

const INSIDE = 'TUTTI_INSIDE_NAMESPACE';
const HUB = '10.77.0.1';

/** Why there are no namespaces here; false where there are. */
function withoutNamespaces(): string | false {
  const may = spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'hub', 'type', 'bridge'], {
    encoding: 'utf8',
  });
  return may.status === 0 ? false : 'needs unshare, ip and the right to make network namespaces';
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });

const namespaceOf = (pid: number | 'self') => readlinkSync(`/proc/${pid}/ns/net`);

/** What a process is started by, to begin in a namespace of its own when that is joined to the bridge. */
const APART = ['unshare', '-n', 'sh', '-c', 'read go; exec "$@"', 'sh'];

/** Joins a process that waits in a namespace of its own to the bridge, as 10.77.0.`number`, and lets it go. */
async function join(child: ChildProcess, number: number): Promise<void> {
  const pid = child.pid!;
  await until(() => namespaceOf(pid) !== namespaceOf('self'));
  ip('link', 'add', `host${number}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
  ip('link', 'set', `host${number}`, 'master', 'hub', 'up');
  const inside = (...args: string[]) =>
    execFileSync('nsenter', ['-t', String(pid), '-n', 'ip', ...args], { stdio: 'pipe' });
  inside('addr', 'add', `10.77.0.${number}/24`, 'dev', 'eth0');
  for (const link of ['lo', 'eth0']) inside('link', 'set', link, 'up');
  child.stdin!.write('go\n');
}

const cable = (number: number, state: 'up' | 'down') => ip('link', 'set', `host${number}`, state);

if (process.env[INSIDE] === '1') {
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', 'hub', 'type', 'bridge');
  ip('addr', 'add', `${HUB}/24`, 'dev', 'hub');
  ip('link', 'set', 'hub', 'up');

  t.test('three hosts on a network', async (t) => {
    const server = { lines: [`bind ${HUB} 127.0.0.1`, 'protected-mode no'] };
    const cluster = await startCluster('redis', t.testdir(), { address: HUB, server });
    t.teardown(() => cluster.close());
    const host = (number: number) =>
      cluster.host(`host${number}`, { through: APART, begun: (child) => join(child, number) });

    await t.test('one is cut off, loses its tasks, is joined again and trains what is left', async (t) => {
      const [cut, ...others] = [await host(11), await host(12), await host(13)];
      const training = cluster.train(1);
      await training.finished(2);
      cable(11, 'down');
      await training.finished(5);
      await pause(7);
      cable(11, 'up');
      for (const { child } of others) child.kill('SIGKILL');
      const { status, stderr } = await training.ended;
      t.equal(status, 0, stderr);
      t.ok(training.file().equals(await training.undisturbed()), 'the same file');
      cut!.child.kill('SIGTERM');
      t.match(await cut!.ended, { status: 0 }, cut!.said());
    });

    await t.test('all are cut off for a moment', async (t) => {
      const numbers = [21, 22, 23];
      const hosts = await Promise.all(numbers.map(host));
      const training = cluster.train(2);
      await training.finished(2);
      for (const number of numbers) cable(number, 'down');
      await pause(3);
      for (const number of numbers) cable(number, 'up');
      const { status, stderr } = await training.ended;
      t.equal(status, 0, stderr);
      t.ok(training.file().equals(await training.undisturbed()), 'the same file');
      await endHosts(t, hosts);
    });
  });
} else {
  const skip = withoutServers('redis') || withoutNamespaces();
  if (skip !== false) t.test('three hosts in network namespaces', { skip }, async () => {});
  else {
    const env = { ...process.env, [INSIDE]: '1' };
    t.spawn('unshare', ['-n', process.execPath, fileURLToPath(import.meta.url)], { env, timeout: 600_000 });
  }
}

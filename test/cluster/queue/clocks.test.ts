// Hosts whose clocks are an hour apart: nobody is taken for lost, and what waits for its time does not wait for an hour.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { connectSender } from '../../../src/cluster/queue/connect-queue.js';
import { startServer, withoutServers } from '../../support/servers.js';
import { isDone, until } from './ends.js';

const HOST = fileURLToPath(new URL('./host.js', import.meta.url));
const HOUR = 3_600_000;

/** A process whose clock is wrong by so much, and what it writes. */
function startHost(url: string, name: string, wrongByMs: number, lines: string[]): ChildProcess {
  const clock = `const now = Date.now; Date.now = () => now() + ${wrongByMs};`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(clock)}`, HOST, url, name];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout!.on('data', (text) => lines.push(...String(text).trim().split('\n')));
  return child;
}

for (const kind of ['redis', 'postgres'] as const) {
  t.test(kind, { skip: withoutServers(kind) }, async (t) => {
    const server = await startServer(kind);
    const lines: string[] = [];
    const clocks = { early: -HOUR, right: 0, late: HOUR };
    const hosts = Object.entries(clocks).map(([name, wrong]) => startHost(server.url, name, wrong, lines));
    t.teardown(async () => {
      for (const host of hosts) host.kill('SIGKILL');
      await server.close();
    });
    const sender = await connectSender(server.url, {}, {});
    t.teardown(() => sender.close());
    await until(() => lines.length === 3);

    // Each takes three times as long as a lock, and is seen by several looks for lost hosts.
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    await sender.add(ids.map((id) => ({ id, training: 't', body: '3000' })));
    for (const id of ids) await isDone(sender, id);
    t.equal(lines.filter((line) => line.includes(' has ')).length, ids.length, 'each was delivered once');
    t.same(
      lines.filter((line) => line.includes('lost')),
      [],
    );

    // What one host returns another one takes soon, by whatever clocks.
    const refused = Object.keys(clocks).map((name) => `not-${name}`);
    await sender.add(refused.map((id) => ({ id, training: 't', body: '0' })));
    for (const id of refused) await isDone(sender, id);
    t.pass('none waits for an hour');

    // Who is gone is found, whoever looks for him.
    await sender.add([{ id: 'gone', training: 't', body: '100000' }]);
    const holder = () =>
      lines.map((line) => /^(\w+) has gone$/.exec(line)?.[1]).filter((name) => name !== undefined);
    await until(() => holder().length === 1);
    hosts[Object.keys(clocks).indexOf(holder()[0]!)]!.kill('SIGKILL');
    await until(() => holder().length === 2);
    t.not(holder()[0], holder()[1]);
  });
}

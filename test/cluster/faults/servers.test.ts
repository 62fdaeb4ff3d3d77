// The queue's server is restarted, cut short, wiped and stands still while hosts train: tasks that it forgot are added again, and
// the file has the bytes that one machine would have written.

import t from 'tap';
import {
  endHosts,
  pause,
  type ServerKind,
  startCluster,
  type TestServer,
  withoutServers,
} from './support.js';

const FAULTS: readonly (readonly [what: string, play: (server: TestServer) => Promise<void>])[] = [
  [
    'is restarted with what it kept',
    async (server) => {
      await server.stop();
      await pause(1);
      await server.start();
    },
  ],
  [
    'is killed, and started again',
    async (server) => {
      await server.kill();
      await pause(1);
      await server.start();
    },
  ],
  ['forgets everything', (server) => server.wipe()],
  [
    'answers nothing for a while',
    async (server) => {
      server.freeze();
      await pause(6);
      server.thaw();
    },
  ],
];

for (const kind of ['redis', 'postgres'] as const satisfies readonly ServerKind[]) {
  t.test(kind, { skip: withoutServers(kind) }, async (t) => {
    const cluster = await startCluster(kind, t.testdir());
    t.teardown(() => cluster.close());
    const hosts = await Promise.all(['one', 'two', 'three'].map((name) => cluster.host(name)));
    for (const [at, [what, play]] of FAULTS.entries()) {
      await t.test(`the server ${what}`, async (t) => {
        const training = cluster.train(at);
        await training.finished(2);
        await play(cluster.server);
        const { status, signal, stderr } = await training.ended;
        t.same([status, signal], [0, null], stderr);
        t.ok(training.file().equals(await training.undisturbed()), 'the same file');
      });
    }
    await endHosts(t, hosts);
  });
}

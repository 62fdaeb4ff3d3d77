// Hosts that are lost, stand still and come back while they train: the file has the bytes that one machine would have written.

import t from 'tap';
import {
  pause,
  type ServerKind,
  startCluster,
  type TestHost,
  type TestTraining,
  withoutServers,
} from './support.js';

type Play = (hosts: readonly TestHost[], training: TestTraining) => Promise<void>;

const FAULTS: readonly (readonly [what: string, play: Play])[] = [
  [
    'one of three hosts is killed',
    async ([first], { finished }) => {
      await finished(2);
      first!.child.kill('SIGKILL');
    },
  ],
  [
    'one after the other is killed, until one is left',
    async ([first, second], { finished }) => {
      await finished(1);
      first!.child.kill('SIGKILL');
      await finished(4);
      second!.child.kill('SIGKILL');
    },
  ],
  [
    'one stands still until its tasks are taken from it, and goes on when all is over',
    async ([first], { finished, ended }) => {
      await finished(2);
      first!.child.kill('SIGSTOP');
      await ended;
      first!.child.kill('SIGCONT');
    },
  ],
  [
    'one stands still for longer than its lock holds, and goes on beside the others',
    async ([first], { finished }) => {
      await finished(1);
      first!.child.kill('SIGSTOP');
      await pause(6);
      first!.child.kill('SIGCONT');
    },
  ],
  [
    'all stand still for a moment',
    async (hosts, { finished }) => {
      await finished(2);
      for (const { child } of hosts) child.kill('SIGSTOP');
      await pause(2);
      for (const { child } of hosts) child.kill('SIGCONT');
    },
  ],
  [
    'one is asked to end, and then another',
    async ([first, second], { finished }) => {
      await finished(1);
      first!.child.kill('SIGTERM');
      await finished(4);
      second!.child.kill('SIGTERM');
    },
  ],
];

for (const kind of ['redis', 'postgres'] as const satisfies readonly ServerKind[]) {
  t.test(kind, { skip: withoutServers(kind) }, async (t) => {
    const cluster = await startCluster(kind, t.testdir());
    t.teardown(() => cluster.close());
    for (const [at, [what, play]] of FAULTS.entries()) {
      await t.test(what, async (t) => {
        const names = ['one', 'two', 'three'].map((name) => `${name}-${at}`);
        const hosts = await Promise.all(names.map((name) => cluster.host(name)));
        const training = cluster.train(at);
        await Promise.all([play(hosts, training), training.ended]);
        const { status, signal, stderr } = await training.ended;
        t.same([status, signal], [0, null], stderr);
        t.ok(training.file().equals(await training.undisturbed()), 'the same file');
        for (const { child } of hosts) child.kill('SIGTERM');
        for (const { ended, said } of hosts) {
          const { status, signal } = await ended;
          t.ok(status === 0 || signal === 'SIGKILL', `${status} ${signal}: ${said()}`);
        }
      });
    }
  });
}

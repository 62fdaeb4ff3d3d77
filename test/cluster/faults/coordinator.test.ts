// The coordinator is killed and resumed: from the same folder, from a copy of the checkpoint in another one, with its store or
// without. What hosts did meanwhile is not done again where it is still there, and the file has the bytes of an undisturbed run.

import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { endHosts, type ServerKind, startCluster, type TestCluster, withoutServers } from './support.js';

/** Kills the coordinator of a training when so many members are finished. */
async function killed(cluster: TestCluster, seed: number, members: number, there: readonly string[] = []) {
  let child: { kill(signal: NodeJS.Signals): unknown } | null = null;
  const training = cluster.train(seed, {
    there,
    onStart: (started) => {
      child = started;
    },
  });
  await training.finished(members);
  child!.kill('SIGKILL');
  return { ...training, signal: (await training.ended).signal };
}

for (const kind of ['redis', 'postgres'] as const satisfies readonly ServerKind[]) {
  t.test(kind, { skip: withoutServers(kind) }, async (t) => {
    const cluster = await startCluster(kind, t.testdir());
    t.teardown(() => cluster.close());
    const { cwd } = cluster;
    const hosts = await Promise.all(['one', 'two'].map((name) => cluster.host(name)));

    t.test('it goes on from the same folder', async (t) => {
      const { signal, kept, file, undisturbed } = await killed(cluster, 1, 3);
      t.equal(signal, 'SIGKILL');
      t.match(await cluster.command(['resume', kept, '--quiet']), { status: 0 });
      t.ok(file().equals(await undisturbed()), 'the same file');
    });

    t.test('it goes on from a copy of the checkpoint elsewhere, with a shared store', async (t) => {
      const store = join(cwd, 'store');
      const { kept, undisturbed } = await killed(cluster, 2, 3, ['--store', store]);
      const elsewhere = t.testdir();
      cpSync(join(cwd, kept), join(elsewhere, 'kept'), { recursive: true });
      const out = join(elsewhere, 'out.tutti');
      const resume = ['resume', join(elsewhere, 'kept'), '--quiet', '--out', out, '--store', store];
      t.match(await cluster.command(resume), { status: 0 });
      t.ok(readFileSync(out).equals(await undisturbed()), 'the same file');
    });

    t.test('it is killed twice, and goes on', async (t) => {
      const { kept, file, undisturbed } = await killed(cluster, 3, 2);
      const again = await cluster.command(['resume', kept], {
        onStderr: (_, child) => child.kill('SIGKILL'),
      });
      t.equal(again.signal, 'SIGKILL');
      t.match(await cluster.command(['resume', kept, '--quiet']), { status: 0 });
      t.ok(file().equals(await undisturbed()), 'the same file');
    });

    t.test('hosts outlive it', async (t) => {
      await endHosts(t, hosts);
    });
  });
}

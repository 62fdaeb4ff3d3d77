// Members that take their host with them: their hosts are named, the others are kept, and what is kept can be resumed.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { misdoer } from '../../faults/support.js';
import { type ServerKind, startCluster, withoutServers } from './support.js';

/** Kills the whole process that it is fitted in. */
const KILLER = misdoer({ fit: 'process.kill(process.pid, "SIGKILL"); await new Promise(() => {})' }, 2);
/** Only its thread ends, each time. */
const EXITS = misdoer({ fit: 'process.exit(3)' }, 2);

const networks = Array.from({ length: 4 }, () => ({ hidden: [16], epochs: 60 }));

for (const kind of ['redis', 'postgres'] as const satisfies readonly ServerKind[]) {
  t.test(kind, { skip: withoutServers(kind) }, async (t) => {
    const config = { target: 'label', members: [...networks, { learner: './bad.mjs' }] };
    const cluster = await startCluster(kind, t.testdir(), { config });
    t.teardown(() => cluster.close());
    const { cwd } = cluster;
    const modules = join(cwd, 'modules');
    mkdirSync(modules);

    await t.test('a member whose thread ends each time is given up, alone', async (t) => {
      writeFileSync(join(cwd, 'bad.mjs'), EXITS);
      writeFileSync(join(modules, 'bad.mjs'), EXITS);
      const host = await cluster.host('steady', { args: ['--modules', modules], threads: 2 });
      const { status, stdout, stderr } = await cluster.train(1, { args: ['--allow-failures'] }).ended;
      t.equal(status, 0, stderr);
      t.match(`${stdout}${stderr}`, /ERR_THREAD_LOST|lost its thread/);
      t.equal(host.child.exitCode, null, 'the host is there');
      host.child.kill('SIGTERM');
      await host.ended;
    });

    await t.test('a member that kills its hosts is not sent to all of them', async (t) => {
      writeFileSync(join(cwd, 'bad.mjs'), KILLER);
      const hash = createHash('sha256').update(KILLER).digest('hex');
      let isOver = false;
      let started = 0;
      const training = cluster.train(2, { args: ['--allow-failures'] });
      void training.ended.finally(() => {
        isOver = true;
      });
      // One is there at a time; each that is lost is replaced, until the training ends.
      const keepOne = async () => {
        while (!isOver && started < 12) {
          const host = await cluster.host(`mortal-${started++}`, { args: ['--allow-module', hash] });
          await Promise.race([host.ended, training.ended]);
        }
      };
      await keepOne();
      const { status, stdout, stderr } = await training.ended;
      t.match(`${stdout}${stderr}`, /ERR_HOST_LOST|hosts? (was|were) lost/i);
      t.match(`${stdout}${stderr}`, /mortal-/, 'hosts are named');
      t.equal(status, 0, 'the others are kept');
      t.ok(started <= 6, `${started} hosts were lost with it`);
    });
  });
}

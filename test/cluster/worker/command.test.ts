// `tutti worker` as a process: what it is told wrong, and what it does when it is asked to end, over real queues.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openFileStore } from '../../../src/blobs/file-store.js';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { Secret } from '../../../src/cluster/messages/secret.js';
import { connectSender } from '../../../src/cluster/queue/connect-queue.js';
import { createInlineRunner, trainEnsemble } from '../../../src/index.js';
import { CHILD_ENV, MAIN, tutti } from '../../cli/support.js';
import { clusters } from '../../support/datasets.js';
import { queueRunner } from '../../support/queue-runner.js';
import { freePort, startServer, type TestServer, withoutServers } from '../../support/servers.js';

const SECRET = '0123456789abcdef0123456789abcdef';
const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 4, hidden: [8], learningRate: 0.001, seed: 11, earlyStopping: 'none' as const };

const folder = mkdtempSync(join(tmpdir(), 'tutti-worker-'));
writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

t.test('what is wrong with its options is said before anything is connected to', async (t) => {
  const url = `redis://somebody:a-password@127.0.0.1:${await freePort()}`;
  const wrong = async (args: readonly string[], says: RegExp) => {
    const { status, stderr } = await tutti(['worker', ...args], { cwd: folder });
    t.equal(status, 2, stderr);
    t.match(stderr, says);
    t.notMatch(stderr, /a-password|ended/);
  };
  await wrong([], /--cluster.*TUTTI_CLUSTER/);
  await wrong(['--cluster', 'http://127.0.0.1'], /--cluster/);
  await wrong(['--cluster', url], /openssl rand/);
  await wrong(['--cluster', url, '--secret-file', 'secret', '--threads', '0'], /--threads/);
  await wrong(['--cluster', url, '--secret-file', 'secret', '--name', 'a b'], /--name/);
  await wrong(['--cluster', url, '--secret-file', 'secret', '--modules', 'nowhere'], /nowhere/);
  await wrong(['--cluster', url, '--secret-file', 'secret', '--allow-modules', 'abc'], /64 hexadecimal/);
  await wrong(['--cluster', url, '--secret-file', 'secret', '--exit-when-idle', '-1'], /--exit-when-idle/);
  await wrong(
    ['--cluster', url, '--secret-file', 'secret', '--cluster-ca', 'ca.pem'],
    /--cluster-ca.*rediss/,
  );
  await wrong(['--cluster', url, '--secret-file', 'secret', '--store', 'ftp://x'], /--store/);
  await wrong(['--cluster', url, '--secret-file', 'secret'], /The queue at redis:\/\/127.0.0.1/);
});

for (const kind of ['redis', 'postgres'] as const) {
  t.test(`hosts on ${kind}`, { skip: withoutServers(kind) }, async (t) => {
    const server = await startServer(kind);
    t.teardown(() => server.close());

    t.test('one that is asked to end hands its member on, and the bytes are the same', async (t) => {
      const options = { ...OPTIONS, members: 2, epochs: 20_000 };
      const local = await trainEnsemble(dataset, options, { runner: createInlineRunner() });
      const first = startHost(t, server, 'first');
      const runner = runnerOn(t, server);
      const training = trainEnsemble(dataset, options, { runner });
      await first.says(/takes tasks/);
      await Promise.race([runner.until(({ share }) => share > 0), training]);
      first.process.kill('SIGTERM');
      startHost(t, server, 'second');
      t.equal(await first.status, 0);
      t.match(first.log(), /ends: no more tasks.*ended/s);
      t.notMatch(first.log(), new RegExp(SECRET));
      t.equal(contentHash(await training), contentHash(local));
      t.equal(runner.results.length, 2);
    });

    t.test('one that has nothing to do ends by itself when it is told to', async (t) => {
      const { status } = startHost(t, server, 'idle', ['--exit-when-idle', '0.1']);
      t.equal(await status, 0);
    });

    t.test('one that is asked twice ends at once', async (t) => {
      const host = startHost(t, server, 'hasty', ['--grace', '3600']);
      const runner = runnerOn(t, server);
      const end = new AbortController();
      // Its epochs are long: none ends in time.
      const options = {
        ...OPTIONS,
        hidden: [512, 512],
        epochs: 1000,
        batchSize: 1,
        resample: 'none' as const,
      };
      const training = trainEnsemble(clusters(60_000, 4, 3), options, { runner, signal: end.signal });
      training.catch(() => {});
      await host.says(/rows × 4 features/);
      await runner.until(({ share }) => share > 0);
      host.process.kill('SIGTERM');
      await host.says(/ends: no more tasks/);
      host.process.kill('SIGTERM');
      t.equal(await host.status, 143);
      end.abort();
      await t.rejects(training);
    });
  });
}

function runnerOn(t: Test, server: TestServer) {
  const store = openFileStore(join(folder, `blobs-${server.kind}`));
  const queue = { sender: (events: object) => connectSender(server.url, {}, events) };
  const runner = queueRunner({ queue, store, secret: new Secret(SECRET) });
  t.teardown(() => runner.close());
  return runner;
}

interface Host {
  readonly process: ChildProcess;
  readonly status: Promise<number | null>;
  log(): string;
  /** Resolves when it has said something. */
  says(what: RegExp): Promise<void>;
}

function startHost(t: Test, { url }: TestServer, name: string, more: readonly string[] = []): Host {
  const args = ['worker', '--secret-file', 'secret', '--name', name, '--threads', '1', '--cache-folder', '.'];
  const child = spawn(process.execPath, [MAIN, ...args, ...more], {
    cwd: folder,
    env: { ...CHILD_ENV, TUTTI_CLUSTER: url },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let log = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text));
  return {
    process: child,
    status: once(child, 'exit').then(([status]) => status as number | null),
    log: () => log,
    async says(what) {
      while (!what.test(log)) {
        if (child.exitCode !== null) throw new Error(`${name} ended: ${log}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

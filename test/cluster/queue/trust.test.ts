// Who gets at a queue, by real servers: certificates that count and those that do not, passwords, and rights no wider than
// what tasks need.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { connectReceiver, connectSender } from '../../../src/cluster/queue/connect-queue.js';
import type { QueueOptions } from '../../../src/cluster/queue/queue-options.js';
import { REDIS_RIGHTS } from '../../../src/cluster/queue/redis.js';
import type { QueuedTask } from '../../../src/cluster/queue/task-queue.js';
import { TuttiError } from '../../../src/errors.js';
import { type ServerKind, startServer, type TestServer, withoutServers } from '../../support/servers.js';

const PASSWORD = 'marked-0123456789-password';
const KINDS: readonly ServerKind[] = ['redis', 'postgres'];

/** Lines by which a server knows nobody but `tutti`. */
const LINES: Readonly<Record<ServerKind, readonly string[]>> = {
  redis: ['user default off', `user tutti on >${PASSWORD} resetchannels ${REDIS_RIGHTS.join(' ')}`],
  postgres: [],
};

const task = (id: string): QueuedTask => ({ id, training: 'training', body: `body of ${id}` });

/** Sends a task there and its result back. */
async function carries(t: Test, url: string, options: QueueOptions = {}): Promise<void> {
  let finish: (result: string) => void = () => undefined;
  const result = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const sender = await connectSender(url, options, { done: (_, said) => finish(said) });
  const receiver = await connectReceiver(url, options, {});
  const id = `task-${Math.round(performance.now() * 1000)}`;
  receiver.start(1, async (delivery) => {
    await delivery.report('half');
    return { as: 'done', result: `${delivery.id} has ${delivery.body}` };
  });
  await sender.add([task(id)]);
  t.equal(await result, `${id} has body of ${id}`);
  await sender.tell('a call');
  t.equal((await sender.states([id]))[0]!.status, 'done');
  await sender.remove([id]);
  await receiver.close();
  await sender.close();
}

/** Both ends are refused. */
async function refused(t: Test, url: string, options: QueueOptions, what: string): Promise<void> {
  for (const connect of [connectSender, connectReceiver]) {
    const error: unknown = await connect(url, options, {}).then(
      async (end) => {
        await end.close();
        return null;
      },
      (reason) => reason,
    );
    t.ok(error instanceof TuttiError && error.code === 'ERR_QUEUE', `${what}: ${error}`);
    t.notMatch(String((error as Error)?.stack), /marked-/, 'without the password');
  }
}

/** An authority that signed nothing. */
function otherAuthority(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-ca-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'other.crt');
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    join(folder, 'key'),
  ];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', file, '-days', '2', '-subj', '/CN=other'], {
    stdio: 'pipe',
  });
  return file;
}

async function serve(t: Test, kind: ServerKind, tls: boolean): Promise<TestServer> {
  const server = await startServer(kind, { tls, password: PASSWORD, lines: LINES[kind] });
  t.teardown(() => server.close());
  return server;
}

for (const kind of KINDS) {
  const skip = withoutServers(kind);

  t.test(`${kind}: encrypted, and only with whom the authority knows`, { skip }, async (t) => {
    const server = await serve(t, kind, true);
    const ca = server.ca!;
    await carries(t, server.url, { ca });
    await refused(t, secured(server.url, kind), {}, 'an authority that Node.js does not know');
    await refused(t, server.url, { ca: otherAuthority(t) }, 'another authority');
    await refused(t, server.url.replace('127.0.0.1', 'localhost'), { ca }, 'a certificate of another name');
    if (kind === 'redis') await refused(t, server.url.replace('rediss:', 'redis:'), {}, 'without encryption');
    else await refused(t, server.url, {}, 'without encryption');
  });

  t.test(`${kind}: by a password, to no more than its own`, { skip }, async (t) => {
    const server = await serve(t, kind, false);
    await carries(t, server.url);
    await refused(t, server.url.replace('0123', '3210'), {}, 'another password');
    await refused(t, server.url.replace(/\/\/.*@/, '//'), {}, 'no password');
    await (kind === 'redis' ? onlyOwnKeys(t, server) : onlyOwnTables(t, server));
    await carries(t, server.url);
  });
}

/** pg encrypts where the URL says so. */
function secured(url: string, kind: ServerKind): string {
  return kind === 'redis' ? url : `${url}?sslmode=verify-full`;
}

async function onlyOwnKeys(t: Test, { port }: TestServer): Promise<void> {
  const { Redis } = await import('ioredis');
  const client = new Redis({ port, username: 'tutti', password: PASSWORD });
  t.teardown(() => client.disconnect());
  const denied = async (command: string, ...args: string[]) => {
    const answer = await client.call(command, ...args).catch((error: Error) => error.message);
    t.match(answer, /NOPERM/, `${command} ${args.join(' ')}`);
  };
  await denied('SET', 'other', '1');
  await denied('GET', 'other');
  await denied('FLUSHALL');
  await denied('FLUSHDB');
  await denied('KEYS', '*');
  await denied('CONFIG', 'GET', '*');
  await denied('ACL', 'LIST');
  await denied('SHUTDOWN');
  await denied('CLIENT', 'KILL', 'ID', '1');
  await denied('EVAL', "return redis.call('SET', KEYS[1], '1')", '1', 'other');
}

async function onlyOwnTables(t: Test, { url, own }: TestServer): Promise<void> {
  // Needed once, for the tables.
  own!('REVOKE CREATE ON DATABASE postgres FROM tutti');
  const { default: driver } = await import('pg');
  const pool = new driver.Pool({ connectionString: url }) as {
    query(text: string): Promise<unknown>;
    end(): Promise<void>;
  };
  t.teardown(() => pool.end());
  const denied = async (text: string) => {
    const answer = await pool.query(text).then(
      () => 'done',
      (error: Error) => error.message,
    );
    t.match(answer, /permission denied|must be|not permitted/, text);
  };
  await denied('CREATE TABLE public.other (a int)');
  await denied('CREATE SCHEMA other');
  await denied('CREATE ROLE other');
  await denied('SELECT * FROM pg_authid');
  await denied(`COPY (SELECT 1) TO PROGRAM 'true'`);
}

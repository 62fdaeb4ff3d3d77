// How a queue is reached: over TLS, with few rights, and what is said where it cannot be, without any password.

import t from 'tap';
import { connectReceiver, connectSender } from '../../../src/cluster/queue/connect-queue.js';
import { readQueueAddress, shownQueue } from '../../../src/cluster/queue/queue-address.js';
import { REDIS_RIGHTS } from '../../../src/cluster/queue/redis.js';
import { freePort, startServer, withoutServers } from '../../support/servers.js';
import { isDone, task } from './ends.js';

const PASSWORD = 'hunter2-marked';

/** A task there and back, as whoever has the address. */
async function goesThere(url: string, options: { readonly ca?: string } = {}): Promise<void> {
  const sender = await connectSender(url, options, {});
  try {
    const receiver = await connectReceiver(url, { ...options, lockSeconds: 1 }, {});
    receiver.start(1, async ({ report }) => {
      await report('half');
      // Longer than a lock, which so is renewed.
      await new Promise((resolve) => setTimeout(resolve, 1200));
      return { as: 'done', result: 'r' };
    });
    await sender.add([task('there')]);
    await isDone(sender, 'there');
    await sender.receivers();
    await sender.tell('message');
    await receiver.close();
  } finally {
    await sender.close();
  }
}

t.test('addresses are read, and shown without credentials', async (t) => {
  const read = readQueueAddress(`rediss://user:p%40ss@queue.example:6380/2`);
  t.match(read, {
    kind: 'redis',
    host: 'queue.example',
    port: 6380,
    database: '2',
    user: 'user',
    password: 'p@ss',
  });
  t.equal(read.secure, true);
  t.equal(read.shown, 'rediss://queue.example:6380/2');
  t.match(readQueueAddress('redis://[::1]'), { host: '::1', port: 6379, database: '', secure: false });
  t.equal(shownQueue('postgres://u:p@db/tasks?sslmode=verify-full&password=x'), 'postgres://db/tasks');
  t.match(readQueueAddress('postgresql://db/tasks?sslmode=verify-full'), { port: 5432, secure: true });
  for (const wrong of [
    `amqp://u:${PASSWORD}@host`,
    `redis:${PASSWORD}`,
    PASSWORD,
    `redis://u:${PASSWORD}@host/x`,
  ]) {
    t.throws(() => readQueueAddress(wrong), { code: 'ERR_OPTION', message: /^(?!.*hunter2)/ });
  }
});

t.test('what is not there is said within seconds, on one line', async (t) => {
  const port = await freePort();
  for (const [scheme, path] of [
    ['redis', ''],
    ['postgres', '/tasks'],
  ]) {
    const url = `${scheme}://user:${PASSWORD}@127.0.0.1:${port}${path}`;
    for (const connect of [connectSender, connectReceiver]) {
      const message = new RegExp(
        `^The queue at ${scheme}://127.0.0.1:${port}${path} cannot be used: .*ECONNREFUSED`,
      );
      await t.rejects(async () => void (await connect(url, {}, {})), { code: 'ERR_QUEUE', message });
    }
  }
  const aborted = AbortSignal.abort();
  await t.rejects(connectSender(`redis://127.0.0.1:${port}`, { signal: aborted }, {}), {
    name: 'AbortError',
  });
  await t.rejects(connectSender('redis://127.0.0.1:1', { ca: 'ca.pem' }, {}), { code: 'ERR_OPTION' });
  await t.rejects(connectSender('rediss://127.0.0.1:1', { ca: '/nowhere' }, {}), { code: 'ERR_FILE' });
  await t.rejects(connectReceiver('redis://127.0.0.1:1', { lockSeconds: 0 }, {}), { code: 'ERR_OPTION' });
});

t.test('Redis', { skip: withoutServers('redis') }, async (t) => {
  t.test('over TLS, as a user who may do what the reference says and no more', async (t) => {
    const rights = REDIS_RIGHTS.join(' ');
    const lines = [`user tutti on >${PASSWORD} ${rights}`, 'user default off'];
    const server = await startServer('redis', { tls: true, password: PASSWORD, lines });
    t.teardown(() => server.close());
    await goesThere(server.url, { ca: server.ca! });
    const refused = (url: string, options: object, message: RegExp) =>
      t.rejects(connectSender(url, options, {}), { code: 'ERR_QUEUE', message });
    await refused(server.url, {}, /cannot be used: .*certificate/);
    await refused(server.url.replace(PASSWORD, 'wrong'), { ca: server.ca! }, /WRONGPASS|invalid username/);
    await refused(server.url.replace(/tutti:.*@/, ''), { ca: server.ca! }, /NOAUTH/);
    await refused(server.url.replace('rediss:', 'redis:'), {}, /cannot be used/);
  });

  t.test('what is not as it should be is warned of', async (t) => {
    const lines = ['maxmemory-policy allkeys-lru', 'appendonly no'];
    const server = await startServer('redis', { lines });
    t.teardown(() => server.close());
    const warnings: string[] = [];
    const onWarning = (warning: string) => warnings.push(warning);
    const sender = await connectSender(server.url, { onWarning }, {});
    await sender.close();
    t.equal(warnings.length, 2);
    t.match(warnings[0], /maxmemory-policy to noeviction, not allkeys-lru$/);
    t.match(warnings[1], /appendonly to yes/);
  });

  t.test('several queues share a server by the numbers of its databases', async (t) => {
    const server = await startServer('redis');
    t.teardown(() => server.close());
    const senders = await Promise.all([1, 2].map((place) => connectSender(`${server.url}/${place}`, {}, {})));
    await senders[0]!.add([task('first')]);
    t.same(await senders[1]!.states(['first']), [{ status: 'unknown' }]);
    await Promise.all(senders.map((sender) => sender.close()));
  });
});

t.test('PostgreSQL', { skip: withoutServers('postgres') }, async (t) => {
  const server = await startServer('postgres', { tls: true, password: PASSWORD });
  t.teardown(() => server.close());
  await goesThere(server.url, { ca: server.ca! });
  await goesThere(`${server.url}?sslmode=verify-full&sslrootcert=${server.ca}`);
  const refused = (url: string, options: object, message: RegExp) =>
    t.rejects(connectSender(url, options, {}), { code: 'ERR_QUEUE', message });
  await refused(`${server.url}?sslmode=verify-full`, {}, /cannot be used: .*certificate/);
  await refused(server.url.replace(PASSWORD, 'wrong'), { ca: server.ca! }, /password authentication failed/);
  await refused(server.url, {}, /no encryption/);
  await refused(
    server.url.replace(/postgres$/, 'nowhere'),
    { ca: server.ca! },
    /database "nowhere" does not exist/,
  );
});

// A server of Redis, Valkey or what speaks like them: reached once, looked at, and asked for its clock. The only module that
// imports ioredis; BullMQ makes its connections by itself, from the options given here.

import { isIP } from 'node:net';
import type { Redis as RedisClient, RedisOptions } from 'ioredis';
import { PREFIX, REACH_MS, SILENCE_MS } from './queue-options.js';
import { missingPeer, type QueueServer, queueError, type Reaching, unusable } from './queue-server.js';

/** Oldest that BullMQ works with, and oldest that it is made for. */
const LEAST_VERSION = '5.0';
const GOOD_VERSION = '6.2';

/** @throws ERR_ENGINE_MISSING, ERR_QUEUE when it cannot be reached, refuses, or is too old. */
export async function reachRedis(reaching: Reaching): Promise<QueueServer> {
  const { address } = reaching;
  const options = connectionOptions(reaching);
  const client = await makeClient(reaching, options);
  let problem: unknown = null;
  client.on('error', (error) => {
    problem = error;
    server.onBroken(error);
  });
  client.on('close', () => server.onBroken(problem ?? 'the connection was closed'));
  const server: QueueServer = {
    ...{ address, sweep: null, eventWaitMs: 5000 },
    connection: () => options,
    async clock() {
      const [seconds, microseconds] = await client.time();
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    },
    onBroken: () => {},
    async close() {
      client.disconnect();
    },
  };
  try {
    await client.connect();
    await server.clock();
    await inspect(client, reaching);
  } catch (error) {
    client.disconnect();
    throw unusable(address, error, problem ?? error);
  }
  isReached.add(client);
  return server;
}

/** Clients that were connected once, and so are connected again for ever. */
const isReached = new WeakSet<RedisClient>();

async function makeClient({ address }: Reaching, options: RedisOptions): Promise<RedisClient> {
  try {
    const { Redis } = await import('ioredis');
    const client: RedisClient = new Redis({
      ...options,
      lazyConnect: true,
      retryStrategy: (times) => (isReached.has(client) ? nextTry(times) : null),
    });
    return client;
  } catch (error) {
    throw missingPeer(address, error);
  }
}

/** What BullMQ's connections have in common with this one's. */
function connectionOptions({ address, authorities }: Reaching): RedisOptions {
  const { host, port, database, user, password, secure } = address;
  return {
    ...{ host, port, connectTimeout: REACH_MS, keepAlive: 10_000 },
    ...(database === '' ? {} : { db: Number(database) }),
    ...(user === null ? {} : { username: user }),
    ...(password === null ? {} : { password }),
    ...(secure ? { tls: { ...nameOf(host), ...(authorities === null ? {} : { ca: authorities }) } } : {}),
    // A command waits for the connection however long it takes; what is given up is the connection, when it is silent.
    ...{ maxRetriesPerRequest: null, socketTimeout: SILENCE_MS, retryStrategy: nextTry },
    // Whoever closes a connection does not wait long for a server that does not answer.
    disconnectTimeout: 500,
    // After a failover the address may be that of a replica until names are looked up again.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}

/** A server that is known by its number is asked for no name (RFC 6066); its certificate must have the number all the same. */
function nameOf(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

/** Milliseconds before a connection is tried again: soon at first, every two seconds later. */
function nextTry(times: number): number {
  return Math.min(100 * times, 2000);
}

/** Refuses a server that is too old, and warns of one that may lose tasks. */
async function inspect(client: RedisClient, { address, warn }: Reaching): Promise<void> {
  // Whoever may not ask for it may use the queue all the same.
  const info = await client.info().catch(() => '');
  const figure = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
  // Valkey and Dragonfly say too which version of Redis they are like.
  const version = figure('redis_version');
  if (version !== null && isOlder(version, LEAST_VERSION)) {
    throw queueError(address, `is Redis ${version}; expected ${GOOD_VERSION} or newer`);
  }
  if (version !== null && isOlder(version, GOOD_VERSION)) {
    warn(`The queue at ${address.shown} is Redis ${version}; BullMQ is made for ${GOOD_VERSION} and newer`);
  }
  if (figure('cluster_enabled') === '1') {
    throw queueError(
      address,
      'is a Redis Cluster; expected a single server, or a proxy that speaks for the cluster',
    );
  }
  const policy = figure('maxmemory_policy');
  if (policy !== null && policy !== 'noeviction') {
    warn(
      `The queue at ${address.shown} forgets tasks when its memory is full: set maxmemory-policy to noeviction, not ${policy}`,
    );
  }
  if (figure('aof_enabled') === '0') {
    warn(
      `The queue at ${address.shown} forgets tasks when it is restarted: set appendonly to yes, or they are sent and trained anew`,
    );
  }
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = than.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

/** What a user of Redis must be let do: docs/reference/queues.md repeats it, and a test connects as one. */
export const REDIS_RIGHTS = [
  ...[
    `~${PREFIX}:*`,
    '+@read',
    '+@write',
    '+@scripting',
    '+@connection',
    '+@blocking',
    '+@fast',
    '-@dangerous',
  ],
  ...['+info', '+client|list', '+client|setname', '+time'],
];

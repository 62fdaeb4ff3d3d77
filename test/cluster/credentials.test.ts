// Marked credentials through everything that a cluster does: workers and trainings that work, that are stopped and resumed,
// and that fail in each way there is. No mark is in what commands print or write, in the queue, or in the store.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openFileStore } from '../../src/blobs/file-store.js';
import { Secret } from '../../src/cluster/messages/secret.js';
import { REDIS_RIGHTS } from '../../src/cluster/queue/redis.js';
import { classCsv, instead, type ProcessOptions, tuttiProcess } from '../cli/support.js';
import { type ServerKind, startServer, type TestServer, withoutServers } from '../support/servers.js';

/** With signs that URLs have to escape. */
const PASSWORD = 'marked-p@ss:word/0123456789';
const SECRET = 'marked-secret-0123456789-0123456789';
const TOKEN = 'marked-token-0123456789';
const KEY = 'marked-key-0123456789';

/** Whatever must be nowhere, in each way that it may be written. */
const MARKS = [PASSWORD, SECRET, new Secret(SECRET).storeToken, TOKEN, KEY].flatMap((mark) => [
  mark,
  encodeURIComponent(mark),
  encodeURI(mark),
  Buffer.from(mark).toString('hex'),
  // Wherever it begins within a longer text.
  ...[0, 1, 2].map((shift) =>
    Buffer.from(`${'x'.repeat(shift)}${mark}`)
      .toString('base64')
      .slice(4, -4),
  ),
]);

const LINES: Readonly<Record<ServerKind, readonly string[]>> = {
  redis: ['user default off', `user tutti on >${PASSWORD} resetchannels ${REDIS_RIGHTS.join(' ')}`],
  postgres: [],
};

const ENVIRONMENT = {
  ...{ TUTTI_DEBUG: '1', TUTTI_CLUSTER_SECRET: '', AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: KEY },
  ...{ MLFLOW_TRACKING_TOKEN: TOKEN, AWS_REGION: 'eu-central-1' },
};

function requireUnmarked(t: Test, where: string, text: string | Uint8Array): void {
  const latin = typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
  const found = MARKS.find((mark) => latin.includes(mark));
  if (found !== undefined) {
    const at = latin.indexOf(found);
    t.fail(`${where} has ${found}: … ${latin.slice(Math.max(0, at - 200), at + 60)}`);
  }
}

/** The files that commands wrote, blobs as they are read. */
async function requireUnmarkedFiles(t: Test, folder: string): Promise<number> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const store = openFileStore(join(folder, 'store'));
  const cached = openFileStore(join(folder, 'cache', 'blobs'));
  for (const file of files) {
    requireUnmarked(t, file, readFileSync(file));
    const digest = /[0-9a-f]{64}/.exec(file.replaceAll(/[/\\]/g, ''))?.[0];
    if (digest === undefined) continue;
    for (const from of [store, cached]) {
      const bytes = await from.get(digest).catch(() => null);
      if (bytes !== null) requireUnmarked(t, `the blob ${digest}`, bytes);
    }
  }
  return files.length;
}

/** Whatever a queue holds. */
async function contentOf(server: TestServer): Promise<string> {
  if (server.kind === 'postgres') {
    const { default: driver } = await import('pg');
    const pool = new driver.Pool({ connectionString: server.url }) as {
      query(text: string): Promise<{ rows: object[] }>;
      end(): Promise<void>;
    };
    const tables = ['job', 'event', 'meta'];
    const all = await Promise.all(tables.map((table) => pool.query(`SELECT * FROM tutti.${table}`)));
    await pool.end();
    return JSON.stringify(all.map(({ rows }) => rows));
  }
  const { Redis } = await import('ioredis');
  const client = new Redis(server.port, { username: 'tutti', password: PASSWORD });
  const said: string[] = [];
  const read: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    string: (key) => client.get(key),
    hash: (key) => client.hgetall(key),
    list: (key) => client.lrange(key, 0, -1),
    zset: (key) => client.zrange(key, 0, -1),
    set: (key) => client.smembers(key),
    stream: (key) => client.xrange(key, '-', '+'),
  };
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor);
    for (const key of keys) {
      // It may be gone by now.
      const content = await read[await client.type(key)]?.(key).catch(() => null);
      said.push(key, JSON.stringify(content ?? null));
    }
    cursor = next;
  } while (cursor !== '0');
  client.disconnect();
  return said.join('\n');
}

type Run = (
  statuses: readonly number[],
  args: readonly string[],
  options?: Partial<ProcessOptions>,
) => Promise<number | null>;

const SIZE = '--members 4 --hidden 4 --epochs 60 --seed 1'.split(' ');
const TRAIN = ['train', '../data.csv', '--target', 'label', ...SIZE, '--secret-file', '../secret'];
const WORKER = ['worker', '--secret-file', '../secret'];

/** A learner that writes down what it has of its process. */
const SPY = `import { appendFileSync } from 'node:fs';
export default {
  fit: () => {
    appendFileSync('seen.txt', JSON.stringify([process.env, process.argv, process.execArgv]));
    return {};
  },
  predict: (model, x, rows) => new Float32Array(rows * 2).fill(0.5),
};
`;

for (const kind of ['redis', 'postgres'] as const) {
  t.test(`${kind}: no credentials in anything`, { skip: withoutServers(kind) }, async (t) => {
    const folder = t.testdir({ 'data.csv': classCsv(), secret: SECRET, modules: { 'spy.mjs': SPY } });
    const cwd = join(folder, 'work');
    mkdirSync(cwd);
    const server = await startServer(kind, { password: PASSWORD, lines: LINES[kind] });
    t.teardown(() => server.close());
    const env = { ...ENVIRONMENT, TUTTI_CLUSTER: server.url };
    const run: Run = async (statuses, args, options = {}) => {
      const { status, stdout, stderr } = await tuttiProcess(args, { cwd, env, ...options });
      requireUnmarked(t, args.join(' '), stdout + stderr);
      t.ok(statuses.includes(status ?? -1), `${args.slice(0, 2).join(' ')}: ${status} ${stderr}`);
      return status;
    };
    let end: (signal: NodeJS.Signals) => void = () => undefined;
    const host = ['--threads', '1', '--name', 'one', '--cache-folder', 'cache'];
    const modules = ['--modules', '../modules'];
    // Keys of stores stay where their own clients look for them.
    const keys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', MLFLOW_TRACKING_TOKEN: '' };
    const worker = tuttiProcess(['worker', ...host, ...modules], {
      ...{ cwd, env: { ...env, ...keys, TUTTI_CLUSTER_SECRET: SECRET } },
      onBegin: (kill) => {
        end = kill;
      },
    });
    t.teardown(() => end('SIGKILL'));
    await training(t, run, cwd, server);
    const wrong = { ...env, TUTTI_CLUSTER: server.url.replace('0123', '3210') };
    await run([2], TRAIN, { env: wrong });
    await run([2], WORKER, { env: wrong });
    if (kind === 'redis') await failures(run, folder, env);
    end('SIGTERM');
    const { status, stdout, stderr } = await worker;
    t.equal(status, 0);
    t.match(stderr, /one/, 'the worker says what it does');
    requireUnmarked(t, 'the worker', stdout + stderr);
    requireUnmarked(t, 'the queue afterwards', await contentOf(server));
    t.ok((await requireUnmarkedFiles(t, cwd)) > 10);
  });
}

/** Trainings that come to their end, on a store of all and on the coordinator's own, and one that is stopped and resumed. */
async function training(t: Test, run: Run, cwd: string, server: TestServer): Promise<void> {
  const shared = ['--store', 'store'];
  await run([0], [...TRAIN, ...shared, '--checkpoint', 'kept', '--log', 'log.jsonl', '--out', 'a.tutti']);
  await run([0], [...TRAIN, '--out', 'b.tutti', '--json', '--verify', '0.5']);
  t.strictSame(readFileSync(join(cwd, 'a.tutti')), readFileSync(join(cwd, 'b.tutti')), 'it trains');
  const learner = ['--engine', 'learner', '--learner', '../modules/spy.mjs', '--members', '2'];
  await run([0], [...TRAIN.slice(0, 4), ...learner, ...TRAIN.slice(-2), '--out', 'd.tutti']);
  t.match(readFileSync(join(cwd, 'seen.txt'), 'utf8'), /AWS_REGION/, 'the environment, as a learner sees it');
  let content = '';
  // Or it is there before anybody has looked.
  const long = instead([...TRAIN, ...shared, '--checkpoint', 'half'], '--epochs', '40000');
  const status = await run([130, 0], long, {
    onBegin: async (kill) => {
      const hasBegun = () => existsSync(join(cwd, 'half', 'training')) && content.includes('handOvers');
      while (!hasBegun()) content = await contentOf(server);
      kill('SIGINT');
    },
  });
  requireUnmarked(t, 'the queue in between', content);
  if (status !== 130) return;
  const resume = ['resume', 'half', '--secret-file', '../secret', ...shared, '--out', 'c.tutti'];
  await run([0], resume);
}

/** Whatever goes wrong before there is a training. */
async function failures(run: Run, folder: string, env: typeof ENVIRONMENT & { TUTTI_CLUSTER: string }) {
  const url = env.TUTTI_CLUSTER;
  for (const other of [url.replace('://', '//'), url.replace(/^\w+:/, 'http:'), `${url}/x/y`])
    await run([2], WORKER, { env: { ...env, TUTTI_CLUSTER: other } });
  await run([2], [...WORKER, url]);
  await run([2], [...TRAIN, '--cluster', url, '--no-such-flag']);
  await run([2], [...TRAIN, '--cluster', `${url}0`]);
  await run([2], [...TRAIN, '--secret', SECRET]);
  await run([1], [...TRAIN, '--store', 's3://bucket/some?endpoint=http://127.0.0.1:9']);
  await run([2], [...TRAIN, '--store', `https://user:${KEY}@host`]);
  writeFileSync(join(folder, 'config.yaml'), `cluster: ${url}\nsecretFile: ../secret\nmembers: 0\n`);
  await run([2], ['train', '../data.csv', '--target', 'label', '--config', '../config.yaml']);
  const planned = ['plan', '../data.csv', '--target', 'label', '--members', '2', '--epochs', '2'];
  await run([0], [...planned, '--out', 'plan', '--for', 'shell']);
  await run([0], ['inspect', 'a.tutti']);
}

t.test('marks are found where they are', (t) => {
  for (const mark of [PASSWORD, SECRET, KEY]) {
    const hidden = [
      mark,
      `x${encodeURIComponent(mark)}`,
      Buffer.from(mark).toString('hex'),
      btoa(`ab ${mark} c`),
      btoa(`a${mark}`),
    ];
    for (const text of hidden)
      t.ok(
        MARKS.some((own) => `… ${text} …`.includes(own)),
        text,
      );
  }
  t.end();
});

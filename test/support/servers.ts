// Real servers of queues on loopback, each in a temporary folder with a port of its own: started, stopped, started again
// with what they kept, wiped, stopped as a process that hangs. Tests that need one skip without its programs, and with
// TUTTI_REQUIRE_SERVERS=1 fail; scripts/install-servers.sh installs them.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** How long a server may take to begin or to end, in milliseconds: only what hangs takes so long. */
const PATIENCE = 60_000;

export type ServerKind = 'redis' | 'postgres';

export interface TestServer {
  readonly kind: ServerKind;
  readonly port: number;
  /** For whom may do all that tutti does. */
  readonly url: string;
  /** Of the authority that signed its certificate; null where it speaks without TLS. */
  readonly ca: string | null;
  /** Ends it in order: what it was told is kept. */
  stop(): Promise<void>;
  /** As a power cut. */
  kill(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  /** It forgets everything, and goes on. */
  wipe(): Promise<void>;
  /** Does something as its owner, whatever others may do: a statement of PostgreSQL's. */
  own?(statement: string): void;
  /** It answers nothing, and its connections stay: as behind a cable that is pulled out. */
  freeze(): void;
  thaw(): void;
  /** Ends it, if it runs, and removes what it kept. */
  close(): Promise<void>;
}

export interface ServerSettings {
  readonly tls?: boolean;
  /** Lines of its own configuration besides. */
  readonly lines?: readonly string[];
  /** Who may do what: the password of the user `tutti`, who then is the only one besides the owner. */
  readonly password?: string;
}

/** Why tests that need servers are skipped; false where all of them are there, or must be. */
export function withoutServers(...kinds: readonly ServerKind[]): string | false {
  const missing = kinds.filter((kind) => programOf(kind) === null);
  if (missing.length === 0) return false;
  if (process.env.TUTTI_REQUIRE_SERVERS === '1')
    throw new Error(`Expected ${missing.join(' and ')} to be installed`);
  return `needs ${missing.join(' and ')}: scripts/install-servers.sh installs what is needed`;
}

/** A server that is ready; the caller closes it. */
export async function startServer(kind: ServerKind, settings: ServerSettings = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), `tutti-${kind}-`));
  const port = await freePort();
  const ca = settings.tls === true ? writeCertificates(folder) : null;
  const server =
    kind === 'redis' ? redisServer(folder, port, ca, settings) : postgresServer(folder, port, ca, settings);
  await server.start();
  return server;
}

/** The program that runs it, null where it is not installed. */
function programOf(kind: ServerKind): string | null {
  const folders = (process.env.PATH ?? '').split(':');
  if (kind === 'redis') return folders.map((folder) => join(folder, 'redis-server')).find(existsSync) ?? null;
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [...versions.map((version) => join(debian, version, 'bin')), ...folders];
  return places.map((folder) => join(folder, 'initdb')).find(existsSync) ?? null;
}

function redisServer(folder: string, port: number, ca: string | null, settings: ServerSettings): TestServer {
  const secure = ca !== null;
  const config = join(folder, 'redis.conf');
  const { password, lines = [] } = settings;
  const tls = ['tls-cert-file', 'tls-key-file', 'tls-ca-cert-file'].map(
    (name, place) => `${name} ${join(folder, ['server.crt', 'server.key', 'ca.crt'][place]!)}`,
  );
  const text = [
    ...['bind 127.0.0.1', `dir ${folder}`, 'appendonly yes', 'save ""', 'daemonize no', 'loglevel warning'],
    ...['maxmemory-policy noeviction', `port ${secure ? 0 : port}`],
    ...(secure ? [`tls-port ${port}`, 'tls-auth-clients no', ...tls] : []),
    ...lines,
  ];
  writeFileSync(config, text.join('\n'));
  const user = password === undefined ? '' : `tutti:${encodeURIComponent(password)}@`;
  const process = serverProcess(
    () => spawn(programOf('redis')!, [config], { stdio: 'ignore' }),
    'SIGTERM',
    'SIGKILL',
  );
  const start = async () => {
    process.start();
    await reachable(port);
  };
  return {
    ...{ kind: 'redis', port, ca, start },
    url: `redis${secure ? 's' : ''}://${user}127.0.0.1:${port}`,
    stop: process.stop,
    kill: process.kill,
    async wipe() {
      await process.kill();
      rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true });
      await start();
    },
    freeze: () => process.signal('SIGSTOP'),
    thaw: () => process.signal('SIGCONT'),
    async close() {
      await process.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function postgresServer(
  folder: string,
  port: number,
  ca: string | null,
  settings: ServerSettings,
): TestServer {
  const bin = join(programOf('postgres')!, '..');
  const data = join(folder, 'data');
  const owner = ownerOfPostgres();
  const { password, lines = [] } = settings;
  const run = (name: string, args: readonly string[]) =>
    execFileSync(join(bin, name), args, { cwd: folder, ...owner, stdio: ['ignore', 'ignore', 'pipe'] });
  mkdirSync(data);
  for (const file of [folder, ...readdirSync(folder).map((name) => join(folder, name))]) {
    if (owner.uid !== undefined) chownSync(file, owner.uid, owner.gid!);
  }
  const initial = ['--username=postgres', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
  run('initdb', ['-D', data, ...initial]);
  const secure = ca !== null;
  if (password !== undefined) {
    const host = secure ? 'hostssl' : 'host';
    writeFileSync(
      join(data, 'pg_hba.conf'),
      `local all all trust\n${host} all all 127.0.0.1/32 scram-sha-256\n`,
    );
  }
  const files = [`ssl_cert_file=${join(folder, 'server.crt')}`, `ssl_key_file=${join(folder, 'server.key')}`];
  const extra = [...(secure ? ['ssl=on', ...files] : []), ...lines].flatMap((line) => ['-c', line]);
  const place = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder];
  // What is lost in a power cut is not tested, and every transaction would wait for the disk.
  const args = [...place, '-c', 'fsync=off', ...extra];
  const options = { cwd: folder, ...owner, stdio: 'ignore' } as const;
  const process = serverProcess(() => spawn(join(bin, 'postgres'), args, options), 'SIGINT', 'SIGQUIT');
  const query = (text: string) =>
    run('psql', ['-h', folder, '-p', String(port), '-U', 'postgres', '-qc', text]);
  const isReady = () => {
    try {
      run('pg_isready', ['-h', folder, '-p', String(port)]);
      return true;
    } catch {
      return false;
    }
  };
  let isNew = true;
  const start = async () => {
    process.start();
    await until(isReady);
    if (isNew && password !== undefined) {
      query(`CREATE USER tutti PASSWORD '${password}'`);
      query('GRANT CREATE ON DATABASE postgres TO tutti');
    }
    isNew = false;
  };
  const user = password === undefined ? 'postgres' : `tutti:${encodeURIComponent(password)}`;
  return {
    ...{ kind: 'postgres', port, ca, start },
    url: `postgres://${user}@127.0.0.1:${port}/postgres`,
    stop: process.stop,
    kill: process.kill,
    own: query,
    async wipe() {
      query('TRUNCATE tutti.job, tutti.event, tutti.meta CASCADE');
    },
    freeze: () => process.signal('SIGSTOP'),
    thaw: () => process.signal('SIGCONT'),
    async close() {
      await process.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to be run by root: then by its own user. */
function ownerOfPostgres(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

interface ServerProcess {
  start(): void;
  stop(): Promise<void>;
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

function serverProcess(
  begin: () => ChildProcess,
  inOrder: NodeJS.Signals,
  atOnce: NodeJS.Signals,
): ServerProcess {
  let child: ChildProcess | null = null;
  // A test that ends by an error leaves none behind.
  process.on('exit', () => child?.kill(atOnce));
  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill('SIGCONT');
    ending.kill(signal);
    const late = setTimeout(() => ending.kill('SIGKILL'), PATIENCE);
    await ended;
    clearTimeout(late);
  }
  return {
    start() {
      child = begin();
      child.unref();
    },
    stop: () => end(inOrder),
    kill: () => end(atOnce),
    signal: (signal) => child?.kill(signal),
  };
}

/** An authority, and a certificate of its for 127.0.0.1, written into a folder. @returns the file of the authority's. */
function writeCertificates(folder: string): string {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=tutti tests',
  );
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1');
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1');
  const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.crt', ...signing);
  chmodSync(join(folder, 'server.key'), 0o600);
  return join(folder, 'ca.crt');
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function reachable(port: number): Promise<void> {
  const attempt = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  await until(attempt);
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error('The server did not begin');
    await wait(20);
  }
}

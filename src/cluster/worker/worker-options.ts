// How a worker is started: what its options are, what each must be, and what they are where they are not given.

import { lstat, mkdir } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { isDigest } from '../../blobs/digest.js';
import { TuttiError } from '../../errors.js';
import { described, type OptionTable, option } from '../../option-names.js';
import { DEFAULT_LOCK_SECONDS, QUEUE_OPTIONS } from '../queue/queue-options.js';
import type { WorkerEvent } from './worker-events.js';

export interface WorkerOptions {
  /** Of the queue: `redis://`, `rediss://` or `postgres://`. */
  readonly url: string;
  /** What coordinators and workers sign with, at least 32 characters, the same on all hosts. @default TUTTI_CLUSTER_SECRET */
  readonly secret?: string;
  /** A file that holds it and nothing else. */
  readonly secretFile?: string;
  /** Threads to train on. @default as many as there are cores, or as memory allows */
  readonly threads?: number;
  /** `process` runs members that need a module of yours in child processes, as `createPool` does. @default threads */
  readonly isolate?: 'process';
  /** A folder: whatever module lies in it may run. @default none may */
  readonly modules?: string;
  /** SHA-256 of modules that may run wherever they come from. @default none may */
  readonly allowModules?: readonly string[];
  /** Where blobs are kept that several tasks need. @default `tutti` in the user's folder of caches */
  readonly cacheFolder?: string;
  /** How much is kept there. @default 10 GB */
  readonly cacheBytes?: number;
  /** Where blobs are, if this host reaches them by another address than tasks say. */
  readonly store?: string;
  /** What this host is called, to be told from others. @default the machine's name */
  readonly name?: string;
  /** Seconds that members may take to end their epoch when the worker is drained. @default 20 */
  readonly grace?: number;
  /** A PEM file with the authorities that certificates of the queue are checked against. @default those of Node.js */
  readonly ca?: string;
  /** Seconds after which a host that says nothing is taken for lost; the same on all hosts. @default 30 */
  readonly lockSeconds?: number;
  /** Observer of what the worker does; never delays it. */
  readonly onEvent?: (event: WorkerEvent) => void;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The options that the command line has too. */
export const WORKER_OPTIONS = {
  threads: described(option.integer(1), {
    kind: 'number',
    says: 'threads to train on',
    defaultSays: 'this machine’s cores',
  }),
  isolate: described(option.oneOf('process'), {
    kind: 'choice',
    says: 'run modules in processes of their own: one that crashes costs a retry',
    defaultSays: 'on threads',
  }),
  modules: described(option.text, {
    kind: 'text',
    says: 'folder of modules that may run: learners and tfjs models that trainings name by their SHA-256',
    defaultSays: 'none may',
  }),
  allowModules: described(
    {
      expected: 'a list of SHA-256, each 64 hexadecimal digits in lower case',
      holds: (value) => Array.isArray(value) && value.every(isDigest),
    },
    { kind: 'texts', says: 'SHA-256 of a module that may run, its text coming with the training' },
  ),
  cacheFolder: described(option.text, {
    kind: 'text',
    says: 'folder to keep datasets in, which several tasks need',
    defaultSays: 'tutti in the user’s folder of caches',
  }),
  cacheBytes: described(option.integer(1), {
    kind: 'number',
    says: 'bytes to keep there at most; the longest unused go',
    default: 10_000_000_000,
  }),
  store: described(option.text, {
    kind: 'text',
    says: 'where datasets and results are, if this host reaches them by another address than tasks say',
    defaultSays: 'as tasks say',
  }),
  name: described(
    {
      expected: 'up to 64 letters, digits, dots, dashes and underscores, a letter or digit first',
      holds: (value) => typeof value === 'string' && NAME.test(value),
    },
    {
      kind: 'text',
      says: 'what this host is called, to be told from others',
      defaultSays: 'the machine’s name',
    },
  ),
  lockSeconds: described(QUEUE_OPTIONS.lockSeconds, {
    kind: 'number',
    says: 'seconds after which a host that says nothing is taken for lost; the same on all hosts',
    default: DEFAULT_LOCK_SECONDS,
  }),
  grace: described(
    option.number('a number of seconds ≥ 0', (value) => value >= 0),
    {
      kind: 'number',
      says: 'seconds that members may take to end their epoch when the worker is asked to end',
      default: 20,
    },
  ),
} satisfies Partial<OptionTable<WorkerOptions>>;

/** What the options must be; see src/option-names.ts. */
export const ALL_WORKER_OPTIONS = {
  url: option.required(option.text),
  secret: option.text,
  secretFile: option.text,
  ...WORKER_OPTIONS,
  ca: QUEUE_OPTIONS.ca,
  onEvent: option.function,
} satisfies OptionTable<WorkerOptions>;

/**
 * Of the user's caches, or of temporary files where there is no home.
 * @throws ERR_FILE when somebody else can write to it: datasets are read there, and modules run.
 */
export async function defaultCacheFolder(): Promise<string> {
  const { XDG_CACHE_HOME: caches, HOME: home } = process.env;
  if (caches) return join(caches, 'tutti');
  if (home) return join(home, '.cache', 'tutti');
  // Whoever was first could have made it.
  const { uid } = userInfo();
  const folder = join(tmpdir(), `tutti-${uid}`);
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  const found = await lstat(folder).catch(() => null);
  const isOwn = found?.isDirectory() && (uid < 0 || (found.uid === uid && (found.mode & OTHERS) === 0));
  if (isOwn) return folder;
  const message = `Expected ${folder} to be a folder of this user alone, to keep datasets in; give --cache-folder FOLDER, or set HOME`;
  throw new TuttiError('ERR_FILE', message, { file: folder });
}

/** What a mode lets a group and everybody do. */
const OTHERS = 0o077;

/** The machine's name in the letters that names have. */
export function defaultName(): string {
  const name = hostname()
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return name === '' ? 'host' : name;
}

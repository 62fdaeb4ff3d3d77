// Who has the folder of a checkpoint: a file `lock-N` that is made whole or not at all, and only where there is none of
// its number. A lock whose process is gone is taken over with the next number, which only one can make; two that come at
// once, and see each other, both keep out rather than both get in.

import { existsSync, rmSync } from 'node:fs';
import { link, lstat, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readBoundedFileAsync } from '../files/regular-file.js';
import { isProcess, withTemporary } from '../files/temporary-file.js';
import { largest } from '../math/statistics.js';
import { isPlainObject } from '../option-names.js';
import { cannotWrite, checkpointError, failCheckpoint } from './problem.js';

/** A lock that is held. */
export interface Lock {
  release(): Promise<void>;
}

/** What a lock says of who has it. */
interface Owner {
  readonly pid: number;
  /** When the process began, in the system's own terms; ids are used again. Null where the system does not tell. */
  readonly started: string | null;
  readonly host: string;
  /** Tells the folder from a copy of it, which nobody has. */
  readonly folder: string;
}

/** Who wants a folder. */
interface Taker extends Owner {
  /** Numbers of locks whose processes on other machines are gone. */
  readonly mayTake: ReadonlySet<number>;
}

const NAME = /^lock-(\d{1,9})$/;
const LAST_NUMBER = 999_999_999;

export function isLockFile(name: string): boolean {
  return NAME.test(name);
}

export interface LockOptions {
  /** Whoever has the folder on another machine is gone, as the caller knows. @default false */
  readonly takeOver?: boolean;
}

/** @throws ERR_CHECKPOINT when another has the folder, or it cannot be written. */
export async function lockFolder(folder: string, { takeOver = false }: LockOptions = {}): Promise<Lock> {
  const self = { ...(await describeSelf(folder)), mayTake: new Set<number>() };
  // Not of whoever comes at the same time, which is not gone.
  if (takeOver) for (const number of await listLocks(folder)) self.mayTake.add(number);
  for (let number = 1; ; ) {
    if (await make(folder, number, self)) {
      await removeOthers(folder, number, self);
      return hold(lockPath(folder, number));
    }
    const there = await listLocks(folder);
    for (const other of there) await requireStale(folder, other, self);
    number = 1 + Math.max(0, largest(there));
    if (number > LAST_NUMBER)
      failCheckpoint(folder, `holds a lock that tutti did not make: lock-${LAST_NUMBER}`);
  }
}

/** Removes the locks of those that are gone. @throws ERR_CHECKPOINT, and keeps out, when another is not. */
async function removeOthers(folder: string, own: number, self: Taker): Promise<void> {
  try {
    const others = (await listLocks(folder)).filter((number) => number !== own);
    for (const other of others) await requireStale(folder, other, self);
    for (const stale of others) await rm(lockPath(folder, stale), { force: true });
  } catch (error) {
    await rm(lockPath(folder, own), { force: true });
    throw error;
  }
}

/** Locks that this process holds. */
const held = new Set<string>();

/** Removed at the process's end too, if it comes first. */
function hold(path: string): Lock {
  if (held.size === 0) process.on('exit', removeHeld);
  held.add(path);
  return {
    async release() {
      held.delete(path);
      if (held.size === 0) process.removeListener('exit', removeHeld);
      await rm(path, { force: true }).catch(() => undefined);
    },
  };
}

function removeHeld(): void {
  for (const path of held) rmSync(path, { force: true });
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock-${number}`);
}

async function listLocks(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
}

/** @returns whether there was none of the number. */
async function make(folder: string, number: number, { mayTake: _, ...self }: Taker): Promise<boolean> {
  const path = lockPath(folder, number);
  const text = JSON.stringify(self);
  try {
    await withTemporary(folder, async (whole) => {
      await writeFile(whole, text, { flag: 'wx' });
      await link(whole, path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') throw error;
        // A file system without links: one that reads it too soon takes it for in use.
        return writeFile(path, text, { flag: 'wx' });
      });
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannotWrite(folder, error);
  }
}

/** @throws ERR_CHECKPOINT unless the lock is of a process that is gone, of another folder, or gone itself. */
async function requireStale(folder: string, number: number, self: Taker): Promise<void> {
  const path = lockPath(folder, number);
  const text = await textOf(path);
  if (text === null) return;
  const owner = parseOwner(text);
  if (owner !== null && owner.folder !== self.folder) return;
  if (owner !== null && owner.host === self.host && !(await isAlive(owner))) return;
  if (owner !== null && owner.host !== self.host && self.mayTake.has(number)) return;
  const who =
    owner === null ? 'a process that its lock does not name' : `process ${owner.pid} on ${owner.host}`;
  const elsewhere = '; if that is gone, resume with `takeOver` (--take-over)';
  const nobody = `; if that is gone, remove ${path}`;
  const advice = owner === null ? nobody : owner.host === self.host ? '' : elsewhere;
  throw checkpointError(folder, `is in use by ${who}${advice}`);
}

/** A lock is a line; whatever else a stranger's folder has in its place is none that a process left. */
const MOST_BYTES = 4096;

async function textOf(path: string): Promise<string | null> {
  const file = await lstat(path).catch(() => null);
  if (file === null) return null;
  if (!file.isFile()) return '';
  return readBoundedFileAsync(path, { maxBytes: MOST_BYTES }).then(
    (bytes) => bytes.toString('utf8'),
    () => (existsSync(path) ? '' : null),
  );
}

function parseOwner(text: string): Owner | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isPlainObject(value)) return null;
    const { pid, started, host, folder } = value;
    if (!Number.isSafeInteger(pid) || typeof host !== 'string' || typeof folder !== 'string') return null;
    return { pid: Number(pid), started: typeof started === 'string' ? started : null, host, folder };
  } catch {
    return null;
  }
}

async function describeSelf(folder: string): Promise<Owner> {
  const { pid } = process;
  const { ino } = await stat(folder, { bigint: true });
  ownStart ??= startOf(pid);
  return { pid, started: await ownStart, host: hostname(), folder: String(ino) };
}

let ownStart: Promise<string | null> | undefined;

async function isAlive({ pid, started }: Owner): Promise<boolean> {
  if (!isProcess(pid)) return false;
  const now = await startOf(pid);
  return started === null || now === null || now === started;
}

/**
 * The boot of the machine and the process's start since then, in ticks; null where the system does not tell.
 * One that has ended and that nobody has asked about is there, but gone.
 */
async function startOf(pid: number): Promise<string | null> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command comes before, in parentheses, and may hold anything.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return ENDED.has(fields[0]!) ? 'ended' : `${boot.trim()} ${fields[START_FIELD]}`;
  } catch {
    return null;
  }
}

/** Of a process's state in /proc. */
const ENDED = new Set(['Z', 'X']);
/** Counted from its state. */
const START_FIELD = 19;

// Files that are there whole or not at all: written beside their place, synced, then renamed. A crash, a
// full disk or Ctrl-C leaves the old file as it was.

import { constants } from 'node:fs';
import { access, type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import { TuttiError } from '../errors.js';
import { removeStale, withTemporary } from './temporary-file.js';

/** Where a file is to go, and what is known of the one that is there. */
interface Target {
  /** That of the file itself where the path is a symbolic link to one. */
  readonly path: string;
  readonly folder: string;
  readonly present: { readonly mode: number; readonly uid: number; readonly gid: number } | null;
}

/**
 * Checks that a file could be written here and leaves everything as it was. What permissions say is not
 * asked (root, network and virtual file systems answer wrongly): a file is made there and removed.
 * @returns the path to write: that of the file itself where `path` is a symbolic link to one.
 * @throws ERR_FILE when the folder is missing or not writable, or the path is anything but a writable file.
 */
export async function checkWritable(path: string): Promise<string> {
  return (await findTarget(path)).path;
}

async function findTarget(path: string): Promise<Target> {
  if (path.endsWith(sep) || path.endsWith('/') || ['', '.', '..'].includes(basename(path))) {
    failFile(path, 'it is the path of a folder, not of a file');
  }
  const target = await realpath(path).catch(() => resolve(path));
  const folder = dirname(target);
  const at = await stat(folder).catch(() => null);
  if (at === null) failFile(path, `there is no folder ${folder}`);
  if (!at.isDirectory()) failFile(path, `${folder} is not a folder`);
  const present = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') failFile(path, error.message, error);
    return null;
  });
  if (present?.isDirectory()) failFile(path, 'it is a folder');
  // Renaming over a device such as /dev/null would replace it.
  if (present !== null && !present.isFile()) failFile(path, 'it is not a regular file');
  if (present !== null) {
    await access(target, constants.W_OK).catch((error) => failFile(path, 'it is read-only', error));
  }
  const probe = withTemporary(folder, async (temporary) => {
    await (await open(temporary, 'wx')).close();
    await rm(temporary);
  });
  await probe.catch((error) => failFile(path, `the folder ${folder} is not writable`, error));
  return { path: target, folder, present };
}

/**
 * Writes a file through `write`, so that `path` changes only once everything is on disk. A file that was there before
 * keeps its permissions, and its owner where that is possible.
 * @throws ERR_FILE when that fails; the former file, if any, is untouched and no temporary one remains.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const target = await findTarget(path);
  await removeStale(target.folder);
  try {
    await replace(target, write);
  } catch (error) {
    if (error instanceof TuttiError) throw error;
    failFile(path, (error as Error).message, error);
  }
}

/**
 * Writes a file that is not there, in a folder that is the caller's alone, so that a process that ends leaves it whole or
 * not at all. Rejects with what the system says.
 * @returns what is to be awaited for it to outlive the machine too.
 */
export async function writeNew(path: string, ...pieces: readonly Uint8Array[]): Promise<() => Promise<void>> {
  const folder = dirname(path);
  return withTemporary(folder, async (temporary) => {
    const file = await open(temporary, 'wx');
    const close = () => file.close();
    try {
      for (const bytes of pieces) await writeAll(file, bytes);
      await rename(temporary, path);
    } catch (error) {
      await close();
      throw error;
    }
    return () =>
      syncFile(file)
        .finally(close)
        .then(() => syncFolder(folder));
  });
}

/** The same, resolved when it would outlive the machine too. */
export async function writeNewSynced(path: string, ...pieces: readonly Uint8Array[]): Promise<void> {
  const sync = await writeNew(path, ...pieces);
  await sync();
}

async function replace(
  { path, folder, present }: Target,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await withTemporary(folder, async (temporary) => {
    // What nobody else may read stays so from the first byte on.
    const file = await open(temporary, 'wx', present === null ? 0o666 : present.mode & 0o600);
    try {
      await write(file);
      if (present !== null) await keepPermissions(file, present);
      await syncFile(file);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  });
  await syncFolder(folder);
}

/** The mode comes last, because a change of owner takes some of it away. */
async function keepPermissions(file: FileHandle, { mode, uid, gid }: NonNullable<Target['present']>) {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid).catch(() => undefined);
  await file.chmod(mode & 0o7777).catch(() => undefined);
}

/** Makes the rename itself survive a crash; not every file system or platform can sync a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/**
 * Waits until a disk has what was written, or its data alone. Node.js's permission model forbids that from version 26 on; then the
 * system writes it when it sees fit.
 */
export async function syncFile(file: FileHandle, what: 'all' | 'data' = 'all'): Promise<void> {
  try {
    await (what === 'all' ? file.sync() : file.datasync());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ACCESS_DENIED') throw error;
  }
}

/** Writes all of the bytes at the handle's position. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const at = position === undefined ? null : position + done;
    done += (await file.write(bytes, done, bytes.length - done, at)).bytesWritten;
  }
}

function failFile(path: string, problem: string, cause?: unknown): never {
  throw new TuttiError('ERR_FILE', `Cannot write ${path}: ${problem}`, { path }, cause);
}

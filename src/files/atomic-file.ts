// Files that are there whole or not at all: written beside their place, synced, then renamed. A crash, a
// full disk or Ctrl-C leaves the old file as it was.

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TuttiError } from '../errors.js';

/**
 * Checks that a file could be written here and leaves everything as it was. What permissions say is not
 * asked (root, network and virtual file systems answer wrongly): a file is made there and removed.
 * @returns the path to write: that of the file itself where `path` is a symbolic link to one.
 * @throws ERR_FILE when the folder is missing or not writable, or the path is anything but a writable file.
 */
export async function checkWritable(path: string): Promise<string> {
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
  await probe(folder).catch((error) => failFile(path, `the folder ${folder} is not writable`, error));
  return target;
}

async function probe(folder: string): Promise<void> {
  const temporary = temporaryIn(folder);
  const file = await open(temporary, 'wx');
  await file.close();
  await rm(temporary);
}

function temporaryIn(folder: string): string {
  return join(folder, `.tutti-${randomBytes(8).toString('hex')}.tmp`);
}

/**
 * Writes a file through `write`, so that `path` changes only once everything is on disk.
 * @throws ERR_FILE when that fails; the former file, if any, is untouched and no temporary one remains.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const target = await checkWritable(path);
  const folder = dirname(target);
  const temporary = temporaryIn(folder);
  try {
    const file = await open(temporary, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof TuttiError) throw error;
    failFile(path, (error as Error).message, error);
  }
  await syncFolder(folder);
}

/** Makes the rename itself survive a crash; not every file system or platform can sync a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
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

// A folder as a store, of this host or one that several share over a network: a file for each blob, written whole or not at
// all. The folder may be a stranger's: what is read of it is bounded, and links are not followed.

import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeNew } from '../files/atomic-file.js';
import { makeFolder } from '../files/folder.js';
import { isTemporary, removeStale, withTemporary } from '../files/temporary-file.js';
import { failBlob, isBlobError, storeError } from './blob-errors.js';
import type { Digest } from './blob-store.js';
import { isDigest } from './digest.js';
import { type FormStore, type RawStore, storeOver } from './raw-store.js';
import { fromStoredForm, MOST_STORED_BYTES } from './stored-form.js';

/** What names of files begin with is the name of their folder, since some file systems are slow with many in one. */
const FOLDER_DIGITS = 2;
const FOLDER_NAME = /^[0-9a-f]{2}$/;

/**
 * A store in a folder, which is made when it is first written to.
 * @param folder its path; other hosts must see it under the same.
 */
export function openFileStore(folder: string): FormStore {
  return storeOver(fileForms(resolve(folder)));
}

/** Where a blob lies in the folder of a store. */
export function blobPath(folder: string, digest: Digest): string {
  return join(folder, digest.slice(0, FOLDER_DIGITS), digest);
}

/**
 * Stored forms as files of a folder. Nobody waits for a disk: what a machine loses as it ends is found to be missing or
 * damaged, and stored again. A network's file system has them on its server all the same, since it waits as they are closed.
 */
function fileForms(folder: string): RawStore {
  const syncing = new Set<Promise<void>>();
  const address = pathToFileURL(folder).href;
  const cannotWrite = (error: unknown) => storeError(address, 'cannot be written', error);
  async function read(digest: Digest, readPath: typeof readForm): Promise<Uint8Array | null> {
    try {
      return await readPath(blobPath(folder, digest));
    } catch (error) {
      if (error instanceof NoForm) return failBlob(address, digest, 'damaged', error.message);
      throw storeError(address, 'cannot be read', error);
    }
  }
  return {
    address,
    asksFromBytes: 0,
    async read(digest) {
      const stored = await read(digest, readLookingTwice);
      if (stored === null && !(await isFolder(folder))) throw storeError(address, NO_FOLDER);
      return stored;
    },
    async write(digest, stored) {
      const path = blobPath(folder, digest);
      try {
        await makeFolder(dirname(path));
        const sync = await writeNew(path, stored);
        const synced = sync().catch(() => undefined);
        syncing.add(synced);
        void synced.then(() => syncing.delete(synced));
      } catch (error) {
        throw cannotWrite(error);
      }
    },
    async holds(digest, renew) {
      try {
        const stored = await read(digest, readForm);
        if (stored === null) return false;
        await fromStoredForm(stored, digest, address);
      } catch (error) {
        if (isBlobError(error)) return false;
        throw error;
      }
      const now = new Date();
      // That of another user's cannot be renewed, and stays as old as it is.
      if (renew) await utimes(blobPath(folder, digest), now, now).catch(() => undefined);
      return true;
    },
    async remove(digest) {
      await rm(blobPath(folder, digest), { force: true }).catch((error) => {
        throw cannotWrite(error);
      });
    },
    async removeOlder(ageMs, signal) {
      try {
        return await removeOlder(folder, ageMs, signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw cannotWrite(error);
      }
    },
    async close() {
      await Promise.all(syncing);
    },
  };
}

async function removeOlder(folder: string, ageMs: number, signal: AbortSignal | undefined): Promise<number> {
  const nowMs = await timeThere(folder);
  let removed = 0;
  for (const within of await blobFolders(folder)) {
    signal?.throwIfAborted();
    await removeStale(within);
    for (const name of await readdir(within)) {
      if (!isDigest(name) && !isTemporary(name)) continue;
      const path = join(within, name);
      const found = await lstat(path).catch(() => null);
      if (found === null || nowMs - found.mtimeMs < ageMs) continue;
      await rm(path, { force: true, recursive: true });
      removed++;
    }
  }
  return removed;
}

/** The folders that hold the blobs of a store; none where the store is not there. */
export async function blobFolders(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => FOLDER_NAME.test(name)).map((name) => join(folder, name));
}

/** Of the machine that has the folder: the time of a file that is made in it now. */
async function timeThere(folder: string): Promise<number> {
  if (!(await isFolder(folder))) return Date.now();
  return withTemporary(folder, async (path) => {
    await writeFile(path, '', { flag: 'wx' });
    return (await lstat(path)).mtimeMs;
  });
}

/** Where a folder is not mounted, no blob of it is ever found; that is no fault of the blob's. */
const NO_FOLDER = 'is not there: this host sees no such folder';

/** What is in a blob's place cannot be its stored form. */
export class NoForm extends Error {}

/** A stored form, unchecked; null where there is no file. @throws NoForm, or what the system says. */
export async function readForm(path: string): Promise<Uint8Array | null> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw error.code === 'ELOOP' ? new NoForm('it is a link') : error;
  });
  if (file === null) return null;
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new NoForm('it is not a regular file');
    if (stats.size > MOST_STORED_BYTES) throw new NoForm('it is longer than any blob');
    return await readAll(file, stats.size);
  } finally {
    await file.close();
  }
}

/**
 * A network's file system remembers for seconds that a file was not there, or which one was, though another host has
 * written it since; it asks its server anew once the folder is read.
 */
async function readLookingTwice(path: string): Promise<Uint8Array | null> {
  const first = await readForm(path).catch((error) => {
    if (error.code === 'ESTALE') return null;
    throw error;
  });
  if (first !== null) return first;
  const isThere = await readdir(dirname(path)).then(
    (names) => names.includes(basename(path)),
    () => false,
  );
  return isThere ? readForm(path) : null;
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function readAll(file: FileHandle, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

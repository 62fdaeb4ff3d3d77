// A folder as a store, of this host or one that several share over a network: a file for each blob, written whole or not at
// all. The folder may be a stranger's: what is read of it is bounded and checked, and links are not followed.

import { constants } from 'node:fs';
import { open, rm, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeNew } from '../files/atomic-file.js';
import { makeFolder } from '../files/folder.js';
import { failBlob, isBlobError, requireDigest, storeError } from './blob-errors.js';
import type { BlobStore, Digest } from './blob-store.js';
import { fromStoredForm, MOST_STORED_BYTES, toStoredForm } from './stored-form.js';

/** What names of files begin with is the name of their folder, since some file systems are slow with many in one. */
const FOLDER_DIGITS = 2;

/**
 * A store in a folder, which is made when it is first written to.
 * @param folder its path; other hosts must see it under the same.
 */
export function openFileStore(folder: string): BlobStore {
  return new FileStore(resolve(folder));
}

/** Where a blob lies in the folder of a store. */
export function blobPath(folder: string, digest: Digest): string {
  return join(folder, digest.slice(0, FOLDER_DIGITS), digest);
}

class FileStore implements BlobStore {
  readonly address: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.address = pathToFileURL(folder).href;
  }

  async has(digest: Digest, signal?: AbortSignal): Promise<boolean> {
    requireDigest(this.address, digest);
    try {
      await this.get(digest, signal);
      return true;
    } catch (error) {
      if (isBlobError(error)) return false;
      throw error;
    }
  }

  async put(digest: Digest, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    requireDigest(this.address, digest);
    if (await this.#renew(digest, signal)) return;
    const stored = await toStoredForm(bytes);
    signal?.throwIfAborted();
    try {
      await this.#write(digest, stored);
    } catch (error) {
      throw storeError(this.address, 'cannot be written', error);
    }
  }

  async get(digest: Digest, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    requireDigest(this.address, digest);
    const stored = await this.#read(digest);
    signal?.throwIfAborted();
    return fromStoredForm(stored, digest, this.address);
  }

  async delete(digest: Digest): Promise<void> {
    requireDigest(this.address, digest);
    await rm(blobPath(this.#folder, digest), { force: true }).catch((error) => {
      throw storeError(this.address, 'cannot be written', error);
    });
  }

  async close(): Promise<void> {}

  /** Whether a blob is there and whole; it is as if it had been written now. */
  async #renew(digest: Digest, signal: AbortSignal | undefined): Promise<boolean> {
    if (!(await this.has(digest, signal))) return false;
    const now = new Date();
    // That of another user's cannot be; what is too old is removed by its age.
    await utimes(blobPath(this.#folder, digest), now, now).catch(() => undefined);
    return true;
  }

  async #write(digest: Digest, stored: Uint8Array): Promise<void> {
    const path = blobPath(this.#folder, digest);
    await makeFolder(join(path, '..'));
    await (await writeNew(path, stored))();
  }

  async #read(digest: Digest): Promise<Uint8Array> {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    try {
      const file = await open(blobPath(this.#folder, digest), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      try {
        const stats = await file.stat();
        if (!stats.isFile()) failBlob(this.address, digest, 'damaged', 'it is not a regular file');
        if (stats.size > MOST_STORED_BYTES) failBlob(this.address, digest, 'damaged', 'it is too long');
        return await readAll(file, stats.size);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isBlobError(error)) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return failBlob(this.address, digest, 'missing');
      if (code === 'ELOOP') return failBlob(this.address, digest, 'damaged', 'it is a link');
      throw storeError(this.address, 'cannot be read', error);
    }
  }
}

async function readAll(file: Awaited<ReturnType<typeof open>>, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

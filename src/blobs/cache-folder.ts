// The folder of a cache: stored forms as files, as in a store of a folder, the time of each that of its last use. Nothing
// that goes wrong here is an error of whoever reads: then there is no cache.

import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../files/folder.js';
import { isTemporary, removeStale, withTemporary } from '../files/temporary-file.js';
import type { Digest } from './blob-store.js';
import { isDigest } from './digest.js';
import { FetchLock } from './fetch-lock.js';
import { blobFolders, blobPath, readForm } from './file-store.js';
import { fromStoredForm } from './stored-form.js';

/** Room is made for this share of the whole at once, so that files are not counted for every blob. */
const SHARE_MADE = 1 / 8;

export class CacheFolder {
  readonly #folder: string;
  readonly #maxBytes: number;
  /** Bytes in the folder as far as this process knows; null before it has counted. */
  #bytes: number | null = null;
  /** Rooms are made one after the other. */
  #making: Promise<void> = Promise.resolve();

  constructor(folder: string, maxBytes: number) {
    this.#folder = resolve(folder);
    this.#maxBytes = maxBytes;
  }

  /** A blob's content, which counts as used; null where it is not there. One that is damaged is removed. */
  async find(digest: Digest): Promise<Uint8Array | null> {
    const path = blobPath(this.#folder, digest);
    try {
      const stored = await readForm(path);
      if (stored === null) return null;
      const content = await fromStoredForm(stored, digest, this.#folder);
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return content;
    } catch {
      await this.drop(digest);
      return null;
    }
  }

  /** Keeps a stored form, if there is room or room can be made. */
  async keep(digest: Digest, stored: Uint8Array): Promise<void> {
    if (stored.length > this.#maxBytes) return;
    const path = blobPath(this.#folder, digest);
    try {
      await this.#makeRoom(stored.length);
      await this.#makeFolder();
      await makeFolder(dirname(path));
      await withTemporary(dirname(path), async (temporary) => {
        await writeFile(temporary, stored, { flag: 'wx' });
        await rename(temporary, path);
      });
      this.#bytes = (this.#bytes ?? 0) + stored.length;
    } catch {
      // A full disk, a folder that may not be written: it is fetched again when it is needed.
    }
  }

  async drop(digest: Digest): Promise<void> {
    await rm(blobPath(this.#folder, digest), { recursive: true, force: true }).catch(() => undefined);
  }

  /** Does what other processes of this host wait for that would do the same. */
  async whileOthersWait<Result>(digest: Digest, act: () => Promise<Result>): Promise<Result> {
    await this.#makeFolder().catch(() => undefined);
    const lock = await FetchLock.take(join(this.#folder, `${digest}.fetching`));
    try {
      return await act();
    } finally {
      await lock.release();
    }
  }

  /** What others have fetched is theirs too, but no other user's. */
  async #makeFolder(): Promise<void> {
    await makeFolder(dirname(this.#folder));
    await mkdir(this.#folder, { mode: 0o700 }).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }

  async #makeRoom(bytes: number): Promise<void> {
    const making = this.#making.then(async () => {
      if (this.#bytes !== null && this.#bytes + bytes <= this.#maxBytes) return;
      const files = await this.#list();
      let left = files.reduce((sum, file) => sum + file.bytes, 0);
      if (left + bytes > this.#maxBytes) {
        const most = Math.min(this.#maxBytes * (1 - SHARE_MADE), this.#maxBytes - bytes);
        for (const file of files.sort((a, b) => a.usedMs - b.usedMs)) {
          if (left <= most) break;
          await rm(file.path, { force: true }).catch(() => undefined);
          left -= file.bytes;
        }
      }
      this.#bytes = left;
    });
    this.#making = making.catch(() => undefined);
    return making;
  }

  async #list(): Promise<{ path: string; bytes: number; usedMs: number }[]> {
    const files: { path: string; bytes: number; usedMs: number }[] = [];
    for (const within of await blobFolders(this.#folder)) {
      await removeStale(within);
      for (const name of await readdir(within).catch(() => [])) {
        if (!isDigest(name) && !isTemporary(name)) continue;
        const path = join(within, name);
        const found = await stat(path).catch(() => null);
        if (found !== null) files.push({ path, bytes: found.size, usedMs: found.mtimeMs });
      }
    }
    return files;
  }
}

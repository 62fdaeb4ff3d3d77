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

/**
 * Room is made for this share of the whole at once, and so much is added before files are counted anew: others add to the
 * folder too. So with n who do, it holds at most n / 8 more than it should.
 */
const SHARE_MADE = 1 / 8;

const LOCK_END = '.fetching';
/** A lock that nobody has held for so long was left. */
const LEFT_MS = 3600 * 1000;

export class CacheFolder {
  readonly #folder: string;
  readonly #maxBytes: number;
  /** Bytes in the folder when they were counted, and what was added since; null before they were. */
  #bytes: number | null = null;
  #added = 0;
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
      this.#added += stored.length;
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
    const lock = await FetchLock.take(join(this.#folder, `${digest}${LOCK_END}`));
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
      const known = this.#bytes !== null && this.#added <= this.#maxBytes * SHARE_MADE;
      if (known && this.#bytes! + this.#added + bytes <= this.#maxBytes) return;
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
      this.#added = 0;
    });
    this.#making = making.catch(() => undefined);
    return making;
  }

  async #list(): Promise<{ path: string; bytes: number; usedMs: number }[]> {
    const files: { path: string; bytes: number; usedMs: number }[] = [];
    await this.#removeLocks();
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

  async #removeLocks(): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (!name.endsWith(LOCK_END)) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => null);
      if (found !== null && Date.now() - found.mtimeMs > LEFT_MS) await rm(path, { force: true });
    }
  }
}

// A store of which this host keeps what it has fetched, in a folder that several processes may share: each blob comes once.
// The cache is an advantage and never a condition: what is damaged in it is fetched anew, and without room nothing is kept.

import { unlessAborted } from '../long-calls.js';
import { requireDigest } from './blob-errors.js';
import type { BlobStore, Digest } from './blob-store.js';
import { CacheFolder } from './cache-folder.js';
import { type CheckedForm, hasForms, readChecked } from './raw-store.js';
import { toStoredForm } from './stored-form.js';

export interface CacheOptions {
  /** Of this host alone; made where it is missing, for nobody else to read. */
  readonly folder: string;
  /** How much may lie in it, in bytes; those longest unused go first. A blob that is longer is not kept. */
  readonly maxBytes: number;
}

/** Reads through a cache; all else goes to the store. Closing it closes the store. */
export function cachedStore(store: BlobStore, { folder, maxBytes }: CacheOptions): BlobStore {
  const cache = new CacheFolder(folder, maxBytes);
  /** What is being fetched by this process. */
  const fetching = new Map<Digest, Promise<Uint8Array>>();

  async function fetch(digest: Digest): Promise<Uint8Array> {
    const kept = await cache.find(digest);
    if (kept !== null) return kept;
    return cache.whileOthersWait(digest, async () => {
      // Another process may have fetched it while this one waited.
      const fetched = await cache.find(digest);
      if (fetched !== null) return fetched;
      const { stored, content } = await readFrom(store, digest);
      await cache.keep(digest, stored);
      return content;
    });
  }

  return {
    address: store.address,
    has: (digest, signal) => store.has(digest, signal),
    put: (digest, bytes, signal) => store.put(digest, bytes, signal),
    async get(digest, signal) {
      requireDigest(store.address, digest);
      signal?.throwIfAborted();
      // Not stopped by whoever asked first, since others may be waiting for it too.
      const content = fetching.get(digest) ?? fetch(digest);
      fetching.set(digest, content);
      const done = () => fetching.delete(digest);
      content.then(done, done);
      return Uint8Array.from(await unlessAborted(content, signal));
    },
    async delete(digest) {
      await store.delete(digest);
      await cache.drop(digest);
    },
    close: () => store.close(),
  };
}

async function readFrom(store: BlobStore, digest: Digest): Promise<CheckedForm> {
  if (hasForms(store)) return readChecked(store.raw, digest);
  const content = await store.get(digest);
  return { content, stored: await toStoredForm(content) };
}

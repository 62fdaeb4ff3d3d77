// Blobs that are needed only while a training runs: states and results, which go through a store once. When the training is
// over they are removed; inputs are not among them, since other trainings share them, and go by their age (sweep.ts).

import { fewAtOnce } from '../long-calls.js';
import type { BlobStore, Digest } from './blob-store.js';
import { digestsOf } from './pieces.js';

/** Removed at once. */
const AT_ONCE = 8;

export interface PassingBlobs {
  /** The same store, whose blobs are remembered when they are stored or read. */
  readonly store: BlobStore;
  /**
   * Remembers what somebody else stored, all pieces of it.
   * @param insteadOf what nobody needs any more because of it, which is removed.
   */
  note(digest: Digest, insteadOf?: Digest | null): void;
  /**
   * Removes what was remembered, as far as that is possible now: what stays goes by its age. Whoever still needs one of them
   * finds it missing, and has it made again.
   */
  forget(): Promise<void>;
}

export function passingBlobs(store: BlobStore): PassingBlobs {
  const seen = new Set<Digest>();
  const noted = new Set<Digest>();
  let removing = Promise.resolve();
  const remember = (digest: Digest) => {
    seen.add(digest);
    noted.delete(digest);
  };
  return {
    store: {
      address: store.address,
      has: (digest, signal) => store.has(digest, signal),
      async put(digest, bytes, signal) {
        await store.put(digest, bytes, signal);
        remember(digest);
      },
      async get(digest, signal) {
        const bytes = await store.get(digest, signal);
        remember(digest);
        return bytes;
      },
      delete: (digest) => store.delete(digest),
      close: () => store.close(),
    },
    note(digest, insteadOf = null) {
      if (!seen.has(digest)) noted.add(digest);
      if (insteadOf === null || insteadOf === digest) return;
      noted.delete(insteadOf);
      removing = removing.then(() => remove([insteadOf], []));
    },
    async forget() {
      const [whole, single] = [[...noted], [...seen]];
      seen.clear();
      noted.clear();
      await removing;
      await remove(whole, single);
    },
  };

  /** @param whole with all their pieces. */
  async function remove(whole: readonly Digest[], single: readonly Digest[]): Promise<void> {
    const all = new Set(single);
    await fewAtOnce(whole.length, AT_ONCE, async (place) => {
      const digest = whole[place]!;
      for (const own of await digestsOf(store, digest).catch(() => [digest])) all.add(own);
    });
    const digests = [...all];
    await fewAtOnce(digests.length, AT_ONCE, (place) => store.delete(digests[place]!).catch(() => undefined));
    for (const digest of digests) seen.delete(digest);
  }
}

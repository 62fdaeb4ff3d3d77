// What all stores have in common, over what differs: where stored forms lie and how they are moved. Names are checked,
// contents compressed and held against their digests here, for all of them.

import { failBlob, isBlobError, requireDigest } from './blob-errors.js';
import type { BlobStore, Digest } from './blob-store.js';
import { fromStoredForm, toStoredForm } from './stored-form.js';

/** Stored forms by digest, as they are and unchecked. Rejects with ERR_STORE for all that is not said. */
export interface RawStore {
  readonly address: string;
  /** Content that is shorter, in bytes, is written without asking first whether it is there: that would take as long. */
  readonly asksFromBytes: number;
  /** Null where there is none. @throws ERR_BLOB for what cannot be one, such as a folder. */
  read(digest: Digest, signal?: AbortSignal): Promise<Uint8Array | null>;
  /** Whole or not at all, in place of what is there. */
  write(digest: Digest, stored: Uint8Array, signal?: AbortSignal): Promise<void>;
  /**
   * Whether there is one, and whole as far as it can be told without moving it far.
   * @param renew makes it as old as if it were written now, so that it is not cleaned up before others.
   */
  holds(digest: Digest, renew: boolean, signal?: AbortSignal): Promise<boolean>;
  remove(digest: Digest): Promise<void>;
  /** Removes what was neither written nor renewed for so long; not where somebody else keeps the store. @returns how many */
  removeOlder?(ageMs: number, signal?: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

/** A store whose stored forms can be had too: to hand them on without compressing them again. */
export interface FormStore extends BlobStore {
  readonly raw: RawStore;
}

export function hasForms(store: BlobStore): store is FormStore {
  return 'raw' in store;
}

export function storeOver(raw: RawStore): FormStore {
  const { address } = raw;
  const check = (digest: Digest, signal: AbortSignal | undefined) => {
    requireDigest(address, digest);
    signal?.throwIfAborted();
  };
  return {
    raw,
    address,
    async has(digest, signal) {
      check(digest, signal);
      return raw.holds(digest, false, signal);
    },
    async put(digest, bytes, signal) {
      check(digest, signal);
      if (bytes.length >= raw.asksFromBytes && (await raw.holds(digest, true, signal))) return;
      const stored = await toStoredForm(bytes);
      signal?.throwIfAborted();
      await raw.write(digest, stored, signal);
    },
    async get(digest, signal) {
      check(digest, signal);
      return (await readChecked(raw, digest, signal)).content;
    },
    async delete(digest) {
      check(digest, undefined);
      await raw.remove(digest);
    },
    close: () => raw.close(),
  };
}

/** A stored form with the content that it was found to have. */
export interface CheckedForm {
  readonly stored: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * Reads a stored form and holds it against its name; what is damaged is read once more, because it may have been on its way.
 * @throws ERR_BLOB, ERR_STORE
 */
export async function readChecked(raw: RawStore, digest: Digest, signal?: AbortSignal): Promise<CheckedForm> {
  try {
    return await readOnce(raw, digest, signal);
  } catch (error) {
    if (!isBlobError(error, 'damaged')) throw error;
    return readOnce(raw, digest, signal);
  }
}

async function readOnce(
  raw: RawStore,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<CheckedForm> {
  const stored = await raw.read(digest, signal);
  signal?.throwIfAborted();
  if (stored === null) return failBlob(raw.address, digest, 'missing');
  return { stored, content: await fromStoredForm(stored, digest, raw.address) };
}

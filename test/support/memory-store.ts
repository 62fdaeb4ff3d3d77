// A store in memory: what is in it can be looked at, lost and damaged by a test.

import { failBlob, requireDigest } from '../../src/blobs/blob-errors.js';
import type { BlobStore, Digest } from '../../src/blobs/blob-store.js';
import { digestOf } from '../../src/blobs/digest.js';

export interface MemoryStore extends BlobStore {
  /** What is in it; whoever changes it damages it. */
  readonly blobs: Map<Digest, Uint8Array>;
  /** How often each call was made. */
  readonly calls: Record<'has' | 'put' | 'get' | 'delete', number>;
}

export function memoryStore(address = 'memory:'): MemoryStore {
  const blobs = new Map<Digest, Uint8Array>();
  const calls = { has: 0, put: 0, get: 0, delete: 0 };
  const isWhole = (digest: Digest) => {
    const bytes = blobs.get(digest);
    return bytes !== undefined && digestOf(bytes) === digest;
  };
  return {
    address,
    blobs,
    calls,
    async has(digest, signal) {
      calls.has++;
      requireDigest(address, digest);
      signal?.throwIfAborted();
      return isWhole(digest);
    },
    async put(digest, bytes, signal) {
      calls.put++;
      requireDigest(address, digest);
      signal?.throwIfAborted();
      if (!isWhole(digest)) blobs.set(digest, Uint8Array.from(bytes));
    },
    async get(digest, signal) {
      calls.get++;
      requireDigest(address, digest);
      signal?.throwIfAborted();
      const bytes = blobs.get(digest);
      if (bytes === undefined) return failBlob(address, digest, 'missing');
      if (!isWhole(digest)) return failBlob(address, digest, 'damaged', 'its content has another SHA-256');
      return Uint8Array.from(bytes);
    },
    async delete(digest) {
      calls.delete++;
      requireDigest(address, digest);
      blobs.delete(digest);
    },
    async close() {},
  };
}

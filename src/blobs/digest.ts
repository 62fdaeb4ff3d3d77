// Names of blobs: the SHA-256 of their content.

import { createHash } from 'node:crypto';
import type { Digest } from './blob-store.js';

const DIGEST = /^[0-9a-f]{64}$/;

/** SHA-256 of bytes, 64 lower-case hexadecimal digits. */
export function digestOf(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Whether a value is a digest as {@link digestOf} writes them, and so no path of anything else either. */
export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && DIGEST.test(value);
}

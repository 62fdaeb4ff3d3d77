// The two errors of stores, each in one form: a blob that is not what it is called, and a store that does not do its part.

import { describe, TuttiError } from '../errors.js';
import type { Digest } from './blob-store.js';
import { isDigest } from './digest.js';

/** `missing`: not there; `damaged`: cut short or altered. */
export type BlobProblem = 'missing' | 'damaged';

/** `The blob 1f2e… of file:///mnt/blobs is damaged: it is cut short`. */
export function failBlob(
  store: string,
  digest: Digest,
  problem: BlobProblem,
  how?: string,
  cause?: unknown,
): never {
  const said = how === undefined ? problem : `${problem}: ${how}`;
  throw new TuttiError(
    'ERR_BLOB',
    `The blob ${digest} of ${store} is ${said}`,
    { store, digest, problem },
    cause,
  );
}

/** Whether an error says that a blob is missing or damaged; of one problem where it is named. */
export function isBlobError(error: unknown, problem?: BlobProblem): error is TuttiError {
  if (!(error instanceof TuttiError) || error.code !== 'ERR_BLOB') return false;
  return problem === undefined || error.details.problem === problem;
}

/** `The store file:///mnt/blobs cannot be written: ENOSPC: no space left on device`. */
export function storeError(store: string, problem: string, cause?: unknown): TuttiError {
  const reason = cause === undefined ? '' : `: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new TuttiError('ERR_STORE', `The store ${store} ${problem}${reason}`, { store }, cause);
}

/** @param got in words: not what was given, which may hold a password. @throws ERR_OPTION */
export function failAddress(expected: string, got: string): never {
  throw new TuttiError('ERR_OPTION', `Expected \`store\` to be ${expected}, got ${got}`, { option: 'store' });
}

/** Names of blobs become paths and URLs. @throws ERR_BLOB for what is no digest. */
export function requireDigest(store: string, digest: unknown): asserts digest is Digest {
  if (isDigest(digest)) return;
  const message = `Expected a blob of ${store} to be named by the 64 hexadecimal digits of a SHA-256, got ${describe(digest)}`;
  throw new TuttiError('ERR_BLOB', message, { store });
}

// How blobs lie in stores and travel to them: a byte that says how the content was compressed, then that. Digests are of
// the content, so that how well one host compresses is no business of another.

import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import { failBlob } from './blob-errors.js';
import { type Digest, MOST_BLOB_BYTES } from './blob-store.js';
import { digestOf } from './digest.js';

/** The first byte. */
const FORM = { plain: 0, deflated: 1 } as const;

/** Longest stored form: content that does not become smaller is stored as it is. */
export const MOST_STORED_BYTES = MOST_BLOB_BYTES + 1;

/** Shorter content is not worth a call of the compressor. */
const LEAST_COMPRESSED_BYTES = 256;

const deflate = promisify(deflateRaw) as (bytes: Uint8Array, options: object) => Promise<Uint8Array>;
const inflate = promisify(inflateRaw) as (bytes: Uint8Array, options: object) => Promise<Uint8Array>;

/** @param bytes at most {@link MOST_BLOB_BYTES}. */
export async function toStoredForm(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length >= LEAST_COMPRESSED_BYTES) {
    const deflated = await deflate(bytes, { level: constants.Z_BEST_SPEED });
    if (deflated.length < bytes.length) return withForm(FORM.deflated, deflated);
  }
  return withForm(FORM.plain, bytes);
}

/**
 * The content of a blob from its stored form; never longer than {@link MOST_BLOB_BYTES}, whatever the form says.
 * @param store whose it is, for the message.
 * @throws ERR_BLOB when it is not what the digest says.
 */
export async function fromStoredForm(stored: Uint8Array, digest: Digest, store: string): Promise<Uint8Array> {
  const content = await contentOf(stored, digest, store);
  if (digestOf(content) !== digest) failBlob(store, digest, 'damaged', 'its content has another SHA-256');
  return content;
}

async function contentOf(stored: Uint8Array, digest: Digest, store: string): Promise<Uint8Array> {
  if (stored.length === 0) failBlob(store, digest, 'damaged', 'it is empty');
  if (stored.length > MOST_STORED_BYTES) failBlob(store, digest, 'damaged', 'it is longer than any blob');
  const rest = stored.subarray(1);
  if (stored[0] === FORM.plain) return rest;
  if (stored[0] !== FORM.deflated) failBlob(store, digest, 'damaged', 'it begins with a byte that none does');
  try {
    return await inflate(rest, { maxOutputLength: MOST_BLOB_BYTES });
  } catch (error) {
    return failBlob(store, digest, 'damaged', (error as Error).message, error);
  }
}

function withForm(form: number, bytes: Uint8Array): Uint8Array {
  const stored = new Uint8Array(1 + bytes.length);
  stored[0] = form;
  stored.set(bytes, 1);
  return stored;
}

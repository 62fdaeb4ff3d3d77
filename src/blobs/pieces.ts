// Bytes of any length as blobs: as one where they fit, otherwise in pieces and a list of them, which is a blob too. The same
// bytes have the same name everywhere, and bytes that were changed a little share the pieces that were not.

import { fewAtOnce, type LongCallOptions } from '../long-calls.js';
import { requireMemory } from '../machine/memory-limit.js';
import { failBlob } from './blob-errors.js';
import { type BlobStore, type Digest, MOST_BLOB_BYTES } from './blob-store.js';
import { digestOf, isDigest } from './digest.js';

/** What a list of pieces begins with; then their whole length in bytes, and the digest of each, a line each. */
const LIST_MARK = 'tutti pieces 1\n';
const MARK_BYTES = new TextEncoder().encode(LIST_MARK);

/** Pieces on their way at once: enough for a network to be busy while a disk is, few enough for memory. */
const PIECES_AT_ONCE = 4;

export interface GetBytesOptions extends LongCallOptions {
  /** More are refused before any is fetched. @default as many as an array of bytes holds */
  readonly mostBytes?: number;
}

/**
 * Stores bytes of any length.
 * @returns their name, for {@link getBytes}; of what fits into one blob that is the SHA-256 of the bytes themselves.
 * @throws ERR_STORE
 */
export async function putBytes(
  store: BlobStore,
  bytes: Uint8Array,
  { signal }: LongCallOptions = {},
): Promise<Digest> {
  // What looks like a list is not stored as itself, so that a list is never anything else.
  if (bytes.length <= MOST_BLOB_BYTES && !startsWith(bytes, MARK_BYTES)) return putOne(store, bytes, signal);
  const count = Math.ceil(bytes.length / MOST_BLOB_BYTES);
  const digests = new Array<Digest>(count);
  await fewAtOnce(count, PIECES_AT_ONCE, async (at) => {
    const start = at * MOST_BLOB_BYTES;
    digests[at] = await putOne(store, bytes.subarray(start, start + MOST_BLOB_BYTES), signal);
  });
  // Last, so that whoever finds it finds the pieces.
  const list = `${LIST_MARK}${bytes.length}\n${digests.join('\n')}\n`;
  return putOne(store, new TextEncoder().encode(list), signal);
}

/**
 * Bytes as {@link putBytes} stored them.
 * @throws ERR_BLOB when something of it is missing, damaged or more than `mostBytes`; ERR_STORE; ERR_MEMORY when it would not fit,
 * before any piece is fetched: a short list can name one piece any number of times.
 */
export async function getBytes(
  store: BlobStore,
  digest: Digest,
  { signal, mostBytes = Number.MAX_SAFE_INTEGER }: GetBytesOptions = {},
): Promise<Uint8Array> {
  const first = await store.get(digest, signal);
  const list = startsWith(first, MARK_BYTES) ? readList(store, digest, first) : null;
  const length = list?.length ?? first.length;
  if (length > mostBytes)
    failBlob(store.address, digest, 'damaged', `it has ${length} bytes where at most ${mostBytes} may be`);
  if (list === null) return first;
  const part = {
    use: 'for its content',
    bytes: length,
    remedy: 'a machine with more memory has room for it',
  };
  requireMemory([part], `The blob ${digest} of ${store.address}`);
  const bytes = new Uint8Array(length);
  await fewAtOnce(list.digests.length, PIECES_AT_ONCE, async (at) => {
    const piece = await store.get(list.digests[at]!, signal);
    const start = at * MOST_BLOB_BYTES;
    if (piece.length !== Math.min(MOST_BLOB_BYTES, length - start))
      failBlob(store.address, digest, 'damaged', `its piece ${at + 1} has ${piece.length} bytes`);
    bytes.set(piece, start);
  });
  // So that bytes have one name.
  if (list.digests.length === 1 && !startsWith(bytes, MARK_BYTES))
    failBlob(store.address, digest, 'damaged', 'it is a list of one piece, which needs none');
  return bytes;
}

/**
 * All blobs that bytes lie in, that of the list among them.
 * @throws ERR_BLOB when the blob of this name, which is read for it, is missing or damaged; ERR_STORE
 */
export async function digestsOf(
  store: BlobStore,
  digest: Digest,
  { signal }: LongCallOptions = {},
): Promise<readonly Digest[]> {
  const first = await store.get(digest, signal);
  if (!startsWith(first, MARK_BYTES)) return [digest];
  return [...new Set([...readList(store, digest, first).digests, digest])];
}

async function putOne(store: BlobStore, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Digest> {
  const digest = digestOf(bytes);
  await store.put(digest, bytes, signal);
  return digest;
}

function readList(store: BlobStore, digest: Digest, bytes: Uint8Array) {
  const lines = new TextDecoder('latin1').decode(bytes.subarray(MARK_BYTES.length)).split('\n');
  const [said, ...digests] = lines.slice(0, -1);
  const length = /^[1-9]\d{0,15}$/.test(said ?? '') ? Number(said) : Number.NaN;
  const isList =
    lines.at(-1) === '' &&
    digests.length === Math.ceil(length / MOST_BLOB_BYTES) &&
    digests.every((line) => isDigest(line));
  if (!isList) failBlob(store.address, digest, 'damaged', 'it is no list of pieces though it begins as one');
  return { length, digests };
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, at) => bytes[at] === byte);
}

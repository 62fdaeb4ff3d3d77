// How blobs lie in stores and travel to them: a byte that says how the content was compressed, then that. Digests are of
// the content, so that how well one host compresses is no business of another.

import { promisify } from 'node:util';
import { type BrotliOptions, brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { failBlob } from './blob-errors.js';
import { type Digest, MOST_BLOB_BYTES } from './blob-store.js';
import { fromPlanes, toPlanes } from './byte-planes.js';
import { digestOf } from './digest.js';

/** The first byte: as it is, by Brotli, or by Brotli of its byte planes. */
const FORM = { plain: 0, brotli: 1, planes: 2 } as const;

/** Longest stored form: content that does not become smaller is stored as it is. */
export const MOST_STORED_BYTES = MOST_BLOB_BYTES + 1;

/** Shorter content is not worth a call of the compressor. */
const LEAST_COMPRESSED_BYTES = 256;

/**
 * To decompress takes a processor 6 to 8 ms a megabyte, a network of 1 Gb/s to carry it 8 ms: what saves less, as weights
 * do, costs more of the processor that many hosts share than it spares the network.
 */
const LEAST_SAVED = 1 / 4;

/** What is tried first of longer content, from several of its places: whether and how it is best compressed. */
const SAMPLE_PARTS = 4;
const PART_BYTES = 2 ** 14;

/**
 * The quickest but one: some 300 MB a second of a core, three times as quick as deflate's quickest, to the same lengths
 * (docs/reference/stores.md). Node.js 20 has no Zstandard.
 */
const QUALITY = 1;

const compress = promisify(brotliCompress) as (bytes: Uint8Array, options: BrotliOptions) => Promise<Buffer>;
const decompress = promisify(brotliDecompress) as (
  bytes: Uint8Array,
  options: BrotliOptions,
) => Promise<Buffer>;

/** @param bytes at most {@link MOST_BLOB_BYTES}. */
export async function toStoredForm(bytes: Uint8Array): Promise<Uint8Array> {
  const sample = sampleOf(bytes);
  const best = bytes.length < LEAST_COMPRESSED_BYTES ? null : await shortest(sample);
  if (best === null) return withForm(FORM.plain, bytes);
  const rest = sample === bytes ? best.bytes : await compressed(best.form, bytes);
  return rest.length < bytes.length ? withForm(best.form, rest) : withForm(FORM.plain, bytes);
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
  const [form] = stored;
  const rest = stored.subarray(1);
  if (form === FORM.plain) return rest;
  if (form !== FORM.brotli && form !== FORM.planes)
    return failBlob(store, digest, 'damaged', 'it begins with a byte that none does');
  try {
    const bytes = await decompress(rest, { maxOutputLength: MOST_BLOB_BYTES });
    return form === FORM.planes ? fromPlanes(bytes) : bytes;
  } catch (error) {
    return failBlob(store, digest, 'damaged', 'it cannot be decompressed', error);
  }
}

/** What compresses bytes best; null where none is worth it. */
async function shortest(
  bytes: Uint8Array,
): Promise<{ readonly form: number; readonly bytes: Uint8Array } | null> {
  const forms = [FORM.brotli, FORM.planes];
  const all = await Promise.all(forms.map(async (form) => ({ form, bytes: await compressed(form, bytes) })));
  const best = all.reduce((a, b) => (b.bytes.length < a.bytes.length ? b : a));
  return best.bytes.length > bytes.length * (1 - LEAST_SAVED) ? null : best;
}

/** All of what is short. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= SAMPLE_PARTS * PART_BYTES) return bytes;
  const sample = new Uint8Array(SAMPLE_PARTS * PART_BYTES);
  for (let part = 0; part < SAMPLE_PARTS; part++) {
    const start = Math.floor((part * (bytes.length - PART_BYTES)) / (SAMPLE_PARTS - 1));
    // In whole numbers from the beginning, so that planes are those of the whole.
    const from = start - (start % 8);
    sample.set(bytes.subarray(from, from + PART_BYTES), part * PART_BYTES);
  }
  return sample;
}

function compressed(form: number, bytes: Uint8Array): Promise<Buffer> {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  return compress(form === FORM.planes ? toPlanes(bytes) : bytes, {
    params: { [BROTLI_PARAM_QUALITY]: QUALITY, [BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}

function withForm(form: number, bytes: Uint8Array): Uint8Array {
  const stored = new Uint8Array(1 + bytes.length);
  stored[0] = form;
  stored.set(bytes, 1);
  return stored;
}

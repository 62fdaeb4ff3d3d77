// A file of metadata and numbers under one checksum, as both files of a checkpoint are that are read whole: the training
// and the states. What is not as it was written is not read.
//
//   0   8  magic, of the file's kind
//   8   4  format version, u32 little-endian
//  12   4  length of the metadata, u32 little-endian
//  16   8  length of metadata and numbers, u64 little-endian
//  24  32  SHA-256 of bytes 0–23 and of what follows
//  56      the metadata (msgpack, a map), then the numbers as little-endian f32
//
// What lies behind the end is of a longer file that was written there before.

import { createHash } from 'node:crypto';
import type { BundleSource } from '../bundle/byte-source.js';
import { placeLittleEndian } from '../bundle/weights.js';
import { NotPlainError, unpackPlain } from '../files/plain-data.js';
import { allocateShared } from '../memory/uncounted-bytes.js';

export const FORMAT_VERSION = 1;
const CHECKSUM_OFFSET_BYTES = 24;
const HEADER_BYTES = 56;

/** Beyond this the metadata is not believed: a note of a megabyte, a plan of a million members, a long history. */
export const MAX_METADATA_BYTES = 256 * 2 ** 20;

/** The first bytes of a kind of file: its letter, then bytes that text transfers would damage. */
export function magicOf(letter: 'T' | 'J' | 'S' | 'P'): Uint8Array {
  return Uint8Array.from([0x54, 0x55, 0x54, 0x54, 0x49, letter.charCodeAt(0), 0x1a, 0x0a]);
}

/** Why a file is not read; ends the sentence "FILE …". */
export class UnreadableError extends Error {}

/**
 * What comes before the numbers: header and metadata.
 * @param numbers as they are to be written, little-endian.
 */
export function sealedStart(
  magic: Uint8Array,
  metadata: Uint8Array,
  numbers: readonly Uint8Array[] = [],
): Buffer {
  const start = Buffer.alloc(HEADER_BYTES + metadata.length);
  start.set(magic);
  start.writeUInt32LE(FORMAT_VERSION, 8);
  start.writeUInt32LE(metadata.length, 12);
  const payloadBytes = numbers.reduce((sum, { length }) => sum + length, metadata.length);
  start.writeBigUInt64LE(BigInt(payloadBytes), 16);
  start.set(metadata, HEADER_BYTES);
  const checksum = createHash('sha256').update(start.subarray(0, CHECKSUM_OFFSET_BYTES));
  for (const part of [metadata, ...numbers]) checksum.update(part);
  start.set(checksum.digest(), CHECKSUM_OFFSET_BYTES);
  return start;
}

/** The checksum of a file, which names it. */
export function sealOf(start: Uint8Array): string {
  return Buffer.from(start.subarray(CHECKSUM_OFFSET_BYTES, HEADER_BYTES)).toString('hex');
}

export interface SealedFile {
  readonly seal: string;
  readonly metadata: unknown;
  readonly numbers: Float32Array<SharedArrayBuffer>;
}

/** @throws UnreadableError when anything is not as it was written; ERR_FILE. */
export async function readSealed(source: BundleSource<Buffer>, magic: Uint8Array): Promise<SealedFile> {
  const start = await source.read(0, Math.min(HEADER_BYTES, source.bytes));
  const { metadataBytes, payloadBytes } = readHeader(start, magic, source.bytes);
  const hash = createHash('sha256').update(start.subarray(0, CHECKSUM_OFFSET_BYTES));
  const metadata = await source.read(HEADER_BYTES, metadataBytes);
  hash.update(metadata);
  const numbers = new Float32Array(allocateShared(payloadBytes - metadataBytes));
  const pieces = source.pieces(HEADER_BYTES + metadataBytes, payloadBytes - metadataBytes);
  for await (const { offset, piece } of pieces) {
    hash.update(piece);
    placeLittleEndian(numbers, offset, piece);
  }
  const checksum = start.subarray(CHECKSUM_OFFSET_BYTES, HEADER_BYTES);
  if (!hash.digest().equals(checksum)) throw new UnreadableError('is damaged: its checksum does not match');
  return { seal: sealOf(start), metadata: decode(metadata), numbers };
}

function readHeader(start: Buffer, magic: Uint8Array, fileBytes: number) {
  if (start.length < HEADER_BYTES || !start.subarray(0, magic.length).equals(magic)) {
    throw new UnreadableError('is not what tutti writes there, or cut short');
  }
  requireVersion(start.readUInt32LE(8));
  const metadataBytes = start.readUInt32LE(12);
  const payloadBytes = Number(start.readBigUInt64LE(16));
  if (payloadBytes > fileBytes - HEADER_BYTES) throw new UnreadableError('is cut short');
  if (
    metadataBytes > Math.min(payloadBytes, MAX_METADATA_BYTES) ||
    (payloadBytes - metadataBytes) % 4 !== 0
  ) {
    throw new UnreadableError('is damaged: its lengths contradict each other');
  }
  return { metadataBytes, payloadBytes };
}

export function requireVersion(version: number): void {
  if (version === FORMAT_VERSION) return;
  const advice = version > FORMAT_VERSION ? '; update tutti' : '';
  throw new UnreadableError(`has format version ${version}, where ${FORMAT_VERSION} is read${advice}`);
}

/** @throws UnreadableError for bytes that are no plain data. */
export function decode(metadata: Uint8Array): unknown {
  try {
    return unpackPlain(metadata);
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error;
    throw new UnreadableError(`is damaged: it does not decode (${error.message})`);
  }
}

// The journal: what is finished, in the order in which it was. A fixed header, then records that are only ever added:
//
//   0   8  magic                                  0   8  length of the payload, u64 little-endian
//   8   4  format version, u32 little-endian      8  32  SHA-256 of the checksum before (of the header, for the
//  12  32  seal of the folder's training                 first), of the length and of the payload
//                                                40      payload: length of the metadata, u32 little-endian; the
//                                                        metadata (msgpack, a map); of a member its weights as
//                                                        little-endian f32, then its stored model
//
// Each checksum holds the one before, so that a record counts in its place or not at all. Where a process or a machine
// ended as it wrote, the last record is cut short; it and whatever follows it is no part of the journal.

import { createHash } from 'node:crypto';
import {
  FORMAT_VERSION,
  MAX_METADATA_BYTES,
  magicOf,
  requireVersion,
  UnreadableError,
} from './sealed-file.js';

export const JOURNAL_FILE = 'journal';

const MAGIC = magicOf('J');
const JOURNAL_HEADER_BYTES = 44;
export const RECORD_HEADER_BYTES = 40;
const LENGTH_BYTES = 8;

/** @param seal of the training, hexadecimal. */
export function journalHeader(seal: string): Buffer {
  const header = Buffer.alloc(JOURNAL_HEADER_BYTES);
  header.set(MAGIC);
  header.writeUInt32LE(FORMAT_VERSION, 8);
  header.set(Buffer.from(seal, 'hex'), 12);
  return header;
}

/**
 * @param start the journal's first bytes, fewer where it is cut short.
 * @throws UnreadableError when it does not begin as the journal of this training.
 */
export function requireJournalHeader(start: Buffer, header: Buffer): void {
  if (start.equals(header.subarray(0, start.length))) return;
  if (!start.subarray(0, MAGIC.length).equals(MAGIC)) throw new UnreadableError('is no journal');
  if (start.length >= 12) requireVersion(start.readUInt32LE(8));
  throw new UnreadableError('is that of another training');
}

/** What the first record's checksum holds. */
export function firstLink(header: Uint8Array): Buffer {
  return createHash('sha256').update(header).digest();
}

/** A record's own checksum as its payload comes in pieces. */
export function recordChecksum(link: Uint8Array, length: Uint8Array) {
  return createHash('sha256').update(link).update(length);
}

/** A record's header and metadata, and the link to the next record. */
export interface RecordStart {
  readonly start: Buffer;
  readonly link: Buffer;
}

/** @param binaries what follows the metadata. */
export function recordStart(
  link: Uint8Array,
  metadata: Uint8Array,
  binaries: readonly Uint8Array[],
): RecordStart {
  const start = Buffer.alloc(RECORD_HEADER_BYTES + 4 + metadata.length);
  const payloadBytes = binaries.reduce((sum, { length }) => sum + length, 4 + metadata.length);
  start.writeBigUInt64LE(BigInt(payloadBytes));
  start.writeUInt32LE(metadata.length, RECORD_HEADER_BYTES);
  start.set(metadata, RECORD_HEADER_BYTES + 4);
  const hash = recordChecksum(link, start.subarray(0, LENGTH_BYTES));
  hash.update(start.subarray(RECORD_HEADER_BYTES));
  for (const binary of binaries) hash.update(binary);
  const checksum = hash.digest();
  start.set(checksum, LENGTH_BYTES);
  return { start, link: checksum };
}

export interface RecordHeader {
  readonly length: Buffer;
  readonly payloadBytes: number;
  readonly checksum: Buffer;
}

/** @param left bytes of the journal behind the header. @returns null when no whole record can be there. */
export function readRecordHeader(header: Buffer, left: number): RecordHeader | null {
  const payloadBytes = Number(header.readBigUInt64LE());
  if (payloadBytes < 4 || payloadBytes > left) return null;
  return {
    length: header.subarray(0, LENGTH_BYTES),
    payloadBytes,
    checksum: header.subarray(LENGTH_BYTES, RECORD_HEADER_BYTES),
  };
}

/** @throws UnreadableError for a length that no metadata of this payload can have. */
export function requireMetadataBytes(bytes: number, payloadBytes: number): void {
  if (bytes <= Math.min(payloadBytes - 4, MAX_METADATA_BYTES)) return;
  throw new UnreadableError('is damaged: a record cannot be so short');
}

// The bytes of a saved ensemble. A fixed header, then the payload, a sequence of msgpack values:
//
//   0   8  magic  54 55 54 54 49 00 1a 0a   ("TUTTI", then bytes that text transfers would damage)
//   8   4  format version, u32 little-endian
//  12   4  length of the first payload value, the metadata, u32 little-endian
//  16   8  length of the payload, u64 little-endian
//  24  32  SHA-256 of bytes 0–23 and of the payload
//  56      payload: the metadata (a map), then for each member a bin 32, its weights as little-endian f32, and
//          where the metadata says so another, its stored model; then, where it says so, a bin 32, the conformity
//
// Version 1 had no stored models, versions 1 and 2 say less of the encoding and nothing of the training rows, those before 4
// when they were saved, and those before 5 nothing of baseline, calibration and conformity; all are read as such. Weights are values of their own so that saving and loading pass them through in small pieces: an
// ensemble is never in memory twice. This file knows the layout only; metadata.ts knows what it means.

import { TuttiError } from '../errors.js';
import { equalBytes } from '../files/byte-order.js';

export const MAGIC = Uint8Array.from([0x54, 0x55, 0x54, 0x54, 0x49, 0x00, 0x1a, 0x0a]);
export const FORMAT_VERSION = 5;
export const HEADER_BYTES = 56;
export const CHECKSUM_OFFSET_BYTES = 24;
/** A msgpack bin 32: the marker and a u32 big-endian length. */
export const BIN_HEADER_BYTES = 5;
const BIN_32 = 0xc6;

/** Beyond this the metadata is not believed; 16 members take some kilobytes, a history of a million epochs 30 MB. */
export const MAX_METADATA_BYTES = 256 * 2 ** 20;

export interface Header {
  readonly version: number;
  readonly metadataBytes: number;
  readonly payloadBytes: number;
  readonly checksum: Uint8Array;
}

/** The first 24 bytes, which the checksum covers. */
export function encodeHeaderStart(metadataBytes: number, payloadBytes: number): Uint8Array {
  const bytes = new Uint8Array(CHECKSUM_OFFSET_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, metadataBytes, true);
  view.setBigUint64(16, BigInt(payloadBytes), true);
  return bytes;
}

/**
 * Reads a header and holds it against the file's length.
 * @param start the file's first bytes, at most HEADER_BYTES.
 * @param fileBytes the length of the whole file.
 * @throws ERR_BUNDLE when it is no bundle, of another version, truncated, or followed by foreign bytes.
 */
export function decodeHeader(start: Uint8Array, fileBytes: number, path: string): Header {
  const seen = start.subarray(0, MAGIC.length);
  if (seen.length === 0 || !seen.every((byte, i) => byte === MAGIC[i])) {
    failBundle(path, seen.length === 0 ? 'is empty' : 'is not a saved ensemble');
  }
  if (start.length < HEADER_BYTES) failBundle(path, `is truncated: ${fileBytes} bytes hold no header`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const version = view.getUint32(8, true);
  if (version > FORMAT_VERSION) {
    failBundle(
      path,
      `has format version ${version}, newer than this tutti reads (${FORMAT_VERSION}); update tutti`,
    );
  }
  if (version < 1) failBundle(path, `has the unknown format version ${version}`);
  const metadataBytes = view.getUint32(12, true);
  const payloadBytes = Number(view.getBigUint64(16, true));
  const expected = HEADER_BYTES + payloadBytes;
  if (fileBytes < expected) failBundle(path, `is truncated: ${fileBytes} of ${expected} bytes`);
  if (fileBytes > expected) failBundle(path, `is damaged: ${fileBytes - expected} bytes follow its end`);
  if (metadataBytes > Math.min(payloadBytes, MAX_METADATA_BYTES)) {
    failBundle(path, `is damaged: its metadata cannot take ${metadataBytes} bytes`);
  }
  const checksum = start.slice(CHECKSUM_OFFSET_BYTES, HEADER_BYTES);
  return { version, metadataBytes, payloadBytes, checksum };
}

/** Bytes that a member takes in the payload: its weights, and its stored model where it has one. */
export function storedBytes(weightsBytes: number, modelBytes: number | null): number {
  const model = modelBytes === null ? 0 : BIN_HEADER_BYTES + modelBytes;
  return BIN_HEADER_BYTES + weightsBytes + model;
}

/** The marker and length before a member's weights or model. */
export function encodeBinHeader(lengthBytes: number): Uint8Array {
  if (lengthBytes > 0xffffffff) {
    throw new TuttiError('ERR_BUNDLE', `Cannot save a member of ${lengthBytes} bytes: 4 GiB is the most`);
  }
  const bytes = new Uint8Array(BIN_HEADER_BYTES);
  bytes[0] = BIN_32;
  new DataView(bytes.buffer).setUint32(1, lengthBytes);
  return bytes;
}

/** Whether five bytes introduce a binary value of exactly `lengthBytes`. */
export function isBinHeader(bytes: Uint8Array, lengthBytes: number): boolean {
  return equalBytes(bytes, encodeBinHeader(lengthBytes));
}

/** Throws ERR_BUNDLE about a file: `digits.tutti is truncated: …`. */
export function failBundle(path: string, problem: string, cause?: unknown): never {
  throw new TuttiError('ERR_BUNDLE', `${path} ${problem}`, { path }, cause);
}

// Weights as little-endian bytes, and stored models as the bytes they are, in pieces small enough that nothing is
// copied whole.

import { endianness } from 'node:os';

/** Long enough that a system call costs little beside it, short enough to stay in the cache. */
export const PIECE_BYTES = 256 * 1024;

/** What {@link littleEndianPieces} copies through; one for many members spares the garbage collector theirs. */
export function pieceBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(PIECE_BYTES);
}

const SWAP = endianness() === 'BE';

/**
 * The bytes of the weights in order, each piece valid until the next is asked for: the pieces share
 * `buffer`, into which shared memory is copied because hashing and writing need not accept it.
 */
export function* littleEndianPieces(weights: Float32Array, buffer: Buffer): Generator<Uint8Array> {
  const bytes = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  for (const piece of bytePieces(bytes, buffer)) yield SWAP ? piece.swap32() : piece;
}

/** The bytes of the weights, little-endian: the very memory where the host is. */
export function littleEndianBytes(weights: Float32Array): Uint8Array {
  const bytes = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  return SWAP ? Buffer.from(bytes).swap32() : bytes;
}

/** The bytes in order, in pieces as of {@link littleEndianPieces}. */
export function* bytePieces(bytes: Uint8Array, buffer: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, bytes.length - at));
    piece.set(bytes.subarray(at, at + piece.length));
    yield piece;
  }
}

/** Puts little-endian bytes where they belong in the weights; both ends lie on whole numbers. */
export function placeLittleEndian(weights: Float32Array, atBytes: number, piece: Buffer): void {
  if (SWAP) piece.swap32();
  new Uint8Array(weights.buffer, weights.byteOffset + atBytes, piece.length).set(piece);
}

// Weights as little-endian bytes, and stored models as the bytes they are, in pieces small enough that nothing is
// copied whole.

import { IS_LITTLE_ENDIAN, swapBytes } from '../files/byte-order.js';

/** Long enough that a system call costs little beside it, short enough to stay in the cache. */
export const PIECE_BYTES = 256 * 1024;

/** What {@link littleEndianPieces} copies through; one for many members spares the garbage collector theirs. */
export function pieceBuffer(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(PIECE_BYTES);
}

/**
 * The bytes of the weights in order, each piece valid until the next is asked for: the pieces share
 * `buffer`, into which shared memory is copied because hashing and writing need not accept it.
 */
export function* littleEndianPieces(
  weights: Float32Array,
  buffer: Uint8Array<ArrayBuffer>,
): Generator<Uint8Array> {
  const bytes = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  for (const piece of bytePieces(bytes, buffer)) yield IS_LITTLE_ENDIAN ? piece : swapBytes(piece, 4);
}

/** The bytes of the weights, little-endian: the very memory where the host is. */
export function littleEndianBytes(weights: Float32Array): Uint8Array {
  const bytes = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  return IS_LITTLE_ENDIAN ? bytes : swapBytes(Uint8Array.from(bytes), 4);
}

/** The bytes in order, in pieces as of {@link littleEndianPieces}. */
export function* bytePieces(
  bytes: Uint8Array,
  buffer: Uint8Array<ArrayBuffer>,
): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, bytes.length - at));
    piece.set(bytes.subarray(at, at + piece.length));
    yield piece;
  }
}

/** Puts little-endian bytes where they belong in the weights; both ends lie on whole numbers. */
export function placeLittleEndian(weights: Float32Array, atBytes: number, piece: Uint8Array): void {
  if (!IS_LITTLE_ENDIAN) swapBytes(piece, 4);
  new Uint8Array(weights.buffer, weights.byteOffset + atBytes, piece.length).set(piece);
}

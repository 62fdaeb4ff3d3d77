// The bytes of a saved ensemble, wherever they are: in pieces, so that an ensemble is never in memory twice. What the bytes mean
// is read-bundle.ts's business.

import { betweenBlocks } from '../long-calls.js';
import { PIECE_BYTES } from './weights.js';

/** A saved ensemble: the path of a file, its `file:` URL, or its bytes. */
export type EnsembleSource = string | URL | Uint8Array | ArrayBuffer;

/** @template Bytes what pieces are; a Buffer in Node.js. */
export interface BundleSource<Bytes extends Uint8Array = Uint8Array> {
  /** What messages call it: the path, or what stands for one. */
  readonly name: string;
  /** Length of the whole. */
  readonly bytes: number;
  /** Bytes from an offset on; fewer are an error. */
  read(from: number, lengthBytes: number): Promise<Bytes>;
  /** The same piece by piece, each valid until the next is asked for. @throws the signal's reason. */
  pieces(
    from: number,
    lengthBytes: number,
  ): AsyncGenerator<{ readonly offset: number; readonly piece: Bytes }>;
  close(): Promise<void>;
}

/**
 * Bytes in memory. Copies, because the caller may change its bytes meanwhile, and big-endian hosts turn pieces round in place.
 * @param own makes of a copy what pieces are.
 */
export function overBytes<Bytes extends Uint8Array>(
  bytes: Uint8Array,
  own: (copy: Uint8Array<ArrayBuffer>) => Bytes,
  signal?: AbortSignal,
  name = 'The saved ensemble',
): BundleSource<Bytes> {
  const turn = turns(signal);
  const read = (from: number, lengthBytes: number) =>
    own(Uint8Array.from(bytes.subarray(from, from + lengthBytes)));
  return {
    ...{ name, bytes: bytes.length },
    read: async (from, lengthBytes) => read(from, lengthBytes),
    async *pieces(from, lengthBytes) {
      for (let offset = 0; offset < lengthBytes; offset += PIECE_BYTES) {
        await turn(Math.min(PIECE_BYTES, lengthBytes - offset));
        yield { offset, piece: read(from + offset, Math.min(PIECE_BYTES, lengthBytes - offset)) };
      }
    },
    close: async () => undefined,
  };
}

/** Gives the event loop a turn before the first piece, and then whenever as many bytes have come as a large one has. */
export function turns(signal: AbortSignal | undefined): (bytes: number) => Promise<void> {
  let since = PIECE_BYTES;
  return async (bytes) => {
    if (since >= PIECE_BYTES) {
      since = 0;
      await betweenBlocks(signal);
    }
    since += bytes;
  };
}

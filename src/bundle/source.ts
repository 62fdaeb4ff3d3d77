// Where the bytes of a saved ensemble come from: a file, or memory. Either is read in pieces, so that an ensemble is
// never in memory twice. What the bytes mean is load.ts's business.

import { types } from 'node:util';
import { describe, TuttiError } from '../errors.js';
import { failRead, openRegularFile } from '../files/regular-file.js';
import { betweenBlocks } from '../long-calls.js';
import { usableMemory } from '../machine/available-memory.js';
import { PIECE_BYTES } from './weights.js';

export interface BundleSource {
  /** What messages call it: the path, or what stands for one. */
  readonly name: string;
  /** Length of the whole. */
  readonly bytes: number;
  /** Bytes from an offset on; fewer are an error. */
  read(from: number, lengthBytes: number): Promise<Buffer>;
  /** The same piece by piece, each valid until the next is asked for. @throws the signal's reason. */
  pieces(
    from: number,
    lengthBytes: number,
  ): AsyncGenerator<{ readonly offset: number; readonly piece: Buffer }>;
  close(): Promise<void>;
}

/**
 * Opens a file by its path, or takes bytes as they are.
 * @param signal stops reading them.
 * @throws ERR_OPTION when it is neither; ERR_FILE when the file cannot be read.
 */
export async function openSource(source: string | Uint8Array, signal?: AbortSignal): Promise<BundleSource> {
  signal?.throwIfAborted();
  if (typeof source === 'string') return openFile(source, signal);
  // Not by instanceof: test runners run modules in a realm of their own.
  if (types.isUint8Array(source)) return overBytes(source, signal);
  const expected = 'Expected a saved ensemble to be a path or a Uint8Array of its bytes';
  throw new TuttiError('ERR_OPTION', `${expected}, got ${describe(source)}`, { argument: 'source' });
}

async function openFile(path: string, signal: AbortSignal | undefined): Promise<BundleSource> {
  const { file, bytes } = await openRegularFile(path, usableMemory());
  const turn = turns(signal);
  const fill = async (piece: Buffer, from: number) => {
    let done = 0;
    while (done < piece.length) {
      const { bytesRead } = await file
        .read(piece, done, piece.length - done, from + done)
        .catch((error) => failRead(path, error));
      if (bytesRead === 0) failRead(path, new Error('it became shorter while it was read'));
      done += bytesRead;
    }
  };
  return {
    ...{ name: path, bytes },
    async read(from, lengthBytes) {
      const piece = Buffer.alloc(lengthBytes);
      await fill(piece, from);
      return piece;
    },
    async *pieces(from, lengthBytes) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, lengthBytes));
      for (let offset = 0; offset < lengthBytes; offset += PIECE_BYTES) {
        await turn(buffer.length);
        const piece = buffer.subarray(0, Math.min(PIECE_BYTES, lengthBytes - offset));
        await fill(piece, from + offset);
        yield { offset, piece };
      }
    },
    close: () => file.close(),
  };
}

/** Copies, because the caller may change its bytes meanwhile, and big-endian hosts turn pieces round in place. */
function overBytes(bytes: Uint8Array, signal: AbortSignal | undefined): BundleSource {
  const turn = turns(signal);
  const read = (from: number, lengthBytes: number) => Buffer.from(bytes.slice(from, from + lengthBytes));
  return {
    ...{ name: 'The saved ensemble', bytes: bytes.length },
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
function turns(signal: AbortSignal | undefined): (bytes: number) => Promise<void> {
  let since = PIECE_BYTES;
  return async (bytes) => {
    if (since >= PIECE_BYTES) {
      since = 0;
      await betweenBlocks(signal);
    }
    since += bytes;
  };
}

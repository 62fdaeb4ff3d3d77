// Where the bytes of a saved ensemble come from in Node.js: a file, or memory.

import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { describe, TuttiError } from '../errors.js';
import { failRead, openRegularFile } from '../files/regular-file.js';
import { usableMemory } from '../machine/available-memory.js';
import { type BundleSource, type EnsembleSource, overBytes, turns } from './byte-source.js';
import { PIECE_BYTES } from './weights.js';

/** By its shape: test runners have a URL of another realm. */
export function isFileUrl(source: unknown): source is URL {
  return (
    typeof source === 'object' &&
    source !== null &&
    'href' in source &&
    'protocol' in source &&
    source.protocol === 'file:'
  );
}

/**
 * Opens a file by its path, or takes bytes as they are.
 * @param signal stops reading them.
 * @throws ERR_OPTION when it is neither; ERR_FILE when the file cannot be read.
 */
export async function openSource(
  source: EnsembleSource,
  signal?: AbortSignal,
): Promise<BundleSource<Buffer>> {
  signal?.throwIfAborted();
  if (typeof source === 'string') return openFile(source, signal);
  if (isFileUrl(source)) return openFile(fileURLToPath(source), signal);
  // Not by instanceof: test runners run modules in a realm of their own.
  const bytes = types.isAnyArrayBuffer(source) ? new Uint8Array(source) : source;
  if (types.isUint8Array(bytes)) return overBytes(bytes, (copy) => Buffer.from(copy.buffer), signal);
  const expected =
    'Expected a saved ensemble to be a path, a file URL, or its bytes (Uint8Array or ArrayBuffer)';
  throw new TuttiError('ERR_OPTION', `${expected}, got ${describe(source)}`, { argument: 'source' });
}

async function openFile(path: string, signal: AbortSignal | undefined): Promise<BundleSource<Buffer>> {
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

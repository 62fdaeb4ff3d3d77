// Files of data as they are read in pieces: regular ones from any place, pipes and standard input from their beginning
// to their end. What is in them is the business of whoever asks for it.

import { createReadStream, fstatSync, openSync } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { TuttiError } from '../errors.js';
import { FILE_PIECE_BYTES, failKind, failRead, openRegularFile } from './regular-file.js';

/** A file that is open; whoever opened it closes it. */
export interface DataFile {
  /** What the system says of its length; null for what only flows. */
  readonly bytes: number | null;
  /** Fills a buffer from a place on, as far as the file goes; null for what only flows. */
  readonly readAt: ((into: Buffer, position: number) => Promise<number>) | null;
  /** From its beginning, each piece valid until the next is asked for; once only for what only flows. */
  pieces(): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens a file of data by its path. A named pipe waits for whoever writes to it, as `cat` does.
 * @param name what messages call it.
 * @throws ERR_FILE when it is not there, or is a folder or a device.
 */
export async function openDataFile(path: string, name: string): Promise<DataFile> {
  const stats = await stat(path).catch((error) => failRead(name, error));
  failKind(name, stats, true);
  if (!stats.isFile()) return flowingFile(name, openPipe(path, name));
  const { file, bytes } = await openRegularFile(path, Number.POSITIVE_INFINITY);
  return regularFile(name, file, bytes);
}

/** Standard input. @throws ERR_FILE for a terminal or another device. */
export function openStandardInput(name: string): DataFile {
  const stats = fstatSync(0);
  failKind(name, stats, true);
  // From wherever whoever started this process has come to in it.
  if (stats.isFile())
    return flowingFile(
      name,
      createReadStream('', { fd: 0, autoClose: false, highWaterMark: FILE_PIECE_BYTES }),
    );
  return flowingFile(name, process.stdin);
}

function openPipe(path: string, name: string): AsyncIterable<Buffer> & Destroyable {
  try {
    // While it waits for a writer nothing is under way that Ctrl-C would have to end in order.
    return new Socket({ fd: openSync(path, 'r'), readable: true, writable: false });
  } catch (error) {
    return failRead(name, error);
  }
}

interface Destroyable {
  destroy(): unknown;
}

function flowingFile(name: string, stream: AsyncIterable<Buffer> & Destroyable): DataFile {
  return {
    bytes: null,
    readAt: null,
    async *pieces() {
      try {
        yield* stream;
      } catch (error) {
        failRead(name, error);
      }
    },
    close: async () => void stream.destroy(),
  };
}

function regularFile(name: string, file: FileHandle, bytes: number): DataFile {
  const read = async (into: Buffer, position: number) => {
    try {
      let filled = 0;
      while (filled < into.length) {
        const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    } catch (error) {
      return failRead(name, error);
    }
  };
  // A table that was cut where a row or a digit ends would be one of other rows, or numbers, and nobody would know.
  const sure = async (into: Buffer, position: number) => {
    const filled = await read(into, position);
    if (filled === into.length || position + filled >= bytes) return filled;
    const message = `Expected ${name} to keep its ${bytes} bytes while it is read, got one that became shorter`;
    throw new TuttiError('ERR_FILE', message, { path: name });
  };
  return { bytes, readAt: sure, pieces: () => piecesOf(sure, bytes), close: () => file.close() };
}

/** The next piece is on its way while one is taken apart. */
async function* piecesOf(
  read: (into: Buffer, position: number) => Promise<number>,
  bytes: number,
): AsyncGenerator<Buffer> {
  // Files of /proc say that they have none.
  const length = bytes === 0 ? FILE_PIECE_BYTES : Math.min(bytes, FILE_PIECE_BYTES);
  let [here, coming] = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)];
  let position = 0;
  let reading = read(here, 0);
  for (;;) {
    const filled = await reading;
    if (filled === 0) return;
    position += filled;
    reading = read(coming, position);
    // Heard when it is awaited; whoever stops before that needs no piece.
    reading.catch(() => undefined);
    try {
      yield here.subarray(0, filled);
    } finally {
      await reading.catch(() => undefined);
    }
    [here, coming] = [coming, here];
  }
}

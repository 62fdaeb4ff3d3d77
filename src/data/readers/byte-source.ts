// What readers read, wherever its bytes are: in a file, in memory, in a pipe, or packed in one of these.

import { setImmediate } from 'node:timers/promises';
import { failSize, maxDataBytes } from '../../files/regular-file.js';

/** What a reader reads: a file, standard input, bytes in memory, or one of these unpacked. */
export interface ByteSource {
  /** What messages call it. */
  readonly name: string;
  /** Where it is, for readers that look beside it; null for what is in memory or flows. */
  readonly path: string | null;
  /** Its length where that is known beforehand. */
  readonly bytes: number | null;
  /** The first of its bytes, as many as files are told apart by, or all. */
  start(): Promise<Buffer>;
  /**
   * Any part of it, shorter where it ends before; valid for good. A source that only flows (a pipe, an unpacked file) is
   * taken into memory for that.
   * @throws ERR_FILE for one that is longer than what may be in memory.
   */
  slice(start: number, end: number): Promise<Buffer>;
  /** All of it in memory. @throws ERR_FILE when it is longer than what may be. */
  whole(): Promise<Buffer>;
  /** From its beginning, each piece valid until the next is asked for; between two the event loop has its turn. */
  pieces(): AsyncIterable<Buffer>;
  /** What of it was read so far, and of how many bytes: packed ones where it is packed. */
  progress(): { readonly bytes: number; readonly totalBytes: number | null };
}

/** Bytes by which files are told apart. */
export const START_BYTES = 4096;

/** Bytes in memory are given in pieces of so many. */
const PIECE_BYTES = 1 << 19;

/** Bytes in memory as they are, never copied. */
export function bytesSource(name: string, bytes: Buffer, path: string | null = null): ByteSource {
  let taken = 0;
  return {
    ...{ name, path, bytes: bytes.length },
    start: async () => bytes.subarray(0, START_BYTES),
    async slice(start, end) {
      taken = Math.max(taken, Math.min(end, bytes.length));
      return bytes.subarray(start, end);
    },
    async whole() {
      taken = bytes.length;
      return bytes;
    },
    async *pieces() {
      for (taken = 0; taken < bytes.length; ) {
        const start = taken;
        taken = Math.min(bytes.length, start + PIECE_BYTES);
        yield bytes.subarray(start, taken);
        if (taken < bytes.length) await setImmediate();
      }
    },
    progress: () => ({ bytes: taken, totalBytes: bytes.length }),
  };
}

/** What flows once, from its beginning to its end. */
export function flowingSource(
  name: string,
  flow: AsyncIterable<Buffer>,
  progress: ByteSource['progress'],
  path: string | null = null,
): ByteSource {
  const rest = flow[Symbol.asyncIterator]();
  let first: Promise<Buffer> | null = null;
  let kept: Promise<Buffer> | null = null;
  const start = () => (first ??= takeStart(rest));
  async function* flowing(): AsyncGenerator<Buffer> {
    const beginning = await start();
    if (beginning.length > 0) yield beginning;
    try {
      for (;;) {
        const { done, value } = await rest.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      await rest.return?.();
    }
  }
  const whole = () => (kept ??= collected(name, flowing()));
  return {
    ...{ name, path, bytes: null, whole, progress },
    start: async () => (await start()).subarray(0, START_BYTES),
    slice: async (from, end) => (await whole()).subarray(from, end),
    async *pieces() {
      if (kept === null) yield* flowing();
      else yield* bytesSource(name, await kept).pieces();
    },
  };
}

/** The pieces of a flow until there are enough bytes to tell a file by, as one. */
async function takeStart(flow: AsyncIterator<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let bytes = 0; bytes < START_BYTES; ) {
    const { done, value } = await flow.next();
    if (done === true) break;
    pieces.push(Buffer.from(value));
    bytes += value.length;
  }
  return Buffer.concat(pieces);
}

/** All pieces of a flow. @throws ERR_FILE for more than may be in memory. */
export async function collected(name: string, flow: AsyncIterable<Buffer>): Promise<Buffer> {
  const maxBytes = maxDataBytes();
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of flow) {
    bytes += piece.length;
    if (bytes > maxBytes) failSize(name, 'more', maxBytes);
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces, bytes);
}

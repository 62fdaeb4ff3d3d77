// Files that are packed, by gzip or Zstandard: told by how they begin, and unpacked on the way, piece by piece.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TuttiError } from '../../errors.js';
import { type ByteSource, flowingSource } from './byte-source.js';
import { fileError } from './reader.js';

interface Packing {
  readonly title: string;
  /** The bytes with which a file begins that is packed so. */
  readonly magic: Buffer;
  unpack(packed: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
}

const PACKINGS: readonly Packing[] = [
  { title: 'a whole gzip file', magic: Buffer.of(0x1f, 0x8b, 8), unpack: gunzip },
  { title: 'a whole Zstandard file', magic: Buffer.of(0x28, 0xb5, 0x2f, 0xfd), unpack: unpackZstandard },
];

/** Ends of names that say that a file is packed; what is before them says what is in it. */
const PACKED_NAME = /\.(?:gz|gzip|zst|zstd)$/i;

/** The name of what is in a packed file; of any other its own. */
export function nameInside(name: string): string {
  return name.replace(PACKED_NAME, '');
}

function packingOf(start: Buffer): Packing | undefined {
  return PACKINGS.find(({ magic }) => start.subarray(0, magic.length).equals(magic));
}

/** Whether a file that begins so is packed. */
export function isPacked(start: Buffer): boolean {
  return packingOf(start) !== undefined;
}

/** The same source, unpacked where it is packed. @throws ERR_DATA, as it is read, for one that is damaged or cut short */
export async function unpacked(source: ByteSource): Promise<ByteSource> {
  const start = await source.start();
  const packing = packingOf(start);
  if (packing === undefined) return source;
  const { name, path } = source;
  return flowingSource(name, whole(name, packing, source.pieces()), source.progress, path);
}

async function* whole(
  name: string,
  { title, unpack }: Packing,
  packed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    yield* unpack(packed);
  } catch (error) {
    if (error instanceof TuttiError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    const got = error instanceof Error ? error.message : String(error);
    throw fileError(
      name,
      `Expected ${name} to be ${title}, got one that is damaged or cut short: ${got}`,
      {},
      error,
    );
  }
}

async function* unpackZstandard(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // Loaded for those who have such a file.
  const { unzstd } = await import('../../files/unzstd.js');
  yield* unzstd(packed);
}

/** Bytes that come out at once. */
const PIECE_BYTES = 1 << 18;

async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unzip = createGunzip({ chunkSize: PIECE_BYTES });
  // What goes wrong there is heard where the pieces come out.
  const done = pipeline(Readable.from(copied(packed)), unzip);
  done.catch(() => undefined);
  yield* unzip;
  await done;
}

/** Streams hold on to pieces after the next is asked for. */
async function* copied(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

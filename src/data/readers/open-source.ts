// Where the bytes of a table are: at a path, on standard input, in memory.

import { fileURLToPath } from 'node:url';
import { failOption } from '../../errors.js';
import { type DataFile, openDataFile, openStandardInput } from '../../files/data-file.js';
import { failSize, maxDataBytes, sizeText } from '../../files/regular-file.js';
import { type ByteSource, bytesSource, flowingSource, START_BYTES } from './byte-source.js';
import { unpacked } from './unpack.js';

/** What stands for standard input where a file is asked for. */
export const STANDARD_INPUT = '-';
export const STANDARD_INPUT_NAME = 'standard input';

/** Where a file is: its path (`-`: standard input), its URL, or its bytes. */
export type FileSource = string | URL | Uint8Array;

/**
 * Runs `use` with the bytes of a file, unpacked where they are packed; it is closed afterwards.
 * @throws ERR_FILE when it is not there or is no file; ERR_OPTION for what is no place of a file.
 */
export async function withSource<Result>(
  given: FileSource,
  use: (source: ByteSource) => Promise<Result>,
): Promise<Result> {
  if (given instanceof Uint8Array) {
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    return use(await unpacked(bytesSource('data', bytes)));
  }
  const path = pathOf(given);
  const standard = path === STANDARD_INPUT;
  const name = standard ? STANDARD_INPUT_NAME : path;
  const file = standard ? openStandardInput(name) : await openDataFile(path, name);
  try {
    return await use(await unpacked(sourceOf(file, name, standard ? null : path)));
  } finally {
    await file.close();
  }
}

/** The path that a place of a file names. @throws ERR_OPTION */
export function pathOf(given: unknown): string {
  if (typeof given === 'string') return given;
  if (given instanceof URL && given.protocol === 'file:') return fileURLToPath(given);
  return failOption('source', 'the path of a file, its file: URL or a Uint8Array', given);
}

function sourceOf(file: DataFile, name: string, path: string | null): ByteSource {
  let taken = 0;
  const progress = () => ({ bytes: taken, totalBytes: file.bytes });
  async function* pieces(): AsyncGenerator<Buffer> {
    taken = 0;
    for await (const piece of file.pieces()) {
      taken += piece.length;
      yield piece;
    }
  }
  const { bytes, readAt } = file;
  // Files of /proc say that they have no bytes.
  if (readAt === null || bytes === null || bytes === 0) return flowingSource(name, pieces(), progress, path);
  const slice = async (start: number, end: number) => {
    const into = Buffer.allocUnsafeSlow(Math.max(0, Math.min(end, bytes) - start));
    const filled = await readAt(into, start);
    taken = Math.max(taken, start + filled);
    return into.subarray(0, filled);
  };
  return {
    ...{ name, path, bytes, slice, pieces, progress },
    start: () => slice(0, START_BYTES),
    async whole() {
      const maxBytes = maxDataBytes();
      if (bytes > maxBytes) failSize(name, sizeText(bytes), maxBytes);
      return slice(0, bytes);
    },
  };
}

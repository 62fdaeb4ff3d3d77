// One file of a checkpoint, from its opening to its closing; what is wrong with it is said of the folder.

import { join } from 'node:path';
import type { BundleSource } from '../bundle/byte-source.js';
import { openSource } from '../bundle/source.js';
import { failCheckpoint } from './problem.js';
import { UnreadableError } from './sealed-file.js';

/**
 * Reads a file of a folder through `read`.
 * @throws ERR_CHECKPOINT when it is not as it was written, which `read` says by an UnreadableError; ERR_FILE.
 */
export async function readFileOf<Content>(
  folder: string,
  name: string,
  signal: AbortSignal | undefined,
  read: (source: BundleSource<Buffer>) => Promise<Content>,
): Promise<Content> {
  const source = await openSource(join(folder, name), signal);
  try {
    return await read(source);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return failCheckpoint(folder, `cannot be read: its file \`${name}\` ${error.message}`, error);
  } finally {
    await source.close();
  }
}

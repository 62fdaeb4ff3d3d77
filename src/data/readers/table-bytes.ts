// A file's bytes, and by whichever reader they need, their table. Apart from open-table.ts, whose declarations are public
// and do without Node.js's own types.

import { failOption } from '../../errors.js';
import { maxDataBytes, readBoundedFile, readBoundedFileAsync } from '../../files/regular-file.js';
import type { Table } from '../table/table.js';
import { withinLimits } from '../table/table-limits.js';
import type { ReadOptions } from './read-options.js';
import { fileError, type Reader } from './reader.js';
import { readerOf } from './readers.js';

/** What stands for standard input where a file is asked for. */
const STANDARD_INPUT = '-';

/** The first bytes of a saved ensemble; reading data must not depend on bundles, so they are repeated here. */
const ENSEMBLE_MAGIC = Buffer.from('TUTTI\0');

/** Bytes by which files are told apart. */
const START_BYTES = 4096;

/** The bytes of a file, by its path or as they are, and what messages call it. */
export async function bytesOf(
  source: string | Uint8Array,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  if (typeof source === 'string') {
    const { path, name } = placeOf(source);
    return { name, bytes: await readBoundedFileAsync(path, dataBounds(name)) };
  }
  if (!(source instanceof Uint8Array)) failOption('source', 'the path of a file or a Uint8Array', source);
  return { name: 'data', bytes: Buffer.from(source.buffer, source.byteOffset, source.byteLength) };
}

/**
 * The table of a file by its path, or of standard input, while the thread waits.
 * @param reader @default the one that the file needs
 */
export function readTableFile(file: string, options: ReadOptions, reader?: Reader): Table {
  const { path, name } = placeOf(file);
  return readBytes(readBoundedFile(path, dataBounds(name)), name, options, reader);
}

function placeOf(file: string): { path: string; name: string } {
  return file === STANDARD_INPUT
    ? { path: '/dev/stdin', name: 'standard input' }
    : { path: file, name: file };
}

function dataBounds(name: string) {
  return { maxBytes: maxDataBytes(), pipes: true, name };
}

/**
 * The table of a file's bytes.
 * @param reader @default the one that the file needs
 */
export function readBytes(bytes: Buffer, name: string, options: ReadOptions, reader?: Reader): Table {
  const own = reader ?? readerOf(name, bytes.subarray(0, START_BYTES));
  if (bytes.subarray(0, ENSEMBLE_MAGIC.length).equals(ENSEMBLE_MAGIC)) {
    throw fileError(name, `Expected ${name} to be ${own.title}, got a saved ensemble`);
  }
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || own.options.some((known) => known === option)) continue;
    failOption(option, `absent for ${own.title}`, value);
  }
  return withinLimits(name, () => own.read(bytes, name, options));
}

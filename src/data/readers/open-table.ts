// From a file, or what was in one, to a table, by whichever reader it needs.

import { failOption } from '../../errors.js';
import { maxDataBytes, readBoundedFile, readBoundedFileAsync } from '../../files/regular-file.js';
import { betweenBlocks, LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { checkOptions, pickOptions } from '../../option-names.js';
import type { Table } from '../table/table.js';
import { fileError, READ_OPTIONS, type Reader, type ReadOptions } from './reader.js';
import { readerOf } from './readers.js';

/** What stands for standard input where a file is asked for. */
const STANDARD_INPUT = '-';

/** The first bytes of a saved ensemble; reading data must not depend on bundles, so they are repeated here. */
const ENSEMBLE_MAGIC = Buffer.from('TUTTI\0');

/** Bytes by which files are told apart. */
const START_BYTES = 4096;

/**
 * Reads a data file: CSV, or JSON records, as a list or one after the other. The end of its name says which, or else
 * its content does.
 * @param source its path, `-` for standard input, or the bytes of a file.
 * @param options a signal stops it before the bytes are taken apart, which is done in one go.
 * @throws ERR_FILE when the file cannot be read or is too large; ERR_OPTION for an option that its reader does not
 * take; ERR_DATA naming file, row and column of what cannot be read.
 */
export async function openTable(
  source: string | Uint8Array,
  options: ReadOptions & LongCallOptions = {},
): Promise<Table> {
  checkOptions('openTable', options, { ...READ_OPTIONS, ...LONG_CALL_OPTIONS });
  options.signal?.throwIfAborted();
  const { name, bytes } = await bytesOf(source);
  await betweenBlocks(options.signal);
  return readBytes(bytes, name, pickOptions(options, READ_OPTIONS));
}

async function bytesOf(
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
 * The same of a path, while the thread waits.
 * @param reader @default the one that the file needs
 */
export function readTableFile(file: string, options: ReadOptions, reader?: Reader): Table {
  const { path, name } = placeOf(file);
  return readBytes(readBoundedFile(path, dataBounds(name)), name, options, reader);
}

/**
 * The table of a file, or the one that was read before.
 * @throws ERR_OPTION for options of reading beside a table, and what {@link openTable} throws
 */
export function tableFrom(source: string | Table, options: ReadOptions): Table {
  const own = pickOptions(options, READ_OPTIONS);
  if (typeof source === 'string') return readTableFile(source, own);
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined) failOption(name, 'absent for a table that is read already', value);
  }
  return source;
}

function placeOf(file: string): { path: string; name: string } {
  return file === STANDARD_INPUT
    ? { path: '/dev/stdin', name: 'standard input' }
    : { path: file, name: file };
}

function dataBounds(name: string) {
  return { maxBytes: maxDataBytes(), pipes: true, name };
}

function readBytes(bytes: Buffer, name: string, options: ReadOptions, reader?: Reader): Table {
  const own = reader ?? readerOf(name, bytes.subarray(0, START_BYTES));
  if (bytes.subarray(0, ENSEMBLE_MAGIC.length).equals(ENSEMBLE_MAGIC)) {
    throw fileError(name, `Expected ${name} to be ${own.title}, got a saved ensemble`);
  }
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || own.options.some((known) => known === option)) continue;
    failOption(option, `absent for ${own.title}`, value);
  }
  return own.read(bytes, name, options);
}

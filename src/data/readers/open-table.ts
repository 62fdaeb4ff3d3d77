// From a file, or what was in one, to a table, by whichever reader it needs.

import { failOption } from '../../errors.js';
import { betweenBlocks, LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { checkOptions, pickOptions } from '../../option-names.js';
import type { Table } from '../table/table.js';
import { READ_OPTIONS, type ReadOptions } from './read-options.js';
import { bytesOf, readBytes, readTableFile } from './table-bytes.js';

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

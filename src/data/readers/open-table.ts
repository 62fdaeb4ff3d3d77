// From a file, or what was in one, to a table, by whichever reader it needs.

import { failOption } from '../../errors.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { checkOptions, type OptionTable, option, pickOptions } from '../../option-names.js';
import { type ArrowTable, isArrowTable, tableFromArrow } from '../columnar/arrow-table.js';
import type { Table } from '../table/table.js';
import type { QuerySource } from './query-source.js';
import { READ_OPTIONS, type ReadOptions, type ReadProgress } from './read-options.js';
import { readTable, readTableFile } from './read-table.js';

/** How a table is opened. */
export interface OpenTableOptions extends ReadOptions, LongCallOptions {
  /** Told how far it is after each piece of a file. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

const OPEN_OPTIONS = {
  ...READ_OPTIONS,
  ...LONG_CALL_OPTIONS,
  onProgress: option.function,
} satisfies OptionTable<OpenTableOptions>;

/**
 * Reads a data file: CSV, or JSON records, as a list or one after the other. The end of its name says which, or else
 * its content does. It is read piece by piece.
 * @param source its path, `-` for standard input, its `file:` URL, the bytes of a file, a query of DuckDB, or a table of Apache Arrow.
 * @param options a signal stops it between two pieces.
 * @throws ERR_FILE when the file cannot be read or is too large; ERR_OPTION for an option that its reader does not
 * take; ERR_DATA naming file, row and column of what cannot be read.
 */
export async function openTable(
  source: string | URL | Uint8Array | QuerySource | ArrowTable,
  options: OpenTableOptions = {},
): Promise<Table> {
  checkOptions('openTable', options, OPEN_OPTIONS);
  const { signal, onProgress } = options;
  if (isArrowTable(source)) {
    signal?.throwIfAborted();
    refuseReading(pickOptions(options, READ_OPTIONS));
    return tableFromArrow(source);
  }
  return readTable(source, pickOptions(options, READ_OPTIONS), {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

/**
 * The table of a file that can be read while the thread waits, or the one that was read before.
 * @throws ERR_OPTION for options of reading beside a table, for a file that {@link openTable} alone reads, and what that throws
 */
export function tableFrom(source: string | Table, options: ReadOptions): Table {
  const own = pickOptions(options, READ_OPTIONS);
  if (typeof source === 'string') return readTableFile(source, own);
  refuseReading(own);
  return source;
}

/** What says how to read has nothing to say of a table. @throws ERR_OPTION */
export function refuseReading(options: ReadOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) failOption(name, 'absent for a table that is read already', value);
  }
}

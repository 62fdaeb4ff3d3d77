// NumPy's files of one array (.npy): rows by its first index.

import type { Table } from '../table/table.js';
import { arrayColumns, arrayTable } from './array-columns.js';
import { NPY_MAGIC, readNpyArray } from './npy-array.js';
import type { SeekingReader } from './reader.js';

/** What the columns of an array without names are called before their number. */
export const ROW_PREFIX = 'x';

/**
 * The table of one array: `x0`, `x1`, … or, of records, the names of their fields.
 * @throws ERR_DATA for what is damaged, or holds neither numbers, truth values nor texts of fixed length
 */
export function npyTable(file: Buffer, source: string): Table {
  const array = readNpyArray(file, source);
  const names = { prefix: ROW_PREFIX, single: `${ROW_PREFIX}0` };
  return arrayTable(source, arrayColumns(array, names, source));
}

export const npy: SeekingReader = {
  name: 'npy',
  title: 'an array of NumPy (.npy)',
  extensions: ['.npy'],
  options: [],
  sniff: (start) => start.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC),
  read: async (source) => npyTable(await source.whole(), source.name),
};

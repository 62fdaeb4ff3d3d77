// NumPy's files of several arrays (.npz), a ZIP archive: an array of rows and its labels by their names, or arrays of
// equally many rows side by side.

import type { Column } from '../table/column.js';
import type { Table } from '../table/table.js';
import { type ArrayColumns, arrayColumns, arrayTable } from './array-columns.js';
import { ROW_PREFIX } from './npy.js';
import { type NpyArray, readNpyArray, shapeWords } from './npy-array.js';
import { fileError, type SeekingReader } from './reader.js';
import { ZIP_MAGIC, type ZipEntry, zipEntries } from './zip-file.js';

/** What arrays of rows are called, and those of what is to be predicted; what is to be tested on is neither. */
const ROW_NAMES: ReadonlySet<string> = new Set([
  ...['x', 'X', 'data', 'features', 'images', 'x_train', 'X_train', 'train_images', 'train_data'],
]);
const TARGET_NAMES: ReadonlySet<string> = new Set([
  ...['y', 'Y', 'labels', 'label', 'target', 'targets', 'y_train', 'Y_train', 'train_labels'],
]);

const EXTENSION = '.npy';

interface Named {
  readonly name: string;
  readonly array: NpyArray;
  /** What messages call it. */
  readonly source: string;
}

/**
 * The table of an archive. With an array of rows under one of the usual names (`x`, `X`, `data`, …) its columns are `x0`,
 * `x1`, …, beside that of `y`, `labels` or `target` under its own name; other arrays are not read, and said. Without
 * one, arrays of equally many rows are columns of their names.
 * @throws ERR_DATA for a damaged archive, and for arrays of which nobody can know how they belong together
 */
export function npzTable(file: Buffer, source: string): Table {
  const entries = new Map<string, ZipEntry>();
  for (const entry of zipEntries(file, source)) {
    if (!entry.name.endsWith(EXTENSION)) continue;
    const name = entry.name.slice(0, -EXTENSION.length);
    if (entries.has(name))
      throw arraysError(source, 'arrays of different names', `two called ${named(name)}`);
    entries.set(name, entry);
  }
  if (entries.size === 0) throw arraysError(source, 'an array of NumPy', 'none');
  const names = [...entries.keys()];
  const rows = names.filter((name) => ROW_NAMES.has(name));
  const targets = names.filter((name) => TARGET_NAMES.has(name));
  if (rows.length > 1 || (rows.length === 1 && targets.length > 1)) {
    const both = rows.length > 1 ? rows : targets;
    throw arraysError(source, 'one array of rows and one of labels', both.map(named).join(' and '));
  }
  const read = (name: string): Named => {
    const place = `${source}, array ${named(name)}`;
    return { name, array: readNpyArray(entries.get(name)!.unpack(), place), source: place };
  };
  if (rows.length === 0) return sideBySide(names.map(read), source);
  const used = [...rows, ...targets];
  const unread = names.filter((name) => !used.includes(name));
  const table = joined(used.map(read), source, (name) => (name === rows[0] ? ROW_PREFIX : name));
  if (unread.length === 0) return table;
  const said = `of ${source} the arrays ${used.map(named).join(' and ')} are read, and not ${unread.map(named).join(', ')}`;
  return { ...table, remarks: [said] };
}

function sideBySide(arrays: readonly Named[], source: string): Table {
  const alike = arrays.every(
    ({ array }) => array.shape.length > 0 && array.shape[0] === arrays[0]!.array.shape[0],
  );
  if (alike) return joined(arrays, source, (name) => name);
  const expected = 'an array of rows called x, X or data, with labels called y, labels or target';
  throw arraysError(source, expected, arrays.map(words).join(', '));
}

function joined(arrays: readonly Named[], source: string, prefixOf: (name: string) => string): Table {
  const parts: ArrayColumns[] = [];
  const columns: Column[] = [];
  const known = new Set<string>();
  for (const { name, array, source: place } of arrays) {
    const prefix = prefixOf(name);
    const part = arrayColumns(array, { prefix, single: array.shape.length === 1 ? name : prefix }, place);
    parts.push(part);
    for (const column of part.columns) {
      if (known.has(column.name)) {
        throw arraysError(source, 'columns of different names', `two called ${named(column.name)}`);
      }
      known.add(column.name);
      columns.push(column);
    }
  }
  const [{ rows, image }] = parts as [ArrayColumns];
  if (parts.some((part) => part.rows !== rows)) {
    throw arraysError(source, 'arrays of equally many rows', arrays.map(words).join(', '));
  }
  return arrayTable(source, { columns, rows, image });
}

function words({ name, array }: Named): string {
  return `${named(name)} of ${shapeWords(array.shape)}`;
}

function named(name: string): string {
  return `\`${name.length > 40 ? `${name.slice(0, 39)}…` : name}\``;
}

function arraysError(source: string, expected: string, got: string): Error {
  const shown = got.length > 400 ? `${got.slice(0, 399)}…` : got;
  return fileError(source, `Expected ${source} to have ${expected}, got ${shown}`);
}

export const npz: SeekingReader = {
  name: 'npz',
  title: 'an archive of arrays of NumPy (.npz)',
  extensions: ['.npz'],
  options: [],
  sniff: (start) => start.subarray(0, ZIP_MAGIC.length).equals(ZIP_MAGIC),
  read: async (source) => npzTable(await source.whole(), source.name),
};

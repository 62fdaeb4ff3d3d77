// All readers of data files. To add one: its file, and its place in this list; by the content of a file alone, the
// first is taken that knows it.

import { createRegistry } from '../../registry.js';
import { arrow } from './arrow.js';
import { csv } from './csv.js';
import { idx } from './idx.js';
import { json } from './json.js';
import { npy } from './npy.js';
import { npz } from './npz.js';
import { parquet } from './parquet.js';
import { png } from './png-folder.js';
import type { Reader } from './reader.js';
import { nameInside } from './unpack.js';

const BUILT_IN = [parquet, arrow, npy, npz, idx, png, json, csv] as const;

export const readers = createRegistry<Reader, (typeof BUILT_IN)[number]['name']>('reader', BUILT_IN);

/** The reader of a file: by the end of its name (`x.csv.gz` is CSV), or else by how it begins; CSV is what everything else is taken for. */
export function readerOf(name: string, start: Buffer): Reader {
  const small = nameInside(name).toLowerCase();
  const named = readers.entries.find(({ extensions }) => extensions.some((end) => small.endsWith(end)));
  return named ?? readers.entries.find((reader) => reader.sniff(start)) ?? csv;
}

// Parquet files, which hold their columns one by one and say of what type each is.

import type { ByteSource } from './byte-source.js';
import type { SeekingReader } from './reader.js';

export const parquet = {
  name: 'parquet',
  title: 'a Parquet file',
  extensions: ['.parquet', '.pq'],
  options: [],
  sniff: (start) => start.toString('latin1', 0, 4) === 'PAR1',
  async read(source, _, { signal, onProgress }) {
    // What unpacks takes time to load, and is of no use to anybody else.
    const { readParquet } = await import('../columnar/parquet.js');
    return readParquet(source, await lengthOf(source), {
      signal,
      onRows: (rows) => onProgress?.({ ...source.progress(), rows }),
    });
  },
} as const satisfies SeekingReader;

async function lengthOf(source: ByteSource): Promise<number> {
  return source.bytes ?? (await source.whole()).length;
}

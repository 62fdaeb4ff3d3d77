// Parquet files, which hold their columns one by one and say of what type each is.

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
    const bytes = source.bytes ?? (await source.whole()).length;
    return readParquet(source, bytes, {
      signal,
      onRows: (rows) => onProgress?.({ ...source.progress(), rows }),
    });
  },
} as const satisfies SeekingReader;

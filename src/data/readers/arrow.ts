// Arrow's files, which are Feather's second version too, and its streams.

import type { SeekingReader } from './reader.js';

export const arrow = {
  name: 'arrow',
  title: 'an Arrow file',
  extensions: ['.arrow', '.feather', '.arrows', '.ipc'],
  options: [],
  sniff: (start) =>
    /^(?:ARROW1|FEA1)/.test(start.toString('latin1', 0, 6)) ||
    // A stream begins with the length of its schema, behind a mark.
    (start.length > 8 && start.readUInt32LE(0) === 0xffff_ffff && start.readUInt32LE(4) < 2 ** 24),
  async read(source, _, { signal, onProgress }) {
    const { readArrow } = await import('../columnar/arrow.js');
    const bytes = source.bytes ?? (await source.whole()).length;
    return readArrow(source, bytes, {
      signal,
      onRows: (rows) => onProgress?.({ ...source.progress(), rows }),
    });
  },
} as const satisfies SeekingReader;

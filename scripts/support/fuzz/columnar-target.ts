// Files that hold columns of values of a type, Parquet and Arrow: whatever is read is described and has a text for every cell.

import { readFileSync } from 'node:fs';
import { describeTable } from '../../../src/data/columns/describe.js';
import { openTable } from '../../../src/data/readers/open-table.js';
import type { Draws } from './draws.js';
import { mutateBytes } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const FILES = [
  ...['none.parquet', 'snappy.parquet', 'gzip.parquet', 'brotli.parquet', 'zstd.parquet', 'lz4.parquet'],
  ...['encodings.parquet', 'pages2.parquet', 'integers.parquet', 'int96.parquet', 'lists.parquet'],
  ...['uncompressed.feather', 'lz4.feather', 'zstd.feather', 'stream.arrows'],
];
/** Numbers that claim what is not there, as both formats write them. */
const WORDS = [
  ...[
    '\0',
    '\0\0\0\0',
    '\u0001',
    '\u007f',
    '\u0080',
    '\u00ff',
    '\u00ff\u00ff\u00ff\u00ff',
    '\u00ff\u00ff\u00ff\u007f',
  ],
  ...[
    '\u00fe\u00ff\u00ff\u00ff\u000f',
    '\u0080\u0080\u0080\u0080\u0080\u0080\u0080\u0080\u0080\u0001',
    '\u00f9',
    '\u00fc',
    '\u0019',
    '\u0015',
    '\u0016',
    '\u001c',
  ],
  ...[
    '\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0080',
    '\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f',
    'PAR1',
    'ARROW1',
  ],
];
/** So many bytes at the end hold most of what a file says of itself. */
const FOOTER_BYTES = 2500;

export function columnarTarget(): FuzzTarget {
  const all = FILES.map((name) => readFileSync(`test/data/columnar/fixtures/${name}`));
  return {
    name: 'columnar',
    codes: ['ERR_DATA', 'ERR_MEMORY', 'ERR_OPTION'],
    make(draws: Draws) {
      const file = draws.of(all);
      if (draws.oneIn(2)) return mutateBytes(draws, file, all, WORDS);
      // The footer alone, and never its length and magic.
      const [start, end] = [Math.max(4, file.length - FOOTER_BYTES), file.length - 10];
      const changed = mutateBytes(draws, file.subarray(start, end), all, WORDS);
      // What lies before keeps its place; what is too much or too little of the footer is so at its end.
      const footer = Buffer.alloc(end - start);
      changed.copy(footer);
      return Buffer.concat([file.subarray(0, start), footer, file.subarray(end)]);
    },
    async read(bytes) {
      const table = await openTable(bytes);
      const { columns } = describeTable(table);
      require(columns.length === table.columns.length, 'a description of other columns');
      for (const column of table.columns) {
        require(column.length === table.rows, 'a column of other rows');
        for (let row = 0; row < Math.min(200, table.rows); row++) {
          const text = column.text(row);
          require(column.isMissing(row) === (text === '') ||
            /^(?:NA|NaN|nan|null|NULL)$/.test(text), `a gap with the text ${text}`);
        }
      }
    },
  };
}

// A Parquet file as a table: its footer, then row group by row group and column by column, so that beside the columns
// there is no more in memory than one chunk of one column and one of its pages.

import { betweenBlocks } from '../../long-calls.js';
import type { Table } from '../table/table.js';
import { refuseColumns, refuseRows } from '../table/table-limits.js';
import {
  buildersWithRoom,
  type PartsSource,
  type ReadingCall,
  refuseTextsOf,
  tableOfColumns,
} from './columns-file.js';
import { decoding, type Place, placeError, whole } from './damaged.js';
import type { ColumnBuilder } from './parquet-builders.js';
import { columnBuilder } from './parquet-columns.js';
import { type Footer, footerStart, readFooter, TAIL_BYTES } from './parquet-footer.js';
import { readPages } from './parquet-pages.js';
import { tableNames } from './table-names.js';

const TITLE = 'a Parquet file';

/**
 * @param bytes of the whole file
 * @throws ERR_DATA naming file, row group and column of what is not as the format says, or has no place in a table;
 * ERR_MEMORY before any is taken for more rows than fit
 */
export async function readParquet(
  source: PartsSource,
  bytes: number,
  call: ReadingCall = {},
): Promise<Table> {
  const { name: file } = source;
  const footer = await footerOf(source, bytes);
  if (footer.nested !== null) {
    throw placeError({ file }, `Expected every column to hold one value for each row, got ${footer.nested}`);
  }
  refuseColumns(file, footer.columns.length, undefined);
  refuseRows(file, footer.rows);
  if (footer.rows === 0) throw placeError({ file }, `Expected ${file} to have rows, got none`);
  const { names, notes } = tableNames(
    file,
    footer.columns.map(({ name }) => name),
  );
  const builders = buildersWithRoom(file, names, footer.rows, (name, at, of) =>
    columnBuilder(name, footer.columns[at]!, of),
  );
  let rows = 0;
  for (const [at, group] of footer.groups.entries()) {
    for (const [c, chunk] of group.chunks.entries()) {
      call.signal?.throwIfAborted();
      const place = { file, part: `row group ${at + 1}`, column: names[c]! };
      const packed = await source.slice(chunk.start, chunk.end);
      const builder = builders[c]!;
      const sink = {
        dictionary: builder.dictionary.bind(builder),
        page(...page: Parameters<ColumnBuilder['page']>) {
          builder.page(...page);
          refuseTextsOf(file, builders);
        },
      };
      decoding(place, TITLE, () => {
        whole(packed.length === chunk.end - chunk.start, 'one that has become shorter');
        readPages(packed, chunk, group.rows, footer.columns[c]!.nullable, sink);
      });
      call.onRows?.(rows);
      await betweenBlocks(call.signal);
    }
    rows += group.rows;
  }
  const columns = builders.map((builder) => builder.column());
  return tableOfColumns(file, columns, footer.rows, notes);
}

async function footerOf(source: PartsSource, bytes: number): Promise<Footer> {
  const place: Place = { file: source.name };
  if (bytes === 0) throw placeError(place, `Expected ${source.name} to be ${TITLE}, got an empty file`);
  const tail = await source.slice(Math.max(0, bytes - TAIL_BYTES), bytes);
  const start = decoding(place, TITLE, () => {
    whole(bytes > TAIL_BYTES, `one of ${bytes} bytes`);
    return footerStart(tail, bytes);
  });
  const packed = await source.slice(start, bytes - TAIL_BYTES);
  return decoding({ ...place, part: 'its footer' }, TITLE, () => readFooter(packed, start));
}

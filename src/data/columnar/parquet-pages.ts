// The pages of one chunk of a column, one after the other: unpacked, and which of their rows have a value. What the
// values are is a builder's to decode.

import { crc32 } from 'node:zlib';
import { unpack } from './codecs.js';
import { Damaged, whole } from './damaged.js';
import { Bytes, unpackRuns } from './encodings.js';
import type { Chunk } from './parquet-footer.js';
import { isStruct, ThriftReader, type ThriftStruct, type Wanted } from './thrift.js';

/** As Parquet numbers them. */
export const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  runs: 3,
  deltas: 5,
  deltaLengths: 6,
  deltaTexts: 7,
  dictionary: 8,
  bytesApart: 9,
} as const;

/** Values of a page as they lie in it. */
export interface PackedValues {
  readonly bytes: Bytes;
  /** How many: no more than there are rows. */
  readonly count: number;
  /** One of {@link ENCODING}, or another number. */
  readonly encoding: number;
}

/** Takes the values of a column's chunks in their order, and makes the column of them. */
export interface PageSink {
  /** The values that the pages after it name by their places; of this chunk only. */
  dictionary(values: PackedValues): void;
  /**
   * The rows of a page.
   * @param levels 1 for each row that has a value, else 0; null: all have one
   */
  page(rows: number, levels: Uint8Array | null, values: PackedValues): void;
}

const [DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_V2] = [0, 2, 3];
const HEADER: Wanted = {
  ...{ 1: true, 2: true, 3: true, 4: true },
  5: { 1: true, 2: true, 3: true },
  7: { 1: true, 2: true },
  8: { 1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true },
};

/** Pages are a megabyte or so; what one is unpacked to has to fit beside everything else. */
const MOST_PAGE_BYTES = 2 ** 30;

/**
 * Gives the sink all pages of a chunk.
 * @param bytes of the chunk. @param rows that it has
 * @throws Damaged
 */
export function readPages(
  bytes: Buffer,
  { codec }: Chunk,
  rows: number,
  nullable: boolean,
  sink: PageSink,
): void {
  const header = new ThriftReader(bytes);
  let read = 0;
  let pages = 0;
  while (read < rows) {
    whole(header.at < bytes.length, `${read} rows where ${rows} are expected`);
    const page = header.struct(HEADER);
    const length = size(page[3], bytes.length - header.at, 'a page');
    const full = size(page[2], MOST_PAGE_BYTES, 'a page unpacked');
    const packed = bytes.subarray(header.at, header.at + length);
    header.at += length;
    pages++;
    // Written by some; the only way to see a bit that has changed in numbers.
    if (typeof page[4] === 'number')
      whole(crc32(packed) === page[4] >>> 0, `other bytes in page ${pages} than were written`);
    if (page[1] === DICTIONARY_PAGE) {
      whole(pages === 1, 'a dictionary after its values');
      const { 1: count = -1, 2: encoding = -1 } = struct(page[7]);
      const values = new Bytes(unpack(codec, packed, full));
      // A text of a dictionary takes four bytes or more, true and false none.
      sink.dictionary({
        bytes: values,
        count: size(count, 8 * values.left, 'a dictionary'),
        encoding: Number(encoding),
      });
    } else if (page[1] === DATA_PAGE) {
      read += pageOf(unpackedPage(unpack(codec, packed, full), struct(page[5]), rows - read, nullable), sink);
    } else if (page[1] === DATA_PAGE_V2) {
      const head = struct(page[8]);
      const levels = size(head[5], packed.length, 'levels') + size(head[6], packed.length, 'levels');
      whole(levels <= Math.min(full, packed.length), 'levels beyond their page');
      const rest = packed.subarray(levels);
      const plain = head[7] === false || full === levels;
      const values = plain ? rest : unpack(codec, rest, full - levels);
      const both = Buffer.concat([packed.subarray(0, levels), values]);
      read += pageOf(unpackedPageV2(both, head, rows - read, nullable), sink);
    }
    // Any other page is an index, and is stepped over.
  }
}

interface Page {
  readonly rows: number;
  readonly levels: Uint8Array | null;
  readonly values: PackedValues;
}

function pageOf({ rows, levels, values }: Page, sink: PageSink): number {
  sink.page(rows, levels, values);
  return rows;
}

function unpackedPage(page: Buffer, head: ThriftStruct, most: number, nullable: boolean): Page {
  const rows = size(head[1], most, 'rows of a page');
  const bytes = new Bytes(page);
  const encoding = Number(head[2]);
  if (!nullable) return { rows, levels: null, values: { bytes, count: rows, encoding } };
  whole(head[3] === ENCODING.runs, `levels of encoding ${String(head[3])}, which is not read`);
  const length = bytes.take(4).readUInt32LE(0);
  const { levels, count } = levelsOf(bytes.take(length), rows);
  return { rows, levels, values: { bytes, count, encoding } };
}

function unpackedPageV2(page: Buffer, head: ThriftStruct, most: number, nullable: boolean): Page {
  const rows = size(head[1], most, 'rows of a page');
  const encoding = Number(head[4]);
  const bytes = new Bytes(page);
  bytes.take(Number(head[6]));
  const packed = bytes.take(Number(head[5]));
  if (!nullable) return { rows, levels: null, values: { bytes, count: rows, encoding } };
  const { levels, count } = levelsOf(packed, rows);
  return { rows, levels, values: { bytes, count, encoding } };
}

/** Which rows have a value, and how many those are. */
function levelsOf(packed: Buffer, rows: number): { levels: Uint8Array | null; count: number } {
  if (rows === 0) return { levels: null, count: 0 };
  const bytes = new Bytes(packed);
  const start = bytes.varint();
  // One run for all rows: the usual page without gaps.
  if (start % 2 === 0 && Math.floor(start / 2) >= rows && bytes.byte() === 1)
    return { levels: null, count: rows };
  bytes.at = 0;
  const levels = new Uint8Array(rows);
  unpackRuns(bytes, 1, levels);
  let count = 0;
  for (const level of levels) count += level;
  return { levels: count === rows ? null : levels, count };
}

function struct(value: ThriftStruct[number]): ThriftStruct {
  whole(value !== undefined && isStruct(value), 'a page without its header');
  return value;
}

function size(value: ThriftStruct[number], most: number, of: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new Damaged(`${String(value)} for the size of ${of}, where at most ${most} can be`);
}

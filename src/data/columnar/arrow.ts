// An Arrow file (Feather's second version) or stream as a table: what it holds and where, then batch by batch and column by
// column, so that beside the columns there is no more in memory than one column of one batch.

import { betweenBlocks } from '../../long-calls.js';
import type { Table } from '../table/table.js';
import { refuseColumns, refuseRows } from '../table/table-limits.js';
import { type ArrowPart, type ArrowType, codedTexts, Texts } from './arrow-builders.js';
import { arrowBuilder, layoutOf } from './arrow-columns.js';
import {
  type ArrowBatch,
  type ArrowBuffer,
  type ArrowField,
  bodyBytesOf,
  readArrowFooter,
  readMessage,
} from './arrow-messages.js';
import { unpack } from './codecs.js';
import {
  buildersWithRoom,
  type PartsSource,
  type ReadingCall,
  refuseTextsOf,
  tableOfColumns,
} from './columns-file.js';
import { asColumn, decoding, placeError, whole } from './damaged.js';
import { tableNames } from './table-names.js';

const ARROW_MAGIC = 'ARROW1';
const TITLE = 'an Arrow file';
const CONTINUED = 0xffff_ffff;
const MOST_HEAD_BYTES = 2 ** 28;
/** What one buffer may be unpacked to. */
const MOST_BUFFER_BYTES = 2 ** 31;
const MOST_BATCHES = 2 ** 22;

/**
 * @param bytes of the whole file
 * @throws ERR_DATA naming file, batch and column of what is not as the format says, or has no place in a table;
 * ERR_MEMORY before any is taken for more rows than fit
 */
export async function readArrow(source: PartsSource, bytes: number, call: ReadingCall = {}): Promise<Table> {
  const file = source.name;
  const { fields, batches } = await contentsOf(source, bytes);
  const rows = batches.reduce((sum, batch) => sum + (batch.dictionary === null ? batch.rows : 0), 0);
  refuseColumns(file, fields.length, undefined);
  refuseRows(file, rows);
  if (rows === 0) throw placeError({ file }, `Expected ${file} to have rows, got none`);
  const { names, notes } = tableNames(
    file,
    fields.map(({ name }) => name),
  );
  const dictionaries = new Map<number, string[]>();
  const builders = buildersWithRoom(file, names, rows, (name, at, of) => {
    const { type, dictionary } = fields[at]!;
    if (dictionary === null) return arrowBuilder(name, type, of);
    return new Texts(
      name,
      of,
      codedTexts(dictionary.indices, () => dictionaries.get(dictionary.id) ?? []),
    );
  });
  let [done, number] = [0, 0];
  for (const batch of batches) {
    if (batch.dictionary !== null) {
      await readDictionary(source, fields, batch, dictionaries);
      continue;
    }
    number++;
    const parts = new Parts(batch);
    for (const [at, field] of fields.entries()) {
      const place = { file, part: `record batch ${number}`, column: names[at]! };
      const type = field.dictionary?.indices ?? field.type;
      const { node, buffers, pieces } = decoding(place, TITLE, () => parts.next(type));
      const packed = await Promise.all(buffers.map((each) => slice(source, batch, each)));
      decoding(place, TITLE, () => {
        whole(node.rows === batch.rows, `${node.rows} rows in a batch of ${batch.rows}`);
        builders[at]!.add(partOf(type, batch, node.gaps, packed, pieces));
      });
      refuseTextsOf(file, builders);
      await betweenBlocks(call.signal);
    }
    done += batch.rows;
    call.onRows?.(done);
  }
  const columns = builders.map((builder) => builder.column());
  return tableOfColumns(file, columns, rows, notes);
}

async function readDictionary(
  source: PartsSource,
  fields: readonly ArrowField[],
  batch: ArrowBatch,
  dictionaries: Map<number, string[]>,
): Promise<void> {
  const { id, adds } = batch.dictionary!;
  const field = fields.find(({ dictionary }) => dictionary?.id === id);
  if (field === undefined) return;
  const place = { file: source.name, part: 'a dictionary', column: field.name };
  const builder = asColumn(source.name, field.name, () => arrowBuilder(field.name, field.type, batch.rows));
  const { node, buffers, pieces } = decoding(place, TITLE, () => new Parts(batch).next(field.type));
  const packed = await Promise.all(buffers.map((each) => slice(source, batch, each)));
  decoding(place, TITLE, () => builder.add(partOf(field.type, batch, node.gaps, packed, pieces)));
  const column = builder.column();
  const texts = Array.from({ length: column.length }, (_, row) => column.text(row));
  dictionaries.set(id, adds ? [...(dictionaries.get(id) ?? []), ...texts] : texts);
}

function slice(
  { slice: read }: PartsSource,
  { body }: ArrowBatch,
  { offset, length }: ArrowBuffer,
): Promise<Buffer> {
  return length === 0 ? Promise.resolve(Buffer.alloc(0)) : read(body + offset, body + offset + length);
}

/** The nodes and buffers of a batch, handed out column by column. */
class Parts {
  readonly #batch: ArrowBatch;
  #node = 0;
  #buffer = 0;
  #views = 0;

  constructor(batch: ArrowBatch) {
    this.#batch = batch;
  }

  next(type: ArrowType) {
    const { kind } = layoutOf(type);
    const node = this.#batch.nodes[this.#node++];
    const pieces = kind === 'views' ? (this.#batch.pieces[this.#views++] ?? 0) : 0;
    whole(Number.isSafeInteger(pieces) && pieces >= 0, 'no number of buffers');
    const count = kind === 'none' ? 0 : kind === 'texts' ? 3 : 2 + pieces;
    const buffers = this.#batch.buffers.slice(this.#buffer, this.#buffer + count);
    this.#buffer += count;
    whole(node !== undefined && buffers.length === count, 'fewer buffers than its columns have');
    return { node, buffers, pieces };
  }
}

function partOf(
  type: ArrowType,
  { rows, codec }: ArrowBatch,
  gaps: number,
  packed: readonly Buffer[],
  pieces: number,
): ArrowPart {
  const { kind, bytes } = layoutOf(type);
  if (kind === 'none') return { rows, valid: null, values: new Uint8Array(0) };
  const [bits, first, ...others] = packed.map((buffer) => unpacked(buffer, codec));
  const valid = gaps === 0 || bits!.length === 0 ? null : { bits: bits! };
  whole(valid === null || 8 * bits!.length >= rows, 'fewer marks of values than rows');
  if (kind === 'views') return { rows, valid, values: first!, pieces: others.slice(0, pieces) };
  if (kind !== 'texts') return { rows, valid, values: first! };
  // A batch without rows may do without its one offset.
  whole(rows === 0 || first!.length >= bytes * (rows + 1), 'fewer offsets than rows');
  const aligned = Uint8Array.from(first!.subarray(0, bytes * (rows + 1)));
  const offsets = bytes === 4 ? new Int32Array(aligned.buffer) : new BigInt64Array(aligned.buffer);
  return { rows, valid, values: others[0]!, offsets };
}

/** A buffer that says how long it is once it is unpacked, or −1 where it is not packed. */
function unpacked(buffer: Buffer, codec: ArrowBatch['codec']): Buffer {
  if (codec === null || buffer.length === 0) return buffer;
  whole(buffer.length >= 8, 'a packed buffer without its length');
  const length = Number(buffer.readBigInt64LE(0));
  if (length === -1) return buffer.subarray(8);
  whole(length >= 0 && length <= MOST_BUFFER_BYTES, `a buffer of ${length} bytes`);
  return length === 0 ? Buffer.alloc(0) : unpack(codec, buffer.subarray(8), length);
}

interface Contents {
  readonly fields: readonly ArrowField[];
  readonly batches: readonly ArrowBatch[];
}

async function contentsOf(source: PartsSource, bytes: number): Promise<Contents> {
  const place = { file: source.name };
  if (bytes === 0) throw placeError(place, `Expected ${source.name} to be ${TITLE}, got an empty file`);
  const start = await source.slice(0, Math.min(bytes, 8));
  const magic = start.toString('latin1', 0, 6);
  if (magic.startsWith('FEA1')) {
    throw placeError(
      place,
      'Expected a Feather file of version 2, got one of version 1, which pyarrow.feather.write_feather(…, version=2) writes anew',
    );
  }
  return magic === ARROW_MAGIC ? inFile(source, bytes) : inStream(source, bytes);
}

async function inFile(source: PartsSource, bytes: number): Promise<Contents> {
  const place = { file: source.name, part: 'its footer' };
  const tail = await source.slice(Math.max(0, bytes - 10), bytes);
  const length = decoding(place, TITLE, () => {
    const magic = tail.toString('latin1', tail.length - 6);
    whole(
      bytes >= 20 && magic === ARROW_MAGIC,
      `${JSON.stringify(magic)} at its end, where ${ARROW_MAGIC} belongs`,
    );
    const stated = tail.readInt32LE(0);
    whole(
      stated > 0 && stated <= Math.min(MOST_HEAD_BYTES, bytes - 18),
      `a footer of ${stated} bytes in a file of ${bytes}`,
    );
    return stated;
  });
  const end = bytes - 10 - length;
  const footer = await source.slice(end, bytes - 10);
  const { fields, blocks } = decoding(place, TITLE, () => readArrowFooter(footer));
  const batches: ArrowBatch[] = [];
  for (const [number, { at, head }] of blocks.entries()) {
    const own = { file: source.name, part: `batch ${number + 1}` };
    decoding(own, TITLE, () => {
      whole(
        at >= 8 && head > 8 && head <= MOST_HEAD_BYTES && at + head <= end,
        'a place beyond the end of the file',
      );
    });
    const bytesOfHead = await source.slice(at, at + head);
    const message = decoding(own, TITLE, () => {
      const skip = bytesOfHead.readUInt32LE(0) === CONTINUED ? 8 : 4;
      return readMessage(bytesOfHead.subarray(skip), at + head, end);
    });
    if (message !== null && 'batch' in message) batches.push(message.batch);
  }
  return { fields, batches };
}

/** Message after message, until one says that it is the last, or the stream ends. */
async function inStream(source: PartsSource, bytes: number): Promise<Contents> {
  let fields: readonly ArrowField[] | null = null;
  const batches: ArrowBatch[] = [];
  for (let at = 0, number = 1; at + 4 <= bytes; number++) {
    const place = { file: source.name, part: `message ${number}` };
    const lead = await source.slice(at, Math.min(bytes, at + 8));
    const skip = lead.readUInt32LE(0) === CONTINUED ? 8 : 4;
    const head = decoding(place, TITLE, () => {
      whole(lead.length >= skip && number <= MOST_BATCHES, 'an end in the middle of it');
      const length = lead.readInt32LE(skip - 4);
      whole(
        length >= 0 && length <= MOST_HEAD_BYTES && at + skip + length <= bytes,
        `a message of ${length} bytes`,
      );
      return length;
    });
    if (head === 0) break;
    at += skip + head;
    const metadata = await source.slice(at - head, at);
    const body = decoding(place, TITLE, () => {
      const message = readMessage(metadata, at, bytes);
      if (message !== null && 'fields' in message) fields ??= message.fields;
      else if (message !== null) batches.push(message.batch);
      return bodyBytesOf(metadata);
    });
    at += body;
  }
  return decoding({ file: source.name }, TITLE, () => {
    whole(fields !== null, 'no schema');
    return { fields, batches };
  });
}

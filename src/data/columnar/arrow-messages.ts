// What an Arrow file or stream holds, and where: its schema and its batches, held against the file before any is read.
// Source: https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc

import type { ArrowType } from './arrow-builders.js';
import type { Codec } from './codecs.js';
import { Damaged, whole } from './damaged.js';
import { FlatTable } from './flatbuffer.js';

export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  /** Of what names its values by their places in a dictionary; null for any other. */
  readonly dictionary: { readonly id: number; readonly indices: ArrowType } | null;
}

/** A part of a file by its bytes, from the beginning of the body. */
export interface ArrowBuffer {
  readonly offset: number;
  readonly length: number;
}

export interface ArrowBatch {
  /** Of a batch of a dictionary; null for one of rows. */
  readonly dictionary: { readonly id: number; readonly adds: boolean } | null;
  readonly rows: number;
  readonly nodes: readonly { readonly rows: number; readonly gaps: number }[];
  readonly buffers: readonly ArrowBuffer[];
  /** How each buffer is packed; null for not at all. */
  readonly codec: Codec | null;
  /** How many further buffers each column of views has. */
  readonly pieces: readonly number[];
  /** Where its body begins in the file. */
  readonly body: number;
}

const [SCHEMA, DICTIONARY, RECORDS] = [1, 2, 3];
const CODECS: readonly Codec[] = ['lz4Frame', 'zstd'];

/** A message: its schema, or a batch; null for what is neither. @param body where its body begins. @param end of the file */
export function readMessage(
  bytes: Buffer,
  body: number,
  end: number,
): { readonly fields: readonly ArrowField[] } | { readonly batch: ArrowBatch } | null {
  const message = FlatTable.root(bytes);
  const header = message.table(2);
  const kind = message.integer(1, 1);
  const bodyBytes = message.integer(3, 8);
  whole(header !== null && bodyBytes >= 0 && body + bodyBytes <= end, 'a batch beyond the end of the file');
  if (kind === SCHEMA) return { fields: fieldsOf(header) };
  if (kind === RECORDS) return { batch: batchOf(header, null, body, bodyBytes) };
  if (kind !== DICTIONARY) return null;
  const data = header.table(1);
  whole(data !== null, 'a dictionary without values');
  const dictionary = { id: header.integer(0, 8), adds: header.integer(2, 1) !== 0 };
  return { batch: batchOf(data, dictionary, body, bodyBytes) };
}

/** The length of a message's body, to find the next. */
export function bodyBytesOf(bytes: Buffer): number {
  const length = FlatTable.root(bytes).integer(3, 8);
  whole(Number.isSafeInteger(length) && length >= 0, 'a body of no length');
  return length;
}

/** Of a file's footer: where its messages begin, dictionaries first. */
export function readArrowFooter(bytes: Buffer): {
  fields: readonly ArrowField[];
  blocks: readonly { at: number; head: number }[];
} {
  const footer = FlatTable.root(bytes);
  const schema = footer.table(1);
  whole(schema !== null, 'no schema');
  const blocks = [...footer.structs(2, 24), ...footer.structs(3, 24)].map((block) => ({
    at: Number(block.readBigInt64LE(0)),
    head: block.readInt32LE(8),
  }));
  return { fields: fieldsOf(schema), blocks };
}

function fieldsOf(schema: FlatTable): ArrowField[] {
  whole(schema.integer(0, 2) === 0, 'numbers of the other byte order');
  return schema.tables(1).map((field) => {
    const coded = field.table(4);
    const indices = coded?.table(1) ?? null;
    const typeId = field.integer(2, 1);
    return {
      name: field.text(0),
      type: typeOf(typeId, field.table(3)),
      dictionary: coded === null ? null : { id: coded.integer(0, 8), indices: indexType(indices) },
    };
  });
}

function indexType(type: FlatTable | null): ArrowType {
  if (type === null) return { typeId: 2, bitWidth: 32, isSigned: true };
  return { typeId: 2, bitWidth: type.integer(0, 4), isSigned: type.integer(1, 1) !== 0 };
}

function typeOf(typeId: number, type: FlatTable | null): ArrowType {
  if (type === null) return { typeId };
  switch (typeId) {
    case 2:
      return { ...indexType(type), typeId };
    case 3:
      return { typeId, precision: type.integer(0, 2) };
    case 7:
      return {
        typeId,
        precision: type.integer(0, 4),
        scale: type.integer(1, 4),
        bitWidth: type.integer(2, 4, 128),
      };
    case 8:
      return { typeId, unit: type.integer(0, 2, 1) };
    case 9:
      return { typeId, unit: type.integer(0, 2, 1), bitWidth: type.integer(1, 4, 32) };
    case 10:
      return { typeId, unit: type.integer(0, 2) };
    default:
      return { typeId };
  }
}

function batchOf(
  batch: FlatTable,
  dictionary: ArrowBatch['dictionary'],
  body: number,
  bodyBytes: number,
): ArrowBatch {
  const rows = batch.integer(0, 8);
  whole(Number.isSafeInteger(rows) && rows >= 0, 'a batch of no number of rows');
  const nodes = batch.structs(1, 16).map((node) => ({
    rows: Number(node.readBigInt64LE(0)),
    gaps: Number(node.readBigInt64LE(8)),
  }));
  const buffers = batch.structs(2, 16).map((buffer) => {
    const [offset, length] = [Number(buffer.readBigInt64LE(0)), Number(buffer.readBigInt64LE(8))];
    whole(offset >= 0 && length >= 0 && offset + length <= bodyBytes, 'a buffer beyond its batch');
    return { offset, length };
  });
  const compression = batch.table(3);
  const codec = compression === null ? null : CODECS[compression.integer(0, 1)];
  if (codec === undefined) throw new Damaged('buffers packed by something unknown');
  const pieces = batch.structs(4, 8).map((count) => Number(count.readBigInt64LE(0)));
  return { dictionary, rows, nodes, buffers, codec, pieces, body };
}

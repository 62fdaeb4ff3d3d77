// The types of cells in files of arrays, and from their bytes to columns: numbers stay where they lie wherever this machine
// can read them there. Knows no file format: npy.ts, npz.ts and idx.ts say what their files hold.

import { type Column, TextColumn } from '../table/column.js';
import { type NumberCells, NumberColumn } from '../table/number-column.js';
import { GrowingRows } from '../table/table-limits.js';
import { fileError } from './reader.js';

/** `bytes` is text of one byte a letter (UTF-8), `letters` text of four (UTF-32); both end with zeros. */
export interface CellType {
  readonly kind: 'float' | 'int' | 'uint' | 'bool' | 'bytes' | 'letters';
  /** Bytes of a cell. */
  readonly size: number;
  readonly bigEndian: boolean;
}

/** Cells of one type one after the other. */
export interface Cells {
  readonly type: CellType;
  readonly bytes: Buffer;
  /** What messages call the file, and the array in it. */
  readonly source: string;
}

/** Numbers as this machine reads them: the very bytes, or a copy of what is of another order or lies askew. */
export function nativeNumbers({ type, bytes }: Cells): NumberCells {
  const { kind, size } = type;
  let own: Uint8Array = bytes;
  if (type.bigEndian && size > 1) own = swapped(bytes, size);
  else if (bytes.byteOffset % size !== 0) own = new Uint8Array(bytes);
  const [buffer, at, length] = [own.buffer, own.byteOffset, own.length / size] as const;
  if (kind === 'float') {
    if (size === 2) return singles(new Uint16Array(buffer, at, length));
    return size === 4 ? new Float32Array(buffer, at, length) : new Float64Array(buffer, at, length);
  }
  if (kind === 'int') {
    if (size === 1) return new Int8Array(buffer, at, length);
    if (size === 2) return new Int16Array(buffer, at, length);
    return size === 4 ? new Int32Array(buffer, at, length) : new BigInt64Array(buffer, at, length);
  }
  if (size === 1) return new Uint8Array(buffer, at, length);
  if (size === 2) return new Uint16Array(buffer, at, length);
  return size === 4 ? new Uint32Array(buffer, at, length) : new BigUint64Array(buffer, at, length);
}

function swapped(bytes: Buffer, size: number): Uint8Array {
  const own = new Uint8Array(bytes);
  const view = Buffer.from(own.buffer);
  if (size === 2) view.swap16();
  else if (size === 4) view.swap32();
  else view.swap64();
  return own;
}

/** Half-precision floats (IEEE 754 binary16) are 32-bit ones exactly. */
function singles(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** One column of cells of any type: numbers, truth values as `true` and `false`, or texts. */
export function columnOfCells(name: string, cells: Cells): Column {
  const { kind, size } = cells.type;
  const rows = cells.bytes.length / size;
  if (kind === 'float' || kind === 'int' || kind === 'uint') {
    return new NumberColumn(name, nativeNumbers(cells), { rows });
  }
  const column = new TextColumn(name);
  const table = new GrowingRows(cells.source, [column]);
  const text = kind === 'bool' ? truth : kind === 'bytes' ? utf8 : utf32(cells.type.bigEndian);
  for (let row = 0; row < rows; row++) {
    const cell = text(cells.bytes.subarray(row * size, (row + 1) * size));
    if (cell === null) throw noText(cells, name, row);
    column.push(cell);
    table.add(0);
  }
  return column;
}

/** Truth values as the numbers 0 and 1. @throws ERR_DATA for another byte. */
export function requireTruths(
  cells: Cells,
  name: (at: number) => string,
  rowOf: (at: number) => number,
): void {
  const at = cells.bytes.findIndex((byte) => byte > 1);
  if (at >= 0) throw noText(cells, name(at), rowOf(at));
}

function noText({ type, source }: Cells, column: string, row: number): Error {
  const expected = type.kind === 'bool' ? 'true or false, a byte of 1 or 0' : 'text in Unicode';
  const message = `Expected \`${column}\` to be ${expected}, got other bytes (${source}, row ${row + 1}, column \`${column}\`)`;
  return fileError(source, message, { row: row + 1, column });
}

function truth(cell: Buffer): string | null {
  return cell[0] === 1 ? 'true' : cell[0] === 0 ? 'false' : null;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(cell: Buffer): string | null {
  let end = cell.length;
  while (end > 0 && cell[end - 1] === 0) end--;
  try {
    return UTF8.decode(cell.subarray(0, end));
  } catch {
    return null;
  }
}

function utf32(bigEndian: boolean): (cell: Buffer) => string | null {
  return (cell) => {
    let text = '';
    let zeros = 0;
    for (let at = 0; at < cell.length; at += 4) {
      const point = bigEndian ? cell.readUInt32BE(at) : cell.readUInt32LE(at);
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return null;
      if (point === 0) {
        zeros++;
        continue;
      }
      text += '\0'.repeat(zeros) + String.fromCodePoint(point);
      zeros = 0;
    }
    return text;
  };
}

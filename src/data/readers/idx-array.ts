// One array in the IDX format of MNIST's files: four bytes that say the type and how many sizes follow, the sizes, the
// cells, all big-endian.
// Source: Y. LeCun, C. Cortes, C. Burges: The MNIST database, "File formats".

import type { CellType } from './cell-types.js';
import { cellWords, type NpyArray } from './npy-array.js';
import { fileError } from './reader.js';

const TYPES: Readonly<Record<number, CellType>> = {
  8: { kind: 'uint', size: 1, bigEndian: true },
  9: { kind: 'int', size: 1, bigEndian: true },
  11: { kind: 'int', size: 2, bigEndian: true },
  12: { kind: 'int', size: 4, bigEndian: true },
  13: { kind: 'float', size: 4, bigEndian: true },
  14: { kind: 'float', size: 8, bigEndian: true },
};

const MOST_DIMENSIONS = 8;

/** Whether bytes may be the beginning of such a file: two zeros, a type, a few dimensions. */
export function isIdx(start: Buffer): boolean {
  const [a, b, type = 0, dimensions = 0] = start;
  return a === 0 && b === 0 && Object.hasOwn(TYPES, type) && dimensions > 0 && dimensions <= MOST_DIMENSIONS;
}

/** @throws ERR_DATA for what is no such file, or too short or too long for its sizes */
export function readIdxArray(file: Buffer, source: string): NpyArray {
  const fail = (expected: string, got: string): never => {
    throw fileError(source, `Expected ${source} to ${expected}, got ${got}`);
  };
  if (!isIdx(file)) fail('begin as an IDX file does', 'other bytes');
  const type = TYPES[file[2]!]!;
  const dimensions = file[3]!;
  const start = 4 + 4 * dimensions;
  if (file.length < start) fail(`have ${dimensions} sizes`, `${file.length} bytes`);
  const shape = Array.from({ length: dimensions }, (_, axis) => file.readUInt32BE(4 + 4 * axis));
  const bytes = file.subarray(start);
  // Beyond 2⁵³ the product is rounded, and no less than any file.
  if (shape.reduce((product, size) => product * size, type.size) !== bytes.length) {
    fail(`have the bytes of its ${cellWords(shape, type.size)}`, `${bytes.length} bytes`);
  }
  return { type, size: type.size, shape, fortran: false, bytes };
}

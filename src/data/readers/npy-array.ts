// One array in NumPy's format (.npy), versions 1 to 3: its head, and its cells as they lie there.
// Source: NEP 1 and numpy/lib/format.py, "Format Version 1.0" to "3.0".

import type { CellType } from './cell-types.js';
import { type Literal, pythonLiteral } from './python-literal.js';
import { fileError } from './reader.js';

export const NPY_MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/** What an array is an array of: cells of a type, or records with a cell for each of some names. */
export type ArrayType = CellType | readonly Field[];

export interface Field {
  readonly name: string;
  readonly type: CellType;
  /** Where it begins within its record, in bytes. */
  readonly offset: number;
}

export interface NpyArray {
  readonly type: ArrayType;
  /** Bytes of a cell or record. */
  readonly size: number;
  readonly shape: readonly number[];
  /** Whether the first index changes fastest from cell to cell (Fortran) and not the last (C). */
  readonly fortran: boolean;
  readonly bytes: Buffer;
}

/** Heads of more bytes than this are none: a record of a thousand named fields takes 30 KB. */
const LONGEST_HEAD = 2 ** 20;
/** NumPy's own bound. */
const MOST_DIMENSIONS = 64;
/** Texts of more bytes in every cell are a mistake. */
const LARGEST_CELL = 2 ** 20;

/**
 * @param source what messages call the file and, where it is one of several, the array
 * @throws ERR_DATA for what is no such file, one that is too short or too long for its shape, and a type of cells that
 * is neither numbers, truth values nor texts of fixed length
 */
export function readNpyArray(file: Buffer, source: string): NpyArray {
  const fail = (expected: string, got: string): never => {
    throw fileError(source, `Expected ${source} to ${expected}, got ${got}`);
  };
  if (!file.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC))
    fail('begin as a NumPy array does', 'other bytes');
  const version = file[6] ?? 0;
  if (version < 1 || version > 3) fail('be of version 1, 2 or 3 of the NPY format', `version ${version}`);
  const lengthBytes = version === 1 ? 2 : 4;
  const start = 8 + lengthBytes;
  if (file.length < start) fail('have a head', `${file.length} bytes`);
  const length = file.readUIntLE(8, lengthBytes);
  if (length > LONGEST_HEAD || start + length > file.length)
    fail('have its whole head', `${file.length} bytes of it`);
  const head = pythonLiteral(file.toString(version === 3 ? 'utf8' : 'latin1', start, start + length).trim());
  if (!(head instanceof Map)) return fail('say its type, order and shape in its head', 'something else');
  const fortran = head.get('fortran_order');
  if (typeof fortran !== 'boolean') return fail('say `fortran_order` in its head', 'no True or False');
  const shape = shapeOf(head.get('shape'));
  if (shape === null) return fail('say its `shape` in its head', 'no whole numbers');
  const { type, size } = typeOf(head.get('descr'), (got) =>
    fail('hold numbers, truth values or texts of fixed length', got),
  );
  const bytes = file.subarray(start + length);
  const [cells, words] = [cellsOf(shape), cellWords(shape, size)];
  if (cells === null || bytes.length !== cells * size) {
    fail(`have the bytes of its ${words}`, `${bytes.length} bytes`);
  }
  return { type, size, shape, fortran, bytes };
}

/** "20 × 64 cells". */
export function shapeWords(shape: readonly number[]): string {
  const sizes = shape.length === 0 ? '1' : shape.join(' × ');
  return `${sizes} ${sizes === '1' ? 'cell' : 'cells'}`;
}

/** "20 × 64 cells of 4 bytes each". */
export function cellWords(shape: readonly number[], size: number): string {
  return `${shapeWords(shape)} of ${size === 1 ? 'a byte' : `${size} bytes`} each`;
}

function shapeOf(value: Literal | undefined): readonly number[] | null {
  if (!Array.isArray(value) || value.length > MOST_DIMENSIONS) return null;
  return value.every((size) => typeof size === 'number' && size >= 0) ? value : null;
}

/** Null where they are more than any file has. */
function cellsOf(shape: readonly number[]): number | null {
  if (shape.includes(0)) return 0;
  const cells = shape.reduce((product, size) => product * size, 1);
  return Number.isSafeInteger(cells) && cells < 2 ** 48 ? cells : null;
}

/** @param fail is given what was found */
function typeOf(descr: Literal | undefined, fail: (got: string) => never): { type: ArrayType; size: number } {
  if (typeof descr === 'string') {
    const type = cellType(descr) ?? fail(strangerWords(descr));
    return { type, size: type.size };
  }
  if (!Array.isArray(descr) || descr.length === 0) return fail('no type that is known');
  let size = 0;
  const fields: Field[] = [];
  for (const each of descr as readonly Literal[]) {
    const [name, code, ...more] = Array.isArray(each) ? (each as readonly Literal[]) : [];
    if (typeof name !== 'string' || more.length > 0)
      return fail('records with more than a cell for each name');
    if (typeof code !== 'string') return fail(`records within records, \`${name}\``);
    // What NumPy calls the bytes between fields that are aligned.
    const gap = name === '' ? /^\|V(\d{1,7})$/.exec(code) : null;
    const type = gap === null ? cellType(code) : null;
    if (type !== null) fields.push({ name, type, offset: size });
    else if (gap === null) fail(`${strangerWords(code)} in \`${name}\``);
    size += type?.size ?? Number(gap![1]);
  }
  if (fields.length === 0) fail('records of nothing');
  return { type: fields, size };
}

const CODES: Readonly<Record<string, CellType['kind']>> = {
  ...{ f: 'float', i: 'int', u: 'uint', b: 'bool', S: 'bytes', a: 'bytes', U: 'letters' },
};
const SIZES: Readonly<Record<CellType['kind'], readonly number[] | null>> = {
  ...{ float: [2, 4, 8], int: [1, 2, 4, 8], uint: [1, 2, 4, 8], bool: [1], bytes: null, letters: null },
};

/** A type such as `<f8`; null for one that is not read. */
function cellType(code: string): CellType | null {
  const [, order, letter = '', digits] = /^([<>=|]?)([a-zA-Z])(\d{1,7})$/.exec(code) ?? [];
  const kind = Object.hasOwn(CODES, letter) ? CODES[letter]! : null;
  if (kind === null) return null;
  const size = Number(digits) * (kind === 'letters' ? 4 : 1);
  const sizes = SIZES[kind];
  if (sizes === null ? size < 1 || size > LARGEST_CELL : !sizes.includes(size)) return null;
  return { kind, size, bigEndian: order === '>' };
}

function strangerWords(code: string): string {
  const shown = JSON.stringify(code.slice(0, 40));
  const letter = /^[<>=|]?([a-zA-Z])/.exec(code)?.[1];
  if (letter === 'O') return `Python objects (${shown}), which are read by running code`;
  if (letter === 'c') return `complex numbers (${shown})`;
  if (letter === 'M' || letter === 'm') return `dates or times of NumPy (${shown}); save them as texts`;
  return letter === 'f' ? `floats of a size that JavaScript lacks (${shown})` : `the type ${shown}`;
}

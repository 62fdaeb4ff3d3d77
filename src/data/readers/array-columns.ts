// From arrays to columns: the first index is the row, and whatever the others count becomes columns side by side.

import type { Column } from '../table/column.js';
import { type NumberCells, NumberColumn } from '../table/number-column.js';
import type { ImageSize, Table } from '../table/table.js';
import { MOST_ROWS, refuseColumns } from '../table/table-limits.js';
import { type CellType, columnOfCells, nativeNumbers, requireTruths } from './cell-types.js';
import { type ArrayType, type NpyArray, shapeWords } from './npy-array.js';
import { fileError } from './reader.js';

/** Arrays of more bytes stay as they lie, rather than be in memory twice for a moment. */
const MOST_TURNED = 2 ** 28;
const SQUARE = 64;

export interface ArrayColumns {
  readonly columns: readonly Column[];
  readonly rows: number;
  /** Of arrays of three or four dimensions that may be images. */
  readonly image: ImageSize | null;
}

export interface ArrayNames {
  /** What the columns of an array of rows are called before their number: `x` for x0, x1, … */
  readonly prefix: string;
  /** What the column is called where each row is one cell. */
  readonly single: string;
}

/**
 * The columns of an array of numbers, truth values or texts. Of several cells per row, truth values are the numbers 0 and
 * 1, as of black and white images; in a column of their own they are `true` and `false`. An array of images whose
 * channels come last gives them plane by plane, as `image` has them; names count cells as the file does.
 * @throws ERR_DATA for an array without rows or columns, or of one cell without an index
 */
export function arrayColumns(array: NpyArray, { prefix, single }: ArrayNames, source: string): ArrayColumns {
  const { shape, type } = array;
  const [rows = 0] = shape;
  if (rows === 0 || shape.includes(0)) throw arrayError(source, 'hold rows and columns', shapeWords(shape));
  if (rows > MOST_ROWS) throw arrayError(source, `have at most ${MOST_ROWS} rows`, String(rows));
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  if (isRecords(type)) {
    if (shape.length > 1) throw arrayError(source, 'be a list of records', shapeWords(shape));
    return { columns: recordColumns(array, type, source), rows, image: null };
  }
  if (shape.length === 1) {
    return { columns: [columnOfCells(single, { type, bytes: array.bytes, source })], rows, image: null };
  }
  refuseColumns(source, width, undefined);
  const image = imageOf(shape);
  const order = image !== null && isChannelsLast(shape) ? planes(image) : null;
  const places = Array.from({ length: width }, (_, at) => order?.[at] ?? at);
  const name = (place: number): string => `${prefix}${place}`;
  const columns = isText(type)
    ? places.map((place) =>
        columnOfCells(name(place), { type, bytes: gathered(array, place, width), source }),
      )
    : numberColumns(array, type, places, name, source);
  return { columns, rows, image };
}

/** The table of such columns, whose rows have no lines. */
export function arrayTable(source: string, { columns, rows, image }: ArrayColumns): Table {
  return { source, columns, rows, lines: new Uint32Array(0), ...(image === null ? {} : { image }) };
}

function isRecords(type: ArrayType): type is Exclude<ArrayType, CellType> {
  return Array.isArray(type);
}

function isText({ kind }: CellType): boolean {
  return kind === 'bytes' || kind === 'letters';
}

function numberColumns(
  array: NpyArray,
  type: CellType,
  places: readonly number[],
  name: (place: number) => string,
  source: string,
): Column[] {
  const [rows, width] = [array.shape[0]!, places.length];
  const cells = { type, bytes: array.bytes, source };
  if (type.kind === 'bool') {
    const place = (at: number): [row: number, place: number] =>
      array.fortran ? [at % rows, Math.floor(at / rows)] : [Math.floor(at / width), at % width];
    requireTruths(
      cells,
      (at) => name(place(at)[1]),
      (at) => place(at)[0],
    );
  }
  const stored = nativeNumbers(cells);
  // A column whose cells lie side by side is read ten times as fast, and a column is read ten times.
  const turn = !array.fortran && width > 1 && stored.byteLength <= MOST_TURNED;
  const numbers = turn ? transposed(stored, rows, width) : stored;
  return places.map((place) => {
    const { offset, stride } = turn ? { offset: place * rows, stride: 1 } : strideOf(array, place, width);
    return new NumberColumn(name(place), numbers, { rows, offset, stride });
  });
}

/** The cells [width, rows] of [rows, width], in squares that fit a cache. */
function transposed(cells: NumberCells, rows: number, width: number): NumberCells {
  const turned = cells.slice() as typeof cells;
  for (let top = 0; top < rows; top += SQUARE) {
    const bottom = Math.min(rows, top + SQUARE);
    for (let left = 0; left < width; left += SQUARE) {
      const right = Math.min(width, left + SQUARE);
      for (let column = left; column < right; column++) {
        for (let row = top; row < bottom; row++) turned[column * rows + row] = cells[row * width + column]!;
      }
    }
  }
  return turned;
}

/** Where the cells of a column are: `place` counts a row's cells as C does, the last index fastest. */
function strideOf(
  { shape, fortran }: NpyArray,
  place: number,
  width: number,
): { offset: number; stride: number } {
  if (!fortran) return { offset: place, stride: width };
  let [offset, rest, step] = [0, place, width * shape[0]!];
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const size = shape[axis]!;
    step /= size;
    offset += (rest % size) * step;
    rest = Math.floor(rest / size);
  }
  return { offset, stride: 1 };
}

/** The cells of one column of texts, side by side. */
function gathered(array: NpyArray, place: number, width: number): Buffer {
  const { bytes, size, shape } = array;
  const { offset, stride } = strideOf(array, place, width);
  return everyNth(bytes, offset * size, stride * size, size, shape[0]!);
}

function everyNth(bytes: Buffer, start: number, step: number, size: number, rows: number): Buffer {
  const own = Buffer.allocUnsafeSlow(rows * size);
  for (let row = 0, at = start; row < rows; row++, at += step) bytes.copy(own, row * size, at, at + size);
  return own;
}

function recordColumns(
  { bytes, size, shape }: NpyArray,
  fields: Exclude<ArrayType, CellType>,
  source: string,
): Column[] {
  refuseColumns(source, fields.length, undefined);
  const names = new Set<string>();
  return fields.map(({ name, type, offset }) => {
    if (names.has(name) || name === '')
      throw arrayError(source, 'name every field once', JSON.stringify(name));
    names.add(name);
    return columnOfCells(name, { type, bytes: everyNth(bytes, offset, size, type.size, shape[0]!), source });
  });
}

/** One, three or four planes are grey, colours, and colours with their opacity. */
function isChannels(size: number): boolean {
  return size === 1 || size === 3 || size === 4;
}

function isChannelsLast(shape: readonly number[]): boolean {
  return shape.length === 4 && !isChannels(shape[1]!) && isChannels(shape[3]!);
}

function imageOf(shape: readonly number[]): ImageSize | null {
  const [, a = 0, b = 0, c = 0] = shape;
  if (shape.length === 3) return { channels: 1, height: a, width: b };
  if (shape.length !== 4) return null;
  if (isChannelsLast(shape)) return { channels: c, height: a, width: b };
  return isChannels(a) && !isChannels(c) ? { channels: a, height: b, width: c } : null;
}

/** Of each cell of an image by planes, where it is in one whose channels come last. */
function planes({ channels, height, width }: ImageSize): number[] {
  const pixels = height * width;
  return Array.from(
    { length: channels * pixels },
    (_, at) => (at % pixels) * channels + Math.floor(at / pixels),
  );
}

function arrayError(source: string, expected: string, got: string): Error {
  return fileError(source, `Expected ${source} to ${expected}, got ${got}`);
}

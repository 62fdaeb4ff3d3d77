// Sorts the values of each column into bins, so that growing a tree adds up and never sorts.

import type { DatasetLayout } from '../../memory/layout.js';

/**
 * The values of rows by their bins, which are counted through all fields.
 *
 * A field is a column of ordered bins; or *exclusive* columns of two values each, of which no row has more than one at its upper
 * value, as categories become: bin 0 is of the rows that have none, bin j of those that have the j-th. So a category costs as much as a
 * column, however many values it has.
 */
export interface BinnedRows {
  readonly rows: number;
  readonly fields: number;
  /** [rows, fields]: the bin of each value. Row by row, so that one after the other is added to another field's bins. */
  readonly bins: Uint16Array | Uint32Array;
  /** u32[fields + 1]: each field's first bin, then the number of all. */
  readonly firstBin: Uint32Array;
  /** u8[fields]: 1 for exclusive columns. */
  readonly exclusive: Uint8Array;
  /** u32[bins]: which feature of the dataset a bin is of; of exclusive columns, the one that is at its upper value. */
  readonly features: Uint32Array;
  /** f32[bins]: a bin holds values up to this, and above that of the bin before; Infinity for a column's last. Exclusive: what lies between the two values. */
  readonly edges: Float32Array;
}

/** A column with its edges, ascending, Infinity last. */
interface Column {
  readonly feature: number;
  readonly edges: Float32Array;
}

/** Columns that share a field. */
type Field = readonly Column[];

/**
 * Bins the columns of rows of a dataset.
 *
 * A column of at most `most` distinct values has a bin for each; another is cut where its sorted values are k/most of
 * the way, k from 1, behind all that are equal there. An edge lies midway between the values beside it, in single precision, or just above. A column of one value is left out.
 *
 * @param rows u32[n], rows of the dataset. @param picks the features that are columns; null for all.
 */
export function binRows(
  buffer: ArrayBufferLike,
  { rows: all, features, x: address, xStrideBytes }: DatasetLayout,
  rows: Uint32Array,
  picks: Uint32Array | null,
  most: number,
): BinnedRows {
  const stride = xStrideBytes / 4;
  const x = new Float32Array(buffer, address, all * stride);
  const values = new Float32Array(rows.length);
  const read = ({ feature }: Pick<Column, 'feature'>) => {
    for (let i = 0; i < rows.length; i++) values[i] = x[rows[i]! * stride + feature]!;
    return values;
  };
  const fields = listFields(picks ?? Uint32Array.from({ length: features }, (_, f) => f), most, read);
  const widths = fields.map((field) => (field.length === 1 ? field[0]!.edges.length : field.length + 1));
  const firstBin = Uint32Array.from([0, ...widths]);
  for (let field = 0; field < fields.length; field++) firstBin[field + 1]! += firstBin[field]!;
  const total = firstBin[fields.length]!;
  const cells = rows.length * fields.length;
  const binned: BinnedRows = {
    ...{ rows: rows.length, fields: fields.length, firstBin },
    bins: total <= 65536 ? new Uint16Array(cells) : new Uint32Array(cells),
    exclusive: Uint8Array.from(fields, (field) => (field.length === 1 ? 0 : 1)),
    ...{ features: new Uint32Array(total), edges: new Float32Array(total) },
  };
  for (const [number, field] of fields.entries()) {
    if (field.length === 1) writeOrdered(binned, number, field[0]!, read(field[0]!));
    else writeExclusive(binned, number, field, read);
  }
  return binned;
}

/** The fields of listed features: neighbours that exclude each other share one. */
function listFields(
  features: Uint32Array,
  most: number,
  read: (column: Pick<Column, 'feature'>) => Float32Array,
): Field[] {
  const fields: Column[][] = [];
  /** Which rows have a column of the last field at its upper value; null when it is one of ordered bins. */
  let taken: Uint8Array | null = null;
  for (const feature of features) {
    const values = read({ feature });
    const edges = columnEdges(values, most);
    if (edges.length === 1) continue;
    const column = { feature, edges };
    if (edges.length > 2) {
      fields.push([column]);
      taken = null;
    } else if (taken !== null && takes(taken, values, edges[0]!)) {
      fields.at(-1)!.push(column);
    } else {
      fields.push([column]);
      taken = new Uint8Array(values.length);
      takes(taken, values, edges[0]!);
    }
  }
  return fields;
}

/** Marks the rows above an edge; false, and none marked, when one of them is taken. */
function takes(taken: Uint8Array, values: Float32Array, edge: number): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! > edge && taken[i] === 1) return false;
  for (let i = 0; i < values.length; i++) if (values[i]! > edge) taken[i] = 1;
  return true;
}

function writeOrdered(
  { bins, fields, firstBin, features, edges: all }: BinnedRows,
  field: number,
  { feature, edges }: Column,
  values: Float32Array,
): void {
  const first = firstBin[field]!;
  all.set(edges, first);
  features.fill(feature, first, first + edges.length);
  for (let i = 0, at = field; i < values.length; i++, at += fields) {
    const value = values[i]!;
    let low = 0;
    let high = edges.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value <= edges[middle]!) high = middle;
      else low = middle + 1;
    }
    bins[at] = first + low;
  }
}

function writeExclusive(
  { rows, bins, fields, firstBin, features, edges: all }: BinnedRows,
  field: number,
  columns: Field,
  read: (column: Column) => Float32Array,
): void {
  const first = firstBin[field]!;
  for (let i = 0, at = field; i < rows; i++, at += fields) bins[at] = first;
  for (const [place, column] of columns.entries()) {
    const bin = first + 1 + place;
    const edge = column.edges[0]!;
    features[bin] = column.feature;
    all[bin] = edge;
    const values = read(column);
    for (let i = 0, at = field; i < rows; i++, at += fields) if (values[i]! > edge) bins[at] = bin;
  }
}

/** The edges of a column's bins, ascending, Infinity last. */
function columnEdges(values: Float32Array, most: number): Float32Array {
  const two = edgesOfTwo(values);
  if (two !== null) return two;
  const sorted = values.slice().sort();
  const edges = distinctEdges(sorted, most) ?? quantileEdges(sorted, most);
  edges.push(Number.POSITIVE_INFINITY);
  return Float32Array.from(edges);
}

/** Columns of one or two values are most of those that categories become, and need no sorting. */
function edgesOfTwo(values: Float32Array): Float32Array | null {
  const first = values[0]!;
  let other = first;
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    if (value === first || value === other) continue;
    if (other !== first) return null;
    other = value;
  }
  if (other === first) return Float32Array.of(Number.POSITIVE_INFINITY);
  return Float32Array.of(midway(Math.min(first, other), Math.max(first, other)), Number.POSITIVE_INFINITY);
}

/** Between all distinct values; null where they are more than `most`. */
function distinctEdges(sorted: Float32Array, most: number): number[] | null {
  const edges: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i]! === sorted[i - 1]!) continue;
    if (edges.length + 1 === most) return null;
    edges.push(midway(sorted[i - 1]!, sorted[i]!));
  }
  return edges;
}

function quantileEdges(sorted: Float32Array, most: number): number[] {
  const edges: number[] = [];
  const { length } = sorted;
  const largest = sorted[length - 1]!;
  for (let k = 1; k < most; k++) {
    let at = Math.round((k * length) / most);
    if (at === 0) continue;
    const low = sorted[at - 1]!;
    // Nothing lies above the largest value.
    if (low === largest) break;
    // Not at a value, which another program may write a bit larger, but between it and the next.
    while (sorted[at] === low) at++;
    const edge = midway(low, sorted[at]!);
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge);
  }
  return edges;
}

/**
 * A number in single precision from `low` to below `high`, just above the middle where there is one; of equals the same. Values lie on
 * grids, and the middle is on them: not at the threshold, where roundings of an encoding, or of another program, would decide its side.
 */
function midway(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) * (0.5 + 2 ** -10));
  return middle < high ? middle : low;
}

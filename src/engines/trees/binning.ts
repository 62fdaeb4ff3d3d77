// Sorts the values of each column into bins, so that growing a tree adds up and never sorts.

import type { DatasetLayout } from '../../memory/layout.js';

/** The values of rows by their bins, which are counted through all columns. */
export interface BinnedRows {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns]: the bin of each value. Row by row, so that one after the other is added to another column's bins. */
  readonly bins: Uint16Array | Uint32Array;
  /** u32[columns + 1]: each column's first bin, then the number of all. */
  readonly firstBin: Uint32Array;
  /** f32[bins]: values up to this are in the bin or one before it in its column; Infinity for a column's last. */
  readonly edges: Float32Array;
  /** u32[columns]: which feature of the dataset a column is. */
  readonly features: Uint32Array;
}

/**
 * Bins the columns of rows of a dataset.
 *
 * A column of at most `most` distinct values has a bin for each; another is cut where its sorted values are k/most of
 * the way, k from 1. An edge lies midway between the values beside it, in single precision.
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
  const own = picks ?? Uint32Array.from({ length: features }, (_, feature) => feature);
  const firstBin = new Uint32Array(own.length + 1);
  const values = new Float32Array(rows.length);
  const perColumn: Float32Array[] = [];
  for (let column = 0; column < own.length; column++) {
    readColumn(x, stride, rows, own[column]!, values);
    const edges = columnEdges(values, most);
    perColumn.push(edges);
    firstBin[column + 1] = firstBin[column]! + edges.length;
  }
  const total = firstBin[own.length]!;
  const edges = new Float32Array(total);
  const cells = rows.length * own.length;
  const bins = total <= 65536 ? new Uint16Array(cells) : new Uint32Array(cells);
  for (let column = 0; column < own.length; column++) {
    edges.set(perColumn[column]!, firstBin[column]!);
    readColumn(x, stride, rows, own[column]!, values);
    writeBins(values, perColumn[column]!, firstBin[column]!, bins, column, own.length);
  }
  return { rows: rows.length, columns: own.length, bins, firstBin, edges, features: own };
}

function readColumn(
  x: Float32Array,
  stride: number,
  rows: Uint32Array,
  feature: number,
  into: Float32Array,
): void {
  for (let i = 0; i < rows.length; i++) into[i] = x[rows[i]! * stride + feature]!;
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
    const at = Math.round((k * length) / most);
    if (at === 0) continue;
    const edge = midway(sorted[at - 1]!, sorted[at]!);
    // Nothing lies above the largest value, and nothing between two equal edges.
    if (edge < largest && (edges.length === 0 || edge > edges.at(-1)!)) edges.push(edge);
  }
  return edges;
}

/** A number in single precision from `low` to below `high`, midway where there is one; of equals the same. */
function midway(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2);
  return middle < high ? middle : low;
}

function writeBins(
  values: Float32Array,
  edges: Float32Array,
  first: number,
  bins: Uint16Array | Uint32Array,
  column: number,
  columns: number,
): void {
  for (let i = 0, at = column; i < values.length; i++, at += columns) {
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

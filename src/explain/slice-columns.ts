// Columns cut into slices: a slice for each category, for each of a few equally full ranges of numbers, and for missing
// cells where the table is at hand.

import { categoricalReading, numericReading } from '../data/columns/reading.js';
import type { Dataset } from '../data/dataset/dataset.js';
import { categoryNames } from '../data/dataset/feature-columns.js';
import { findColumn, type Table } from '../data/table/table.js';
import { quantileOfSorted } from '../math/statistics.js';
import type { PlacedColumn } from './explained-columns.js';

export interface SliceColumn {
  readonly name: string;
  /** The slice that each row is in, a place in `labels`, i32[rows]; −1 for none. */
  readonly codes: Int32Array;
  /** What the rows of a slice have in common: `size > 8`, `city = Rome`, `city is missing`. */
  readonly labels: readonly string[];
}

/** A table that the rows came from. */
export interface RawRows {
  readonly table: Table;
  /** The table's row of each row of the dataset; null where they are the same. */
  readonly rows: Uint32Array | null;
}

/**
 * Cuts a column at the rows of `index`, places in the dataset.
 * @param bins ranges of numbers; a column of no more different numbers has a slice for each.
 * @param raw where missing cells are told; without it they are what they were filled with.
 */
export function sliceColumn(
  column: PlacedColumn,
  dataset: Dataset,
  index: Uint32Array,
  bins: number,
  raw: RawRows | null,
): SliceColumn {
  const missing = missingCells(column, dataset, index, raw);
  const cut =
    column.fitted?.kind === 'categorical'
      ? categorySlices(column, categoryNames(column.fitted), dataset, index)
      : numberSlices(column, dataset, index, bins, missing);
  if (missing === null || !missing.includes(1)) return { name: column.name, ...cut };
  const codes = cut.codes.map((code, at) => (missing[at] === 1 ? cut.labels.length : code));
  return { name: column.name, codes, labels: [...cut.labels, `${column.name} is missing`] };
}

function categorySlices(
  { name, first, width }: PlacedColumn,
  categories: readonly string[],
  { x, features }: Dataset,
  index: Uint32Array,
): Omit<SliceColumn, 'name'> {
  const codes = Int32Array.from(index, (row) => {
    for (let at = 0; at < width; at++) if (x[row * features + first + at] === 1) return at;
    return width;
  });
  return { codes, labels: [...categories.map((category) => `${name} = ${category}`), `${name} is another`] };
}

function numberSlices(
  { name, first }: PlacedColumn,
  { x, features }: Dataset,
  index: Uint32Array,
  bins: number,
  missing: Uint8Array | null,
): Omit<SliceColumn, 'name'> {
  const values = Float64Array.from(index, (row) => x[row * features + first]!);
  const sorted = values.filter((_, at) => missing?.[at] !== 1).sort();
  const distinct = firstDistinct(sorted, bins);
  if (distinct !== null) {
    return {
      codes: Int32Array.from(values, (value) => distinct.indexOf(value)),
      labels: distinct.map((value) => `${name} = ${value}`),
    };
  }
  const edges = [
    ...new Set(Array.from({ length: bins - 1 }, (_, at) => quantileOfSorted(sorted, (at + 1) / bins))),
  ];
  // Where most numbers are the same, an edge may be the largest of them.
  const inner = edges.filter((edge) => edge < sorted.at(-1)!);
  const codes = Int32Array.from(values, (value) => {
    const above = inner.findIndex((edge) => value <= edge);
    return above < 0 ? inner.length : above;
  });
  return { codes, labels: rangeLabels(name, inner) };
}

/** The different values, ascending, where there are no more than `most`; else null. */
function firstDistinct(sorted: Float64Array, most: number): number[] | null {
  const distinct: number[] = [];
  for (const value of sorted) {
    if (value === distinct.at(-1)) continue;
    if (distinct.length === most) return null;
    distinct.push(value);
  }
  return distinct;
}

function rangeLabels(name: string, edges: readonly number[]): string[] {
  const text = edges.map(shortNumber);
  const inner = text.slice(1).map((edge, at) => `${text[at]} < ${name} ≤ ${edge}`);
  return edges.length === 0
    ? [`${name} any`]
    : [`${name} ≤ ${text[0]}`, ...inner, `${name} > ${text.at(-1)}`];
}

/** Four significant digits, without zeros at the end. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** u8[rows], 1 where the cell is missing; null where nobody knows. */
function missingCells(
  { name, fitted }: PlacedColumn,
  { preprocessing }: Dataset,
  index: Uint32Array,
  raw: RawRows | null,
): Uint8Array | null {
  const column = raw === null || fitted === null ? undefined : findColumn(raw.table, name);
  if (raw === null || fitted === null || column === undefined) return null;
  const words = preprocessing?.missing ?? [];
  const reading =
    fitted.kind === 'numeric'
      ? numericReading(column, fitted.format ?? null, words)
      : categoricalReading(column, fitted.declared === true ? 'declared' : 'text', words);
  return Uint8Array.from(index, (row) => (reading.isMissing(raw.rows?.[row] ?? row) ? 1 : 0));
}

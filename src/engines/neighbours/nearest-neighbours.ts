// The nearest of a set of stored examples, by Euclidean or tangent distance. Knows nothing of classes or members:
// who votes for what is src/engines/neighbours.

import { imageTangents } from '../../techniques/image-tangents.js';
import { createOneSided, createTwoSided, tangentPlanes } from '../../techniques/tangent-distance.js';
import type { DistanceSpec } from './spec.js';

/** The k nearest stored examples of each of n rows. */
export interface Neighbours {
  /** u32[n, k]: stored rows, the nearest first; equally near ones in the order they are stored. */
  readonly rows: Uint32Array;
  /** f64[n, k]: their distances, not squared. */
  readonly distances: Float64Array;
}

/** Finds the nearest stored examples of f32[n, features]. */
export type NeighbourSearch = (x: Float32Array) => Neighbours;

/**
 * Prepares a search; for tangent distances the tangent planes of the stored examples are computed once here.
 *
 * @param stored f32[rows, features]; the search keeps it
 * @param k from 1 to the stored rows
 */
export function createNeighbourSearch(
  stored: Float32Array,
  features: number,
  k: number,
  distance: DistanceSpec,
): NeighbourSearch {
  const rows = stored.length / features;
  const measure = createMeasure(stored, features, distance);
  const squares = new Float64Array(rows);
  return (x) => {
    const count = x.length / features;
    const nearest = { rows: new Uint32Array(count * k), distances: new Float64Array(count * k) };
    const measureRow = measure(x);
    for (let row = 0; row < count; row++) {
      measureRow(row, squares);
      keepNearest(squares, k, row * k, nearest);
    }
    return nearest;
  };
}

/** Squared distances of row `row` of the examples given to all stored ones. */
type MeasureRow = (row: number, squares: Float64Array) => void;

function createMeasure(
  stored: Float32Array,
  features: number,
  distance: DistanceSpec,
): (x: Float32Array) => MeasureRow {
  if (distance.kind === 'euclidean') {
    return (x) => (row, squares) => writeEuclidean(x, row, stored, features, squares);
  }
  const { kind, image, stiffness, ...options } = distance;
  const planesOf = (x: Float32Array) =>
    tangentPlanes(x, features, imageTangents(x, image, options), stiffness);
  const planes = planesOf(stored);
  if (kind === 'tangentOneSided') {
    const measure = createOneSided(planes);
    return (x) => (row, squares) => measure(x.subarray(row * features, (row + 1) * features), squares);
  }
  const measure = createTwoSided(planes);
  return (x) => {
    const queries = planesOf(x);
    return (row, squares) => measure(queries, row, squares);
  };
}

function writeEuclidean(
  x: Float32Array,
  row: number,
  stored: Float32Array,
  features: number,
  squares: Float64Array,
): void {
  const from = row * features;
  for (let other = 0, at = 0; other < squares.length; other++) {
    let square = 0;
    for (let f = 0; f < features; f++, at++) {
      const d = x[from + f]! - stored[at]!;
      square += d * d;
    }
    squares[other] = square;
  }
}

/** Inserts each stored row into the ascending list of the k nearest so far; a tie leaves the earlier row first. */
function keepNearest(squares: Float64Array, k: number, at: number, { rows, distances }: Neighbours): void {
  let held = 0;
  for (let row = 0; row < squares.length; row++) {
    const square = squares[row]!;
    if (held === k && square >= distances[at + k - 1]!) continue;
    if (held < k) held++;
    let place = at + held - 1;
    for (; place > at && distances[place - 1]! > square; place--) {
      distances[place] = distances[place - 1]!;
      rows[place] = rows[place - 1]!;
    }
    distances[place] = square;
    rows[place] = row;
  }
  for (let i = at; i < at + k; i++) distances[i] = Math.sqrt(distances[i]!);
}

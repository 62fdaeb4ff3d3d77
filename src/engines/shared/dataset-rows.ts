// Copies rows out of a training's shared memory, for engines that do not read it in place.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import type { DatasetLayout } from '../../memory/layout.js';

/** Copies of what belongs to the listed rows; each call makes new arrays. */
export interface DatasetRows {
  /** f32[rows, columns], row-major: the features, or those picked. */
  inputs(rows: Uint32Array): Float32Array;
  /** i32[rows]; empty for regression. */
  labels(rows: Uint32Array): Int32Array;
  /** f32[rows, targets], row-major, standardised; empty for classification. */
  targets(rows: Uint32Array): Float32Array;
  /** f32[rows], or null when every weight is 1. */
  weights(rows: Uint32Array): Float32Array | null;
}

/** @param picks for every column of `inputs`, the feature it is; null when they are the same. */
export function datasetRows(
  buffer: ArrayBufferLike,
  layout: DatasetLayout,
  task: Task,
  picks: Uint32Array | null,
): DatasetRows {
  const { rows, features, xStrideBytes, targetsStrideBytes } = layout;
  const isRegression = task.kind === 'regression';
  const x = new Float32Array(buffer, layout.x, (rows * xStrideBytes) / 4);
  const targets = new Float32Array(buffer, layout.targets, (rows * targetsStrideBytes) / 4);
  const targetCount = isRegression ? outputCount(task) : 0;
  const labels = new Int32Array(buffer, layout.labels, isRegression ? 0 : rows);
  const weights = layout.rowWeights === 0 ? null : new Float32Array(buffer, layout.rowWeights, rows);
  return {
    inputs: (list) => copyRows(x, xStrideBytes / 4, picks, picks?.length ?? features, list),
    labels: (list) => Int32Array.from(isRegression ? [] : list, (row) => labels[row]!),
    targets: (list) => copyRows(targets, targetsStrideBytes / 4, null, targetCount, list),
    weights: (list) => weights && Float32Array.from(list, (row) => weights[row]!),
  };
}

/** Rows of `from`, which lie `stride` floats apart, as f32[rows, width]. */
function copyRows(
  from: Float32Array,
  stride: number,
  picks: Uint32Array | null,
  width: number,
  rows: Uint32Array,
): Float32Array {
  const into = new Float32Array(rows.length * width);
  for (let row = 0, at = 0; row < rows.length; row++, at += width) {
    const start = rows[row]! * stride;
    if (picks === null) for (let i = 0; i < width; i++) into[at + i] = from[start + i]!;
    else for (let i = 0; i < width; i++) into[at + i] = from[start + picks[i]!]!;
  }
  return into;
}

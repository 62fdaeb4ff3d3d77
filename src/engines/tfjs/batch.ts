// Gathers a member's batches from the shared dataset into arrays of their own: TensorFlow.js keeps the array a
// tensor was made of, so none is used twice.

import type { Task } from '../../data/dataset/dataset.js';
import { cos, log } from '../../math/functions.js';
import type { StreamKey } from '../../math/random.js';
import { threefry2x32 } from '../../math/threefry.js';
import type { DatasetLayout } from '../../memory/layout.js';
import { datasetRows } from '../shared/dataset-rows.js';
import type { Truth } from './head.js';

/** The rows of a dataset in shared memory, as a member sees them. */
export interface BatchSource {
  /** Inputs of the listed rows, f32[rows, inputs], in the order of the model's input. */
  inputs(rows: Uint32Array): Float32Array;
  truth(rows: Uint32Array): Truth;
}

/** @param picks for every number of the model's input, the feature it is; null when they are the same. */
export function createBatchSource(
  buffer: ArrayBufferLike,
  layout: DatasetLayout,
  task: Task,
  picks: Uint32Array | null,
  labelSmoothing: number,
): BatchSource {
  const { inputs, labels, targets, weights } = datasetRows(buffer, layout, task, picks);
  return {
    inputs,
    truth: (rows) => ({
      labels: labels(rows),
      targets: targets(rows),
      weights: weights(rows) ?? new Float32Array(rows.length).fill(1),
      labelSmoothing,
    }),
  };
}

/**
 * Adds Gaussian noise to a batch, f32[examples, features], in the dataset's order of features: the deviates that
 * the wasm engine draws for the same key (src/kernels/assembly/noise.ts), to about 1e-6.
 * @param order for every number of a row of the batch, its place among the member's features; null when it is the same.
 */
export function addNoise(
  x: Float32Array,
  features: number,
  order: Uint32Array | null,
  deviation: number,
  [key0, key1]: StreamKey,
): void {
  const words = new Uint32Array(2);
  for (let at = 0; at < x.length; at++) {
    const example = Math.floor(at / features);
    const feature = order === null ? at % features : order[at % features]!;
    // Kernels draw for panels of eight examples, feature by feature, a word of the cipher for two lanes.
    const lane = example % 8;
    const row = Math.floor(example / 8) * features + feature;
    threefry2x32(key0, key1, 4 * row + (lane % 4), 0, words);
    const radius = Math.sqrt(-2 * log(((words[0]! >>> 8) + 1) / 2 ** 24));
    const within = ((words[1]! >>> 8) % 2 ** 22) / 2 ** 22 - 0.5;
    const quarters = (words[1]! >>> 30) + within - (lane < 4 ? 0 : 1);
    x[at] = x[at]! + deviation * radius * cos(quarters * (Math.PI / 2));
  }
}

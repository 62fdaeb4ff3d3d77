// Gathers batches: rows by number from the shared dataset into panels, with their labels or targets and
// their weights in the loss.

import { outputCount, type Task } from '../../data/dataset.js';
import type { Kernels } from '../../kernels/kernels.js';
import type { DatasetLayout } from '../../memory/layout.js';
import type { Arena } from './arena.js';
import { panelsOf } from './program.js';

/** Gathers `count` rows whose numbers lie at `indices` (u32) and returns how many panels they fill. */
export type GatherBatch = (indices: number, count: number) => number;

/** @param hasColumns whether the arena's columns restrict the features. */
export function createGather(
  kernels: Kernels,
  dataset: DatasetLayout,
  arena: Arena,
  task: Task,
  hasColumns: boolean,
): GatherBatch {
  const { x, xStrideBytes, labels, targets, targetsStrideBytes, rowWeights } = dataset;
  const { network, head, columns, shapes } = arena;
  const { address: input, stride } = network.input;
  const features = shapes[0]!.inputs;
  const outputs = outputCount(task);
  const gatherInputs = hasColumns
    ? (indices: number, count: number) =>
        kernels.gatherColumns(x, xStrideBytes, indices, count, columns, features, input, stride)
    : (indices: number, count: number) =>
        kernels.gatherRows(x, xStrideBytes, indices, count, features, input, stride);
  const gatherTruth =
    task.kind === 'classification'
      ? (indices: number, count: number) => kernels.gatherLabels(labels, indices, count, head.labels)
      : (indices: number, count: number) => {
          const { address, stride: targetStride } = head.targets;
          kernels.gatherRows(targets, targetsStrideBytes, indices, count, outputs, address, targetStride);
        };
  return (indices, count) => {
    gatherInputs(indices, count);
    gatherTruth(indices, count);
    // A mean over the batch: weights of mean 1 over the dataset, divided by the batch's size.
    kernels.gatherWeights(rowWeights, indices, count, 1 / count, head.rowWeights);
    return panelsOf(count);
  };
}

// Gathers batches: rows by number from the shared dataset into panels, with their labels or targets and
// their weights in the loss.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import type { Kernels } from '../../kernels/kernels.js';
import type { TrainingLayout } from '../../memory/layout.js';
import type { Arena } from './arena.js';
import { type Block, panelsOf } from './panels.js';

/** Gathers what belongs to `count` rows whose numbers lie at `indices` (u32). */
export interface Gather {
  /** Inputs, labels or targets, and weights in the loss; returns how many panels they fill. */
  batch(indices: number, count: number): number;
  /** The weights in the loss anew, times `share`. */
  weigh(indices: number, count: number, share: number): void;
  /** Tangent vector number `tangent` of each row. */
  tangent(tangent: number, indices: number, count: number, into: Block): void;
}

/** @param hasColumns whether the arena's columns restrict the features. */
export function createGather(
  kernels: Kernels,
  { dataset, tangents }: TrainingLayout,
  arena: Arena,
  task: Task,
  hasColumns: boolean,
): Gather {
  const { x, xStrideBytes, labels, targets, targetsStrideBytes, rowWeights } = dataset;
  const { network, head, columns, shapes } = arena;
  const features = shapes[0]!.inputs;
  const outputs = outputCount(task);
  const gatherRows = hasColumns
    ? (from: number, strideBytes: number, indices: number, count: number, into: Block) =>
        kernels.gatherColumns(from, strideBytes, indices, count, columns, features, into.address, into.stride)
    : (from: number, strideBytes: number, indices: number, count: number, into: Block) =>
        kernels.gatherRows(from, strideBytes, indices, count, features, into.address, into.stride);
  const gatherTruth =
    task.kind === 'classification'
      ? (indices: number, count: number) => kernels.gatherLabels(labels, indices, count, head.labels)
      : (indices: number, count: number) => {
          const { address, stride: targetStride } = head.targets;
          kernels.gatherRows(targets, targetsStrideBytes, indices, count, outputs, address, targetStride);
        };
  // A mean over the batch: weights of mean 1 over the dataset, divided by the batch's size.
  const weigh = (indices: number, count: number, share: number) =>
    kernels.gatherWeights(rowWeights, indices, count, share / count, head.rowWeights);
  return {
    batch(indices, count) {
      gatherRows(x, xStrideBytes, indices, count, network.input);
      gatherTruth(indices, count);
      weigh(indices, count, 1);
      return panelsOf(count);
    },
    weigh,
    tangent(tangent, indices, count, into) {
      // One example's tangents lie side by side, each as long as a row of x.
      const { address, sources } = tangents;
      gatherRows(address + tangent * xStrideBytes, sources.length * xStrideBytes, indices, count, into);
    },
  };
}

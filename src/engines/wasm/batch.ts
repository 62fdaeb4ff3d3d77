// Gathers batches: the rows that the step block names, from the shared dataset into panels, with their labels or
// targets and their weights in the loss.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import type { StepField } from '../../kernels/operand.js';
import type { Calls } from '../../kernels/operation-calls.js';
import type { TrainingLayout } from '../../memory/layout.js';
import type { Arena, MixupLayout } from './arena.js';
import type { HeadInputs } from './losses.js';
import type { Block } from './panels.js';
import { STEP } from './step-block.js';

/** Where the data of a training lie. */
export type DataPlaces = Pick<TrainingLayout, 'dataset' | 'tangents'>;

/** Gathers what belongs to the rows of the step block. */
export interface Gather {
  /** Inputs, labels or targets, and weights in the loss. */
  batch(): void;
  /** The weights in the loss anew; `weight` is that of a row of weight 1. */
  weigh(weight: StepField): void;
  /** Inputs, truth and weights of the rows that a batch is mixed with. */
  partners(into: MixupLayout): void;
  /** Tangent vector number `tangent` of each row. */
  tangent(tangent: number, into: Block): void;
}

/** @param hasColumns whether the arena's columns restrict the features. */
export function createGather(
  calls: Calls,
  { dataset, tangents }: DataPlaces,
  arena: Arena,
  task: Task,
  hasColumns: boolean,
): Gather {
  const { x, xStrideBytes, labels, targets, targetsStrideBytes, rowWeights } = dataset;
  const { network, head, columns, shapes } = arena;
  const { count } = STEP;
  const features = shapes[0]!.inputs;
  const gatherInputs = (
    from: number,
    stride: number,
    { address, stride: outStride }: Block,
    indices = STEP.indices,
  ) => {
    if (hasColumns) calls.gatherColumns(from, stride, indices, count, columns, features, address, outStride);
    else calls.gatherRows(from, stride, indices, count, features, address, outStride);
  };
  const gatherTruth = (head: HeadInputs, indices = STEP.indices) => {
    if (task.kind === 'classification') {
      calls.gatherLabels(labels, indices, count, head.labels);
    } else {
      const { address, stride } = head.targets;
      calls.gatherRows(targets, targetsStrideBytes, indices, count, outputCount(task), address, stride);
    }
  };
  const weigh = (weight: StepField, into = head.rowWeights, indices = STEP.indices) =>
    calls.gatherWeights(rowWeights, indices, count, weight, into);
  return {
    batch() {
      gatherInputs(x, xStrideBytes, network.input);
      gatherTruth(head);
      weigh(STEP.weight);
    },
    weigh: (weight) => weigh(weight),
    partners({ input, head: theirs }) {
      gatherInputs(x, xStrideBytes, input, STEP.partners);
      gatherTruth(theirs, STEP.partners);
      weigh(STEP.partnerWeight, theirs.rowWeights, STEP.partners);
    },
    tangent(tangent, into) {
      // One example's tangents lie side by side, each as long as a row of x.
      const { address, sources } = tangents;
      gatherInputs(address + tangent * xStrideBytes, sources.length * xStrideBytes, into);
    },
  };
}

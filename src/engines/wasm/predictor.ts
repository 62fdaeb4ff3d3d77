// Predicts with the members of an ensemble, block of rows by block of rows, on the calling thread.
// All members' weights lie in one memory of its own; a block's rows are copied in once for all of them.

import { outputCount, type Scale, type Task } from '../../data/dataset.js';
import { instantiateKernels, type Kernels } from '../../kernels/kernels.js';
import { BLOCK_ROWS, type RowRange } from '../../measure/blocks.js';
import type { Predictions } from '../../measure/predictions.js';
import { createSharedMemory, paddedBytes, RegionAllocator, writePaddedRows } from '../../memory/layout.js';
import { type LayerShape, layerShapes } from '../../model/network.js';
import type { MemberSpec } from '../../model/spec.js';
import { packParameters } from './parameters.js';
import {
  bindNetwork,
  layoutNetwork,
  type NetworkProgram,
  PANEL_ROW_BYTES,
  paddedParameterCount,
  panelStrideOf,
  panelsOf,
  runForward,
} from './program.js';

/** A member as prediction needs it. */
export interface PredictableMember {
  readonly spec: MemberSpec;
  /** Unpadded parameters. */
  readonly weights: Float32Array;
  /** Random subspace, or null. */
  readonly columns: Uint32Array | null;
}

export interface Predictor {
  /**
   * Predicts a range of at most 256 positions of x, f32[n, features]: of its rows, or of the rows `index` lists.
   * @returns one per member, in order, in the user's units; views that the next call overwrites.
   */
  predictBlock(x: Float32Array, range: RowRange, index: Uint32Array | null): readonly Predictions[];
}

/** Loads the members into a memory of their own, ready to predict. */
export function createPredictor(
  module: WebAssembly.Module,
  members: readonly PredictableMember[],
  features: number,
  task: Task,
  scale: Scale,
): Predictor {
  const outputs = outputCount(task);
  const regions = new RegionAllocator(0);
  const xStride = paddedBytes(features);
  const x = regions.take(BLOCK_ROWS * xStride);
  const identity = regions.takeWords(BLOCK_ROWS);
  const pair = regions.take(panelsOf(BLOCK_ROWS) * panelStrideOf(2));
  const own = members.map(({ spec }) => {
    const shapes = layerShapes(spec, features, task);
    return {
      shapes,
      weights: regions.takeWords(paddedParameterCount(shapes)),
      columns: regions.takeWords(shapes[0]!.inputs),
      mean: regions.takeWords(BLOCK_ROWS * outputs),
      second: regions.takeWords(BLOCK_ROWS * outputs),
    };
  });
  let end = regions.end;
  const layouts = own.map(({ shapes, weights }) => {
    // Members run one after the other, so their activations share what follows.
    const shared = new RegionAllocator(regions.end);
    const layout = layoutNetwork(shapes, weights, panelsOf(BLOCK_ROWS), shared, 'predict');
    end = Math.max(end, shared.end);
    return layout;
  });
  const memory = createSharedMemory(end, `Predicting with ${members.length} members`);
  const kernels = instantiateKernels(module, memory);
  const programs = own.map((regionsOfMember, index): MemberProgram => {
    const network = bindNetwork(kernels, layouts[index]!);
    return { ...regionsOfMember, network, member: members[index]! };
  });
  const { buffer } = memory;
  const identityRows = new Uint32Array(buffer, identity, BLOCK_ROWS);
  for (let row = 0; row < BLOCK_ROWS; row++) identityRows[row] = row;
  for (const program of programs) loadMember(buffer, program);

  return {
    predictBlock(rows, range, index) {
      const count = range.end - range.start;
      writePaddedRows(buffer, x, xStride, rowsOf(rows, features, range, index), count, features);
      return programs.map((program) => {
        const { network, member, columns } = program;
        const { inputs } = network.stages[0]!.shape;
        const { address: input, stride: inputStride } = network.input;
        if (member.columns === null) {
          kernels.gatherRows(x, xStride, identity, count, inputs, input, inputStride);
        } else {
          kernels.gatherColumns(x, xStride, identity, count, columns, inputs, input, inputStride);
        }
        runForward(network, panelsOf(count));
        runHead(kernels, program, outputs, count, pair);
        return readHead(buffer, program, outputs, count, scale);
      });
    },
  };
}

interface MemberProgram {
  readonly member: PredictableMember;
  readonly shapes: readonly LayerShape[];
  readonly network: NetworkProgram;
  readonly columns: number;
  /** f32[rows, outputs]: probabilities or means. */
  readonly mean: number;
  /** f32[rows, outputs]: log-probabilities or variances. */
  readonly second: number;
}

/** The rows of a range as f32[rows, features], without a copy where they lie together. */
function rowsOf(
  x: Float32Array,
  features: number,
  { start, end }: RowRange,
  index: Uint32Array | null,
): Float32Array {
  if (index === null) return x.subarray(start * features, end * features);
  const rows = new Float32Array((end - start) * features);
  for (let at = start; at < end; at++) {
    const from = index[at]! * features;
    rows.set(x.subarray(from, from + features), (at - start) * features);
  }
  return rows;
}

function loadMember(buffer: ArrayBufferLike, { member, shapes, network, columns }: MemberProgram): void {
  packParameters(shapes, member.weights, new Float32Array(buffer, network.weights, network.weightsLength));
  if (member.columns !== null) new Uint32Array(buffer, columns, member.columns.length).set(member.columns);
}

/** Turns the last layer's panels into row-major outputs of the member's kind. */
function runHead(
  kernels: Kernels,
  program: MemberProgram,
  outputs: number,
  count: number,
  pair: number,
): void {
  const { address: z, stride } = program.network.stages.at(-1)!.output;
  const { mean, second } = program;
  const { loss } = program.member.spec;
  const panels = panelsOf(count);
  const rowBytes = outputs * 4;
  switch (loss) {
    case 'softmaxCrossEntropy':
      kernels.logSoftmax(z, stride, panels, outputs);
      kernels.unpanel(z, stride, outputs, count, second, rowBytes);
      kernels.exp(second, mean, count * outputs);
      return;
    case 'binaryCrossEntropy':
      kernels.binaryLogProbabilities(z, stride, panels, pair, panelStrideOf(2));
      kernels.unpanel(pair, panelStrideOf(2), outputs, count, second, rowBytes);
      kernels.exp(second, mean, count * outputs);
      return;
    case 'squaredError':
      kernels.unpanel(z, stride, outputs, count, mean, rowBytes);
      return;
    case 'gaussianNll':
      kernels.gaussianMoments(z, stride, panels, outputs);
      kernels.unpanel(z, stride, outputs, count, mean, rowBytes);
      kernels.unpanel(z + outputs * PANEL_ROW_BYTES, stride, outputs, count, second, rowBytes);
      return;
    default:
      loss satisfies never;
  }
}

function readHead(
  buffer: ArrayBufferLike,
  program: MemberProgram,
  outputs: number,
  count: number,
  scale: Scale,
): Predictions {
  const { loss } = program.member.spec;
  const mean = new Float32Array(buffer, program.mean, count * outputs);
  const second = new Float32Array(buffer, program.second, count * outputs);
  const shape = { rows: count, outputs, mean };
  if (loss === 'softmaxCrossEntropy' || loss === 'binaryCrossEntropy') {
    return { ...shape, logProbabilities: second, variance: null };
  }
  const variance = loss === 'gaussianNll' ? second : null;
  for (let index = 0; index < mean.length; index++) {
    const std = scale.std[index % outputs]!;
    mean[index] = mean[index]! * std + scale.mean[index % outputs]!;
    if (variance !== null) variance[index] = variance[index]! * std * std;
  }
  return { ...shape, logProbabilities: null, variance };
}

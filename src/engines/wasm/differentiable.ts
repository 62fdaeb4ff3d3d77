// Networks whose raw outputs can be differentiated with respect to their inputs, on the calling thread: what an
// attack on trained members needs. Block by block like the predictor; members lie in one memory and run one
// after the other, so each gradient repeats its forward pass.

import type { Task } from '../../data/dataset/dataset.js';
import { type Kernels, kernelsOf } from '../../kernels/kernels.js';
import { paddedBytes, RegionAllocator, writePaddedRows } from '../../memory/layout.js';
import { giveBackMemory, lendMemory } from '../../memory/memory-cache.js';
import { layerShapes } from '../../model/network.js';
import { weightScalingFactors, writeFactors } from './dropout.js';
import { runInputGradient } from './input-gradient.js';
import type { Block } from './operators.js';
import { packParameters } from './parameters.js';
import type { PredictableMember } from './predictor.js';
import {
  bindNetwork,
  dropoutsOf,
  layoutNetwork,
  type NetworkProgram,
  NO_TECHNIQUES,
  paddedParameterCount,
  panelStrideOf,
  panelsOf,
  runForward,
} from './program.js';

export interface DifferentiableNetworks {
  /** Raw outputs of a member: f32[rows, units of its head]. @param x f32[rows, features], at most `blockRows`. */
  outputs(member: number, x: Float32Array): Float32Array;
  /**
   * Σ_o head_o · ∂z_o/∂x: f32[rows, features], 0 for features the member does not see.
   * @param head f32[rows, units of the head], what multiplies the gradient of each raw output.
   */
  inputGradient(member: number, x: Float32Array, head: Float32Array): Float32Array;
  /** Gives their memory to whoever needs one next. */
  dispose(): void;
}

/** Loads members into a memory of their own. */
export function createDifferentiable(
  module: WebAssembly.Module,
  members: readonly PredictableMember[],
  features: number,
  task: Task,
  blockRows: number,
): DifferentiableNetworks {
  const { common, own, bytes } = layout(members, features, task, blockRows);
  const { memory } = lendMemory(bytes, `Attacking ${members.length} members`);
  const kernels = kernelsOf(module, memory);
  new Uint32Array(memory.buffer, common.identity, blockRows).set(
    Uint32Array.from({ length: blockRows }, (_, i) => i),
  );
  const networks = own.map((places, index) =>
    createNetwork(kernels, memory.buffer, places, members[index]!, { ...common, features }),
  );
  return {
    outputs: (member, x) => networks[member]!.outputs(x),
    inputGradient: (member, x, head) => networks[member]!.inputGradient(x, head),
    dispose: () => giveBackMemory(memory),
  };
}

/** Where rows come in and go out, f32[rows, columns padded to 4], and u32[rows] counting from 0. */
interface CommonPlaces {
  readonly rows: number;
  readonly identity: number;
  readonly features: number;
}

type MemberPlaces = ReturnType<typeof layout>['own'][number];

function layout(members: readonly PredictableMember[], features: number, task: Task, blockRows: number) {
  const regions = new RegionAllocator(0);
  const shapes = members.map(({ spec }) => layerShapes(spec, features, task));
  const widest = Math.max(features, ...shapes.map((layers) => layers.at(-1)!.units));
  const common = {
    rows: regions.take(blockRows * paddedBytes(widest)),
    identity: regions.takeWords(blockRows),
  };
  const weights = shapes.map((layers) => regions.takeWords(paddedParameterCount(layers)));
  const columns = shapes.map((layers) => regions.takeWords(layers[0]!.inputs));
  let bytes = regions.end;
  const own = members.map(({ spec: { dropout } }, index) => {
    // Members run one after the other, so their activations share what follows.
    const shared = new RegionAllocator(regions.end);
    const panels = panelsOf(blockRows);
    const techniques = { ...NO_TECHNIQUES, dropout };
    const network = layoutNetwork(shapes[index]!, weights[index]!, panels, shared, 'train', techniques);
    const stride = panelStrideOf(shapes[index]![0]!.inputs);
    const gradient: Block = { address: shared.take(panels * stride), stride };
    bytes = Math.max(bytes, shared.end);
    return { network, gradient, columns: columns[index]! };
  });
  return { common, own, bytes };
}

function createNetwork(
  kernels: Kernels,
  buffer: ArrayBufferLike,
  { network: placed, gradient, columns }: MemberPlaces,
  { spec, weights, columns: seen, factors }: PredictableMember,
  { rows, identity, features }: CommonPlaces,
) {
  const program: NetworkProgram = bindNetwork(kernels, placed);
  const dropouts = dropoutsOf(program);
  const shapes = placed.stages.map(({ shape }) => shape);
  const { inputs } = shapes[0]!;
  const head = program.stages.at(-1)!;
  const { units } = head.shape;
  packParameters(shapes, weights, new Float32Array(buffer, placed.weights, placed.weightsLength));
  if (seen !== null) new Uint32Array(buffer, columns, seen.length).set(seen);
  const put = (values: Float32Array, width: number, into: Block, listed: number | null): number => {
    const count = values.length / width;
    const stride = paddedBytes(width);
    // Rows of other widths were there before: gathers want zeros up to the stride.
    new Float32Array(buffer, rows, (count * stride) / 4).fill(0);
    writePaddedRows(buffer, rows, stride, values, count, width);
    if (listed === null) kernels.gatherRows(rows, stride, identity, count, width, into.address, into.stride);
    else kernels.gatherColumns(rows, stride, identity, count, listed, inputs, into.address, into.stride);
    return count;
  };
  const take = (from: Block, width: number, count: number): Float32Array => {
    kernels.unpanel(from.address, from.stride, width, count, rows, width * 4);
    return new Float32Array(buffer, rows, count * width).slice();
  };
  const forward = (x: Float32Array): number => {
    const count = put(x, features, program.input, seen === null ? null : columns);
    // Their place is the members' common scratch, so that they are written anew each time.
    if (dropouts.length > 0) {
      writeFactors(buffer, dropouts, factors ?? weightScalingFactors(spec.dropout!, shapes));
    }
    runForward(program, panelsOf(count));
    return count;
  };
  return {
    outputs(x: Float32Array): Float32Array {
      const count = forward(x);
      return take(head.output, units, count);
    },
    inputGradient(x: Float32Array, weightsOfHead: Float32Array): Float32Array {
      const count = forward(x);
      put(weightsOfHead, units, head.gradient, null);
      runInputGradient(program, panelsOf(count), gradient, 'evaluation');
      const own = take(gradient, inputs, count);
      return seen === null ? own : spread(own, seen, features);
    },
  };
}

/** Columns of a random subspace back in their places among all features. */
function spread(own: Float32Array, columns: Uint32Array, features: number): Float32Array {
  const all = new Float32Array((own.length / columns.length) * features);
  for (let at = 0; at < own.length; at++) {
    const row = Math.floor(at / columns.length);
    all[row * features + columns[at % columns.length]!] = own[at]!;
  }
  return all;
}

// Trained networks whose raw outputs can be differentiated with respect to their inputs, on the calling thread: what
// an attack on trained members needs. Members run one after the other, so each gradient repeats its forward pass.

import type { Task } from '../../data/dataset/dataset.js';
import { paddedBytes, writePaddedRows } from '../../memory/layout.js';
import { headUnits } from '../../model/losses.js';
import { memberFeatures } from '../../model/network.js';
import { runInputGradient } from './input-gradient.js';
import { loadNetworks, type TrainedNetwork } from './loaded-networks.js';
import { type Block, panelStrideOf, panelsOf } from './panels.js';

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
  members: readonly TrainedNetwork[],
  features: number,
  task: Task,
  blockRows: number,
): DifferentiableNetworks {
  const inputs = Math.max(...members.map(({ spec }) => memberFeatures(spec, features)));
  const widest = Math.max(inputs, ...members.map(({ spec }) => headUnits(spec.loss, task)));
  const stride = panelStrideOf(inputs);
  const loaded = loadNetworks(module, {
    ...{ members, features, task, blockRows, mode: 'train', loadedBytes: Number.POSITIVE_INFINITY },
    what: `Attacking ${members.length} members`,
    place: (regions) => ({
      /** Where rows of a head's units come in, and outputs and gradients go out. */
      rows: regions.take(blockRows * paddedBytes(widest)),
      gradient: regions.take(panelsOf(blockRows) * stride),
    }),
  });
  const { kernels, buffer, networks, identity, places } = loaded;
  const forward = (member: number, x: Float32Array): number => {
    const count = x.length / features;
    loaded.writeRows(x, count);
    loaded.forward(member, count);
    return count;
  };
  const put = (values: Float32Array, width: number, count: number, into: Block) => {
    const rowStride = paddedBytes(width);
    // Rows of other widths were there before: gathers want zeros up to the stride.
    new Float32Array(buffer, places.rows, (count * rowStride) / 4).fill(0);
    writePaddedRows(buffer, places.rows, rowStride, values, count, width);
    kernels.gatherRows(places.rows, rowStride, identity, count, width, into.address, into.stride);
  };
  const take = (from: Block, width: number, count: number): Float32Array => {
    kernels.unpanel(from.address, from.stride, width, count, places.rows, width * 4);
    return new Float32Array(buffer, places.rows, count * width).slice();
  };
  return {
    outputs(member, x) {
      const { output, shape } = networks[member]!.stages.at(-1)!;
      return take(output, shape.units, forward(member, x));
    },
    inputGradient(member, x, head) {
      const program = networks[member]!;
      const { gradient, shape } = program.stages.at(-1)!;
      const count = forward(member, x);
      put(head, shape.units, count, gradient);
      const into: Block = {
        address: places.gradient,
        stride: panelStrideOf(program.stages[0]!.shape.inputs),
      };
      runInputGradient(program, panelsOf(count), into, 'evaluation');
      const own = take(into, program.stages[0]!.shape.inputs, count);
      const { columns } = members[member]!;
      return columns === null ? own : spread(own, columns, features);
    },
    dispose: loaded.dispose,
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

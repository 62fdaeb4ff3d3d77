// Trained networks whose raw outputs can be differentiated with respect to their inputs, on the calling thread: what
// an attack on trained members needs. Members run one after the other, so each gradient repeats its forward pass.

import type { Task } from '../../data/dataset/dataset.js';
import type { ProgramBuilder } from '../../kernels/program-builder.js';
import { largest } from '../../math/statistics.js';
import { paddedBytes, writePaddedRows } from '../../memory/layout.js';
import { headUnits } from '../../model/losses.js';
import { memberFeatures } from '../../model/network.js';
import { callInputGradient } from './input-gradient.js';
import { type CallableMember, LoadedNetworks, type TrainedNetwork } from './loaded-networks.js';
import { type Block, panelStrideOf, panelsOf } from './panels.js';
import type { ProgramSite } from './program-site.js';
import { STEP } from './step-block.js';

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
  site: ProgramSite,
  members: readonly TrainedNetwork[],
  features: number,
  task: Task,
  blockRows: number,
): DifferentiableNetworks {
  const inputs = largest(members.map(({ spec }) => memberFeatures(spec, features)));
  const widest = Math.max(inputs, largest(members.map(({ spec }) => headUnits(spec, task))));
  const stride = panelStrideOf(inputs);
  const loaded = new LoadedNetworks(site, {
    ...{ members, features, task, blockRows, mode: 'train', loadedBytes: Number.POSITIVE_INFINITY },
    what: `Attacking ${members.length} members`,
    place: (regions) => ({
      /** Where rows of a head's units come in, and outputs and gradients go out. */
      rows: regions.take(blockRows * paddedBytes(widest)),
      gradient: regions.take(panelsOf(blockRows) * stride),
    }),
    write: (calls, callable, { rows, gradient }, gather) =>
      callable.map((member) => {
        const forward = () => {
          gather(STEP.count);
          member.callForward();
        };
        return writeMember(calls, member, forward, rows, gradient);
      }),
  });
  const { buffer, places, segments } = loaded;
  const put = (values: Float32Array, width: number, count: number) => {
    const rowStride = paddedBytes(width);
    // Rows of other widths were there before: gathers want zeros up to the stride.
    new Float32Array(buffer, places.rows, (count * rowStride) / 4).fill(0);
    writePaddedRows(buffer, places.rows, rowStride, values, count, width);
  };
  const take = (length: number) => new Float32Array(buffer, places.rows, length).slice();
  return {
    outputs(member, x) {
      const { outputs, units } = segments[member]!;
      const count = x.length / features;
      loaded.writeRows(x, count);
      loaded.run(outputs);
      return take(count * units);
    },
    inputGradient(member, x, head) {
      const { forward, backward, units, inputs: own } = segments[member]!;
      const count = x.length / features;
      loaded.writeRows(x, count);
      loaded.run(forward);
      put(head, units, count);
      loaded.run(backward);
      const gradient = take(count * own);
      const { columns } = members[member]!;
      return columns === null ? gradient : spread(gradient, columns, features);
    },
    dispose: () => loaded.dispose(),
  };
}

/** A member's part of the program. */
interface MemberSegments {
  readonly inputs: number;
  /** Of the head. */
  readonly units: number;
  /** The forward pass; and with its outputs as rows. */
  readonly forward: number;
  readonly outputs: number;
  /** From rows of what multiplies the outputs' gradients to rows of gradients of the inputs. */
  readonly backward: number;
}

function writeMember(
  calls: ProgramBuilder,
  member: CallableMember,
  callForward: () => void,
  rows: number,
  gradientAddress: number,
): MemberSegments {
  const { network } = member;
  const { output, gradient, shape } = network.stages.at(-1)!;
  const { units } = shape;
  const { inputs } = network.stages[0]!.shape;
  const into: Block = { address: gradientAddress, stride: panelStrideOf(inputs) };
  let forward = 0;
  const outputs = calls.segment(() => {
    forward = calls.segment(callForward);
    calls.unpanel(output.address, output.stride, units, STEP.count, rows, units * 4);
  });
  const backward = calls.segment(() => {
    member.callGather(rows, paddedBytes(units), units, gradient);
    callInputGradient(network, STEP.panels, into, 'evaluation');
    calls.unpanel(into.address, into.stride, inputs, STEP.count, rows, inputs * 4);
  });
  return { inputs, units, forward, outputs, backward };
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

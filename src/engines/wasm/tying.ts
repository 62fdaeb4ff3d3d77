// The tied layers of a member: where their parameters lie, and the pull toward an anchor after every step.

import type { Task } from '../../data/dataset/dataset.js';
import type { Kernels } from '../../kernels/kernels.js';
import type { NetworkMemberSpec, TyingSpec } from '../../model/spec.js';
import { layoutArena } from './arena.js';
import type { NetworkLayout } from './network-layout.js';
import { stateLengthFloats } from './state.js';

/** A run of parameters, counted in floats from the first of the network. */
export interface ParameterRange {
  readonly start: number;
  readonly length: number;
}

/** The parameters of each tied layer, biases included, as the engine lays them out. */
export function tiedRanges(network: NetworkLayout, { layers }: TyingSpec): readonly ParameterRange[] {
  const { stages, weights, weightsLength } = network;
  const starts = [...stages.map((stage) => (stage.weights - weights) / 4), weightsLength];
  const ranges = stages.map((_, i) => ({ start: starts[i]!, length: starts[i + 1]! - starts[i]! }));
  return layers === 'all' ? ranges : layers.map((layer) => ranges[layer - 1]!);
}

/** What the coordinator must know of a resting member, without an arena of its own. */
export interface StateShape {
  readonly lengthFloats: number;
  /** Of the tied layers, in a state; empty for members that are not tied. */
  readonly tied: readonly ParameterRange[];
}

export function stateShape(spec: NetworkMemberSpec, features: number, task: Task): StateShape {
  const arena = layoutArena(spec, features, task, { inBag: 1, evaluated: 1 }, 0);
  return {
    lengthFloats: stateLengthFloats(arena),
    tied: spec.tying === null ? [] : tiedRanges(arena.network, spec.tying),
  };
}

/** Called after every step of the optimizer with the step's learning rate η. */
export type Pull = (learningRate: number) => void;

/**
 * w ← (w + βa) / (1 + β), β = 2ηλg: one implicit step of size η down Ω = λ Σ_{i<j} ‖wᵢ − wⱼ‖², whose gradient
 * for one of g members is 2λg (w − w̄), with the mean w̄ held at the anchor a. Stable for any strength λ.
 * @param anchor address of the tied layers' values, one after the other.
 * @param members g.
 */
export function createPull(
  kernels: Kernels,
  network: NetworkLayout,
  tying: TyingSpec,
  anchor: number,
  members: number,
): Pull {
  const ranges = tiedRanges(network, tying);
  return (learningRate) => {
    const beta = 2 * learningRate * tying.strength * members;
    let from = anchor;
    for (const { start, length } of ranges) {
      kernels.pullToward(network.weights + start * 4, from, length, beta / (1 + beta));
      from += length * 4;
    }
  };
}

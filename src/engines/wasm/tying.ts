// The tied layers of a member: where their parameters lie, in its arena and at rest.

import type { Task } from '../../data/dataset/dataset.js';
import { weightShapes } from '../../model/layers.js';
import type { NetworkMemberSpec, TyingSpec } from '../../model/spec.js';
import { layoutArena } from './arena.js';
import { type NetworkLayout, paddedLength } from './network-layout.js';
import { stateLengthFloats } from './state.js';

/** A run of parameters, counted in floats from the first of the network. */
export interface ParameterRange {
  readonly start: number;
  readonly length: number;
}

/** The matrices of each tied layer that are trained, biases included, as the engine lays them out. */
export function tiedRanges(network: NetworkLayout, { layers }: TyingSpec): readonly ParameterRange[] {
  const { stages, weights } = network;
  const tied = layers === 'all' ? stages : layers.map((layer) => stages[layer - 1]!);
  return tied.flatMap(({ shape, matrices }) =>
    weightShapes(shape).flatMap((matrix, at) =>
      matrix.role === 'constant'
        ? []
        : [{ start: (matrices[at]! - weights) / 4, length: paddedLength(matrix) }],
    ),
  );
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

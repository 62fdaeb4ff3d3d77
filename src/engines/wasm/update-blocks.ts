// The update blocks of a member: one for each role that its matrices have, since what becomes of a gradient differs by what
// the weights are for.

import { type OptimizerUpdate, type StepFactors, UPDATE_BLOCK_BYTES } from '../../kernels/update-block.js';
import type { RegionAllocator } from '../../memory/layout.js';
import type { WeightRole } from '../../model/layer-kind.js';
import { type TrainedShape, weightShapes } from '../../model/layers.js';
import type { Initialisation, NetworkMemberSpec } from '../../model/spec.js';

/** Roles of weights that are trained. */
export type TrainedRole = Exclude<WeightRole, 'constant'>;

/** Where the update block of each role is; 0 for roles that none of a layer's matrices has. */
export type UpdateBlocks = Readonly<Record<TrainedRole, number>>;

/** An update block, and what it is for. */
export interface UpdatePlace {
  readonly address: number;
  readonly role: TrainedRole;
  /** Of matrices whose weights are W/√inputs of a W that is trained; 1 where weights are trained as they are. */
  readonly inputs: number;
}

export interface MemberUpdates {
  readonly places: readonly UpdatePlace[];
  /** Of each layer. */
  readonly stages: readonly UpdateBlocks[];
}

/** A block for each role that occurs, and under `ntk` for each number of inputs that matrices have. */
export function layoutUpdates(
  shapes: readonly TrainedShape[],
  init: Initialisation,
  regions: RegionAllocator,
): MemberUpdates {
  const places: UpdatePlace[] = [];
  const placeOf = (role: TrainedRole, inputs: number): number => {
    const known = places.find((place) => place.role === role && place.inputs === inputs);
    if (known !== undefined) return known.address;
    const address = regions.take(UPDATE_BLOCK_BYTES);
    places.push({ address, role, inputs });
    return address;
  };
  const stages = shapes.map((shape) => {
    const blocks = { matrix: 0, scale: 0, embedding: 0 };
    for (const { role, inputs } of weightShapes(shape)) {
      if (role !== 'constant') blocks[role] = placeOf(role, role === 'matrix' && init === 'ntk' ? inputs : 1);
    }
    return blocks;
  });
  return { places, stages };
}

/** One block for all: what stores and what accumulates does so whatever the weights are for. */
export function sameUpdate(address: number): UpdateBlocks {
  return { matrix: address, scale: address, embedding: address };
}

/** How the weights of an update block are updated. */
export interface RoleUpdate extends Pick<OptimizerUpdate, 'optimizer' | 'normPenalty'> {
  readonly factors: StepFactors;
}

/**
 * Norm penalties and decay pull on what maps units to units; what scales, shifts or looks up is no better near 0.
 *
 * Weights V = W/√n of a W that is trained have gradients ∂J/∂V = √n ∂J/∂W: a step of SGD on W is one of 1/n on V. Adam goes by the
 * gradient's sign, so that its step on W is one of 1/√n on V, its tolerance times √n. Decay and biases are what they are.
 */
export function roleUpdate(
  { optimizer, normPenalty, rateFactors }: NetworkMemberSpec,
  { role, inputs }: Pick<UpdatePlace, 'role' | 'inputs'>,
): RoleUpdate {
  if (role === 'matrix') {
    const rate = optimizer.kind === 'sgd' ? 1 / inputs : 1 / Math.sqrt(inputs);
    const own =
      optimizer.kind === 'sgd' || inputs === 1
        ? optimizer
        : { ...optimizer, tolerance: optimizer.tolerance * Math.sqrt(inputs) };
    const bias = (rateFactors?.bias ?? 1) / rate;
    return { optimizer: own, normPenalty, factors: { rate, bias, decay: 1 / rate } };
  }
  const still = optimizer.kind === 'sgd' ? optimizer : { ...optimizer, weightDecay: 0 };
  const rate = rateFactors?.[role] ?? 1;
  return { optimizer: still, normPenalty: { l1: 0, l2: 0 }, factors: { rate, bias: 1, decay: 1 } };
}

// The update blocks of a member: one for each role that its matrices have, since what becomes of a gradient differs by what
// the weights are for.

import { type OptimizerUpdate, UPDATE_BLOCK_BYTES } from '../../kernels/update-block.js';
import type { RegionAllocator } from '../../memory/layout.js';
import type { WeightRole } from '../../model/layer-kind.js';
import { type TrainedShape, weightShapes } from '../../model/layers.js';
import type { NetworkMemberSpec } from '../../model/spec.js';

/** Roles of weights that are trained. */
export type TrainedRole = Exclude<WeightRole, 'constant'>;

/** Where the update block of each role is; 0 for roles that none of a network's matrices has. */
export type UpdateBlocks = Readonly<Record<TrainedRole, number>>;

/** A block for each role that occurs. */
export function layoutUpdates(shapes: readonly TrainedShape[], regions: RegionAllocator): UpdateBlocks {
  const roles = new Set(shapes.flatMap(weightShapes).map(({ role }) => role));
  const block = (role: TrainedRole) => (roles.has(role) ? regions.take(UPDATE_BLOCK_BYTES) : 0);
  return { matrix: block('matrix'), scale: block('scale'), embedding: block('embedding') };
}

/** One block for all: what stores and what accumulates does so whatever the weights are for. */
export function sameUpdate(address: number): UpdateBlocks {
  return { matrix: address, scale: address, embedding: address };
}

/** The blocks that there are, by role. */
export function updatedRoles(updates: UpdateBlocks): readonly (readonly [TrainedRole, number])[] {
  const all = Object.entries(updates) as [TrainedRole, number][];
  return all.filter(([, address]) => address !== 0);
}

/** How a member's weights of a role are updated. */
export interface RoleUpdate extends Pick<OptimizerUpdate, 'optimizer' | 'normPenalty'> {
  /** What multiplies the learning rate of every step, and that of biases once more. */
  readonly rateFactor: number;
  readonly biasFactor: number;
}

/** Norm penalties and decay pull on what maps units to units; what scales, shifts or looks up is no better near 0. */
export function roleUpdate(
  { optimizer, normPenalty, rateFactors }: NetworkMemberSpec,
  role: TrainedRole,
): RoleUpdate {
  if (role === 'matrix') return { optimizer, normPenalty, rateFactor: 1, biasFactor: rateFactors?.bias ?? 1 };
  const still = optimizer.kind === 'sgd' ? optimizer : { ...optimizer, weightDecay: 0 };
  const rateFactor = rateFactors?.[role] ?? 1;
  return { optimizer: still, normPenalty: { l1: 0, l2: 0 }, rateFactor, biasFactor: 1 };
}

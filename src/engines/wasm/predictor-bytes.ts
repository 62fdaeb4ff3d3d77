// What networks take where they are loaded to predict: loaded-networks.ts lays them out.

import type { Task } from '../../data/dataset/dataset.js';
import { layerShapes } from '../../model/network.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { MemberSize } from '../shared/definition.js';

/**
 * Weights beyond this take turns in memory: loading one for a whole block costs about a tenth of predicting it, for
 * one row many times as much.
 */
export const LOADED_BYTES = 16 * 2 ** 20;

/** A member's part of the program, its shapes and addresses: measured. */
const BYTES_PER_MEMBER = 20 * 1024;

/** An upper bound, in bytes. @param loaded of weights that stay loaded. */
export function predictorBytes(
  members: readonly MemberSize<NetworkMemberSpec>[],
  features: number,
  task: Task,
  blockRows: number,
  loaded: number = LOADED_BYTES,
): number {
  let all = 0;
  let largest = 0;
  let widest = 0;
  const known = new Set<object>();
  for (const { spec, bytes } of members) {
    all += bytes;
    largest = Math.max(largest, bytes);
    if (known.has(spec.network)) continue;
    known.add(spec.network);
    const units = layerShapes(spec, features, task).reduce((sum, shape) => sum + shape.units, 0);
    widest = Math.max(widest, units);
  }
  const weights = all <= loaded ? all : loaded + largest;
  return weights + members.length * BYTES_PER_MEMBER + 4 * blockRows * (3 * features + 2 * widest);
}

// The rows that a boosted-tree member is grown on: each row of its resample once, with how much it counts.

import type { DatasetLayout } from '../../memory/layout.js';
import type { MemberRows } from '../shared/engine.js';

/** The distinct rows in bag. */
export interface Sample {
  /** u32[n], ascending. */
  readonly rows: Uint32Array;
  /** f64[n]: how often each was drawn, times its row weight; null where all are 1. */
  readonly weights: Float64Array | null;
  /** Σ of the weights. */
  readonly totalWeight: number;
}

export function sampleOf(
  buffer: ArrayBufferLike,
  { rows: all, rowWeights }: DatasetLayout,
  { inBag }: MemberRows,
): Sample {
  const times = new Uint32Array(all);
  for (let i = 0; i < inBag.length; i++) times[inBag[i]!]!++;
  let count = 0;
  let most = 1;
  for (let row = 0; row < all; row++) {
    if (times[row]! > 0) count++;
    if (times[row]! > most) most = times[row]!;
  }
  const rows = new Uint32Array(count);
  for (let row = 0, at = 0; row < all; row++) if (times[row]! > 0) rows[at++] = row;
  if (most === 1 && rowWeights === 0) return { rows, weights: null, totalWeight: count };
  const own = rowWeights === 0 ? null : new Float32Array(buffer, rowWeights, all);
  const weights = new Float64Array(count);
  let totalWeight = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    weights[i] = times[row]! * (own === null ? 1 : own[row]!);
    totalWeight += weights[i]!;
  }
  return { rows, weights, totalWeight };
}

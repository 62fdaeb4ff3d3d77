// Where the members of one run lie: a run of E epochs in m cycles leaves one member at the end of each.

import type { MemberSpec, NetworkMemberSpec } from './spec.js';

/** What places a member within its run. */
export type CycleSpec = Pick<NetworkMemberSpec, 'epochs' | 'snapshot'>;

/** The last epoch of cycle `index` (from 0) of `of`; cycles differ by at most one epoch. */
export function lastEpochOfCycle(epochs: number, index: number, of: number): number {
  return Math.floor((epochs * (index + 1)) / of);
}

/**
 * The epochs that belong to a member, 1-based: from the one after the cycle before, all without snapshots, none
 * (1 to 0) for a member that is fitted at once.
 */
export function cycleOf(spec: CycleSpec | MemberSpec): { readonly first: number; readonly last: number } {
  if (!('epochs' in spec)) return { first: 1, last: 0 };
  const { epochs } = spec;
  const snapshot = 'snapshot' in spec ? spec.snapshot : null;
  if (snapshot === null) return { first: 1, last: epochs };
  const { index, of } = snapshot;
  const before = index === 0 ? 0 : lastEpochOfCycle(epochs, index - 1, of);
  return { first: before + 1, last: lastEpochOfCycle(epochs, index, of) };
}

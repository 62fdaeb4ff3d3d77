// Some members of an ensemble as an ensemble of their own.

import type { MemberSpec } from '../model/spec.js';
import { NOT_YET_FITTED, type TrainedEnsemble } from './ensemble.js';

/**
 * The ensemble of some of its trained members, in plan order, each with its weights, streams and rows: what was out of bag
 * for it is known as before. Calibration and guarantees were of all of them, and are dropped.
 * @param places among `ensemble.members`, each once.
 */
export function pickMembers(ensemble: TrainedEnsemble, places: readonly number[]): TrainedEnsemble {
  const picked = [...places].sort((a, b) => a - b).map((place) => ensemble.members[place]!);
  return {
    ...ensemble,
    ...NOT_YET_FITTED,
    plan: { ...ensemble.plan, members: picked.map(({ index }) => ensemble.plan.members[index]!) },
    members: picked.map((member, index) => ({ ...member, index })),
    ...{ failures: [], retried: [], complete: true },
  };
}

/** Whether a plan has members of runs of which others are missing, which no training could leave. */
export function hasPartsOfRuns(members: readonly MemberSpec[]): boolean {
  for (let first = 0; first < members.length; ) {
    const snapshot = snapshotOf(members[first]!);
    const length = snapshot?.of ?? 1;
    for (let i = 0; i < length; i++) {
      const own = members[first + i];
      if ((own === undefined ? undefined : (snapshotOf(own)?.index ?? 0)) !== i) return true;
    }
    first += length;
  }
  return false;
}

function snapshotOf(spec: MemberSpec): { readonly index: number; readonly of: number } | null {
  return 'snapshot' in spec
    ? (spec.snapshot as { readonly index: number; readonly of: number } | null)
    : null;
}

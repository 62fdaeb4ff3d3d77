// What a plan's members cost, so that tasks of equal length can be made of them: each kind of member is measured by one
// strand of it, and others of the kind are taken to cost in proportion to their epochs and their weights.

import type { Dataset } from '../../data/dataset/dataset.js';
import { engineOf } from '../../engines/registry.js';
import { isNetwork } from '../../model/network-members.js';
import { type EnsemblePlan, hasEpochs, type MemberSpec } from '../../model/spec.js';
import { listRuns, type Run } from '../../training/plan/runs.js';
import { listStrands } from '../../training/plan/strands.js';
import type { Piece } from './parts.js';

/** A strand, before anybody knows how long it takes. */
export interface PlannedPiece extends Omit<Piece, 'cost'> {
  /** As a mixed ensemble calls its first member: `network`, `learner tree.mjs`. */
  readonly kind: string;
  /** What it takes in proportion to others of its kind. */
  readonly effort: number;
}

/** What each kind costs: milliseconds of one thread for an effort of 1. */
export type KindCosts = ReadonlyMap<string, number>;

/** The strands of a plan, in order. @param isLeft whether a member is left to train; strands of which none is are left out. */
export function plannedPieces(
  plan: EnsemblePlan,
  dataset: Pick<Dataset, 'features' | 'task' | 'rows'>,
  isLeft: (member: number) => boolean,
): PlannedPiece[] {
  return listStrands(listRuns(plan))
    .map(({ runs }) => ({
      members: runs.flatMap(({ memberIndices }) => memberIndices).sort((a, b) => a - b),
      width: widthOf(runs),
      kind: engineOf(runs[0]!.spec).kind(runs[0]!.spec),
      effort: runs.reduce((sum, { spec }) => sum + effortOf(spec, dataset), 0),
    }))
    .filter(({ members }) => members.some(isLeft));
}

/** The first piece of each kind, which is trained to know what the others cost. */
export function trialPieces(pieces: readonly PlannedPiece[]): PlannedPiece[] {
  const first = new Map<string, PlannedPiece>();
  for (const piece of pieces) if (!first.has(piece.kind)) first.set(piece.kind, piece);
  return [...first.values()];
}

export function pricedPieces(pieces: readonly PlannedPiece[], costs: KindCosts): Piece[] {
  return pieces.map(({ members, width, kind, effort }) => ({
    ...{ members, width, cost: effort * (costs.get(kind) ?? 0) },
  }));
}

/** Runs that are tied in rounds train an epoch each at the same time; in lockstep one thread has them all. */
function widthOf(runs: readonly Run[]): number {
  const { spec } = runs[0]!;
  return isNetwork(spec) && spec.tying?.mode === 'rounds' ? runs.length : 1;
}

function effortOf(
  spec: MemberSpec,
  { features, task, rows }: Pick<Dataset, 'features' | 'task' | 'rows'>,
): number {
  const weights = engineOf(spec).weightsLength(spec, features, task, rows) ?? 1;
  return Math.max(1, weights) * (hasEpochs(spec) ? spec.epochs : 1);
}

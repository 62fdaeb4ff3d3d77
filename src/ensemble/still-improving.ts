// Which members had not learnt all they could when their epochs ran out: read off their histories alone, for
// whoever says so to a user.

import { isNetwork } from '../model/network-members.js';
import { endsCycle } from '../model/snapshots.js';
import { type EpochMemberSpec, hasEpochs } from '../model/spec.js';
import { type EpochRecord, isBoosted, type TrainedEnsemble, type TrainedMember } from './ensemble.js';

/** Without rows to stop on, a training loss that still falls by more than this share an epoch. */
const FALLING_SHARE = 0.01;

/**
 * Plan indices of the members that trained all their epochs and were still getting better at the end: on the rows
 * that decide when to stop, a best epoch among the last quarter of the patience; without such rows, a training loss
 * that over the last tenth of the epochs fell by more than 1 % an epoch. Snapshots end on purpose and are left out.
 */
export function stillImproving({ plan, members }: TrainedEnsemble): number[] {
  // Rows held out say when a sum is long enough.
  if (isBoosted({ plan })) return [];
  return members
    .filter((member) => {
      const spec = plan.members[member.index]!;
      return hasEpochs(spec) && !(isNetwork(spec) && endsCycle(spec)) && improvesAtEnd(spec, member);
    })
    .map(({ index }) => index);
}

function improvesAtEnd(spec: EpochMemberSpec, { history, epoch }: TrainedMember): boolean {
  const last = history.at(-1);
  if (last === undefined || last.epoch < spec.epochs) return false;
  if (last.validationLoss !== undefined) return spec.epochs - epoch < spec.earlyStopping!.patience / 4;
  return fallPerEpoch(history) > FALLING_SHARE;
}

/** The share of its size by which the loss fell per epoch, between the means of the last two tenths of the epochs. */
function fallPerEpoch(history: readonly EpochRecord[]): number {
  const span = Math.max(1, Math.floor(history.length / 10));
  if (history.length < 2 * span) return 0;
  const mean = (from: number, to: number) =>
    history.slice(from, to).reduce((sum, { loss }) => sum + loss, 0) / (to - from);
  const end = history.length;
  const before = mean(end - 2 * span, end - span);
  return (before - mean(end - span, end)) / Math.max(Math.abs(before), Number.MIN_VALUE) / span;
}

// What is kept of out-of-bag rows so that one can say what all members would: how few count for each row, and what one of
// them says alone.

import { joined } from '../../math/joined.js';
import { normaliseWeights } from '../../predictions/aggregate/shares.js';
import type { FewerMembers } from '../../predictions/known-rows.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { type CombineOptions, combineSettings } from '../predict/predict.js';

export interface FewerMembersCollector {
  /** @param mask u8[k, kept rows] @param kept their places in the block */
  addRows(members: readonly Predictions[], mask: Uint8Array, kept: readonly number[]): void;
  finish(): FewerMembers;
}

/** A collector for the rows of an ensemble of classes. */
export function createFewerMembers(
  ensemble: TrainedEnsemble,
  options: CombineOptions,
): FewerMembersCollector {
  const { weights = null } = combineSettings(ensemble, options);
  const shares = normaliseWeights(weights, ensemble.members.length);
  const means: Float32Array[] = [];
  const logarithms: Float32Array[] = [];
  const squared: number[] = [];
  let outputs = 0;
  let known = true;
  return {
    addRows(members, mask, kept) {
      ({ outputs } = members[0]!);
      known &&= members.every(({ logProbabilities }) => logProbabilities !== null);
      const mean = new Float32Array(kept.length * outputs);
      const logs = known ? new Float32Array(mean.length) : null;
      kept.forEach((row, at) => {
        const counts = (member: number) => mask[member * kept.length + at] === 1 && shares[member]! > 0;
        squared.push(squaredShares(shares, counts));
        const one = members[oneOf(members.length, counts, squared.length)]!;
        mean.set(one.mean.subarray(row * outputs, (row + 1) * outputs), at * outputs);
        logs?.set(one.logProbabilities!.subarray(row * outputs, (row + 1) * outputs), at * outputs);
      });
      means.push(mean);
      if (logs !== null) logarithms.push(logs);
    },
    finish: () => ({
      alone: {
        ...{ rows: squared.length, outputs, variance: null },
        mean: joined(means),
        logProbabilities: known ? joined(logarithms) : null,
      },
      squaredShares: Float64Array.from(squared),
      ofAll: squaredShares(shares, () => true),
    }),
  };
}

/** Σ s² of the members that count, whose shares sum to 1. */
function squaredShares(shares: Float64Array, counts: (member: number) => boolean): number {
  let sum = 0;
  let squares = 0;
  for (let member = 0; member < shares.length; member++) {
    if (!counts(member)) continue;
    sum += shares[member]!;
    squares += shares[member]! * shares[member]!;
  }
  return squares / (sum * sum);
}

/** One of the members that count: row by row another, so that none speaks for all. */
function oneOf(members: number, counts: (member: number) => boolean, turn: number): number {
  let counting = 0;
  for (let member = 0; member < members; member++) if (counts(member)) counting++;
  let left = turn % counting;
  let member = 0;
  while (!counts(member) || left-- > 0) member++;
  return member;
}

// How members differ: pair by pair in whom they get right, and all together in what averaging takes off (ambiguity).
// Streams blocks of rows; knows nothing of ensembles. v, c and ρ are beside it, in ../correlation.

import type { Task } from '../../data/dataset/dataset.js';
import { resolveShares, shareAt } from '../../predictions/aggregate/shares.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { PairFigures } from './pair-figures.js';
import { createPairs, type PairAccumulator, type PairMatrices } from './pairs.js';

export interface Diversity {
  readonly memberCount: number;
  /** Rows that a member with a weight counts for. */
  readonly rows: number;
  /** Classes: each figure's mean over the pairs of members that have it, all pairs alike; null for numbers, for one member and for more than 128. */
  readonly pairMeans: PairFigures | null;
  /** Each pair's figures; null where `pairMeans` is. */
  readonly pairs: PairMatrices | null;
  /** Squared error of the members' weighted arithmetic mean, summed over outputs: `meanMember` − `ambiguity`. */
  readonly ensembleError: number;
  /** Weighted mean of the members' squared errors. */
  readonly meanMember: number;
  /** Weighted mean of the members' squared deviations from their mean: what averaging takes off. */
  readonly ambiguity: number;
}

export interface DiversityOptions {
  readonly memberCount: number;
  readonly task: Task;
  /** Averaging weights. @default equal */
  readonly weights?: readonly number[] | null;
}

export interface DiversityAccumulator extends Pick<PairAccumulator, 'addBlock'> {
  /** Null when no row was counted. */
  finish(): Diversity | null;
}

/**
 * An empty accumulator.
 *
 * **Source:** Kuncheva and Whitaker 2003, Measures of diversity in classifier ensembles and their relationship with the
 * ensemble accuracy (pairs); Krogh and Vedelsby 1995, Neural network ensembles, cross validation, and active learning,
 * equation 6 (ambiguity).
 */
export function createDiversity(options: DiversityOptions): DiversityAccumulator {
  const { memberCount, task, weights = null } = options;
  const pairs = createPairs(task, memberCount);
  const sums: Sums = { rows: 0, weight: 0, meanMember: 0, ambiguity: 0, ensemble: 0 };
  return {
    addBlock(members, targets, mask = null, rowWeights = null) {
      pairs?.addBlock(members, targets, mask, rowWeights);
      addErrors(sums, { members, targets, mask, rowWeights, weights });
    },
    finish() {
      const { rows, weight, meanMember, ambiguity, ensemble } = sums;
      if (weight === 0) return null;
      return {
        ...{ memberCount, rows, pairMeans: pairs?.means() ?? null, pairs: pairs?.matrices() ?? null },
        ...{
          ensembleError: ensemble / weight,
          meanMember: meanMember / weight,
          ambiguity: ambiguity / weight,
        },
      };
    },
  };
}

/** The diversity of members whose predictions are known whole. @param weights averaging weights; null: equal ones. */
export function diversityOf(known: KnownRows, weights: readonly number[] | null = null): Diversity | null {
  const { task, members, truth, mask, weights: rowWeights } = known;
  const accumulator = createDiversity({ task, memberCount: members.length, weights });
  accumulator.addBlock(members, truth, mask, rowWeights);
  return accumulator.finish();
}

interface Sums {
  rows: number;
  weight: number;
  meanMember: number;
  ambiguity: number;
  ensemble: number;
}

interface Block {
  readonly members: readonly Predictions[];
  readonly targets: TargetBlock;
  readonly mask: Uint8Array | null;
  readonly rowWeights: ArrayLike<number> | null;
  readonly weights: readonly number[] | null;
}

function addErrors(sums: Sums, { members, targets, mask, rowWeights, weights }: Block): void {
  const { rows, labels } = targets;
  const { outputs } = members[0]!;
  const shares = resolveShares(weights, members.length, rows, mask);
  const classes = labels.length > 0;
  const mean = new Float64Array(outputs);
  for (let row = 0; row < rows; row++) {
    const weight = rowWeights === null ? 1 : rowWeights[row]!;
    if (weight === 0 || Number.isNaN(shareAt(shares, 0, row))) continue;
    const from = row * outputs;
    mean.fill(0);
    for (let member = 0; member < members.length; member++) {
      const share = shareAt(shares, member, row);
      if (share === 0) continue;
      const own = members[member]!.mean;
      for (let column = 0; column < outputs; column++) mean[column]! += share * own[from + column]!;
    }
    for (let column = 0; column < outputs; column++) {
      const truth = classes ? Number(column === labels[row]) : targets.targets[from + column]!;
      sums.ensemble += weight * (mean[column]! - truth) ** 2;
      for (let member = 0; member < members.length; member++) {
        const share = weight * shareAt(shares, member, row);
        if (share === 0) continue;
        const own = members[member]!.mean[from + column]!;
        sums.meanMember += share * (own - truth) ** 2;
        sums.ambiguity += share * (own - mean[column]!) ** 2;
      }
    }
    sums.rows++;
    sums.weight += weight;
  }
}

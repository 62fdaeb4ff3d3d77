// How members differ: pair by pair in whom they get right, and all together in what averaging takes off (ambiguity).
// Streams blocks of rows; knows nothing of ensembles. v, c and ρ are beside it, in ../correlation.

import type { Task } from '../../data/dataset/dataset.js';
import { resolveShares, shareAt } from '../../predictions/aggregate/shares.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { labelsOf } from '../../predictions/labels.js';
import type { Predictions } from '../../predictions/predictions.js';
import { createPairCounter, type PairCounter } from './pair-counts.js';
import { FIGURES_OF_PAIRS, type PairFigureName, type PairFigures, pairFigures } from './pair-figures.js';

/** k × k, symmetric; null on the diagonal, and where two members have no row together or the figure does not exist. */
export type PairMatrix = readonly (readonly (number | null)[])[];

export interface Diversity {
  readonly memberCount: number;
  /** Rows that a member with a weight counts for. */
  readonly rows: number;
  /** Classes: each figure's mean over the pairs of members that have it, all pairs alike; null for numbers, for one member and for more than 128. */
  readonly pairMeans: PairFigures | null;
  /** Each pair's figures; null where `pairMeans` is, and where they were not asked for. */
  readonly pairs: Readonly<Record<PairFigureName, PairMatrix>> | null;
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
  /** Whether each pair's figures are given. @default true */
  readonly pairs?: boolean;
}

export interface DiversityAccumulator {
  /** Adds rows; `mask`: u8[k, rows], 1 where a member counts. `rowWeights`: one per row, ≥ 0. */
  addBlock(
    members: readonly Predictions[],
    targets: TargetBlock,
    mask?: Uint8Array | null,
    rowWeights?: ArrayLike<number> | null,
  ): void;
  /** Null when no row was counted. */
  finish(): Diversity | null;
}

/** Above this many members pairs cost too much: as the covariance of errors. */
const MOST_PAIRED = 128;

/**
 * An empty accumulator.
 *
 * **Source:** Kuncheva and Whitaker 2003, Measures of diversity in classifier ensembles and their relationship with the
 * ensemble accuracy (pairs); Krogh and Vedelsby 1995, Neural network ensembles, cross validation, and active learning,
 * equation 6 (ambiguity).
 */
export function createDiversity(options: DiversityOptions): DiversityAccumulator {
  const { memberCount, task, weights = null, pairs = true } = options;
  const paired = task.kind === 'classification' && memberCount > 1 && memberCount <= MOST_PAIRED;
  const counter = paired ? createPairCounter(memberCount) : null;
  const sums: Sums = { rows: 0, weight: 0, meanMember: 0, ambiguity: 0, ensemble: 0 };
  return {
    addBlock(members, targets, mask = null, rowWeights = null) {
      if (counter !== null) addChoices(counter, members, targets, mask, rowWeights);
      addErrors(sums, { members, targets, mask, rowWeights, weights });
    },
    finish() {
      const { rows, weight, meanMember, ambiguity, ensemble } = sums;
      if (weight === 0) return null;
      const each = counter && eachPair(counter, memberCount);
      return {
        ...{ memberCount, rows, pairMeans: each && meansOf(each), pairs: pairs ? each : null },
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

function addChoices(
  counter: PairCounter,
  members: readonly Predictions[],
  targets: TargetBlock,
  mask: Uint8Array | null,
  weights: ArrayLike<number> | null,
): void {
  const { rows, labels: truth } = targets;
  const labels = new Int32Array(members.length * rows);
  members.forEach(({ mean, outputs }, member) => {
    labels.set(labelsOf(mean, rows, outputs), member * rows);
  });
  counter.add({ rows, labels, truth, weights, mask });
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

function eachPair(counter: PairCounter, members: number): Record<PairFigureName, PairMatrix> {
  const all = Array.from({ length: members }, (_, index) => index);
  const figures = all.map((i) => all.map((j) => (i === j ? null : pairFigures(counter.at(i, j)))));
  const matrix = (name: PairFigureName) => figures.map((row) => row.map((pair) => pair?.[name] ?? null));
  return byName(matrix);
}

function meansOf(pairs: Readonly<Record<PairFigureName, PairMatrix>>): PairFigures {
  return byName((name) => {
    const known = pairs[name].flatMap((row, i) => row.slice(i + 1).flatMap((value) => value ?? []));
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

function byName<Value>(of: (name: PairFigureName) => Value): Record<PairFigureName, Value> {
  return Object.fromEntries(FIGURES_OF_PAIRS.map((name) => [name, of(name)])) as Record<
    PairFigureName,
    Value
  >;
}

// Curves over ensemble size by trying: seeded subsets of the members are combined and scored, for the
// figures that have no formula (error rate, log-loss, the geometric mean). Subsets are drawn beforehand, so
// each block of rows is combined once per subset and then forgotten.

import type { Task } from '../../data/dataset/dataset.js';
import { RandomStream, streamKey } from '../../math/random.js';
import { variance } from '../../math/statistics.js';
import { aggregators } from '../../predictions/aggregate/aggregators.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { Combine } from '../../predictions/combined-predictions.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { ScoreSpread, Scores } from '../metrics/metrics.js';
import { acrossScores, createScoreAccumulator, meanScores, type ScoreAccumulator } from './scores.js';

export interface SubsetCurveOptions {
  readonly memberCount: number;
  readonly task: Task;
  /** Aggregators by name; each gives one curve. */
  readonly combine: Readonly<Record<string, Combine>>;
  /** Subsets per size; fewer where fewer are needed to try them all. @default 16 */
  readonly subsets?: number;
  /** @default 1, 2, 4, 8 … and k: each size costs `subsets` times as much as predicting */
  readonly sizes?: readonly number[];
  /** @default 0 */
  readonly seed?: number;
}

/** Mean scores of ensembles of `memberCount` members over `subsets` sampled subsets. */
export interface SubsetPoint {
  readonly memberCount: number;
  readonly subsets: number;
  readonly scores: Scores;
  /** Standard deviations of the scores over the subsets, with n − 1; null for a single subset. */
  readonly spread: ScoreSpread | null;
}

export type SubsetCurves = Readonly<Record<string, readonly SubsetPoint[]>>;

export interface SubsetCurveAccumulator {
  addBlock(members: readonly Predictions[], targets: TargetBlock): void;
  finish(): SubsetCurves;
}

/** Member indices of each subset, ascending. */
export type Subset = readonly number[];

/**
 * Subsets of `size` of k members without replacement, from the stream (seed, 'subset', 0, size): all of
 * them for sizes 1 (when k ≤ count) and k, else `count` independent draws.
 */
export function drawSubsets(members: number, size: number, count: number, seed: number): Subset[] {
  const everyone = Array.from({ length: members }, (_, member) => member);
  if (size === members) return [everyone];
  if (size === 1 && members <= count) return everyone.map((member) => [member]);
  const stream = new RandomStream(streamKey(seed, 'subset', 0, size));
  return Array.from({ length: count }, () => {
    const pool = everyone.slice();
    for (let at = 0; at < size; at++) {
      const other = at + stream.below(members - at);
      [pool[at], pool[other]] = [pool[other]!, pool[at]!];
    }
    return pool.slice(0, size).sort((a, b) => a - b);
  });
}

function doublings(members: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < members; size *= 2) sizes.push(size);
  return [...sizes, members];
}

interface Trial {
  readonly name: string;
  readonly subset: Subset;
  readonly scores: ScoreAccumulator;
}

/** An empty accumulator. Time per row grows with subsets × the sum of sizes; memory does not grow with rows. */
export function createSubsetCurves(options: SubsetCurveOptions): SubsetCurveAccumulator {
  const { memberCount, task, combine, subsets = 16, seed = 0 } = options;
  const sizes = options.sizes ?? doublings(memberCount);
  const drawn = sizes.map((size) => drawSubsets(memberCount, size, subsets, seed));
  const names = Object.keys(combine);
  const trials: Trial[] = names.flatMap((name) =>
    drawn.flat().map((subset) => ({
      name,
      subset,
      scores: createScoreAccumulator(task, { probabilities: aggregators.get(name).probabilities }),
    })),
  );
  return {
    addBlock(predictions, targets) {
      for (const { name, subset, scores } of trials) {
        scores.addBlock(combine[name]!(subset.map((member) => predictions[member]!)), targets);
      }
    },
    finish: () => Object.fromEntries(names.map((name) => [name, pointsOf(trials, name, sizes)])),
  };
}

function pointsOf(trials: readonly Trial[], name: string, sizes: readonly number[]): SubsetPoint[] {
  return sizes.flatMap((size) => {
    const scores = trials
      .filter((trial) => trial.name === name && trial.subset.length === size)
      .flatMap((trial) => trial.scores.finish() ?? []);
    const mean = meanScores(scores);
    return mean === null
      ? []
      : [{ memberCount: size, subsets: scores.length, scores: mean, spread: spreadOf(scores) }];
  });
}

function spreadOf(all: readonly Scores[]): ScoreSpread | null {
  if (all.length < 2) return null;
  return acrossScores(all, (_, own) => Math.sqrt((variance(own) * own.length) / (own.length - 1)));
}

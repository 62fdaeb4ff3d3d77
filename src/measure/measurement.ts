// Everything that is measured of an ensemble in one pass over its members' predictions: error
// correlation, the chosen aggregator's scores, the mean member's, disagreement and curves over k.
// `tutti evaluate`, `tutti measure` and training's out-of-bag report all stream through this.

import type { Task } from '../data/dataset/dataset.js';
import { aggregators } from '../predictions/aggregate/aggregators.js';
import type { TargetBlock } from '../predictions/blocks.js';
import type { Combine } from '../predictions/combined-predictions.js';
import type { Predictions } from '../predictions/predictions.js';
import type { baselinePredictions } from './baseline/predict-baseline.js';
import { createErrorAccumulator } from './correlation/error-accumulator.js';
import type { ErrorCorrelation } from './correlation/error-report.js';
import type { IntervalOptions } from './correlation/intervals.js';
import type { PairFigures } from './diversity/pair-figures.js';
import { createPairs } from './diversity/pairs.js';
import { createKindsAccumulator, type KindMeasurement } from './kind-measurement.js';
import type { Scores } from './metrics/metrics.js';
import { againstBaselines, type BaselineMeasurement } from './scores/against-baselines.js';
import { createRowCollector, type RowCollector } from './scores/collected-rows.js';
import { createDisagreementAccumulator } from './scores/disagreement.js';
import { createMeanMember, meanOfAll } from './scores/mean-member.js';
import { type RowScoreOptions, type RowScores, scoreKnownRows } from './scores/row-scores.js';
import { createScoreAccumulator } from './scores/scores.js';
import { createSubsetCurves, type SubsetCurves } from './scores/subset-curves.js';
import { createTargetVariance } from './scores/target-variance.js';

export interface MeasurementOptions extends IntervalOptions {
  readonly memberCount: number;
  readonly task: Task;
  /** The chosen aggregator, by name, weights and all; `weighted` when they are not all alike. */
  readonly aggregator: { readonly name: string; readonly combine: Combine; readonly weighted?: boolean };
  /** Unweighted aggregators whose curves over sampled subsets are wanted; none out of bag. @default none */
  readonly curves?: Readonly<Record<string, Combine>> | null;
  /** Sampled subsets per ensemble size. @default 16 */
  readonly subsets?: number;
  readonly outOfBag?: boolean;
  readonly covariance?: boolean;
  /** Whether the ensemble's scores are taken over all rows at once as well, with their intervals. @default true */
  readonly scores?: boolean;
  /** The kind of each member, to be measured by kind as well. @default all alike */
  readonly kinds?: readonly string[];
}

export interface Measurement {
  readonly errorCorrelation: ErrorCorrelation;
  readonly aggregator: string;
  /** Whether it weighs members; `errorCorrelation` never does. */
  readonly weighted: boolean;
  /** The chosen aggregator's scores on the rows of the report; null if its weights left no row a member. */
  readonly ensemble: Scores | null;
  /** In each row the mean of the scores of the members that count there, then the mean over rows. */
  readonly meanMember: Scores;
  /** Each member's scores over the rows it counts for; null where there are none. */
  readonly memberScores: readonly (Scores | null)[];
  /** Probabilities the aggregator floored, of all that its members gave, and their share. */
  readonly flooredCount: number;
  readonly flooredShare: number;
  /**
   * Regression: mean squared deviation of the targets from their mean over these rows, summed over targets, beside
   * which squared errors can be read; 1 − squaredError / targetVariance is R². Null for classes.
   */
  readonly targetVariance: number | null;
  /** Classification: share of (row, pair) that predict different classes. */
  readonly disagreement: number | null;
  /**
   * Classification: how members differ pair by pair, each figure's mean over the pairs; null for one member and for more
   * than 128. What averaging takes off, of numbers too, is `errorCorrelation.ambiguity`.
   */
  readonly diversity: PairFigures | null;
  /** Scores over sampled subsets by aggregator; null out of bag, where each row has its own members. */
  readonly curves: SubsetCurves | null;
  /** Every score of the ensemble, with its interval over the choice of rows; null where its weights left no row a member. */
  readonly scores: RowScores | null;
  /** What it should beat, on the same rows; empty where no baseline is known. */
  readonly baselines: readonly BaselineMeasurement[];
  /** The members kind by kind, in the order of their first; empty when all are of one kind. */
  readonly kinds: readonly KindMeasurement[];
}

export interface MeasurementAccumulator {
  /** As `createErrorAccumulator`'s; `outOfBag`: u8[k, rows]. */
  addBlock(members: readonly Predictions[], targets: TargetBlock, outOfBag?: Uint8Array | null): void;
  /** @throws ERR_DATA when no row was ever counted. */
  finish(details?: RowDetails): Measurement;
}

/** What is known of rows beside their predictions, by their places among all that were shown. */
export interface RowDetails {
  /** The rows' own weights; null: all 1. */
  weights?(positions: Uint32Array): Float32Array | null;
  /** What baselines predict of them. */
  baselines?(positions: Uint32Array): ReturnType<typeof baselinePredictions>;
}

/** An empty measurement; call `addBlock` with consecutive blocks of rows, then `finish` once. */
export function createMeasurement(options: MeasurementOptions): MeasurementAccumulator {
  const { task, memberCount, aggregator, curves, outOfBag = false } = options;
  const errors = createErrorAccumulator(options);
  const kinds = createKindsAccumulator(options.kinds ?? [], options);
  const ensemble = createScoreAccumulator(task, {
    probabilities: aggregators.get(aggregator.name).probabilities,
  });
  const each = Array.from({ length: memberCount }, () => createScoreAccumulator(task));
  // Where every member counts for every row, its own scores are all it takes.
  const meanMember = outOfBag ? createMeanMember(task, memberCount) : null;
  const subsetCurves =
    outOfBag || !curves || memberCount === 1 ? null : createSubsetCurves({ ...options, combine: curves });
  const disagreement =
    task.kind === 'classification' ? createDisagreementAccumulator(task.classes.length) : null;
  const deviation = createTargetVariance(task);
  const collector = options.scores === false ? null : createRowCollector(task);
  const pairs = createPairs(task, memberCount);
  let flooredCount = 0;
  let probabilities = 0;
  return {
    addBlock(predictions, targets, mask = null) {
      const means = predictions.map((prediction) => prediction.mean);
      errors.addBlock(means, targets, mask);
      kinds.addBlock(predictions, targets, mask);
      meanMember?.addBlock(predictions, targets, mask);
      const combined = aggregator.combine(predictions, mask);
      flooredCount += combined.flooredCount;
      const counted = mask === null ? memberCount * targets.rows : mask.reduce((sum, one) => sum + one, 0);
      probabilities += counted * combined.outputs;
      deviation.addBlock(targets, mask);
      collector?.addBlock(combined, targets);
      ensemble.addBlock(combined, targets, mask === null ? null : combinedRows(combined));
      each.forEach((scores, member) => {
        const own = mask === null ? null : mask.subarray(member * targets.rows, (member + 1) * targets.rows);
        scores.addBlock(predictions[member]!, targets, own);
      });
      disagreement?.addBlock(predictions, mask);
      pairs?.addBlock(predictions, targets, mask);
      subsetCurves?.addBlock(predictions, targets);
    },
    finish(details = {}) {
      const errorCorrelation = errors.finish();
      return {
        errorCorrelation,
        ...{ aggregator: aggregator.name, weighted: aggregator.weighted ?? false },
        ensemble: ensemble.finish(),
        meanMember: meanMember === null ? meanOfAll(each, task)! : meanMember.finish()!,
        memberScores: each.map((scores) => scores.finish()),
        ...{ flooredCount, flooredShare: flooredCount / probabilities, targetVariance: deviation.finish() },
        disagreement: disagreement?.finish() ?? null,
        diversity: pairs?.means() ?? null,
        curves: subsetCurves?.finish() ?? null,
        ...rowScoresOf(collector, details, options),
        kinds: kinds.finish(),
      };
    },
  };
}

function rowScoresOf(
  collector: RowCollector | null,
  details: RowDetails,
  { replicates, level, seed, aggregator }: MeasurementOptions,
): Pick<Measurement, 'scores' | 'baselines'> {
  const collected = collector?.finish() ?? null;
  if (collected === null) return { scores: null, baselines: [] };
  const { positions } = collected;
  const known = { ...collected.known, weights: details.weights?.(positions) ?? null };
  const stated = Object.entries({ replicates, level, seed }).filter(([, value]) => value !== undefined);
  const settings: RowScoreOptions = {
    ...Object.fromEntries(stated),
    probabilities: aggregators.get(aggregator.name).probabilities,
  };
  return {
    scores: scoreKnownRows(known, settings),
    baselines: againstBaselines(known, details.baselines?.(positions) ?? [], settings),
  };
}

/** u8[rows]: 1 where the mask, or weights of zero, left some member to combine. */
function combinedRows({ rows, outputs, mean }: Predictions): Uint8Array {
  return Uint8Array.from({ length: rows }, (_, row) => (Number.isNaN(mean[row * outputs]!) ? 0 : 1));
}

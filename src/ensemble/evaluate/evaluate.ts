// Measuring a trained ensemble: on held-out rows, and out of bag on the rows it was trained on.
// It streams members' predictions through src/measure, which defines every figure.

import type { Dataset } from '../../data/dataset/dataset.js';
import { constantBaseline } from '../../measure/baseline/fit-baseline.js';
import { outOfFoldPredictions } from '../../measure/baseline/out-of-fold.js';
import { baselinePredictions } from '../../measure/baseline/predict-baseline.js';
import {
  INTERVAL_OPTIONS,
  INTERVAL_USES,
  type IntervalOptions,
} from '../../measure/correlation/intervals.js';
import { createMeasurement, type Measurement } from '../../measure/measurement.js';
import { checkOptions, type OptionTable, type OptionUses, option, requireUses } from '../../option-names.js';
import { combiner } from '../../predictions/aggregate/aggregate.js';
import { aggregators } from '../../predictions/aggregate/aggregators.js';
import { type RowRange, targetBlock } from '../../predictions/blocks.js';
import type { Combine } from '../../predictions/combined-predictions.js';
import type { Predictions } from '../../predictions/predictions.js';
import { isBoosted, type TrainedEnsemble } from '../ensemble.js';
import { memberKinds } from '../member-kinds.js';
import { drawEnsembleRows } from '../member-rows.js';
import { checkDataset } from '../predict/inputs.js';
import {
  aggregatorFor,
  type CombineOptions,
  combineSettings,
  eachBlock,
  ensembleCombiner,
  PREDICT_OPTIONS,
} from '../predict/predict.js';
import { requireMembers } from '../predict/stored-members.js';
import type { BlockVisitor } from './known-rows.js';
import { eachOutOfBagBlock } from './out-of-bag-rows.js';

export interface OutOfBagOptions extends CombineOptions, IntervalOptions {
  /** The k × k matrix of error products; its cost grows with k². @default up to 128 members */
  readonly covariance?: boolean;
}

export interface EvaluateOptions extends OutOfBagOptions {
  /** Error rate, log-loss and geometric mean over sampled subsets of the members. @default true */
  readonly curves?: boolean;
  /** Sampled subsets per ensemble size. @default 16 */
  readonly subsets?: number;
}

const OUT_OF_BAG_OPTIONS = {
  ...PREDICT_OPTIONS,
  ...INTERVAL_OPTIONS,
  covariance: option.flag,
} satisfies OptionTable<OutOfBagOptions>;

const EVALUATE_OPTIONS = {
  ...OUT_OF_BAG_OPTIONS,
  curves: option.flag,
  subsets: option.integer(1),
} satisfies OptionTable<EvaluateOptions>;

const EVALUATE_USES = {
  level: INTERVAL_USES.level,
  seed: {
    says: '`replicates` is above 0 or there are `curves`',
    holds: ({ replicates, curves }) => replicates !== 0 || curves !== false,
  },
  subsets: { says: 'there are `curves`', holds: ({ curves }) => curves !== false },
} satisfies OptionUses<EvaluateOptions>;

/** As src/api/many-rows.ts says of it, on the calling thread where no runner is named. */
export async function evaluateEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: EvaluateOptions = {},
): Promise<Measurement> {
  checkOptions('evaluateEnsemble', options, EVALUATE_OPTIONS);
  requireUses(options, EVALUATE_USES);
  checkDataset(ensemble, dataset);
  const { task } = ensemble;
  const whole = measurementSettings(ensemble, options);
  // A boosted sum is one predictor, measured as one member.
  const isOne = isBoosted(ensemble);
  const settings = isOne ? measuredAsOne(whole) : whole;
  const curves = options.curves === false ? {} : { curves: subsetAggregators(ensemble) };
  const measurement = createMeasurement({ ...settings, ...curves, task });
  const add = (members: readonly Predictions[], range: RowRange) =>
    measurement.addBlock(
      isOne ? [whole.aggregator.combine(members)] : members,
      targetBlock(dataset, null, range),
    );
  await eachBlock(ensemble, dataset.x, dataset.rows, null, add, options);
  const { baseline, encoding } = ensemble;
  return measurement.finish({
    weights: (index) => weightsOf(dataset, index),
    baselines: (index) =>
      baseline === null
        ? []
        : baselinePredictions(baseline, {
            ...{ task, x: dataset.x, features: dataset.features, scale: encoding.features, index },
          }),
  });
}

/**
 * As src/api/many-rows.ts says of it, on the calling thread where no runner is named.
 * @param also sees every block too, so that whoever wants more of these rows need not predict them again.
 */
export async function evaluateOutOfBag(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: OutOfBagOptions = {},
  also?: BlockVisitor,
): Promise<Measurement | null> {
  checkOptions('evaluateOutOfBag', options, OUT_OF_BAG_OPTIONS);
  requireUses<OutOfBagOptions>(options, INTERVAL_USES);
  const settings = measurementSettings(ensemble, options);
  const measurement = createMeasurement({ ...settings, task: ensemble.task, outOfBag: true });
  const add: BlockVisitor = (members, targets, mask) => {
    also?.(members, targets, mask);
    measurement.addBlock(members, targets, mask);
  };
  if (!(await eachOutOfBagBlock(ensemble, dataset, add, options))) return null;
  const rows = drawEnsembleRows(ensemble.plan, dataset).all;
  const placesOf = (positions: Uint32Array) => positions.map((position) => rows[position]!);
  return measurement.finish({
    weights: (positions) => weightsOf(dataset, placesOf(positions)),
    baselines: (positions) => outOfBagBaselines(ensemble, dataset, placesOf(positions)),
  });
}

function weightsOf({ rowWeights }: Dataset, index: Uint32Array): Float32Array | null {
  return rowWeights && Float32Array.from(index, (row) => rowWeights[row]!);
}

/**
 * What baselines predict of training rows, by their places in the dataset. The linear model was fitted on these rows: others
 * of its kind, of rows without those they predict, stand in for it.
 */
export function outOfBagBaselines(
  { task, baseline, encoding }: Pick<TrainedEnsemble, 'task' | 'baseline' | 'encoding'>,
  dataset: Dataset,
  index: Uint32Array,
): ReturnType<typeof baselinePredictions> {
  const { x, features } = dataset;
  const { constant } = baseline ?? constantBaseline(dataset);
  const same = baselinePredictions(
    { constant, linear: null },
    { task, x, features, scale: encoding.features, index },
  );
  const predictions =
    (baseline?.linear ?? null) === null ? null : outOfFoldPredictions({ ...dataset, encoding }, index);
  return predictions === null ? same : [...same, { name: 'linear', predictions }];
}

/** What `createMeasurement` is told of an ensemble; its `addBlock` may ride along `predictKnownRows`. */
export function measurementSettings(ensemble: TrainedEnsemble, options: EvaluateOptions) {
  requireMembers(ensemble, 'to measure');
  const name = aggregatorFor(ensemble, options);
  const { replicates, level, seed, subsets, covariance } = options;
  const combined = combineSettings(ensemble, options);
  const weighted = combined.weights?.some((weight, _, all) => weight !== all[0]) ?? false;
  const stated = Object.entries({ replicates, level, seed, subsets, covariance });
  return {
    ...(Object.fromEntries(stated.filter(([, value]) => value !== undefined)) as IntervalOptions),
    memberCount: ensemble.members.length,
    kinds: memberKinds(ensemble),
    aggregator: { name, combine: ensembleCombiner(ensemble, options), weighted },
  };
}

function measuredAsOne(settings: ReturnType<typeof measurementSettings>) {
  const combine: Combine = ([sum]) => sum as ReturnType<Combine>;
  return { ...settings, memberCount: 1, kinds: [], aggregator: { ...settings.aggregator, combine } };
}

function subsetAggregators({ task }: TrainedEnsemble) {
  const drawn = aggregators.names.filter((name) => aggregators.get(name).curves.includes(task.kind));
  return Object.fromEntries(drawn.map((name) => [name, combiner(name, task)]));
}

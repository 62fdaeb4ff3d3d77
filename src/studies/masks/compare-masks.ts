// The ways to predict with one dropout net, side by side on the same rows: error, log-likelihood and time;
// and the net's sampled masks measured as the ensemble they are.

import type { Dataset } from '../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { evaluateEnsemble } from '../../ensemble/evaluate/evaluate.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { log } from '../../math/functions.js';
import type { Measurement } from '../../measure/measurement.js';
import type { Scores } from '../../measure/metrics/metrics.js';
import { createScoreAccumulator } from '../../measure/scores/scores.js';
import { givesVariances } from '../../model/losses.js';
import { networkSpecs } from '../../model/network-members.js';
import { checkOptions, described, type OptionTable, option, pickOptions } from '../../option-names.js';
import { aggregators } from '../../predictions/aggregate/aggregators.js';
import { targetBlock } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import { dropoutNet, MASK_OPTIONS, type MaskOptions, maskEnsemble } from './masks.js';
import { DEFAULT_MASKS, MASK_MEANS, type MaskWay, predictWithMasks } from './predict-masks.js';

export interface CompareMasksOptions extends MaskOptions, LongCallOptions {
  /** Sampled masks. @default 50 */
  readonly masks?: number;
  /** Whether to average over all 2ⁿ masks too. @default for up to 10 units that can be dropped */
  readonly enumerate?: boolean;
}

/** What the options must be; see src/option-names.ts. */
export const COMPARE_OPTIONS = {
  ...LONG_CALL_OPTIONS,
  ...MASK_OPTIONS,
  masks: described(option.integer(1), {
    kind: 'number',
    says: 'how many masks are sampled',
    default: DEFAULT_MASKS,
  }),
  enumerate: described(option.flag, {
    kind: 'flag',
    says: 'average over all 2ⁿ masks too, each weighted by its probability',
    defaultSays: 'up to n = 10',
  }),
} satisfies OptionTable<CompareMasksOptions>;

/** One way on all rows. */
export interface MaskWayResult {
  readonly way: MaskWay;
  /** How many masks it predicted with: 1 net without any for weight scaling. */
  readonly masks: number;
  /** Whether these are all masks there are, each weighted by its probability. */
  readonly enumerated: boolean;
  readonly scores: Scores;
  /** Mean over rows of log p(y | x), natural; null for regressions without a variance head. */
  readonly logLikelihood: number | null;
  readonly wallMs: number;
}

export interface MaskComparison {
  /** Number of the net in the plan. */
  readonly member: number;
  /** Units that can be dropped. */
  readonly droppable: number;
  readonly ways: readonly MaskWayResult[];
  /** The sampled masks as an ensemble of the arithmetic mean. */
  readonly overMasks: Measurement;
}

/** More masks than this take longer than the sampled ones of most uses: 2¹⁰. */
const MOST_UNITS_UNASKED = 10;

/**
 * Compares the ways on rows the net was not trained on.
 * @param dataset preprocessed like the training rows.
 * @throws ERR_OPTION as `predictWithMasks`, ERR_SHAPE for a dataset of other features or another task.
 */
export async function compareMasks(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: CompareMasksOptions = {},
): Promise<MaskComparison> {
  checkOptions('compareMasks', options, COMPARE_OPTIONS);
  const { masks = DEFAULT_MASKS } = options;
  const own = pickOptions(options, MASK_OPTIONS);
  const stop = pickOptions(options, LONG_CALL_OPTIONS);
  stop.signal?.throwIfAborted();
  const { alone, member, droppable } = dropoutNet(ensemble, options.member);
  const overMasks = await evaluateEnsemble(maskEnsemble(ensemble, masks, own), dataset, {
    ...stop,
    curves: false,
  });
  const run = (way: MaskWay, count: number | 'all') =>
    runWay(ensemble, dataset, way, count, { ...own, ...stop });
  const { loss } = networkSpecs(alone.plan)[0]!;
  const means = MASK_MEANS.filter(
    (way) => aggregators.get(way).misfit(ensemble.task.kind, givesVariances(loss)) === null,
  );
  const ways = [await run('weightScaling', 1)];
  for (const way of means) ways.push(await run(way, masks));
  if (options.enumerate ?? droppable <= MOST_UNITS_UNASKED) {
    for (const way of means) ways.push({ ...(await run(way, 'all')), masks: 2 ** droppable });
  }
  return { member, droppable, ways, overMasks };
}

async function runWay(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  way: MaskWay,
  masks: number | 'all',
  options: MaskOptions & LongCallOptions,
): Promise<MaskWayResult> {
  const { task } = ensemble;
  const started = performance.now();
  const { seed, ...net } = options;
  const sampled = seed === undefined || masks === 'all' ? { masks } : { masks, seed };
  const over = way === 'weightScaling' ? {} : sampled;
  const predictions = await predictWithMasks(ensemble, dataset, { ...net, way, ...over });
  const wallMs = performance.now() - started;
  const targets = targetBlock(dataset, null, { start: 0, end: dataset.rows });
  const accumulator = createScoreAccumulator(task);
  accumulator.addBlock(predictions, targets);
  const scores = accumulator.finish()!;
  const gaussian = predictions.varianceKind === 'mixture' || predictions.varianceKind === 'product';
  const ofGaussians = () => gaussianLogLikelihood(predictions, targets.targets);
  return {
    ...{ way, masks: masks === 'all' ? 0 : masks, enumerated: masks === 'all', scores, wallMs },
    logLikelihood: scores.logLoss !== null ? -scores.logLoss : gaussian ? ofGaussians() : null,
  };
}

/** Mean over rows of Σ over targets of log N(y; μ, σ²); NaN for rows without a variance. */
function gaussianLogLikelihood({ mean, variance, rows }: Predictions, targets: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < mean.length; at++) {
    const square = variance![at]!;
    sum -= 0.5 * (log(2 * Math.PI * square) + (targets[at]! - mean[at]!) ** 2 / square);
  }
  return sum / rows;
}

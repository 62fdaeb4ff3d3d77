// How an ensemble's members become one answer: averaged by an aggregator, then calibrated where the ensemble is. The one
// place where a calibration is applied, so that predictions, measurements, predictors and threads all agree.

import { applyCalibration } from '../../calibration/apply-calibration.js';
import { failOption } from '../../errors.js';
import { described, type OptionTable, option } from '../../option-names.js';
import { combiner } from '../../predictions/aggregate/aggregate.js';
import { type Aggregator, DEFAULT_AGGREGATOR } from '../../predictions/aggregate/aggregators.js';
import { normaliseWeights } from '../../predictions/aggregate/shares.js';
import type { Combine } from '../../predictions/combined-predictions.js';
import { isBoosted, type TrainedEnsemble } from '../ensemble.js';
import { averagingWeights } from './averaging-weights.js';
import type { RowOptions } from './row-runner.js';

/** Whether what members say is calibrated. */
export interface CalibratedOptions {
  /** Whether probabilities and the decision are calibrated, where the ensemble is. @default true */
  readonly calibrated?: boolean;
}

/** What the options must be; see src/option-names.ts. */
export const CALIBRATED_OPTIONS = {
  calibrated: described(option.flag, {
    kind: 'flag',
    says: 'calibrate probabilities and decisions, where the ensemble is calibrated',
    default: true,
  }),
} satisfies OptionTable<CalibratedOptions>;

/** The options of {@link ensembleCombiner}. */
type CombiningOptions = Pick<RowOptions, 'aggregator' | 'weights' | 'tolerance' | 'calibrated'>;

/** How an ensemble's members are combined, by the options or else by what it carries. @throws ERR_OPTION */
export function ensembleCombiner(ensemble: TrainedEnsemble, options: CombiningOptions): Combine {
  const combined = combiner(
    aggregatorFor(ensemble, options),
    ensemble.task,
    combineSettings(ensemble, options),
  );
  const combine = isBoosted(ensemble) ? withoutSpread(combined) : combined;
  const { calibration } = ensemble;
  if (calibration === null || options.calibrated === false) return combine;
  requireCalibratedFor(ensemble, options);
  return (members, mask) => applyCalibration(calibration, combine(members, mask));
}

/** How far the terms of a sum are from each other says nothing. */
function withoutSpread(combine: Combine): Combine {
  return (members, mask) => ({ ...combine(members, mask), variance: null, varianceKind: null });
}

/** The aggregator that is asked for, or that the ensemble is calibrated for, or the usual one. */
export function aggregatorFor(
  { calibration }: Pick<TrainedEnsemble, 'calibration'>,
  { aggregator, calibrated }: Pick<RowOptions, 'aggregator' | 'calibrated'>,
): Aggregator {
  const own = calibrated === false ? undefined : calibration?.aggregator;
  return aggregator ?? own ?? DEFAULT_AGGREGATOR;
}

/** A calibration holds for members as they were combined when it was fitted. @throws ERR_OPTION for another combination. */
function requireCalibratedFor(ensemble: TrainedEnsemble, { aggregator, weights }: CombiningOptions): void {
  const { calibration, members } = ensemble;
  const whole = '(`calibrated` false shows what members say)';
  if (aggregator !== undefined && aggregator !== calibration!.aggregator) {
    const own = `${calibration!.aggregator}, which the ensemble is calibrated for ${whole}`;
    failOption('aggregator', own, aggregator);
  }
  if (weights === undefined || weights === null) return;
  const carried = averagingWeights(ensemble) ?? members.map(() => 1);
  const asked = normaliseWeights(weights, members.length);
  const fitted = normaliseWeights(carried, members.length);
  if (asked.some((weight, at) => Math.abs(weight - fitted[at]!) > 1e-12)) {
    failOption('weights', `those that the ensemble carries, which it is calibrated for ${whole}`, weights);
  }
}

/** An aggregator's settings: those given, and the weights that the members carry where none are. */
export function combineSettings(
  ensemble: TrainedEnsemble,
  { weights = averagingWeights(ensemble) ?? undefined, tolerance }: CombiningOptions,
): { weights?: readonly number[]; tolerance?: number } {
  return { ...(weights === undefined ? {} : { weights }), ...(tolerance === undefined ? {} : { tolerance }) };
}

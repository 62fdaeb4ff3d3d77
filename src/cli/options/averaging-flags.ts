// The options that say how members are averaged: by which aggregator, with which weights, within which range.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { ANSWER_OPTIONS } from '../../ensemble/predict/answer-rules.js';
import { aggregatorFor, CALIBRATED_OPTIONS } from '../../ensemble/predict/ensemble-combiner.js';
import { failOption } from '../../errors.js';
import { givesVariances } from '../../model/losses.js';
import { hasEpochs } from '../../model/spec.js';
import { COMBINE_OPTIONS } from '../../predictions/aggregate/aggregate.js';
import { type Aggregator, aggregators } from '../../predictions/aggregate/aggregators.js';
import type { GivenOptions } from './command.js';
import { rowsIn } from './rows.js';

const averaging = rowsIn('averaging');

export const AGGREGATOR_ROW = averaging.of(COMBINE_OPTIONS, 'aggregator', { aliases: ['mean'] });

export const WEIGHTS_ROW = averaging.of(COMBINE_OPTIONS, 'weights', { argument: '1,2,0' });

export const CLIP_ROW = averaging.of(ANSWER_OPTIONS, 'clip', { defaultText: 'on; --no-clip turns it off' });

export const CALIBRATED_ROW = averaging.of(CALIBRATED_OPTIONS, 'calibrated', {
  defaultText: 'on; --no-calibrated turns it off',
});

/** What `--calibrated` or `--no-calibrated` says; nothing where neither is given. @throws ERR_OPTION without a calibration */
export function calibratedOf(
  { calibrated }: { readonly calibrated?: unknown },
  { calibration }: Pick<TrainedEnsemble, 'calibration'>,
): { calibrated?: boolean } {
  if (calibrated === undefined) return {};
  if (calibration === null) failOption('calibrated', 'absent, as the ensemble is not calibrated', calibrated);
  return { calibrated: calibrated === true };
}

/** What `--clip` or `--no-clip` says to predicting and measuring; nothing where neither is given. */
export function clipOf({ clip }: { readonly clip?: unknown }): { clip?: boolean } {
  return clip === undefined ? {} : { clip: clip === true };
}

/** Refuses a clip of probabilities before any work is done for it. @throws ERR_OPTION */
export function checkClip(
  { clip }: { readonly clip?: boolean },
  task: 'classification' | 'regression',
): void {
  if (clip !== undefined && task === 'classification') failOption('clip', 'absent for classification', clip);
}

/** The weights of `--weights`, as predicting and measuring take them. */
export function weightsOf({ weights }: GivenOptions): { weights?: readonly number[] } {
  return weights === undefined ? {} : { weights: weights as number[] };
}

/** The aggregator of a checked `--aggregator`, else that which the ensemble is calibrated for, else the usual one. */
export function aggregatorOf(
  { aggregator, calibrated }: { readonly aggregator?: unknown; readonly calibrated?: unknown },
  ensemble: Pick<TrainedEnsemble, 'calibration'> = { calibration: null },
): Aggregator {
  if (aggregators.has(aggregator)) return aggregator;
  return aggregatorFor(ensemble, { calibrated: calibrated !== false });
}

/** Every member predicts a variance. */
export function hasVariances({ plan, members }: TrainedEnsemble): boolean {
  return members.every(({ index }) => {
    const spec = plan.members[index]!;
    return hasEpochs(spec) && givesVariances(spec.loss);
  });
}

/**
 * Refuses an average that the predictions do not allow, before any work is done for it.
 * @param gaussian every member has a variance head.
 * @throws ERR_OPTION
 */
export function checkAggregator(
  aggregator: Aggregator,
  task: 'classification' | 'regression',
  gaussian: boolean,
): void {
  const expected = aggregators.get(aggregator).misfit(task, gaussian);
  if (expected !== null) failOption('aggregator', expected, aggregator);
}

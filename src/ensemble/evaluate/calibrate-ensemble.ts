// Calibrates a trained ensemble on rows whose truth is known and that the members which count for them never saw.

import type { Calibration } from '../../calibration/calibration.js';
import { fitCalibration, requireCalibratable } from '../../calibration/fit-calibration.js';
import { CALIBRATION_OPTIONS, type CalibrationOptions } from '../../calibration/options.js';
import type { Dataset } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { checkOptions, type OptionTable, option } from '../../option-names.js';
import { DEFAULT_AGGREGATOR } from '../../predictions/aggregate/aggregators.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { ROW_RUNNER_OPTIONS, type RowRunnerOptions } from '../predict/row-runner.js';
import { predictKnownRows } from './known-rows.js';
import { isTrainedOn } from './out-of-bag-rows.js';

export interface CalibrateOptions extends CalibrationOptions, RowRunnerOptions, LongCallOptions {
  /**
   * Whether the rows are those of the training, each predicted by the members that never saw it, or others. @default as
   * the dataset is
   */
  readonly rowsFrom?: 'outOfBag' | 'heldOut';
}

const CALIBRATE_OPTIONS = {
  ...CALIBRATION_OPTIONS,
  ...ROW_RUNNER_OPTIONS,
  ...LONG_CALL_OPTIONS,
  rowsFrom: option.oneOf('outOfBag', 'heldOut'),
} satisfies OptionTable<CalibrateOptions>;

/** As src/api/many-rows.ts says of it, on the calling thread where no runner is named. */
export async function calibrateEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: CalibrateOptions = {},
): Promise<TrainedEnsemble & { readonly calibration: Calibration }> {
  checkOptions('calibrateEnsemble', options, CALIBRATE_OPTIONS);
  const {
    method = 'temperature',
    threshold = null,
    aggregator = DEFAULT_AGGREGATOR,
    runner,
    signal,
  } = options;
  if (method === null && threshold === null) {
    const message = 'Expected a `method` or a `threshold`, got neither';
    throw new TuttiError('ERR_OPTION', message, { option: 'method' });
  }
  requireCalibratable(ensemble.task, aggregator, { method, threshold });
  const { rowsFrom = isTrainedOn(ensemble, dataset) ? 'outOfBag' : 'heldOut' } = options;
  const known = await predictKnownRows(ensemble, dataset, rowsFrom, {
    ...{ aggregator, calibrated: false, members: false },
    ...(runner === undefined ? {} : { runner }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (known === null) {
    const message =
      'Expected rows that are out of bag for some member to calibrate on, got none; calibrate on rows that it was not trained on';
    throw new TuttiError('ERR_DATA', message, { members: ensemble.members.length });
  }
  const calibration = fitCalibration(known, aggregator, { method, threshold });
  return withCalibration(ensemble, calibration);
}

/** The ensemble with a calibration; what conformed to other probabilities is dropped. */
export function withCalibration<Own extends Calibration | null>(
  ensemble: TrainedEnsemble,
  calibration: Own,
): TrainedEnsemble & { readonly calibration: Own } {
  return { ...ensemble, calibration, conformity: null };
}

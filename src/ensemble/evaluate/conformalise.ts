// Scoring rows whose truth is known, so that later predictions can be guaranteed a coverage, and measuring what became of
// it on others.

import { applyCalibration } from '../../calibration/apply-calibration.js';
import type { Conformity } from '../../conformal/conformity.js';
import { conformityOf } from '../../conformal/conformity-of.js';
import { COVERAGE_OPTIONS } from '../../conformal/guarantee-options.js';
import { coverageOf, type MeasuredCoverage } from '../../conformal/measured-coverage.js';
import type { Dataset } from '../../data/dataset/dataset.js';
import { failOption, TuttiError } from '../../errors.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { INTERVAL_OPTIONS } from '../../measure/correlation/intervals.js';
import { checkOptions, type OptionTable, option, pickOptions } from '../../option-names.js';
import { COMBINE_OPTIONS } from '../../predictions/aggregate/aggregate.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import { targetBlock } from '../../predictions/blocks.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { averagingWeights } from '../predict/averaging-weights.js';
import { checkDataset } from '../predict/inputs.js';
import { aggregatorFor, PREDICT_OPTIONS, type PredictOptions, predictEnsemble } from '../predict/predict.js';
import { ROW_RUNNER_OPTIONS, type RowRunnerOptions } from '../predict/row-runner.js';
import { predictKnownRows } from './known-rows.js';
import { isTrainedOn } from './out-of-bag-rows.js';

export interface ConformaliseOptions extends LongCallOptions, RowRunnerOptions {
  /**
   * `outOfBag`: the rows it was trained on, each by the members that never saw it; `heldOut`: rows that no member was trained
   * on. @default by whether it was trained on them
   */
  readonly rowsFrom?: 'outOfBag' | 'heldOut';
  /** What combines the members in the predictions that are to be guaranteed. @default as `predict` */
  readonly aggregator?: Aggregator;
}

const CONFORMALISE_OPTIONS = {
  ...LONG_CALL_OPTIONS,
  ...ROW_RUNNER_OPTIONS,
  rowsFrom: option.oneOf('outOfBag', 'heldOut'),
  aggregator: COMBINE_OPTIONS.aggregator,
} satisfies OptionTable<ConformaliseOptions>;

/** As src/api/many-rows.ts says of it, on the calling thread where no runner is named. */
export async function conformaliseEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: ConformaliseOptions = {},
): Promise<TrainedEnsemble> {
  checkOptions('conformaliseEnsemble', options, CONFORMALISE_OPTIONS);
  checkDataset(ensemble, dataset);
  const aggregator = aggregatorFor(ensemble, options);
  const rowsFrom = rowsFromOf(ensemble, dataset, options.rowsFrom);
  const predicting = pickOptions(options, { ...LONG_CALL_OPTIONS, ...ROW_RUNNER_OPTIONS });
  const known = await predictKnownRows(ensemble, dataset, rowsFrom, {
    ...predicting,
    ...{ aggregator, members: false },
  });
  if (known === null) {
    const message =
      'Expected rows that are out of bag for some member, got none: every member saw every row; ' +
      'give rows that it was not trained on';
    throw new TuttiError('ERR_DATA', message, { members: ensemble.members.length });
  }
  return { ...ensemble, conformity: conformityOfKnown(ensemble, known, dataset, aggregator) };
}

function rowsFromOf(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  asked: ConformaliseOptions['rowsFrom'],
): KnownRows['rowsFrom'] {
  const trained = isTrainedOn(ensemble, dataset);
  if (asked === 'heldOut' && trained)
    failOption('rowsFrom', 'outOfBag for the rows that the ensemble was trained on', asked);
  return asked ?? (trained ? 'outOfBag' : 'heldOut');
}

/**
 * The conformity of rows that an ensemble has predicted.
 * @param known not calibrated, combined by the aggregator @param dataset whose rows they are
 */
export function conformityOfKnown(
  ensemble: TrainedEnsemble,
  known: KnownRows,
  dataset: Dataset,
  aggregator: Aggregator,
): Conformity {
  const weights = averagingWeights(ensemble);
  const groups = known.rowsFrom === 'heldOut' || leavesGroupsOut(ensemble) ? dataset.groups : null;
  const { calibration } = ensemble;
  const calibrated = calibration !== null && calibration.method !== null;
  const shown = calibrated ? { ...known, combined: applyCalibration(calibration, known.combined) } : known;
  return conformityOf(shown, { aggregator, weights, groups, calibrated });
}

/** Whether members see whole groups or nothing of them: else those that left out a row saw others of its group. */
function leavesGroupsOut({ plan, members }: TrainedEnsemble): boolean {
  return members.every(({ index }) => plan.members[index]!.resample.kind === 'grouped');
}

export interface MeasuredCoverageOptions extends PredictOptions {
  readonly coverage: number;
  /** How often the intervals of the measured coverages hold the true ones, in (0, 1). @default 0.95 */
  readonly level?: number;
}

const MEASURED_OPTIONS = {
  ...PREDICT_OPTIONS,
  coverage: option.required(COVERAGE_OPTIONS.coverage),
  conformal: COVERAGE_OPTIONS.conformal,
  level: INTERVAL_OPTIONS.level,
} satisfies OptionTable<MeasuredCoverageOptions>;

/** As src/api/many-rows.ts says of it, on the calling thread where no runner is named. */
export async function measureCoverage(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: MeasuredCoverageOptions,
): Promise<MeasuredCoverage> {
  checkOptions('measureCoverage', options, MEASURED_OPTIONS);
  checkDataset(ensemble, dataset);
  const { level = 0.95, ...predicting } = options;
  const { coverage: asked, conformal = 'lac' } = options;
  const predictions = await predictEnsemble(ensemble, dataset, predicting);
  const truth = targetBlock(dataset, null, { start: 0, end: dataset.rows });
  return coverageOf(predictions, truth, dataset.rowWeights, { task: ensemble.task, asked, conformal, level });
}

// What is measured after a training, and fitted for whoever predicts with it: out of bag, on the rows held out, the one
// against the other; what it should beat, its calibration, and what its guarantees are made of.

import type { Calibration } from '../../../calibration/calibration.js';
import { type CalibrationRequest, fitCalibration } from '../../../calibration/fit-calibration.js';
import type { Dataset } from '../../../data/dataset/dataset.js';
import type { LoadedData } from '../../../data/load.js';
import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import { withCalibration } from '../../../ensemble/evaluate/calibrate-ensemble.js';
import { conformityOfKnown } from '../../../ensemble/evaluate/conformalise.js';
import {
  type EvaluateOptions,
  evaluateEnsemble,
  evaluateOutOfBag,
} from '../../../ensemble/evaluate/evaluate.js';
import { createKnownRows } from '../../../ensemble/evaluate/known-rows.js';
import { TuttiError } from '../../../errors.js';
import { fitBaseline } from '../../../measure/baseline/fit-baseline.js';
import type { IntervalOptions } from '../../../measure/correlation/intervals.js';
import { type HonestTestOptions, honestTest } from '../../../measure/honest-test.js';
import { type Aggregator, aggregators } from '../../../predictions/aggregate/aggregators.js';
import type { KnownRows } from '../../../predictions/known-rows.js';
import { activeUnitsOf } from '../../../report/active-text.js';
import { type EnsembleReport, ensembleReport } from '../../../report/ensemble-report.js';

/** A training that was measured. */
export interface MeasuredTraining {
  /** With its baseline, its conformity, and its calibration where one was asked for. */
  readonly ensemble: TrainedEnsemble;
  readonly report: EnsembleReport;
  /** Why it could not be calibrated; null where it could, or was not to be. */
  readonly uncalibrated: TuttiError | null;
}

/**
 * Measures an ensemble on the data it was loaded for, in one pass over the rows it was trained on and one over those held out.
 * Figures out of bag are of members as they are; a calibration is of the very same rows, and in those of the test rows.
 * @param calibrate what is to be calibrated; null leaves the ensemble as it is.
 */
export async function measureTraining(
  trained: TrainedEnsemble,
  { train, test: heldOut }: Pick<LoadedData, 'train' | 'test'>,
  aggregator: Aggregator,
  intervals: Pick<EvaluateOptions, 'level' | 'replicates' | 'clip' | 'runner'> = {},
  calibrate: CalibrationRequest | null = null,
): Promise<MeasuredTraining> {
  // Without intervals the level is the honest test's alone.
  const { level: _, ...others } = intervals;
  const figures = { aggregator, ...(intervals.replicates === 0 ? others : intervals) };
  const based = { ...trained, baseline: fitBaseline(train) };
  const collected = createKnownRows(based, train, 'outOfBag', false, { aggregator });
  const raw = { ...figures, ...(based.calibration === null ? {} : { calibrated: false }) };
  const outOfBag = await evaluateOutOfBag(based, train, raw, collected.addBlock);
  const known = outOfBag === null ? null : collected.finish();
  const { calibrated, uncalibrated } =
    calibrate === null ? AS_IT_IS : calibrationOf(known, aggregator, calibrate);
  const ensemble = withConformity(
    calibrated === null ? based : withCalibration(based, calibrated),
    train,
    aggregator,
    known,
  );
  // Curves over sampled subsets are `tutti evaluate`'s: they take longer than all other figures together.
  const test =
    heldOut === null ? null : await evaluateEnsemble(ensemble, heldOut, { ...figures, curves: false });
  const honest =
    outOfBag === null || test === null
      ? null
      : honestTest(outOfBag.errorCorrelation, test.errorCorrelation, levelOf(intervals));
  const activeUnits = activeUnitsOf(ensemble, heldOut ?? train);
  const report = ensembleReport(ensemble, { outOfBag, test, honestTest: honest, activeUnits });
  return { ensemble, report, uncalibrated };
}

interface Calibrated {
  readonly calibrated: Calibration | null;
  readonly uncalibrated: TuttiError | null;
}

const AS_IT_IS: Calibrated = { calibrated: null, uncalibrated: null };

/** A training is worth keeping without the calibration that its rows do not allow. */
function calibrationOf(
  known: KnownRows | null,
  aggregator: Aggregator,
  request: CalibrationRequest,
): Calibrated {
  try {
    if (known === null) {
      const message =
        'Expected rows out of bag to calibrate on, got none; `tutti calibrate` takes other rows';
      throw new TuttiError('ERR_DATA', message);
    }
    return { calibrated: fitCalibration(known, aggregator, request), uncalibrated: null };
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    return { calibrated: null, uncalibrated: error };
  }
}

/** With what sets and intervals are made of, of predictions as they will be shown. */
function withConformity(
  ensemble: TrainedEnsemble,
  train: Dataset,
  aggregator: Aggregator,
  known: KnownRows | null,
): TrainedEnsemble {
  const isGraded = ensemble.task.kind === 'regression' || aggregators.get(aggregator).probabilities;
  if (known === null || !isGraded) return { ...ensemble, conformity: null };
  return { ...ensemble, conformity: conformityOfKnown(ensemble, known, train, aggregator) };
}

/** The honest test's level is that of the intervals beside it. */
function levelOf({ level }: Pick<IntervalOptions, 'level'>): HonestTestOptions {
  return level === undefined ? {} : { level };
}
